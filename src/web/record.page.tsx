/** The record (acta) of an election: what a secretary prints, signs and files. */
import type { CountResult } from '../../projections/count.js';
import { lastOccasion, type DigestsRow } from '../../projections/digests.view.js';
import type { ElectionDetails, ElectionResult } from '../elections/elections.queries.js';
import { ballotInWords } from './about.js';
import { areaWords, electionWords, optionWords } from './areas.js';
import { PublishedDigests } from './digests.js';
import { Actors } from './history.js';
import { Layout, otherThan, When, type Frame } from './layout.js';
import { inSameTime } from './past.js';
import { Annulments, PhaseNote } from './phase-note.js';
import { Proof } from './proof.js';
import { BallotSums, Faults, Paper } from './record-sums.js';
import { hasPoints } from './result.js';
import { ruleInWords } from './ruleset.js';
import { votersOf } from './turnout.js';

export interface RecordPageProps {
  frame: Frame;
  details: ElectionDetails;
  result: ElectionResult | undefined;
  /** Those of the election's last occasion. */
  digests: DigestsRow | undefined;
}

export function RecordPage({ frame, details, result, digests }: RecordPageProps) {
  const { m, format } = frame;
  const { election, reasons } = details;
  const isOver = election.closed !== undefined || election.annulled !== undefined;
  const counted = result?.result;
  return (
    <Layout frame={frame} title={m.record.of(electionWords(frame, details).text)}>
      <p class="screen-only">
        <a href={inSameTime(frame, `/elections/${election.definition.electionId}`)}>{m.election.about}</a> ·{' '}
        {m.record.print}
      </p>
      {!isOver && <p class="alert">{m.record.notYet}</p>}
      {isOver && election.certified === undefined && <p class="alert">{m.record.draft}</p>}
      <PhaseNote frame={frame} election={election} />
      <Annulments frame={frame} election={election} reasons={reasons} />
      <DefinitionList frame={frame} details={details} />
      <Voters frame={frame} details={details} result={counted} />
      {counted && <BallotSums frame={frame} result={counted} />}
      <Paper frame={frame} election={election} result={counted} />
      {counted && <Faults frame={frame} result={counted} />}
      <section>
        <h2>{m.record.result}</h2>
        {counted === undefined ? (
          <p>{election.tallies.length === 0 ? m.record.noResult : m.result.missing}</p>
        ) : (
          <Funded frame={frame} details={details} result={counted} />
        )}
        {result && counted && (
          <>
            <p>{m.result.number(format.number(result.tally.number))}</p>
            <Proof frame={frame} tally={result.tally} ruleset={counted.ruleset} />
          </>
        )}
      </section>
      {lastOccasion(election) !== undefined && <PublishedDigests frame={frame} published={digests} />}
      <Certification frame={frame} details={details} />
    </Layout>
  );
}

function DefinitionList({ frame, details }: { frame: Frame; details: ElectionDetails }) {
  const { m } = frame;
  const { definition, schedule, opening } = details.election;
  const rows = [
    [m.election.opensAt, schedule.opensAt],
    [m.election.closesAt, details.election.closed?.at ?? schedule.closesAt],
    [m.election.claimsUntil, schedule.claimsUntil],
  ] as const;
  return (
    <section>
      <h2>{m.record.definition}</h2>
      <dl>
        <dt>{m.record.id}</dt>
        <dd>
          <code>{definition.electionId}</code>
        </dd>
        {opening && (
          <>
            <dt>{m.record.hash}</dt>
            <dd>
              <code>{opening.e}</code>
            </dd>
          </>
        )}
        <dt>{m.record.profile}</dt>
        <dd>{m.record.open}</dd>
        <dt>{m.record.type}</dt>
        <dd>{ballotInWords(frame, details)}</dd>
        <dt>{m.election.rule}</dt>
        <dd>{ruleInWords(frame, details.election).join(' ')}</dd>
        {rows.map(([title, at]) => (
          <>
            <dt>{title}</dt>
            <dd>
              <When frame={frame} at={at} />
            </dd>
          </>
        ))}
      </dl>
    </section>
  );
}

