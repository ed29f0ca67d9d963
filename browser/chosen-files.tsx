/** The form in which somebody chooses, or drops, what is to be audited. */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { AuditWords } from '../src/web/audit-words.js';
import type { Chosen, Refused } from './chosen.js';

export interface ChosenFilesProps {
  words: AuditWords;
  refused: Refused | undefined;
  isBusy: boolean;
  onStart: (chosen: Chosen) => void;
  /** The bundle of this site, with what was kept beside it. */
  onLive: (kept: Omit<Chosen, 'bundle'>) => void;
}

export function ChosenFiles({ words, refused, isBusy, onStart, onLive }: ChosenFilesProps) {
  const bundle = useRef<HTMLInputElement>(null);
  const policy = useRef<HTMLInputElement>(null);
  const checkpoints = useRef<HTMLInputElement>(null);
  const leafHashes = useRef<HTMLTextAreaElement>(null);
  const receipts = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);

  const kept = () => ({
    policy: policy.current?.files?.[0],
    checkpoints: [...(checkpoints.current?.files ?? [])],
    leafHashes: leafHashes.current?.value ?? '',
    receipts: [...(receipts.current?.files ?? [])],
  });
  const start = (event: Event) => {
    event.preventDefault();
    onStart({ bundle: bundle.current?.files?.[0], ...kept() });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const files = event.dataTransfer?.files;
    if (bundle.current !== null && files?.length === 1) bundle.current.files = files;
  };
  const over = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const faults = faultsOf(words, refused);
  return (
    <>
      <div class="live">
        <button type="button" disabled={isBusy} onClick={() => onLive(kept())}>
          {words.live}
        </button>
        <p class="small">
          {words.liveHint}{' '}
          <a href="/log/bundle.tar" download="log.bundle">
            {words.download}
          </a>
        </p>
      </div>
      <form
        class={isOver ? 'drop over' : 'drop'}
        onSubmit={start}
        onDragOver={over}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <h2>{words.needed}</h2>
        <Field id="bundle" label={words.bundle} hint={words.bundleHint} fault={faults.bundle}>
          <input
            id="bundle"
            ref={bundle}
            type="file"
            aria-invalid={faults.bundle === undefined ? undefined : 'true'}
            aria-describedby="bundle-hint"
          />
        </Field>
        <details>
          <summary>{words.kept}</summary>
          <Field id="policy" label={words.policy} hint={words.policyHint}>
            <input id="policy" ref={policy} type="file" aria-describedby="policy-hint" />
          </Field>
          <Field id="checkpoints" label={words.checkpoints} hint={words.checkpointsHint}>
            <input
              id="checkpoints"
              ref={checkpoints}
              type="file"
              multiple
              aria-describedby="checkpoints-hint"
            />
          </Field>
          <Field id="leaf-hashes" label={words.leafHashes} hint={words.leafHashesHint} fault={faults.hash}>
            <textarea
              id="leaf-hashes"
              ref={leafHashes}
              rows={3}
              autocomplete="off"
              spellcheck={false}
              aria-invalid={faults.hash === undefined ? undefined : 'true'}
              aria-describedby="leaf-hashes-hint"
            />
          </Field>
          <Field id="receipts" label={words.receipts} hint={words.receiptsHint} fault={faults.receipt}>
            <input
              id="receipts"
              ref={receipts}
              type="file"
              multiple
              aria-invalid={faults.receipt === undefined ? undefined : 'true'}
              aria-describedby="receipts-hint"
            />
          </Field>
        </details>
        <button disabled={isBusy}>{words.start}</button>
      </form>
    </>
  );
}

/** What is wrong with a field, in words. */
function faultsOf(words: AuditWords, refused: Refused | undefined) {
  switch (refused?.refused) {
    case 'nothing':
      return { bundle: words.nothing };
    case 'leaf-hash':
      return { hash: words.leafHashWrong(refused.given) };
    case 'without-receipt':
      return { hash: words.withoutReceipt(refused.given) };
    case 'receipt':
      return { receipt: words.receiptStrange(refused.given) };
    case undefined:
      return {};
  }
}

interface FieldProps {
  id: string;
  label: string;
  hint: string;
  fault?: string | undefined;
  children: ComponentChildren;
}

function Field({ id, label, hint, fault, children }: FieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <p id={`${id}-hint`} class="small">
        {hint}
      </p>
      {fault !== undefined && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      {children}
    </div>
  );
}
