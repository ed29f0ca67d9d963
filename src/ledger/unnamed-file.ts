/** A temporary file without a name: only this process can read it, and nothing of it stays behind, however the process ends. */
import { randomUUID } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

const CHUNK_BYTES = 65_536;

export class UnnamedFile {
  /** Its bytes are there as long as somebody has it. */
  #users = 1;

  private constructor(
    private readonly handle: FileHandle,
    readonly bytes: number,
  ) {}

  /** In the folder for temporary files. Whoever writes it has it. */
  static async write(chunks: AsyncIterable<Uint8Array>): Promise<UnnamedFile> {
    const path = join(tmpdir(), `concejo-${randomUUID()}`);
    const handle = await open(path, 'wx+', 0o600);
    try {
      await rm(path);
      // Each goes on where the one before it ended.
      for await (const chunk of chunks) await handle.writeFile(chunk);
      return new UnnamedFile(handle, (await handle.stat()).size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get isGone(): boolean {
    return this.#users === 0;
  }

  /** One more has it; not where nobody had it any more. */
  take(): boolean {
    if (this.#users === 0) return false;
    this.#users++;
    return true;
  }

  /** One has it no more. */
  async give(): Promise<void> {
    this.#users--;
    if (this.#users === 0) await this.handle.close();
  }

  /** All its bytes; gives it when they were sent, or nobody wants them any more. */
  stream(): Readable {
    const stream = Readable.from(this.#chunks(), { objectMode: false });
    stream.once('close', () => void this.give());
    return stream;
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < this.bytes;) {
      const { bytesRead, buffer } = await this.handle.read(
        Buffer.allocUnsafe(CHUNK_BYTES),
        0,
        CHUNK_BYTES,
        at,
      );
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}
