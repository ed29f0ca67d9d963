/**
 * Runs the benchmarks that are named on the command line, all by default, one after another, each on a PostgreSQL of its
 * own: `npm run bench -- cast lodz`. With `--short` in sizes for CI, where what counts is that they still run; with `--long`
 * also in sizes that take many minutes and gigabytes.
 */
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { realElections } from './files.js';
import { withDatabase } from './scratch.js';

interface Options {
  readonly short: boolean;
  readonly long: boolean;
}

const BENCHES: Readonly<Record<string, (options: Options) => Promise<void>>> = {
  append: async () => {
    const { run } = await import('./append.bench.js');
    await withDatabase((url) => run(url));
  },
  eventstoredb: async (options) => (await import('./eventstoredb.bench.js')).run(options),
  audit: async (options) => (await import('./audit.bench.js')).run(options),
  ledger: async (options) => (await import('./ledger.bench.js')).run(options),
  replay: async ({ short }) => {
    const { run } = await import('./replay.bench.js');
    await withDatabase((url) => run(url, short ? 5_000 : 100_000));
  },
  growth: async (options) => (await import('./growth.bench.js')).run(options),
  past: async (options) => (await import('./past.bench.js')).run(options),
  'matters-numbers': async (options) => (await import('./matters-numbers.bench.js')).run(options),
  matters: async (options) => (await import('./matters.bench.js')).run(options),
  filings: async (options) => (await import('./filings.bench.js')).run(options),
  tally: async () => {
    const { run } = await import('./tally.bench.js');
    const files = realElections();
    if (files.length === 0) console.log('tally: not run, the real elections are missing');
    for (const file of files) run(file, (line) => console.log(`tally, ${basename(file)}: ${line}`));
  },
  shares: async (options) => (await import('./shares.bench.js')).run(options),
  overspending: async () => (await import('./overspending.bench.js')).run(),
  cast: async (options) => (await import('./cast.bench.js')).run(options),
  processes: async (options) => (await import('./processes.bench.js')).run(options),
  'take-over': async (options) => (await import('./take-over.bench.js')).run(options),
  'browser-audit': async (options) => (await import('./browser-audit.bench.js')).run(options),
  photos: async (options) => (await import('./photos.bench.js')).run(options),
  lodz: async () => (await import('./lodz.bench.js')).run(),
};

const given = process.argv.slice(2);
const short = given.includes('--short');
const long = given.includes('--long');
const names = given.filter((word) => word !== '--short' && word !== '--long');
const unknown = names.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(
    `No benchmark ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}; and --short or --long`,
  );
  process.exitCode = 2;
} else {
  console.log(
    `Node ${process.version}, ${availableParallelism()} processors${short ? ', short: sizes for CI, not figures to quote' : ''}`,
  );
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (names.length === 0 || names.includes(name)) await bench({ short, long });
  }
}
