/** Listening at the address of the settings, with the reasons why that fails in words. */
import type { Settings } from '../settings.js';
import { CommandFailed } from './output.js';

interface Listens {
  listen(port: number, host: string): Promise<unknown>;
}

/** @throws CommandFailed `port-in-use`, `port-not-allowed`, `host-unknown` */
export async function listen(app: Listens, { port, host }: Pick<Settings, 'port' | 'host'>): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'EADDRINUSE':
        throw new CommandFailed(
          'port-in-use',
          `Port ${port} of ${host} is in use. Stop the program that has it, or set PORT to another one.`,
        );
      case 'EACCES':
        throw new CommandFailed(
          'port-not-allowed',
          `Port ${port} needs more rights than this user has. Set PORT to 1024 or above.`,
        );
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
        throw new CommandFailed(
          'host-unknown',
          `${host} is no address of this machine. Set HOST to one, such as 127.0.0.1 or 0.0.0.0.`,
        );
      default:
        throw error;
    }
  }
}
