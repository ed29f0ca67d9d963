/** The part of the page `/audit` that a browser draws: what is chosen, how far the audit is, and its report. */
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { AuditReport } from '../src/web/audit-report.js';
import { AUDIT_WORDS, type AuditWords } from '../src/web/audit-words.js';
import { Format } from '../src/web/format.js';
import { LANGUAGES } from '../src/web/languages.js';
import type { AuditAsked, AuditTold } from './audit-worker.js';
import { ChosenFiles } from './chosen-files.js';
import { readChosen, type Chosen, type Refused } from './chosen.js';

interface Scripts {
  readonly audit: string;
  readonly checking: string;
}

type State =
  | { readonly is: 'waiting'; readonly refused?: Refused }
  | { readonly is: 'running'; readonly taken: number; readonly of: number }
  | { readonly is: 'told'; readonly told: Exclude<AuditTold, { taken: number }> };

interface Props {
  words: AuditWords;
  format: Format;
  scripts: Scripts;
}

function AuditTool({ words, format, scripts }: Props) {
  const [state, setState] = useState<State>({ is: 'waiting' });
  const worker = useRef<Worker | undefined>(undefined);
  const stop = () => {
    worker.current?.terminate();
    worker.current = undefined;
  };
  useEffect(() => stop, []);

  const start = async (chosen: Chosen) => {
    const read = await readChosen(chosen);
    if ('refused' in read) {
      setState({ is: 'waiting', refused: read });
      return;
    }
    stop();
    setState({ is: 'running', taken: 0, of: 1 });
    const started = new Worker(scripts.audit);
    worker.current = started;
    const end = (told: Exclude<AuditTold, { taken: number }>) => {
      if (worker.current !== started) return;
      stop();
      setState({ is: 'told', told });
    };
    started.onmessage = ({ data }: MessageEvent<AuditTold>) => {
      if (!('taken' in data)) end(data);
      else if (worker.current === started) setState({ is: 'running', ...data });
    };
    started.onerror = ({ message }) => end({ broke: message });
    started.postMessage({ ...read, checking: scripts.checking } satisfies AuditAsked);
  };

  return (
    <>
      <ChosenFiles
        words={words}
        refused={state.is === 'waiting' ? state.refused : undefined}
        isBusy={state.is === 'running'}
        onStart={(chosen) => void start(chosen)}
      />
      {state.is === 'running' && (
        <Running
          words={words}
          format={format}
          {...state}
          onStop={() => {
            stop();
            setState({ is: 'waiting' });
          }}
        />
      )}
      {state.is === 'told' && <Told words={words} format={format} told={state.told} />}
    </>
  );
}

interface RunningProps {
  words: AuditWords;
  format: Format;
  taken: number;
  of: number;
  onStop: () => void;
}

function Running({ words, format, taken, of, onStop }: RunningProps) {
  return (
    <div class="note">
      <label for="audit-progress">{words.running}</label>
      <progress id="audit-progress" max={of} value={taken} />
      <p>{words.progress(format.number(taken), format.number(of))}</p>
      <button type="button" class="quiet" onClick={onStop}>
        {words.stop}
      </button>
    </div>
  );
}

function Told({
  words,
  format,
  told,
}: {
  words: AuditWords;
  format: Format;
  told: Exclude<AuditTold, { taken: number }>;
}) {
  if ('broke' in told) {
    return (
      <p class="alert" role="alert">
        {words.broke(told.broke)}
      </p>
    );
  }
  const { report, seconds } = told;
  return (
    <>
      <AuditReport words={words} format={format} report={report} seconds={seconds} />
      <button type="button" onClick={() => save({ ...report, seconds })}>
        {words.save}
      </button>
    </>
  );
}

/** The same object as `concejo audit --json` prints. */
function save(report: object): void {
  const address = URL.createObjectURL(
    new Blob([`${JSON.stringify(report)}\n`], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = address;
  link.download = 'concejo-audit.json';
  link.click();
  URL.revokeObjectURL(address);
}

const place = document.getElementById('audit');
const { audit, checking } = place?.dataset ?? {};
if (place !== null && audit !== undefined && checking !== undefined) {
  const language = LANGUAGES.find((one) => one === document.documentElement.lang) ?? 'es';
  const props = { words: AUDIT_WORDS[language], format: new Format(language, 'UTC') };
  render(<AuditTool {...props} scripts={{ audit, checking }} />, place);
}
