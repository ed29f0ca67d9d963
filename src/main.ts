#!/usr/bin/env node
/** The command line. Every command is loaded when it is asked for, so that help and offline counting start at once. */
import { Command, Option } from 'commander';
import type { DemoOptions } from './command-line/demo.js';
import type { FollowOptions } from './command-line/follow.js';
import { fail, version } from './command-line/output.js';
import type { RestoreOptions } from './command-line/restore.js';
import type { WitnessOptions } from './command-line/witness.js';
import { SETTINGS_HELP } from './settings.js';

const program = new Command('concejo')
  .description('An event-sourced decision and voting engine for cities')
  .version(version())
  .showHelpAfterError('(add --help for what there is)')
  .configureHelp({ showGlobalOptions: true })
  // Before the commands are made: they inherit it.
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('serve')
  .description('serve the site and its API for real use')
  .addHelpText('after', settingsHelp())
  .action(async () => (await import('./command-line/serve.js')).serve());

program
  .command('demo')
  .description('serve a made-up city with a clock that can be moved; made at first start')
  .option('--reset', 'begin with a new folder and a new log; the old folder is kept beside it')
  .option(
    '--matters <number>',
    'how many complaints, suggestions and thank-yous its last year has, when it is made; by default 2098, as in Gijón in 2024',
  )
  .addHelpText('after', settingsHelp())
  .action(async (options: DemoOptions) => (await import('./command-line/demo.js')).demo(options));

program
  .command('city')
  .description(
    'describe the city from a file: areas, departments, holidays, time zone; after a change of the file, run it again',
  )
  .argument('<file>', 'JSON file (docs/city.md)')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (file: string, options) =>
    (await import('./command-line/city.js')).describeCity(file, options as object),
  );

program
  .command('categories')
  .description(
    'describe what matters can be about and which states they have, from a file; after a change of the file, run it again',
  )
  .argument('<file>', 'JSON file (docs/categories.md)')
  .option('--dry-run', 'say what would be changed and withdrawn, and change nothing')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (file: string, options) =>
    (await import('./command-line/categories.js')).describeCategories(file, options as object),
  );

program
  .command('import')
  .description(
    'define an election from a .pb file and cast its ballots; goes on where an interrupted import stopped',
  )
  .argument('<file>', 'file in the Pabulib format')
  .option('--ruleset <file>', 'JSON with what the file cannot say, such as conflicts')
  .option('--lenient', 'leave bad rows out and list them')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (file: string, options) =>
    (await import('./command-line/import.js')).importFile(file, options as object),
  );

program
  .command('export')
  .description('write a counted election as a .pb file')
  .argument('<election>', 'id of the election')
  .option('--area <area>', 'the area, where there are several')
  .option('--out <file>', 'where to write; the standard output by default')
  .option('--json', 'print one JSON object and nothing else (needs --out)')
  .action(async (election: string, options) =>
    (await import('./command-line/export.js')).exportElection(election, options as object),
  );

program
  .command('count')
  .description('count an election again from the log and compare with what was published')
  .argument('<election>', 'id of the election')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (election: string, options) =>
    (await import('./command-line/count.js')).count(election, options as object),
  );

program
  .command('rebuild')
  .description('build the read tables afresh from the log, beside the old ones, and switch over')
  .argument('[view]', 'one view; all by default')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (view: string | undefined, options) =>
    (await import('./command-line/rebuild.js')).rebuild(view, options as object),
  );

program
  .command('bundle')
  .description('write everything that an audit needs into one file, which anybody may have')
  .argument(
    '[election]',
    'texts and results of this election alone; all by default. The log is whole in any case',
  )
  .requiredOption('--out <file>', 'where to write')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (election: string | undefined, options) =>
    (await import('./command-line/bundle.js')).bundle(election, options as { out: string }),
  );

