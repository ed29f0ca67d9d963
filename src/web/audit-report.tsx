/** The report of an audit as people read it. Drawn by the browser that audited; pure, so that a test can draw it too. */
import type { ComponentChildren } from 'preact';
import type { AuditedLog, CheckReport, Finding, Report } from '../../projections/audit/report.js';
import type { AuditWords } from './audit-words.js';
import type { Format } from './format.js';

export interface AuditReportProps {
  words: AuditWords;
  format: Format;
  report: Report;
  seconds: number;
}

export function AuditReport({ words, format, report, seconds }: AuditReportProps) {
  const { checks } = report;
  const told = checks.filter(({ verdict }) => verdict !== 'NOT-APPLICABLE');
  const others = checks.filter(({ verdict }) => verdict === 'NOT-APPLICABLE');
  return (
    <>
      <Summary words={words} format={format} report={report} seconds={seconds} />
      <table class="report">
        <caption>{words.report}</caption>
        <thead>
          <tr>
            <th scope="col">{words.verdict}</th>
            <th scope="col" class="number">
              {words.number}
            </th>
            <th scope="col">{words.check}</th>
          </tr>
        </thead>
        <tbody>
          {told.map((check) => (
            <Row key={check.number} words={words} format={format} check={check} />
          ))}
        </tbody>
      </table>
      {others.length > 0 && (
        <details>
          <summary>{words.others(others.length, format.number(others.length))}</summary>
          <ul>
            {others.map(({ number }) => (
              <li key={number}>
                {format.number(number)}. {words.titles[number]}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

const SENTENCES = {
  passed: 'passed',
  'passed-by-own-policy': 'passedByOwnPolicy',
  'not-checked': 'open',
} as const;

/** In one sentence: passed, failed and where first, or not everything could be looked at. */
function Summary({ words, format, report, seconds }: AuditReportProps) {
  const { passed, conclusion, cause, size, root, checks } = report;
  const warned = checks.filter(({ verdict }) => verdict === 'WARN').length;
  const sentence =
    conclusion === 'failed'
      ? words.failed(format.number(cause ?? 0), words.titles[cause ?? 0] ?? '')
      : words[SENTENCES[conclusion]];
  return (
    <div class={passed ? 'found' : 'alert'} role="status">
      <p class="lead">
        <strong>{sentence}</strong>
      </p>
      {warned > 0 && <p>{words.warned(warned, format.number(warned))}</p>}
      <p class="small">
        {words.about(format.number(size), Math.ceil(seconds), format.number(Math.ceil(seconds)))}{' '}
        <code>{root}</code>
      </p>
      <Log words={words} format={format} log={report.log} />
    </div>
  );
}

/** Which log, how new it is, and on whose word it is this one. */
function Log({ words, format, log }: Pick<AuditReportProps, 'words' | 'format'> & { log: AuditedLog }) {
  const { origin, lastAt, cosigned = [], policy } = log;
  const whose =
    policy === undefined ? words.noPolicy : policy.from === 'reader' ? words.ofReader : words.ofLog;
  return (
    <dl class="small codes">
      {origin !== undefined && <Fact name={words.log} value={<code>{origin}</code>} />}
      {lastAt !== undefined && (
        <Fact name={words.lastAt} value={<time dateTime={lastAt}>{format.instant(lastAt)} UTC</time>} />
      )}
      {cosigned.map(({ witness, at }) => (
        <Fact key={witness} name={words.cosigned(witness)} value={at} />
      ))}
      <Fact name={words.policyUsed} value={whose} />
      {policy?.keys.map((key) => (
        <dd key={key}>
          <code>{key}</code>
        </dd>
      ))}
    </dl>
  );
}

function Fact({ name, value }: { name: string; value: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

interface RowProps {
  words: AuditWords;
  format: Format;
  check: CheckReport;
}

function Row({ words, format, check }: RowProps) {
  const { verdict, number, examined, findings, more, consequentOf } = check;
  const count = findings.length + more;
  return (
    <tr class={verdict.toLowerCase()}>
      <td>
        <strong>{words.verdicts[verdict]}</strong>
      </td>
      <td class="number">{format.number(number)}</td>
      <th scope="row">
        {words.titles[number]}
        {verdict !== 'NOT-CHECKED' && (
          <p class="small">{words.examined(examined, format.number(examined))}</p>
        )}
        {consequentOf !== undefined && <p class="small">{words.consequent(format.number(consequentOf))}</p>}
        {count > 0 && (
          <details>
            <summary>{words.findings(count, format.number(count))}</summary>
            <ul class="codes">
              {findings.map((finding, place) => (
                <FindingLine key={place} words={words} format={format} finding={finding} />
              ))}
              {more > 0 && <li>{words.more(format.number(more))}</li>}
            </ul>
          </details>
        )}
      </th>
    </tr>
  );
}

function FindingLine({ words, format, finding }: { words: AuditWords; format: Format; finding: Finding }) {
  const { code, index, id, expected, found } = finding;
  return (
    <li>
      <code>{code}</code>
      {index !== undefined && <>, {words.event(format.number(index))}</>}
      {id !== undefined && (
        <>
          , <code>{id}</code>
        </>
      )}
      {expected !== undefined && (
        <>
          ; {words.expected} <code>{expected}</code>
        </>
      )}
      {found !== undefined && (
        <>
          ; {words.found} <code>{found}</code>
        </>
      )}
    </li>
  );
}
