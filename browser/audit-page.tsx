/** The part of the page `/audit` that a browser draws: what is chosen, how far the audit is, and its report. */
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { AuditReport } from '../src/web/audit-report.js';
import { AUDIT_WORDS, type AuditWords } from '../src/web/audit-words.js';
import { Format } from '../src/web/format.js';
import { LANGUAGES } from '../src/web/languages.js';
import type { AuditAsked, AuditTold, ReceiptsAsked } from './audit-worker.js';
import type { BundleTold } from './bundle-worker.js';
import { ChosenFiles } from './chosen-files.js';
import { JudgedReceipts } from './judged-receipts.js';
import { readChosen, type Chosen, type Refused } from './chosen.js';

interface Scripts {
  readonly audit: string;
  readonly checking: string;
  readonly bundle: string;
}

type Ended = Exclude<AuditTold, { taken: number }> | { readonly notFetched: string };
type State =
  | { readonly is: 'waiting'; readonly refused?: Refused }
  | { readonly is: 'fetching'; readonly received: number; readonly of: number | undefined }
  /** `of` is not known before the manifest was read. */
  | { readonly is: 'running'; readonly taken: number; readonly of: number | undefined }
  | { readonly is: 'told'; readonly told: Ended };

interface Props {
  words: AuditWords;
  format: Format;
  scripts: Scripts;
  /** Whom the log itself says to trust. */
  policyOfLog: string | undefined;
}

function AuditTool({ words, format, scripts, policyOfLog }: Props) {
  const [state, setState] = useState<State>({ is: 'waiting' });
  const worker = useRef<Worker | undefined>(undefined);
  const stop = () => {
    worker.current?.terminate();
    worker.current = undefined;
  };
  useEffect(() => stop, []);
  // What comes of a press stands below the form, which on a phone is out of sight.
  const below = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.is !== 'waiting')
      below.current?.scrollIntoView({ block: state.is === 'told' ? 'start' : 'center' });
  }, [state.is]);

  const end = (told: Ended) => {
    stop();
    setState({ is: 'told', told });
  };
  /** A worker that is listened to until another one is begun, or it is stopped. */
  const begin = (
    script: string,
    hear: (message: MessageEvent) => void,
    broke: (why: string) => Ended,
  ): Worker => {
    stop();
    const started = new Worker(script);
    worker.current = started;
    started.onmessage = (message) => {
      if (worker.current === started) hear(message);
    };
    started.onerror = ({ message }) => {
      if (worker.current === started) end(broke(message));
    };
    return started;
  };

  const start = async (chosen: Chosen) => {
    const read = await readChosen(chosen, policyOfLog);
    if ('refused' in read) {
      stop();
      setState({ is: 'waiting', refused: read });
      return;
    }
    setState({ is: 'running', taken: 0, of: undefined });
    const hear = ({ data: told }: MessageEvent<AuditTold>) => {
      if ('taken' in told) setState({ is: 'running', ...told });
      else end(told);
    };
    const asked: AuditAsked | ReceiptsAsked =
      'alone' in read ? read : { ...read, checking: scripts.checking };
    begin(scripts.audit, hear, (broke) => ({ broke })).postMessage(asked);
  };
  const startLive = (kept: Omit<Chosen, 'bundle'>) => {
    setState({ is: 'fetching', received: 0, of: undefined });
    const hear = ({ data: told }: MessageEvent<BundleTold>) => {
      if ('received' in told) setState({ is: 'fetching', ...told });
      else if ('bundle' in told) void start({ ...kept, bundle: told.bundle });
      else end({ notFetched: told.broke });
    };
    begin(scripts.bundle, hear, (notFetched) => ({ notFetched })).postMessage('begin');
  };
  const stopHere = () => {
    stop();
    setState({ is: 'waiting' });
  };

  return (
    <>
      <ChosenFiles
        words={words}
        refused={state.is === 'waiting' ? state.refused : undefined}
        isBusy={state.is === 'running' || state.is === 'fetching'}
        onStart={(chosen) => void start(chosen)}
        onLive={startLive}
      />
      <div ref={below} />
      {state.is === 'fetching' && (
        <Going
          words={words}
          title={words.downloading}
          done={state.received}
          of={state.of}
          says={words.downloaded(
            kilobytes(format, state.received),
            state.of === undefined ? undefined : kilobytes(format, state.of),
          )}
          onStop={stopHere}
        />
      )}
      {state.is === 'running' && (
        <Going
          words={words}
          title={words.running}
          done={state.taken}
          of={state.of}
          says={
            state.of === undefined
              ? undefined
              : words.progress(format.number(state.taken), format.number(state.of))
          }
          onStop={stopHere}
        />
      )}
      {state.is === 'told' && <Told words={words} format={format} told={state.told} />}
    </>
  );
}

function kilobytes(format: Format, bytes: number): string {
  return format.number(Math.ceil(bytes / 1_000));
}

interface GoingProps {
  words: AuditWords;
  title: string;
  done: number;
  /** Not known: then it only shows that something is going on. */
  of: number | undefined;
  says: string | undefined;
  onStop: () => void;
}

function Going({ words, title, done, of, says, onStop }: GoingProps) {
  return (
    <div class="note">
      <label for="audit-progress">{title}</label>
      <progress id="audit-progress" max={of ?? 1} value={of === undefined ? undefined : done} />
      {says !== undefined && <p>{says}</p>}
      <button type="button" class="quiet" onClick={onStop}>
        {words.stop}
      </button>
    </div>
  );
}

function Told({ words, format, told }: { words: AuditWords; format: Format; told: Ended }) {
  if ('receipts' in told) return <JudgedReceipts words={words} format={format} {...told} />;
  if (!('report' in told)) {
    return (
      <p class="alert" role="alert">
        {wordsOf(words, format, told)}
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

type Fault = Exclude<Ended, { report: unknown } | { receipts: unknown }>;

function wordsOf(words: AuditWords, format: Format, fault: Fault): string {
  if ('broke' in fault) return words.broke(fault.broke);
  if ('notFetched' in fault) return words.downloadFailed(fault.notFetched);
  return words.policyWrong(fault.policyWrong, format.number(fault.line));
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
const { audit, checking, bundle, policy } = place?.dataset ?? {};
if (place !== null && audit !== undefined && checking !== undefined && bundle !== undefined) {
  const language = LANGUAGES.find((one) => one === document.documentElement.lang) ?? 'es';
  const props = { words: AUDIT_WORDS[language], format: new Format(language, 'UTC') };
  render(<AuditTool {...props} scripts={{ audit, checking, bundle }} policyOfLog={policy} />, place);
}
