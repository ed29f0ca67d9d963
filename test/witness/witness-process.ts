/** Witnesses as their owners run them: processes of `concejo witness` on a folder. */
import { startChild, type Child } from '../child.js';

export class WitnessProcess {
  private constructor(
    readonly child: Child,
    readonly url: string,
    readonly vkey: string,
  ) {}

  /** @param port a number to come back at the same address */
  static async start(
    folder: string,
    logs: readonly string[],
    { name, port = '0' }: { name?: string; port?: string } = {},
  ): Promise<WitnessProcess> {
    const named = name === undefined ? [] : ['--name', name];
    const followed = logs.flatMap((vkey) => ['--log', vkey]);
    const child = startChild('src/main.ts', [
      'witness',
      '--folder',
      folder,
      '--port',
      port,
      ...named,
      ...followed,
    ]);
    const url = (await child.line(/^Concejo witnesses at /)).replace(/^.* /, '');
    return new WitnessProcess(child, url, (await child.line(/^Key of this witness/)).replace(/^.* /, ''));
  }

  get port(): string {
    return new URL(this.url).port;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.process.kill(signal);
    await this.child.ended;
  }
}

/** What a witness answered to `add-checkpoint`. */
export interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

export async function ask(url: string, body: string | Uint8Array): Promise<Answered> {
  const bytes = typeof body === 'string' ? body : Buffer.from(body);
  const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: bytes });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: await response.text(),
  };
}
