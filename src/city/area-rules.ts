/** What makes areas one tree, and their names in `.pb` files unambiguous. Pure. */
import { ancestors, foldName } from './areas.js';
import type { AreaEntry } from './city-file.js';
import type { Problem } from './fields.js';

/** `area-root-missing`, `area-roots-several`, `area-parent-unknown`, `area-tree-cycle`. */
export function treeProblems(areas: readonly AreaEntry[]): Problem[] {
  const problems: Problem[] = [];
  const ids = new Set(areas.map((area) => area.id));
  const nodes = areas.map(({ id, parent }) => ({ areaId: id, ...(parent !== undefined && { parent }) }));
  let roots = 0;
  for (const [index, { id, parent }] of areas.entries()) {
    if (parent === undefined) {
      roots++;
      if (roots > 1) problems.push({ code: 'area-roots-several', field: `areas.${index}` });
    } else if (!ids.has(parent)) {
      problems.push({ code: 'area-parent-unknown', field: `areas.${index}.parent` });
    } else if (ancestors(nodes, id).includes(id)) {
      problems.push({ code: 'area-tree-cycle', field: `areas.${index}.parent` });
    }
  }
  if (roots === 0) problems.push({ code: 'area-root-missing', field: 'areas' });
  return problems;
}

/** `pabulib-name-repeated`: two areas that a file cannot tell apart. */
export function namesProblems(areas: readonly AreaEntry[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [index, { pabulib }] of areas.entries()) {
    for (const [i, alias] of pabulib.entries()) {
      const name = foldName(alias);
      if (seen.has(name)) {
        problems.push({ code: 'pabulib-name-repeated', field: `areas.${index}.pabulib.${i}` });
      }
      seen.add(name);
    }
  }
  return problems;
}
