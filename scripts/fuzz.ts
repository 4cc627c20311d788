import { availableParallelism } from 'node:os';
import { allOf, UserError } from '../gen/base/errors.js';
import { parseWhole, programCommand, requireKnown } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { fuzz } from './verify/fuzz/fuzz.js';

/** The value of an option that may be missing. */
function given<T>(text: string | undefined, read: (text: string) => T): T | undefined {
  return text === undefined ? undefined : read(text);
}

const integerFrom = (flag: string, least: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
    throw new UserError(`${flag}: given ${text}; must be an integer from ${least}`);
  return value;
};

const duration = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value)))
    throw new UserError(`--minutes: given ${text}; must be a positive number`);
  return value;
};

async function main(): Promise<number> {
  const program = programCommand('npm run fuzz --')
    .description('Generate, lint and verify designs of random configurations until one of the limits is reached.')
    .option('--minutes <n>', 'begin no design after this time')
    .option('--designs <n>', 'stop after this many configurations, refused ones included')
    .option('--seed <n>', 'seed of the first configuration; the next ones count up (default: from the clock)')
    .option('--jobs <n>', `designs at a time (default: ${availableParallelism()})`)
    .option('--engine', 'engines, each with random programs on random buses, instead of arrays and dot-product units')
    .option('--json', 'print the trials as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 all verified, 1 a design failed or none was verified, 2 wrong request, 3 a tool is missing or broke.',
    );
  parseWhole(program);
  const { json = false, engine = false, ...flags } = program.opts();
  const [, minutes, designs, seed = Date.now() % 2 ** 31, jobs = availableParallelism()] = allOf([
    () => requireKnown(program),
    () => given(flags.minutes, duration),
    () => given(flags.designs, integerFrom('--designs', 1)),
    () => given(flags.seed, integerFrom('--seed', 0)),
    () => given(flags.jobs, integerFrom('--jobs', 1)),
    () => {
      if (flags.minutes === undefined && flags.designs === undefined)
        throw new UserError('give --minutes or --designs');
    },
  ]);
  return fuzz({
    seed,
    jobs,
    json,
    engine,
    ...(minutes === undefined ? {} : { minutes }),
    ...(designs === undefined ? {} : { designs }),
  });
}

await runProgram(main);
