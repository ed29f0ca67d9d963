/** A real browser without JavaScript, on a phone or a desk; the checks of accessibility run in a world of their own. */
import { AxeBuilder } from '@axe-core/playwright';
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

const EXECUTABLE = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** Whether there is a browser to test with; without one it says so, plainly. */
export const hasBrowser = EXECUTABLE !== undefined;
if (!hasBrowser) {
  process.stderr.write('No chromium here: the tests in a browser are skipped (apt-get install chromium).\n');
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE ?? '',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 900 };

/**
 * What axe finds on a page without frames, which must let scripts run: each rule with the elements that break it. "Legacy" is
 * axe in the page itself; otherwise its end runs in a page of its own, which takes what passed as well and most of the time.
 */
export async function axe(page: Page): Promise<string[]> {
  const checker = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await checker.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
