/** What a matter goes with, for staff: each with a link, and a form that takes it out of the case. */
import { matterNumber } from '../complaints/matter-number.js';
import type { WholeMatter, QueuedMatter } from '../complaints/whole-matters.js';
import type { Together } from '../desk/together.queries.js';
import { DESK_WORDS } from './desk-words.js';
import type { Frame } from './layout.js';
import type { MatterNames } from './matter-names.js';
import { StateLabel, titleOf } from './matter-parts.js';

interface StaffTogetherProps {
  frame: Frame;
  names: MatterNames;
  matter: WholeMatter;
  together: Together;
  mayAct: boolean;
  commandId: string;
}

export function StaffTogether(props: StaffTogetherProps) {
  const { frame, matter, together, mayAct } = props;
  const { language, format } = frame;
  const { together: words } = DESK_WORDS[language];
  const { case: other, members } = together;
  if (other === undefined && members.length === 0) return null;
  const count = format.number(members.length);
  return (
    <section id="together">
      <h2>{words.title}</h2>
      {other !== undefined && (
        <>
          <p>{matter.row.state === 'duplicate' ? words.duplicateOf : words.of}</p>
          <ul>
            <One {...props} one={other} />
          </ul>
          {mayAct && <Separate {...props} one={matter} />}
        </>
      )}
      {members.length > 0 && (
        <>
          <p>
            {other === undefined ? words.members(members.length, count) : words.others(members.length, count)}
          </p>
          <ul>
            {members.map((one) => (
              <One key={one.matterId} {...props} one={one} hasForm={mayAct && other === undefined} />
            ))}
          </ul>
        </>
      )}
      {mayAct && <p class="small">{words.separateSay}</p>}
    </section>
  );
}

function One({
  one,
  hasForm = false,
  ...props
}: StaffTogetherProps & { one: QueuedMatter; hasForm?: boolean }) {
  const { frame, names } = props;
  const { matterId, row, category, area } = one;
  return (
    <li>
      <a href={`/staff/matters/${matterId}`}>
        {titleOf(frame, names, { kind: row.kind, category, area })} · {matterNumber(matterId)}
      </a>{' '}
      <StateLabel frame={frame} names={names} row={row} />
      {hasForm && <Separate {...props} one={one} />}
    </li>
  );
}

function Separate({ frame, commandId, one }: StaffTogetherProps & { one: Pick<QueuedMatter, 'matterId'> }) {
  const { together: words } = DESK_WORDS[frame.language];
  const { matterId } = one;
  return (
    <form method="post" action={`/staff/matters/${matterId}/separate`} class="screen-only">
      <input type="hidden" name="commandId" value={commandId} />
      <button class="quiet" aria-label={words.separateOne(matterNumber(matterId))}>
        {words.separate}
      </button>
    </form>
  );
}
