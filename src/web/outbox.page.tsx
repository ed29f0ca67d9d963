/** The outbox for administrators: what waits, what failed and why, and what a person decides about it. */
import type { OutboxCounts, OutboxRow } from '../mail/outbox-desk.js';
import type { OutboxState } from '../mail/outbox.js';
import { Layout, otherThan, When, type Frame } from './layout.js';
import { MATTER_WORDS } from './matter-words.js';
import { inWords } from './messages.js';
import { OUTBOX_WORDS } from './outbox-words.js';

/** A mail, and what may be done with it. */
export interface ShownMail extends OutboxRow {
  readonly maySendAgain: boolean;
  readonly mayDiscard: boolean;
}

export interface OutboxPageProps {
  frame: Frame;
  /** Those that are shown; all where nothing is said. */
  state: OutboxState | undefined;
  states: readonly OutboxState[];
  mails: readonly ShownMail[];
  /** Where the next page goes on. */
  next: string | undefined;
  counts: OutboxCounts;
  hasServer: boolean;
  /** What came of the last act. */
  outcome: 'sent' | 'left' | { refused: string } | undefined;
}

export function OutboxPage({
  frame,
  state,
  states,
  mails,
  next,
  counts,
  hasServer,
  outcome,
}: OutboxPageProps) {
  const words = OUTBOX_WORDS[frame.language];
  const { waiting, failed, unknown } = counts;
  const number = (of: number) => frame.format.number(of);
  return (
    <Layout frame={frame} title={words.title} isPrivate>
      <p class="lead">{words.lead}</p>
      {typeof outcome === 'string' && (
        <p class="note" role="status">
          {words[outcome]}
        </p>
      )}
      {typeof outcome === 'object' && (
        <div class="alert" role="alert">
          <p>{words.refusals[outcome.refused] ?? words.refused(outcome.refused)}</p>
        </div>
      )}
      {frame.demo !== undefined && <p class="note">{words.demo}</p>}
      {!hasServer && frame.demo === undefined && <p class="note">{words.noServer}</p>}
      <p>{words.counts(number(waiting), number(failed), number(unknown))}</p>
      <nav aria-label={words.which}>
        <ul class="choices">
          {[undefined, ...states].map((one) => (
            <li key={one ?? 'all'}>
              <a class="button" href={address(one)} aria-current={one === state ? 'true' : undefined}>
                {one === undefined ? words.all : words.states[one]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {state !== undefined && <p>{words.says[state]}</p>}
      {mails.length === 0 ? (
        <p class="empty">{words.empty}</p>
      ) : (
        <ul class="cards">
          {mails.map((mail) => (
            <MailCard key={mail.id} frame={frame} mail={mail} state={state} />
          ))}
        </ul>
      )}
      {next !== undefined && (
        <p>
          <a href={address(state, next)} rel="next">
            {words.older}
          </a>
        </p>
      )}
    </Layout>
  );
}

interface MailProps {
  frame: Frame;
  mail: ShownMail;
  state: OutboxState | undefined;
}

function MailCard({ frame, mail, state }: MailProps) {
  const words = OUTBOX_WORDS[frame.language];
  const { subject, recipient, text, reason, language } = mail;
  const lang = otherThan(frame.language, language === '' ? undefined : language);
  return (
    <li class="card">
      <h2 lang={subject === undefined ? undefined : lang}>{subject ?? words.noSubject}</h2>
      <dl>
        <dt>{words.to}</dt>
        <dd>{recipient ?? words.gone}</dd>
        <dt>{words.kind}</dt>
        <dd>{inWords(words.kinds, mail.kind)}</dd>
        <dt>{words.about}</dt>
        <dd>
          <code>{mail.about}</code>
        </dd>
        <dt>{MATTER_WORDS[frame.language].state}</dt>
        <dd>{words.states[mail.state]}</dd>
        {reason !== undefined && (
          <>
            <dt>{words.why}</dt>
            <dd>{reason.startsWith('smtp-') ? words.serverSaid(reason) : inWords(words.reasons, reason)}</dd>
          </>
        )}
        <dt>{words.tries}</dt>
        <dd>{frame.format.number(mail.tries)}</dd>
        <dt>{words.made}</dt>
        <dd>
          <When frame={frame} at={mail.madeAt.toISOString()} />
        </dd>
        <dt>{words.changed}</dt>
        <dd>
          <When frame={frame} at={mail.changedAt.toISOString()} />
        </dd>
        {mail.state === 'waiting' && (
          <>
            <dt>{words.next}</dt>
            <dd>
              <When frame={frame} at={mail.nextTryAt.toISOString()} />
            </dd>
          </>
        )}
      </dl>
      {text === undefined && recipient !== undefined && <p class="small">{words.hidden}</p>}
      {text !== undefined && (
        <details>
          <summary>{words.text}</summary>
          <pre tabindex={0} lang={lang}>
            {text}
          </pre>
        </details>
      )}
      <Acts frame={frame} mail={mail} state={state} />
    </li>
  );
}

/** `tries` says which state was seen: what moved on meanwhile is left alone. */
function Acts({ frame, mail, state }: MailProps) {
  const words = OUTBOX_WORDS[frame.language];
  const subject = mail.subject ?? words.noSubject;
  const Form = ({ act, label, of }: { act: string; label: string; of: string }) => (
    <form method="post" action={`/staff/mail/${mail.id}/${act}`}>
      <input type="hidden" name="tries" value={mail.tries} />
      {state !== undefined && <input type="hidden" name="state" value={state} />}
      <button aria-label={of} class={act === 'sendings' ? undefined : 'quiet'}>
        {label}
      </button>
    </form>
  );
  return (
    <>
      {mail.maySendAgain && (
        <>
          {mail.state === 'unknown' && <p>{words.againSay}</p>}
          <Form act="sendings" label={words.again} of={words.againOf(subject)} />
        </>
      )}
      {mail.mayDiscard && <Form act="discards" label={words.leave} of={words.leaveOf(subject)} />}
    </>
  );
}

function address(state: OutboxState | undefined, cursor?: string): string {
  const query = new URLSearchParams({
    ...(state !== undefined && { state }),
    ...(cursor !== undefined && { cursor }),
  }).toString();
  return query === '' ? '/staff/mail' : `/staff/mail?${query}`;
}
