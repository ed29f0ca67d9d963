/** Names of what matters are about and of where they stand, as a page says them. */
import type { Texts } from '../contents/text.js';
import { wordsIn, type Language, type Words } from './languages.js';
import type { Catalogue } from './matter-catalogue.js';

/** A category with those in it, in the order of the city's file. */
export interface CategoryBranch {
  readonly id: string;
  readonly name: Words;
  /** Whether it takes matters of the kind that was asked for. */
  readonly isTaken: boolean;
  readonly branches: readonly CategoryBranch[];
}

export interface Choice {
  readonly id: string;
  readonly name: Words;
  /** With which others it stands together. */
  readonly group?: Words;
}

export class MatterNames {
  readonly #categories: ReadonlyMap<string, Texts | undefined>;
  readonly #states: ReadonlyMap<string, Texts>;
  readonly #areas: ReadonlyMap<string, Texts>;
  readonly #departments: ReadonlyMap<string, Texts>;

  constructor(
    readonly catalogue: Catalogue,
    readonly language: Language,
  ) {
    const { categories, states, areas, departments } = catalogue;
    this.#categories = new Map(
      categories.map(({ row, texts }) => [row.categoryId, texts.get(row.name.id)] as const),
    );
    this.#states = new Map(states.map(({ state, name }) => [state, name]));
    this.#areas = new Map(areas.map(({ areaId, names }) => [areaId, names]));
    this.#departments = new Map(departments.map(({ departmentId, names }) => [departmentId, names]));
  }

  category(id: string): Words {
    return this.#named(this.#categories, id);
  }

  state(id: string): Words {
    return this.#named(this.#states, id);
  }

  area(id: string): Words {
    return this.#named(this.#areas, id);
  }

  department(id: string): Words {
    return this.#named(this.#departments, id);
  }

  isDepartment(id: string): boolean {
    return this.#departments.has(id);
  }

  /** Words of a category that its row refers to. */
  said(texts: ReadonlyMap<string, Texts>, ref: { id: string } | undefined): Words | undefined {
    return ref && wordsIn(texts.get(ref.id), this.language);
  }

  /** Those in use; of a kind only what takes it, or holds what does. */
  tree(kind?: string, parent?: string): readonly CategoryBranch[] {
    return this.catalogue.categories
      .filter(({ row }) => row.parent === parent && !row.withdrawn)
      .map(({ row }): CategoryBranch => {
        const isTaken = kind === undefined ? row.kinds.length > 0 : row.kinds.some((one) => one === kind);
        const branches = this.tree(kind, row.categoryId);
        return { id: row.categoryId, name: this.category(row.categoryId), isTaken, branches };
      })
      .filter(({ isTaken, branches }) => isTaken || branches.length > 0);
  }

  /** Every category that takes matters, those of one branch together under its name. */
  categories(): readonly Choice[] {
    const leaves = (branches: readonly CategoryBranch[]): CategoryBranch[] =>
      branches.flatMap((branch) => [...(branch.isTaken ? [branch] : []), ...leaves(branch.branches)]);
    return this.tree().flatMap((branch): readonly Choice[] =>
      branch.branches.length === 0
        ? [branch]
        : leaves([branch]).map(({ id, name }) => ({ id, name, group: branch.name })),
    );
  }

  /** Those that only hold others, too. */
  everyCategory(): readonly Choice[] {
    const all = (branches: readonly CategoryBranch[]): CategoryBranch[] =>
      branches.flatMap((branch) => [branch, ...all(branch.branches)]);
    return all(this.tree());
  }

  areas(): readonly Choice[] {
    const inUse = this.catalogue.areas.filter(({ withdrawn }) => !withdrawn);
    return this.#sorted(inUse.map(({ areaId: id }) => ({ id, name: this.area(id) })));
  }

  /** Whether one area in use holds all others, and so can be chosen for the whole of the city. */
  hasWholeCity(): boolean {
    const inUse = this.catalogue.areas.filter(({ withdrawn }) => !withdrawn);
    return inUse.length > 1 && inUse.filter(({ parent }) => parent === undefined).length === 1;
  }

  departments(): readonly Choice[] {
    const inUse = this.catalogue.departments.filter(({ withdrawn }) => !withdrawn);
    return this.#sorted(inUse.map(({ departmentId: id }) => ({ id, name: this.department(id) })));
  }

  #sorted(choices: Choice[]): Choice[] {
    return choices.sort((a, b) => a.name.text.localeCompare(b.name.text, this.language));
  }

  /** What nobody named is its id. */
  #named(names: ReadonlyMap<string, Texts | undefined>, id: string): Words {
    return wordsIn(names.get(id), this.language) ?? { text: id, language: this.language };
  }
}