interface VotersProps {
  frame: Frame;
  details: ElectionDetails;
  result: CountResult | undefined;
}

/**
 * Once it is counted, every voter once: by web whoever has a ballot that stands, on paper whoever has a valid mark. Before
 * that, what the turnout says, where a voter may be in both.
 */
function Voters({ frame, details, result }: VotersProps) {
  const { m, format } = frame;
  const { election, turnout } = details;
  const { roll } = election;
  const web = result === undefined ? (turnout?.web ?? 0) : result.ballots.counted + result.ballots.spoiled;
  const paper = result === undefined ? (turnout?.paper ?? 0) : result.paper.marks;
  const voters = result === undefined ? votersOf(election, turnout) : web + paper;
  return (
    <section>
      <h2>{m.turnout.title}</h2>
      <dl>
        <dt>{m.record.roll}</dt>
        <dd>
          {roll === undefined ? m.election.noRoll : m.election.onRoll(roll.count, format.number(roll.count))}
        </dd>
        {roll && (
          <>
            <dt>{m.record.rollRoot}</dt>
            <dd>
              <code>{roll.root}</code>
            </dd>
          </>
        )}
        <dt>{m.record.votersWeb}</dt>
        <dd>{format.number(web)}</dd>
        <dt>{m.record.votersPaper}</dt>
        <dd>{format.number(paper)}</dd>
        {voters !== undefined && (
          <>
            <dt>{m.record.share}</dt>
            <dd>{format.percent(voters, roll?.count ?? 0)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

function Funded({ frame, details, result }: { frame: Frame; details: ElectionDetails; result: CountResult }) {
  const { m, format, language } = frame;
  const title = optionWords(frame, details);
  const { currency } = details.election.definition;
  return (
    <>
      {result.areas.map(({ area, together }) => (
        <table key={area} class="wide">
          <caption>{`${areaWords(frame, details, area).text}: ${m.result.spent(
            format.money(together.cost, currency),
            format.money(together.budget, currency),
          )}`}</caption>
          <thead>
            <tr>
              <th scope="col">{m.projects.project}</th>
              <th scope="col" class="number">
                {hasPoints({ together }) ? m.result.points : m.result.votes}
              </th>
              <th scope="col" class="number">
                {m.projects.cost}
              </th>
            </tr>
          </thead>
          <tbody>
            {together.funded.length === 0 && (
              <tr>
                <td colspan={3}>{m.record.noneFunded}</td>
              </tr>
            )}
            {together.projects
              .filter(({ funded }) => funded)
              .map(({ id, score, cost }) => (
                <tr key={id}>
                  <th scope="row">
                    <span lang={otherThan(language, title(id).language)}>{title(id).text}</span>{' '}
                    <code>{id}</code>
                  </th>
                  <td class="number">{format.number(score)}</td>
                  <td class="number">{format.money(cost, currency)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      ))}
    </>
  );
}

function Certification({ frame, details }: { frame: Frame; details: ElectionDetails }) {
  const { m, format } = frame;
  const { certified } = details.election;
  return (
    <section class="certification">
      <h2>{m.record.certification}</h2>
      {certified === undefined ? (
        <p>{m.record.notCertified}</p>
      ) : (
        <>
          <p>{m.record.certifiedBy(certified.by.join(', '), format.instant(certified.at))}</p>
          <dl>
            <dt>{m.history.approvedBy}</dt>
            <dd>
              <Actors frame={frame} ids={certified.by} />
            </dd>
            <dt>{m.result.position}</dt>
            <dd>{format.number(certified.position)}</dd>
            <dt>{m.result.output}</dt>
            <dd>
              <code>{certified.outputDigest}</code>
            </dd>
          </dl>
        </>
      )}
      <h3>{m.record.signatures}</h3>
      <div class="signatures">
        {[1, 2].map((place) => (
          <p key={place}>{m.record.signature}</p>
        ))}
        <p>{m.record.placeDate}</p>
      </div>
    </section>
  );
}
