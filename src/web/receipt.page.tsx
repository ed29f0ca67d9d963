/** Whether something stands in the log, by its leaf hash, and the receipt of it to keep. */
import type { Checkpoint } from '../../projections/ledger/checkpoint.js';
import { toBase64url } from '../../projections/bytes.js';
import { Layout, type Frame } from './layout.js';
import { SearchForm } from './search-form.js';

/** What somebody asked for, and what came of it. */
export type Lookup =
  | { readonly typed: string; readonly came: 'malformed' }
  | { readonly typed: string; readonly came: 'unknown' }
  | { readonly typed: string; readonly came: 'pending'; readonly index: bigint }
  | {
      readonly typed: string;
      readonly came: 'integrated';
      readonly index: bigint;
      /** The signed head under which it stands. */
      readonly head: Checkpoint;
    };

export function ReceiptPage({ frame, lookup }: { frame: Frame; lookup: Lookup | undefined }) {
  const { m } = frame;
  return (
    <Layout frame={frame} title={m.receipt.title} isPrivate>
      <p class="lead">{m.receipt.intro}</p>
      {lookup !== undefined && lookup.came !== 'malformed' && <Answer frame={frame} lookup={lookup} />}
      <SearchForm
        action="/receipts"
        name="leaf"
        label={m.receipt.leafHash}
        hint={m.receipt.leafHashHint}
        button={m.receipt.look}
        length={43}
        typed={lookup?.typed}
        fault={lookup?.came === 'malformed' ? m.receipt.malformed : undefined}
      />
      <p>
        <a href="/audit">{m.receipt.checkKept}</a>
      </p>
    </Layout>
  );
}

function Answer({ frame, lookup }: { frame: Frame; lookup: Exclude<Lookup, { came: 'malformed' }> }) {
  const { m, format } = frame;
  const { typed } = lookup;
  if (lookup.came === 'unknown') {
    return (
      <div class="alert" role="alert">
        <p>
          <code>{typed}</code>
        </p>
        <p>{m.receipt.unknown}</p>
      </div>
    );
  }
  return (
    <section class="found" role="status">
      <p>
        <code>{typed}</code>
      </p>
      <p>
        <strong>{m.receipt[lookup.came]}</strong>
      </p>
      <dl>
        <dt>{m.receipt.index}</dt>
        <dd>{format.number(lookup.index)}</dd>
        {lookup.came === 'integrated' && <Head frame={frame} head={lookup.head} />}
      </dl>
      {lookup.came === 'integrated' && (
        <>
          <p>
            <a class="button" href={`/receipts/${typed}/file`} download>
              {m.receipt.save}
            </a>
          </p>
          <p>{m.receipt.saveSays}</p>
          <pre tabindex={0}>
            concejo receipt concejo-receipt-{String(lookup.index)}.tlog-proof --leaf-hash {typed} --policy
            policy.txt
          </pre>
        </>
      )}
    </section>
  );
}

function Head({ frame: { m, format }, head }: { frame: Frame; head: Checkpoint }) {
  return (
    <>
      <dt>{m.receipt.log}</dt>
      <dd>
        <code>{head.origin}</code>
      </dd>
      <dt>{m.receipt.size}</dt>
      <dd>{format.number(head.size)}</dd>
      <dt>{m.receipt.root}</dt>
      <dd>
        <code>{toBase64url(head.root)}</code>
      </dd>
    </>
  );
}
