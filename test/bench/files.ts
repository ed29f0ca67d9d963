/** Where the real elections are: beside the repository, since they are not part of it. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Lodz 2022: 90,494 voters, 160 projects. A path from the folder that the benchmarks are started in, the repository's. */
export const LODZ = resolve('../shared/elections/Poland_Lodz_2022.pb');

/** The paths of all of them; none where they are missing. */
export function realElections(): string[] {
  const folder = dirname(LODZ);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pb'))
    .map((name) => join(folder, name));
}
