/** What somebody is told once who has filed or joined: her link. */
import { isListening } from './desk-roles.js';
import { Layout, type Frame } from './layout.js';
import { MatterNumber } from './matter-parts.js';
import { MATTER_WORDS } from './matter-words.js';

export interface FiledMatterPageProps {
  frame: Frame;
  matterId: string;
  link: string;
  /** Where people reach the site. */
  site: string;
  hasJoined: boolean;
  /** A code was sent to her address; the city waits for it where there is a day. */
  code: 'sent' | { until: string } | undefined;
}

export function FiledMatterPage({ frame, matterId, link, site, hasJoined, code }: FiledMatterPageProps) {
  const words = MATTER_WORDS[frame.language];
  const { filed } = words;
  const isDesk = isListening(frame);
  return (
    <Layout frame={frame} title={hasJoined ? filed.joinedTitle : filed.title} isPrivate>
      <p class="lead">{hasJoined ? filed.joinedSay : typeof code === 'object' ? filed.waits : filed.say}</p>
      {typeof code === 'object' && (
        <p class="note">
          <strong>{filed.codeNeeded(frame.format.date(code.until))}</strong>
        </p>
      )}
      {code === 'sent' && <p>{hasJoined ? filed.joinedCode : filed.codeSent}</p>}
      <section class="found">
        <p>
          {filed.number}: {/* The whole id is for programs. */}
          <data value={matterId}>
            <MatterNumber matterId={matterId} />
          </data>
        </p>
        <h2>{filed.link}</h2>
        <p>
          <a class="own-link" href={`${site}/matters/own#${link}`}>{`${site}/matters/own#${link}`}</a>
        </p>
        <p>
          <strong>{hasJoined ? filed.onceJoined : filed.once}</strong>
        </p>
        {!isDesk && <p>{filed.keep}</p>}
        <p>{filed.secret}</p>
        {!isDesk && (
          <form method="post" action="/matters/own">
            <input type="hidden" name="link" value={link} />
            <button>{filed.open}</button>
          </form>
        )}
      </section>
      {isDesk && <p class="note screen-only">{filed.slip}</p>}
      <ul class="actions">
        {isDesk && !hasJoined && (
          <li>
            <a class="button" href={`/staff/matters/${matterId}`}>
              {filed.atDesk}
            </a>
          </li>
        )}
        <li>
          <a class="button" href="/matters">
            {filed.all}
          </a>
        </li>
        <li>
          <a class="button" href="/matters/new">
            {filed.another}
          </a>
        </li>
      </ul>
    </Layout>
  );
}
