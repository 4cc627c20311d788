import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { UserError } from '../gen/errors.js';
import { runProgram } from '../gen/program.js';
import { fuzz } from './lib/fuzz/run.js';

const integerFrom = (least: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new InvalidArgumentError(`must be an integer from ${least}`);
  return value;
};

const duration = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('must be a positive number');
  return value;
};

async function main(): Promise<number> {
  const program = new Command('npm run fuzz --')
    .description('Generate, lint and verify designs of random configurations until one of the limits is reached.')
    .option('--minutes <n>', 'begin no design after this time', duration)
    .option('--designs <n>', 'stop after this many configurations, refused ones included', integerFrom(1))
    .option(
      '--seed <n>',
      'seed of the first configuration; the next ones count up (default: from the clock)',
      integerFrom(0),
    )
    .option('--jobs <n>', 'designs at a time', integerFrom(1), availableParallelism())
    .option('--json', 'print the trials as JSON')
    .allowExcessArguments(false)
    .exitOverride();
  program.parse();
  const { minutes, designs, seed = Date.now() % 2 ** 31, jobs, json = false } = program.opts();
  if (minutes === undefined && designs === undefined) throw new UserError('give --minutes or --designs');
  return fuzz({
    seed,
    jobs,
    json,
    ...(minutes === undefined ? {} : { minutes }),
    ...(designs === undefined ? {} : { designs }),
  });
}

await runProgram(main);
