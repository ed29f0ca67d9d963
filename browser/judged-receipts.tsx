/** What receipts alone show, as people read it. */
import type { AuditWords } from '../src/web/audit-words.js';
import type { Format } from '../src/web/format.js';
import type { JudgedReceipt } from './audit-worker.js';

export interface JudgedReceiptsProps {
  words: AuditWords;
  format: Format;
  receipts: readonly JudgedReceipt[];
  /** The policy is the reader's own. */
  isOwnPolicy: boolean;
}

export function JudgedReceipts({ words, format, receipts, isOwnPolicy }: JudgedReceiptsProps) {
  return (
    <section role="status">
      <h2>{words.report}</h2>
      {receipts.map((receipt, place) => (
        <Judged key={place} words={words} format={format} receipt={receipt} isOwnPolicy={isOwnPolicy} />
      ))}
      <p>{words.receiptProves}</p>
    </section>
  );
}

interface JudgedProps extends Pick<JudgedReceiptsProps, 'words' | 'format' | 'isOwnPolicy'> {
  receipt: JudgedReceipt;
}

function Judged({ words, format, receipt, isOwnPolicy }: JudgedProps) {
  const { name, judged, leafHash, isOwnHash } = receipt;
  const passed = judged.verdict === 'PASS';
  return (
    <div class={passed ? 'found' : 'alert'}>
      <p class="small">{name}</p>
      <p class="lead">
        <strong>{sentenceOf(words, receipt, isOwnPolicy)}</strong>
      </p>
      {judged.verdict !== 'FAIL' && (
        <dl class="small codes">
          {leafHash !== undefined && <Code name={words.leafHash} value={leafHash} />}
          {leafHash !== undefined && isOwnHash && <dd>{words.receiptOwnHash}</dd>}
          <dt>{words.index}</dt>
          <dd>{format.number(BigInt(judged.index))}</dd>
          <Code name={words.log} value={judged.origin} />
          <dt>{words.size}</dt>
          <dd>{format.number(BigInt(judged.size))}</dd>
          <Code name={words.root} value={judged.root} />
          {passed && (
            <>
              <dt>{words.cosignedBy}</dt>
              <dd>{judged.cosignedBy.length === 0 ? words.nobody : judged.cosignedBy.join(', ')}</dd>
              <dt>{words.policyUsed}</dt>
              <dd>{isOwnPolicy ? words.ofReader : words.ofLog}</dd>
            </>
          )}
        </dl>
      )}
    </div>
  );
}

function sentenceOf(words: AuditWords, { judged }: JudgedReceipt, isOwnPolicy: boolean): string {
  if (judged.verdict === 'FAIL') return words.receiptWrong(judged.code);
  if (judged.verdict === 'PASS') return isOwnPolicy ? words.receiptHolds : words.receiptHoldsByOwnPolicy;
  return judged.code === 'policy-not-given' ? words.receiptWithoutPolicy : words.receiptWithoutHash;
}

function Code({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
      </dd>
    </>
  );
}
