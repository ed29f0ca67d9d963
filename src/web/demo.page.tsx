/** What only a demo can: sign in as anybody, move its clock on, begin again. */
import type { Demo } from '../demo-site.js';
import { inWords } from './messages.js';
import { Layout, When, type Frame } from './layout.js';

/** By so many hours the clock is moved at once, as the demo takes it. */
export const MOST_HOURS = 24 * 365;

export interface DemoPageProps {
  frame: Frame;
  people: Demo['people'];
  now: string;
  isResetting: boolean;
}

export function DemoPage({ frame, people, now, isResetting }: DemoPageProps) {
  const { m, format } = frame;
  return (
    <Layout frame={frame} title={m.demo.title} isPrivate>
      <p class="lead">{m.demo.banner}</p>
      {isResetting && (
        <p class="note" role="status">
          {m.demo.resetting}
        </p>
      )}
      <section>
        <h2>{m.demo.people}</h2>
        <p>{m.demo.peopleSay}</p>
        <ul class="cards">
          {people.map(({ id, roles, key }) => (
            <li key={id} class="card">
              <form method="post" action="/session">
                <input type="hidden" name="key" value={key} />
                <input type="hidden" name="next" value="/staff" />
                <button>{m.demo.enterAs(id)}</button>
              </form>
              <p class="small">
                {m.staff.roles}: {roles.map((role) => inWords(m.staff.roleNames, role)).join(', ')}
              </p>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{m.demo.move}</h2>
        <p>
          {m.demo.moveSay} <When frame={frame} at={now} />
        </p>
        <div class="actions">
          {[1, 24, 24 * 7].map((hours) => (
            <form key={hours} method="post" action="/demo/clock">
              <input type="hidden" name="hours" value={hours} />
              <button>{m.demo.forwardBy(hours, format.number(hours))}</button>
            </form>
          ))}
        </div>
        <form method="post" action="/demo/clock" class="field">
          <label for="hours">{m.demo.hours}</label>
          <input id="hours" name="hours" type="number" min="1" max={MOST_HOURS} required />
          <button>{m.demo.forward}</button>
        </form>
      </section>
      <section>
        <h2>{m.demo.reset}</h2>
        <p>{m.demo.resetSay}</p>
        <form method="post" action="/demo/reset">
          <button>{m.demo.reset}</button>
        </form>
      </section>
    </Layout>
  );
}
