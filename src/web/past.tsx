/** Pages as of an earlier time: what they say of it, and how one gets there and back. */
import type { Frame, FramePast } from './layout.js';

export function PastBanner({ m, format, now, past }: Frame & { past: FramePast }) {
  return (
    <aside class="past" aria-label={m.past.title}>
      <p>
        <strong>{m.past.banner(format.instant(now), past.index)}</strong> {m.past.says}{' '}
        <a href={past.today}>{m.past.today}</a>
      </p>
      <details>
        <summary>{m.past.digests}</summary>
        <p class="small">{m.past.digestsSay}</p>
        <ul class="codes small">
          {past.digests.map(({ view, digest }) => (
            <li key={view}>
              <a href={`/api/v1/views/${view}?asOf=${encodeURIComponent(past.asked)}`}>{view}</a>{' '}
              <code>{digest}</code>
            </li>
          ))}
        </ul>
      </details>
    </aside>
  );
}

/** Asks for the same page at the end of a day. */
export function PastForm({ m, path }: Frame) {
  return (
    <details class="screen-only">
      <summary>{m.past.ask}</summary>
      <form method="get" action={path.split('?', 1)[0]} class="field">
        <label for="asOf">{m.past.day}</label>
        <input id="asOf" name="asOf" type="date" required />
        <button>{m.past.show}</button>
      </form>
    </details>
  );
}

/** An address that takes `asOf`, with the moment that this page shows. */
export function inSameTime({ past }: Pick<Frame, 'past'>, address: string): string {
  if (past === undefined) return address;
  const [path = '', fragment] = address.split('#', 2);
  const asOf = `${path.includes('?') ? '&' : '?'}asOf=${encodeURIComponent(past.asked)}`;
  return `${path}${asOf}${fragment === undefined ? '' : `#${fragment}`}`;
}
