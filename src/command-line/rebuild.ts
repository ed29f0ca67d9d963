/** `concejo rebuild [VIEW]`: the read tables afresh from the log. */
import { Presets, SingleBar } from 'cli-progress';
import { allViews } from '../../projections/views.js';
import { ViewRunner } from '../views/runner.js';
import { CommandFailed, print, type OutputOptions } from './output.js';
import { withApplication } from './running.js';

export async function rebuild(view: string | undefined, options: OutputOptions): Promise<void> {
  if (view !== undefined && !allViews.some(({ name }) => name === view)) {
    throw new CommandFailed(
      'view-unknown',
      `There is no view ${view}. There are ${allViews.map(({ name }) => name).join(', ')}.`,
    );
  }
  const started = performance.now();
  await withApplication(async (app) => {
    const bar = process.stderr.isTTY
      ? new SingleBar(
          { format: 'Folding the log    {bar} {value}/{total}', stream: process.stderr },
          Presets.shades_classic,
        )
      : undefined;
    bar?.start(1, 0);
    await app.get(ViewRunner, { strict: false }).rebuild(view, {
      onProgress: ({ position, target }) => {
        bar?.setTotal(Number(target) + 1);
        bar?.update(Number(position) + 1);
      },
    });
    bar?.stop();
  });
  const seconds = (performance.now() - started) / 1_000;
  print(
    { view: view ?? 'all', seconds },
    [`Built ${view ?? 'all views'} in ${seconds.toFixed(1)} s and switched over.`],
    options,
  );
}
