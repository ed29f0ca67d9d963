/** What the system tells of another process: its processor time and its resident memory. On Linux alone. */
import { readdir, readFile } from 'node:fs/promises';

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const TICKS = 100;

/** User and system time so far, in milliseconds; `undefined` where the system does not tell. */
export async function processorMs(pid: number | undefined): Promise<number | undefined> {
  const fields = await statOf(String(pid));
  return fields === undefined ? undefined : sum(fields, OWN);
}

/** The same of a process with all that it started, those included that have ended: PostgreSQL has a process for each connection. */
export async function familyMs(pid: number | undefined): Promise<number | undefined> {
  const own = await statOf(String(pid));
  if (own === undefined) return undefined;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const children = (await Promise.all(pids.map(statOf))).filter((fields) => fields?.[PARENT] === String(pid));
  return sum(own, [...OWN, ...ENDED]) + children.reduce((all, fields) => all + sum(fields ?? [], OWN), 0);
}

/** Places of the fields after the name. @see proc_pid_stat(5): ppid is 4, utime and stime are 14 and 15, cutime and cstime 16 and 17 */
const PARENT = 1;
const OWN = [11, 12];
const ENDED = [13, 14];

async function statOf(pid: string): Promise<string[] | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name of the program, in brackets, may hold spaces.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function sum(fields: readonly string[], places: readonly number[]): number {
  return places.reduce((ms, place) => ms + (Number(fields[place]) * 1_000) / TICKS, 0);
}

/** Resident memory of a process; `undefined` where the system does not tell. */
async function residentMegabytes(pid: number | undefined): Promise<number | undefined> {
  return statusMegabytes(pid, /^VmRSS:\s+(\d+) kB/m);
}

/** The most resident memory that a process had until now; `undefined` where the system does not tell. */
export async function mostMegabytes(pid: number | undefined): Promise<number | undefined> {
  return statusMegabytes(pid, /^VmHWM:\s+(\d+) kB/m);
}

async function statusMegabytes(pid: number | undefined, line: RegExp): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = line.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1_024);
}

/** Resident memory after so many ballots. */
export class MemoryWatch {
  readonly #notes: { ballots: number; megabytes: number }[] = [];

  constructor(private readonly pid: number | undefined) {}

  async note(ballots: number): Promise<void> {
    const megabytes = await residentMegabytes(this.pid);
    if (megabytes !== undefined) this.#notes.push({ ballots, megabytes });
  }

  told(): string {
    const last = this.#notes.at(-1);
    const middle = this.#notes[Math.floor((this.#notes.length - 1) / 2)];
    if (last === undefined || middle === undefined) return 'not known on this system';
    const each = this.#notes.map(({ ballots, megabytes }) => `${megabytes} MB at ${ballots}`).join(', ');
    return `${each}; ratio of the last to the middle ${(last.megabytes / middle.megabytes).toFixed(2)}`;
  }
}
