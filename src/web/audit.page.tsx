/** Checking the whole log: in the reader's browser where scripts run, and on a command line everywhere. */
import { AUDIT_WORDS, type AuditWords } from './audit-words.js';
import { Layout, type Frame } from './layout.js';

/** Addresses of the scripts, named by what is in them. */
export interface AuditScripts {
  readonly page: string;
  readonly audit: string;
  readonly checking: string;
  readonly bundle: string;
}

export interface AuditPageProps {
  frame: Frame;
  /** `undefined` where the program was not bundled. */
  scripts: AuditScripts | undefined;
  /** Where people reach the site. */
  site: string;
  /** Whom to trust as the log itself says it: receipts are held to it where the reader has no other. */
  policy: string | undefined;
}

export function AuditPage({ frame, scripts, site, policy }: AuditPageProps) {
  const words = AUDIT_WORDS[frame.language];
  const [live, ask, check, trust, receipt] = words.commandSteps;
  return (
    <Layout frame={frame} title={words.title} script={scripts?.page}>
      <p class="lead">{words.lead}</p>
      <p>{words.trust}</p>
      {scripts === undefined ? (
        <>
          <p class="note">{words.withoutScript}</p>
          <Download words={words} />
        </>
      ) : (
        <>
          <noscript>
            <p class="note">{words.withoutScript}</p>
            <Download words={words} />
          </noscript>
          <div
            id="audit"
            data-audit={scripts.audit}
            data-checking={scripts.checking}
            data-bundle={scripts.bundle}
            data-policy={policy}
          />
        </>
      )}
      <section>
        <h2 id="command-line">{words.commandLine}</h2>
        <p>{live}</p>
        <pre tabindex={0}>concejo audit {site}</pre>
        <p>{ask}</p>
        <pre tabindex={0}>
          curl -f -o log.bundle {site}/log/bundle.tar{'\n'}concejo bundle --out log.bundle
        </pre>
        <p>{check}</p>
        <pre tabindex={0}>concejo audit log.bundle</pre>
        <p>{trust}</p>
        <pre tabindex={0}>
          concejo audit {site} --policy policy.txt{'\n'}concejo audit log.bundle --policy policy.txt
        </pre>
        <p>{receipt}</p>
        <pre tabindex={0}>
          concejo receipt concejo-receipt-1.tlog-proof --leaf-hash {words.leafHashPlace} --policy policy.txt
        </pre>
        <p>{words.commandExit}</p>
      </section>
    </Layout>
  );
}

function Download({ words }: { words: AuditWords }) {
  return (
    <p>
      <a class="button" href="/log/bundle.tar" download="log.bundle">
        {words.download}
      </a>
    </p>
  );
}
