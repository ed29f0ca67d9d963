/** Which process a number means: numbers are used again after a process has ended, and after the machine has restarted. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errnoOf } from './postgres-error.js';

const run = promisify(execFile);

/** Whether any process has this number now; also one of another user. A zombie counts. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

/**
 * When the process started, in a form that no other process ever shares with the same number; empty when there is none,
 * it is a zombie, or the system does not say.
 */
export async function startOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    try {
      const [stat, boot] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'utf8'),
        readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      ]);
      // The name in brackets may hold spaces; state and start time are the 1st and the 20th field after it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? '' : `${boot.trim()}/${fields[19] ?? ''}`;
    } catch {
      return '';
    }
  }
  return process.platform === 'win32' ? '' : psOf(pid, 'lstart');
}

/** Command line of the process with single spaces between its words; empty when there is none or it is a zombie. */
export async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return line.replaceAll('\0', ' ').trim();
  }
  return process.platform === 'win32' ? '' : psOf(pid, 'command');
}

async function psOf(pid: number, field: string): Promise<string> {
  return run('ps', ['-ww', '-o', `${field}=`, '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}
