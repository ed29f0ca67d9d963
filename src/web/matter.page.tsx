/** One public matter: what it says, where it stands, until when it must be answered, its whole history, and how one joins. */
import type { MatterRow } from '../../projections/matter.js';
import type { PublicMatter, PublicStep } from '../complaints/matters.queries.js';
import { isAtDesk } from './desk-roles.js';
import { FollowMatter } from './follow.js';
import { otherThan, When, Layout, type Frame } from './layout.js';
import { PlaceOnMap } from './matter-facts.js';
import { MatterHistory } from './matter-history.js';
import {
  Deadline,
  MatterNumber,
  MatterWords,
  PeopleCount,
  Photos,
  StateLabel,
  titleOf,
} from './matter-parts.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';
import { inWords } from './messages.js';

export interface MatterPageProps {
  frame: Frame;
  names: MatterNames;
  matter: PublicMatter;
  steps: readonly PublicStep[];
}

export function MatterPage({ frame, names, matter, steps }: MatterPageProps) {
  const words = MATTER_WORDS[frame.language];
  const { row, matterId, text, photos, place } = matter;
  const feed = `/feeds/matters/${matterId}.atom?lang=${frame.language}`;
  const mayJoin = row.stateKind === 'open' && row.erased === undefined;
  return (
    <Layout frame={frame} title={titleOf(frame, names, row)} isPrivate={row.erased !== undefined} feed={feed}>
      <p class="phase-note">
        <StateLabel frame={frame} names={names} row={row} /> {inWords(words.kinds, row.kind)}
      </p>
      <MatterWords frame={frame} row={row} texts={text} />
      <Photos frame={frame} photos={photos} about={titleOf(frame, names, row)} />
      <Facts frame={frame} names={names} row={row} address={place?.address} />
      {row.erased === undefined && <PlaceOnMap frame={frame} names={names} place={place} />}
      <Together frame={frame} matterId={matterId} row={row} />
      {mayJoin && (
        <p class="screen-only">
          {words.joinSay}{' '}
          <a class="button" href={`/matters/${matterId}/join`}>
            {words.joinButton}
          </a>
        </p>
      )}
      <MatterHistory frame={frame} names={names} steps={steps} shown={photos} />
      <FollowMatter frame={frame} feed={feed} join={mayJoin ? `/matters/${matterId}/join` : undefined} />
      {isAtDesk(frame) && (
        <p class="screen-only">
          <a href={`/staff/matters/${matterId}`}>{words.filed.atDesk}</a>
        </p>
      )}
      <p class="small">
        {words.filed.number}: <MatterNumber matterId={matterId} />
      </p>
    </Layout>
  );
}

interface FactsProps {
  frame: Frame;
  names: MatterNames;
  row: MatterRow;
  address: string | undefined;
}

function Facts({ frame, names, row, address }: FactsProps) {
  const { language, format } = frame;
  const words = MATTER_WORDS[language];
  const { category, area, department, target, stateKind } = row;
  const named = [
    { label: words.category, name: category === undefined ? undefined : names.category(category) },
    { label: words.area, name: area === undefined ? undefined : names.area(area) },
    { label: words.place, name: address === undefined ? undefined : { text: address, language } },
    { label: words.department, name: department === undefined ? undefined : names.department(department) },
  ];
  return (
    <dl>
      {named.map(
        ({ label, name }) =>
          name !== undefined && (
            <>
              <dt>{label}</dt>
              <dd lang={otherThan(language, name.language)}>{name.text}</dd>
            </>
          ),
      )}
      <dt>{words.filed.title}</dt>
      <dd>
        <When frame={frame} at={row.filedAt} />. <PeopleCount frame={frame} row={row} />
      </dd>
      <dt>{words.deadline}</dt>
      <dd>
        <Deadline frame={frame} names={names} row={row} />
        {target !== undefined && stateKind === 'open' && ` ${words.target(format.date(target))}`}
      </dd>
    </dl>
  );
}

/** What it goes with. */
function Together({ frame, matterId, row }: { frame: Frame; matterId: string; row: MatterRow }) {
  const { language, format } = frame;
  const words = MATTER_WORDS[language];
  return (
    <>
      {row.of !== undefined && (
        <p class="note">
          {row.state === 'duplicate' ? words.duplicateOf : words.inCase}{' '}
          <a href={`/matters/${row.of}`}>{words.seeIt}</a>
        </p>
      )}
      {row.members > 0 && (
        <p class="note">
          {words.members(row.members, format.number(row.members))}{' '}
          <a href={`/matters?of=${matterId}`}>{words.seeMembers}</a>
        </p>
      )}
    </>
  );
}
