/** How an election of a file is defined. Pure. */
import type { WordedDefinition } from '../elections/define.commands.js';
import type { ImportSource } from './import-source.js';
import { metaValue } from './pabulib.js';

/** The election of a file in words: voting has been open for an hour and closes in a day, or as soon as all is cast. */
export function definitionOf(source: ImportSource, area: string, now: Date): WordedDefinition {
  const { file, election, ruleset, policy } = source;
  const { limits, voteType } = election;
  const instant = (hours: number) => new Date(now.getTime() + hours * 3_600_000).toISOString();
  const most = election.ballots.reduce((max, ballot) => Math.max(max, ballot.options.length), 1);
  // A ballot of the file may break the file's own limits: the sealed length fits the longest that is there.
  const longest = [...election.projects].sort((a, b) => b.id.length - a.id.length)[0]?.id.length ?? 1;
  const around = Math.max(260, 224 + area.length);
  const sealedBytes = Math.ceil((around + Math.max(most, limits.maxLength) * (longest + 26) + 1) / 64) * 64;
  const language = /^[a-z]{2,3}$/.exec(metaValue(file, 'language') ?? '')?.[0] ?? 'und';
  const description = metaValue(file, 'description') ?? metaValue(file, 'unit') ?? 'Pabulib';
  return {
    definition: {
      profile: 'open',
      disclosure: 'at-close',
      currency: election.currency,
      areas: [{ id: area, budget: Number(election.budget) }],
      ballot: {
        type: voteType === 'scoring' ? 'cumulative' : voteType,
        min: voteType === 'choose-1' ? Math.min(1, limits.minLength) : limits.minLength,
        max: voteType === 'choose-1' ? 1 : limits.maxLength,
        ...(limits.maxSumCost !== undefined && { maxCost: Number(limits.maxSumCost) }),
        ...(election.ballots.some((ballot) => ballot.points !== undefined) && {
          minSum: limits.minSumPoints ?? 0,
          maxSum: limits.maxSumPoints ?? Number.MAX_SAFE_INTEGER,
        }),
        ...policy,
        sealedBytes: Math.min(30_000, sealedBytes),
      },
      schedule: { opensAt: instant(-1), closesAt: instant(24), claimsUntil: instant(24) },
      paper: source.paper.length > 0 ? 'prevails' : 'none',
      origin: 'import',
    },
    title: { [language]: `${description} ${metaValue(file, 'instance') ?? ''}`.trim() },
    ruleset: { ...ruleset },
    options: election.projects.map((project) => ({
      id: project.id,
      area,
      cost: Number(project.cost),
      title: { [language]: project.name.slice(0, 300) },
      ...(project.category !== undefined && { category: codeOf(project.category) }),
      ...(project.withdrawn && { withdrawn: true as const }),
      ...(project.place && {
        place: { lat: Math.round(project.place.lat * 1e6), lon: Math.round(project.place.lon * 1e6) },
      }),
    })),
  };
}

/** A category's name as a code. */
function codeOf(category: string): string {
  const plain = category
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '')
    .toLowerCase();
  return (
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 64) || 'other'
  );
}
