/** `concejo tally FILE.pb`: counts a file as it is. */
import { comparedJson, comparedText, comparedWithOwn } from '../pabulib/tally-compared.js';
import { explainFile, explanationText } from '../pabulib/tally-explained.js';
import type { Language } from '../web/languages.js';
import { tallyFile, tallyJson, tallyText } from '../pabulib/tally-file.js';
import { readInput } from './input.js';
import { print, type OutputOptions } from './output.js';

export interface TallyOptions extends OutputOptions {
  ruleset?: string;
  lenient?: boolean;
  rule?: string;
  tieOrder?: string;
  utility?: string;
  completion?: string;
  stopWhenExhaustive?: boolean;
  integralStart?: boolean;
  explain?: boolean;
  language?: Language;
}

export function tally(file: string, options: TallyOptions): void {
  const { ruleset, lenient = false, tieOrder, language = 'en' } = options;
  const rulesetBytes = ruleset === undefined ? undefined : readInput(ruleset);
  const counted = tallyFile(readInput(file), {
    ...(rulesetBytes !== undefined && { rulesetBytes }),
    ...(tieOrder !== undefined && { tieOrder }),
    fields: rulesetFields(options),
    lenient,
  });
  const compared = comparedWithOwn(counted);
  const asked = options.explain === true || options.language !== undefined;
  const explanation = asked ? explainFile(counted) : undefined;
  print(
    {
      ...tallyJson(counted),
      ...(compared && { compared: comparedJson(compared) }),
      ...(explanation && { explanation }),
    },
    [
      tallyText(counted),
      ...(compared ? [comparedText(counted, compared)] : []),
      ...(explanation ? [explanationText(counted, explanation, language)] : []),
    ],
    options,
  );
}

/** Points and ranks are scores of ballots, and both are what a project is worth to a voter. */
const UTILITIES: Readonly<Record<string, Record<string, unknown>>> = {
  points: { utility: 'score', score: { by: 'points' } },
  borda: { utility: 'score' },
};

/** What the options say of the ruleset, as its fields: only those that were given, so that others hold as they stand. */
function rulesetFields({
  rule,
  utility,
  completion,
  stopWhenExhaustive,
  integralStart,
}: TallyOptions): Record<string, unknown> {
  return {
    ...(rule !== undefined && { rule }),
    ...(utility !== undefined && (Object.hasOwn(UTILITIES, utility) ? UTILITIES[utility] : { utility })),
    ...(completion !== undefined && { completion }),
    ...(stopWhenExhaustive !== undefined && { stopWhenExhaustive }),
    ...(integralStart !== undefined && { integralStart }),
  };
}
