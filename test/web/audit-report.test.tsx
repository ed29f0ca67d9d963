/** The report as the page draws it, in every language: which log it was, and on whose word. */
import { describe, expect, it } from '@jest/globals';
import { render } from 'preact-render-to-string';
import { AUDIT_WORDS } from '../../src/web/audit-words.js';
import { AuditReport } from '../../src/web/audit-report.js';
import { AuditPage } from '../../src/web/audit.page.js';
import { Format } from '../../src/web/format.js';
import { LANGUAGES } from '../../src/web/languages.js';
import { document } from '../../src/web/render.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { auditBundle } from '../../projections/audit/audit-bundle.js';
import { bundleOf, LOG, POLICY, tell } from '../audit/story.js';
import { ORIGIN } from '../ledger/signers.js';
import { frameIn } from './fixtures.js';

const unescaped = (html: string) => html.replaceAll('&#39;', "'").replaceAll('&quot;', '"');

describe.each(LANGUAGES)('in %s', (language) => {
  const words = AUDIT_WORDS[language];
  const format = new Format(language, 'UTC');

  it('the report names log and keys, and says plainly when nobody confirmed them', async () => {
    const bundle = await bundleOf(tell());
    const drawn = async (policy?: Uint8Array) => {
      const report = await auditBundle([bundle], { crypto: nodeCrypto, ...(policy && { policy }) });
      return unescaped(render(<AuditReport words={words} format={format} report={report} seconds={1} />));
    };
    const own = await drawn();
    for (const said of [words.passedByOwnPolicy, words.ofLog, ORIGIN, LOG.vkey, words.lastAt])
      expect(own).toContain(said);
    expect(own).not.toContain(words.passed);
    const ofReader = await drawn(POLICY);
    for (const said of [words.passed, words.ofReader, words.cosigned('north')])
      expect(ofReader).toContain(said);
    expect(ofReader).not.toContain(words.passedByOwnPolicy);
  });

  it('the page names the commands for the very site, and how the file is made', () => {
    const site = 'https://vota.villanorte.example';
    const props = { frame: frameIn(language), scripts: undefined, site, policy: undefined };
    const html = unescaped(document(AuditPage, props));
    for (const command of [
      'concejo audit https://vota.villanorte.example</pre>',
      'concejo audit https://vota.villanorte.example --policy policy.txt\nconcejo audit log.bundle --policy policy.txt</pre>',
      'curl -f -o log.bundle https://vota.villanorte.example/log/bundle.tar\n',
      'concejo bundle --out log.bundle</pre>',
      'href="/log/bundle.tar"',
      ...words.commandSteps,
    ])
      expect(html).toContain(command);
  });
});
