/** The program with one thing changed in it: what a simulation must find. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compiled } from '../../child.js';

/** A change to a file of the program, in its compiled form. */
export interface Mutant {
  readonly name: string;
  /** Path from the root of the repository, `.ts`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Works with a module of the changed program.
 * @param module path of what is loaded, from the root of the repository, `.ts`
 * @throws Error where the file does not have what is to be changed
 */
export async function withMutant<T>(
  { file, from, to }: Mutant,
  module: string,
  work: (loaded: unknown) => Promise<T>,
): Promise<T> {
  const original = compiled('.');
  const folder = await mkdtemp(`${original.replace(/\/+\.?$/, '')}-mutant-`);
  try {
    for (const part of ['src', 'projections', 'package.json'])
      await cp(join(original, part), join(folder, part), { recursive: true });
    const path = join(folder, file.replace(/\.ts$/, '.js'));
    const text = await readFile(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${file} does not have once: ${from}`);
    await writeFile(
      path,
      text.replace(from, () => to),
    );
    return await work(await import(join(folder, module.replace(/\.ts$/, '.js'))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
