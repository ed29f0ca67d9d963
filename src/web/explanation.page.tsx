/** How a count came out as it did, step by step: what the data say, in sentences, tables and bars. */
import type { ElectionDetails, ElectionExplanation } from '../elections/elections.queries.js';
import { areaWords, electionWords, optionWords } from './areas.js';
import { Teller } from './explanation-in-words.js';
import { FairnessOf } from './explanation-fairness.js';
import { Losers } from './explanation-losers.js';
import { Steps } from './explanation-steps.js';
import { EXPLANATION_WORDS } from './explanation-words.js';
import { Layout, otherThan, type Frame } from './layout.js';
import { ruleInWords, scoreUnit } from './ruleset.js';
import { Ties } from './ties.js';

export interface ExplanationPageProps {
  frame: Frame;
  details: ElectionDetails;
  found: ElectionExplanation;
}

export function ExplanationPage({ frame, details, found }: ExplanationPageProps) {
  const { m, format, language } = frame;
  const { tally, kept } = found;
  const words = EXPLANATION_WORDS[language];
  const election = electionWords(frame, details);
  const path = `/elections/${details.election.definition.electionId}`;
  const title = optionWords(frame, details);
  const unit = scoreUnit(details.election);
  const { currency } = details.election.definition;
  const ofCount = details.election.tallies.at(-1)?.number === tally.number ? '' : `?count=${tally.number}`;
  return (
    <Layout frame={frame} title={words.of(election.text)} titleLanguage={election.language}>
      <p>{`${m.result.number(format.number(tally.number))}. ${words.intro}`}</p>
      <p>{ruleInWords(frame, details.election).join(' ')}</p>
      <ul class="actions">
        <li>
          <a class="button" href={`${path}${ofCount}#result`}>
            {words.back}
          </a>
        </li>
        {kept && (
          <li>
            <a class="button" href={`/api/v1${path}/explanation${ofCount}`}>
              {words.data}
            </a>
          </li>
        )}
      </ul>
      {kept === undefined && <p class="alert">{words.missing}</p>}
      {kept?.explanation.areas.map(({ area, explanation }) => {
        const name = areaWords(frame, details, area);
        const teller = new Teller(
          {
            language,
            m,
            format,
            currency,
            title: (id) => title(id).text,
            unit,
          },
          explanation,
        );
        return (
          <section key={area} class="explained">
            <h2 lang={otherThan(language, name.language)}>{name.text}</h2>
            <Steps frame={frame} teller={teller} area={name.text} title={title} unit={unit} />
            <Ties
              frame={frame}
              ties={explanation.outcome.ties}
              title={title}
              unit={m.result[unit].toLocaleLowerCase()}
              currency={currency}
            />
            <Losers frame={frame} teller={teller} title={title} />
            <FairnessOf frame={frame} teller={teller} area={name.text} title={title} />
          </section>
        );
      })}
    </Layout>
  );
}
