/** `concejo rebuild [VIEW]`: the read tables afresh from the log. */
import { allViews } from '../../projections/views.js';
import { ViewRunner } from '../views/runner.js';
import { CommandFailed, print, type OutputOptions } from './output.js';
import { progressBar } from './progress.js';
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
    const bar = progressBar('Folding the log');
    await app.get(ViewRunner, { strict: false }).rebuild(view, {
      onProgress: ({ position, target }) => {
        bar.at(Number(position) + 1, Number(target) + 1);
      },
    });
    bar.stop();
  });
  const seconds = (performance.now() - started) / 1_000;
  print(
    { view: view ?? 'all', seconds },
    [`Built ${view ?? 'all views'} in ${seconds.toFixed(1)} s and switched over.`],
    options,
  );
}
