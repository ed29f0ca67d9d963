/** Checking the whole log: in the reader's browser where scripts run, and on a command line everywhere. */
import { AUDIT_WORDS } from './audit-words.js';
import { Layout, type Frame } from './layout.js';

/** Addresses of the scripts, named by what is in them. */
export interface AuditScripts {
  readonly page: string;
  readonly audit: string;
  readonly checking: string;
}

export interface AuditPageProps {
  frame: Frame;
  /** `undefined` where the program was not bundled. */
  scripts: AuditScripts | undefined;
}

export function AuditPage({ frame, scripts }: AuditPageProps) {
  const words = AUDIT_WORDS[frame.language];
  const [live, ask, check, trust] = words.commandSteps;
  const site = frame.origin ?? 'https://vota.example.org';
  return (
    <Layout frame={frame} title={words.title} script={scripts?.page}>
      <p class="lead">{words.lead}</p>
      <p>{words.trust}</p>
      {scripts === undefined ? (
        <p class="note">{words.withoutScript}</p>
      ) : (
        <>
          <noscript>
            <p class="note">{words.withoutScript}</p>
          </noscript>
          <div id="audit" data-audit={scripts.audit} data-checking={scripts.checking} />
        </>
      )}
      <section>
        <h2 id="command-line">{words.commandLine}</h2>
        <p>{live}</p>
        <pre tabindex={0}>concejo audit {site}</pre>
        <p>{ask}</p>
        <pre tabindex={0}>concejo bundle --out log.bundle</pre>
        <p>{check}</p>
        <pre tabindex={0}>concejo audit log.bundle</pre>
        <p>{trust}</p>
        <pre tabindex={0}>
          concejo audit {site} --policy policy.txt{'\n'}concejo audit log.bundle --policy policy.txt
        </pre>
        <p>{words.commandExit}</p>
      </section>
    </Layout>
  );
}