program
  .command('audit')
  .description(
    'check a bundle, or a live log, from its first event, count every election again, and say what was found',
  )
  .argument('<bundle|url>', 'file that concejo bundle has made, or the address of a site')
  .option('--policy <file>', 'whom you trust (C2SP tlog-policy), from somewhere else than the log')
  .option('--checkpoint <file...>', 'signed heads of this log that you kept')
  .option(
    '--receipt <hash=file...>',
    'leaf hashes of what you wrote, each with = and its receipt if you kept it',
  )
  .option('--json', 'print one JSON object and nothing else')
  .action(async (what: string, options) =>
    (await import('./command-line/audit.js')).audit(what, options as object),
  );

program
  .command('follow')
  .description(
    'keep a mirror of a live log, check every head that it shows, and raise an alarm when something is taken back',
  )
  .argument('[url]', 'address of the site; that of the folder by default')
  .option('--folder <folder>', 'where the mirror is', './concejo-mirror')
  .option('--policy <file>', 'whom you trust (C2SP tlog-policy); kept in the folder')
  .option(
    '--receipt <hash=file...>',
    'leaf hashes that have to be in the log, each with = and its receipt if you kept it; kept in the folder',
  )
  .option('--grace <seconds>', 'for what has a receipt to be in the log', '300')
  .option('--checkpoint <file...>', 'compare heads that somebody else was shown with this log, and end')
  .option('--interval <seconds>', 'between two looks', '10')
  .option('--patience <seconds>', 'for how long the log may show an older head', '10')
  .option('--silence <seconds>', 'for how long the log may show nothing new, 0 for ever', '172800')
  .option('--once', 'look once, and end')
  .option('--json', 'print one JSON object a line and nothing else')
  .addHelpText('after', '\nExit code 3: an alarm. The folder keeps its evidence.')
  .action(async (url: string | undefined, options: FollowOptions) =>
    (await import('./command-line/follow.js')).follow(url, options),
  );

program
  .command('receipt')
  .description('check a receipt that you kept, offline: that something is in the log, not what it says')
  .argument('<file>', 'the .tlog-proof that was saved')
  .requiredOption('--leaf-hash <hash>', 'what the answer to the write called leafHash')
  .option('--policy <file>', 'whom you trust (C2SP tlog-policy); without it no signature can be checked')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (file: string, options) =>
    (await import('./command-line/receipt.js')).receipt(file, options as { leafHash: string }),
  );

program
  .command('doctor')
  .description('check the log from its first event, the tree over it and what was signed, and say what to do')
  .option('--repair', 'make damaged tiles again from the events')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (options) => (await import('./command-line/doctor.js')).doctor(options as object));

program
  .command('log-head')
  .description(
    'tell a host that signs the log for the first time which head was shown last (docs/operations.md, A new host)',
  )
  .argument('<files...>', 'checkpoints or receipts that somebody has kept: the newest one counts')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (files: string[], options) =>
    (await import('./command-line/log-head.js')).logHead(files, options as object),
  );

const logKey = program
  .command('log-key')
  .description(
    'show the keys that sign the log, or replace one: rotate, and weeks later retire (docs/operations.md)',
  )
  .option('--json', 'print one JSON object and nothing else')
  .action(async (options) => (await import('./command-line/log-key.js')).showLogKeys(options as object));

logKey
  .command('rotate')
  .description('make a new key and announce it in the log: from then on it signs beside the old one')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (_options, command: Command) =>
    (await import('./command-line/log-key.js')).rotateLogKey(command.optsWithGlobals()),
  );

logKey
  .command('retire')
  .description('end the old key: the new one signs alone, and the old one leaves the key file')
  .option('--force', 'also where too few witnesses know the new key; then nothing is shown until they do')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (_options, command: Command) =>
    (await import('./command-line/log-key.js')).retireLogKey(command.optsWithGlobals()),
  );

logKey
  .command('new')
  .description(
    'print a key for CONCEJO_LOG_KEY, where the key comes from the environment; it is kept nowhere',
  )
  .action(async () => (await import('./command-line/log-key.js')).newLogKey());

program
  .command('backup')
  .description(
    'write log and tables into one file while the site goes on, and read it back; without the secrets (docs/operations.md)',
  )
  .requiredOption('--out <file>', 'where to write')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (options) => (await import('./command-line/backup.js')).backup(options as { out: string }));

