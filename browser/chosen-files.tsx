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
}

export function ChosenFiles({ words, refused, isBusy, onStart }: ChosenFilesProps) {
  const bundle = useRef<HTMLInputElement>(null);
  const policy = useRef<HTMLInputElement>(null);
  const checkpoints = useRef<HTMLInputElement>(null);
  const leafHashes = useRef<HTMLTextAreaElement>(null);
  const receipts = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);

  const start = (event: Event) => {
    event.preventDefault();
    const [file] = bundle.current?.files ?? [];
    if (file === undefined) return;
    onStart({
      bundle: file,
      policy: policy.current?.files?.[0],
      checkpoints: [...(checkpoints.current?.files ?? [])],
      leafHashes: leafHashes.current?.value ?? '',
      receipts: [...(receipts.current?.files ?? [])],
    });
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
  const hash = refused?.refused === 'leaf-hash' ? words.leafHashWrong(refused.given) : undefined;
  const receipt = refused?.refused === 'receipt' ? words.receiptStrange(refused.given) : undefined;
  return (
    <form
      class={isOver ? 'drop over' : 'drop'}
      onSubmit={start}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <h2>{words.needed}</h2>
      <Field id="bundle" label={words.bundle} hint={words.bundleHint}>
        <input id="bundle" ref={bundle} type="file" required aria-describedby="bundle-hint" />
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
        <Field id="leaf-hashes" label={words.leafHashes} hint={words.leafHashesHint} fault={hash}>
          <textarea
            id="leaf-hashes"
            ref={leafHashes}
            rows={3}
            autocomplete="off"
            spellcheck={false}
            aria-invalid={hash === undefined ? undefined : 'true'}
            aria-describedby="leaf-hashes-hint"
          />
        </Field>
        <Field id="receipts" label={words.receipts} hint={words.receiptsHint} fault={receipt}>
          <input
            id="receipts"
            ref={receipts}
            type="file"
            multiple
            aria-invalid={receipt === undefined ? undefined : 'true'}
            aria-describedby="receipts-hint"
          />
        </Field>
      </details>
      <button disabled={isBusy}>{words.start}</button>
    </form>
  );
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
