/** Tuples in the binary format of COPY. @see https://www.postgresql.org/docs/current/sql-copy.html */
import type { Column } from '../../projections/projection.js';
import { COPY_SIGNATURE } from '../postgres/binary-copy.js';

const START_BYTES = 278_528;

export class CopyBuffer {
  private bytes = Buffer.allocUnsafe(START_BYTES);
  /** Bytes written and not taken yet. */
  length = 0;

  /** Signature, no flags, no extension: the start of every COPY. */
  header(): void {
    this.room(COPY_SIGNATURE.length + 8);
    this.length += COPY_SIGNATURE.copy(this.bytes, this.length);
    this.length = this.bytes.writeInt32BE(0, this.length);
    this.length = this.bytes.writeInt32BE(0, this.length);
  }

  /** The number of fields before a tuple, -1 after the last. */
  int16(value: number): void {
    this.room(2);
    this.length = this.bytes.writeInt16BE(value, this.length);
  }

  /** A field; `undefined` is null. @throws RangeError when a number does not fit its type */
  field(type: Column<unknown>['type'], value: string | number | bigint | boolean | undefined): void {
    if (value === undefined) {
      this.room(4);
      this.length = this.bytes.writeInt32BE(-1, this.length);
    } else if (type === 'text') this.text(String(value));
    else if (type === 'integer') this.sized(4, (at) => this.bytes.writeInt32BE(Number(value), at));
    else if (type === 'boolean') this.sized(1, (at) => this.bytes.writeUInt8(Number(value), at));
    else this.sized(8, (at) => this.bytes.writeBigInt64BE(BigInt(value), at));
  }

  /** What was written, as a buffer of its own; the next bytes begin another. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = Buffer.allocUnsafe(START_BYTES);
    this.length = 0;
    return taken;
  }

  private text(value: string): void {
    this.room(4 + 3 * value.length);
    const written = this.bytes.write(value, this.length + 4);
    this.bytes.writeInt32BE(written, this.length);
    this.length += 4 + written;
  }

  private sized(size: number, write: (at: number) => unknown): void {
    this.room(4 + size);
    const at = this.bytes.writeInt32BE(size, this.length);
    write(at);
    this.length = at + size;
  }

  private room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