program
  .command('restore')
  .description('bring a backup back into an empty database, and say what has to be brought from elsewhere')
  .argument('<file>', 'file that concejo backup has written')
  .requiredOption('--into <where>', 'data folder, or postgresql:// as the role that owns the tables')
  .option('--until <index>', 'the log up to this event, as it was then')
  .option('--as-new-log', 'what was signed after this is lost: the log goes on under another name')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (file: string, options: RestoreOptions) =>
    (await import('./command-line/restore.js')).restore(file, options),
  );

program
  .command('copy-log')
  .description('copy the log, and nothing else, to another engine; goes on where it was broken off')
  .requiredOption('--from <where>', 'data folder, or postgresql://')
  .requiredOption('--to <where>', 'the same, or esdb://; empty, or with the beginning of this log')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (options) =>
    (await import('./command-line/copy-log.js')).copyLogTo(options as { from: string; to: string }),
  );

program
  .command('tally')
  .description('count a .pb file offline, without a database')
  .argument('<file>', 'file in the Pabulib format')
  .option('--ruleset <file>', 'JSON with what the file cannot say, such as conflicts')
  .option('--rule <name>', "count under this rule instead of the file's own (docs/counting/README.md)")
  .option(
    '--tie-order <order>',
    'what decides ties: file (the order of its rows), lowest-cost,most-votes, or every project id in order',
  )
  .addOption(
    new Option('--utility <what>', 'what a funded project is worth to a voter who supports it').choices([
      'cost',
      'cardinality',
      'points',
      'borda',
    ]),
  )
  .addOption(
    new Option('--completion <how>', 'equal shares: what is done with money that is left').choices([
      'none',
      'utilitarian',
      'add1',
      'add1u',
      'add-opt',
    ]),
  )
  .option('--stop-when-exhaustive', 'with add1 or add-opt: stop as soon as nothing else fits')
  .option(
    '--integral-start',
    'with add1: begin at the share rounded down to whole units (add-opt: to whole minor units)',
  )
  .option(
    '--explain',
    'tell step by step how it was counted, what each loser missed, and how fair the result is (docs/counting/explanation.md)',
  )
  .addOption(
    new Option('--language <code>', 'of the explanation, which it asks for (default: en)').choices([
      'es',
      'ast',
      'en',
    ]),
  )
  .option('--lenient', 'leave bad rows out and list them')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (file: string, options) =>
    (await import('./command-line/tally.js')).tally(file, options as object),
  );

program
  .command('witness')
  .description(
    'cosign the heads of logs, as another institution: needs a folder, and no database (docs/operations.md)',
  )
  .option('--log <vkey...>', 'key of a log to follow: a line of its /log/vkeys; as often as there are logs')
  .option('--name <name>', 'name of a new witness for ever, such as witness.example.org')
  .addOption(
    new Option('--folder <folder>', 'its key and what it has cosigned; never bring an older one back')
      .env('CONCEJO_WITNESS')
      .default('./concejo-witness'),
  )
  .addOption(new Option('--port <number>', 'to listen on').env('PORT').default('3100'))
  .addOption(new Option('--host <address>', 'to listen on').env('HOST').default('127.0.0.1'))
  .action(async (options: WitnessOptions) => (await import('./command-line/witness.js')).witness(options));

program.addHelpText(
  'after',
  '\nExit codes: 0 done, 1 refused or failed (the message says what to do), 2 wrong use, 3 an alarm (follow).',
);

try {
  await program.parseAsync();
} catch (error) {
  fail(error, process.argv.includes('--json'));
}

function settingsHelp(): string {
  const width = Math.max(...SETTINGS_HELP.map(({ name }) => name.length)) + 2;
  const lines = SETTINGS_HELP.map(
    ({ name, help, byDefault }) => `  ${name.padEnd(width)}${help} (default: ${byDefault})`,
  );
  return `\nSettings (environment variables):\n${lines.join('\n')}`;
}
