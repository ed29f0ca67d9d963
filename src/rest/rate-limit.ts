/** How often an address, or whoever else is named, may do what is counted: in memory only, bounded, and forgotten after a while. */
import { isIPv6 } from 'node:net';

const MOST = 10;
const WINDOW_MS = 15 * 60_000;
const MAX_ADDRESSES = 10_000;

interface Count {
  times: number;
  until: number;
}

export class RateLimit {
  readonly #counts = new Map<string, Count>();

  /**
   * @param nowMs monotonic
   * @param most times in one window, after which the address waits
   * @param windowMs a quarter of an hour by default
   */
  constructor(
    private readonly nowMs: () => number = () => performance.now(),
    private readonly most = MOST,
    private readonly windowMs = WINDOW_MS,
  ) {}

  /** Seconds until this address may try again; 0: now. */
  waitSeconds(address: string): number {
    const count = this.#counts.get(networkOf(address));
    if (count === undefined || count.times < this.most) return 0;
    return Math.max(0, Math.ceil((count.until - this.nowMs()) / 1_000));
  }

  /** Counts once more. The window begins with the first time. */
  count(address: string): void {
    const network = networkOf(address);
    const now = this.nowMs();
    const known = this.#counts.get(network);
    const count = known !== undefined && known.until > now ? known : { times: 0, until: now + this.windowMs };
    count.times++;
    this.#counts.delete(network);
    this.#counts.set(network, count);
    // The one that was counted longest ago goes: whoever could fill the table could also change addresses.
    if (this.#counts.size > MAX_ADDRESSES) this.#counts.delete(this.#counts.keys().next().value ?? network);
  }

  /** A success forgives. */
  succeeded(address: string): void {
    this.#counts.delete(networkOf(address));
  }
}

/** One household has a whole /64 of IPv6. An IPv4 address that is written as IPv6 is itself. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail = ''] = address.split('%', 1)[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const groups = address.includes('::') ? [...before, ...zeros, ...after] : before;
  return groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}
