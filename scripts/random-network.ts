import { join } from 'node:path';
import { allOf, EXIT, UserError } from '../gen/base/errors.js';
import { makeFolder } from '../gen/base/folder.js';
import { formatNpyArray } from '../gen/base/npy.js';
import { programCommand } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { nearWord } from '../gen/base/suggest.js';
import { requireFolderTarget } from '../gen/base/target.js';
import { writeWhole } from '../gen/base/whole-file.js';
import { writeModel } from './network/onnx/model.js';
import { integer } from './network/quantise/numbers.js';
import { type RandomNetwork, RandomReals } from './network/random/graph.js';
import { RANDOM_NETWORKS } from './network/random/networks.js';

const NAMES = [...RANDOM_NETWORKS.keys()];

function builderOf(name: string): (seed: number) => RandomNetwork {
  const found = RANDOM_NETWORKS.get(name);
  if (found) return found;
  const near = nearWord(name, NAMES);
  throw new UserError(
    `there is no network ${name}${near === undefined ? '' : `; did you mean ${near}?`} All: ${NAMES.join(', ')}`,
  );
}

async function main(): Promise<number> {
  const program = programCommand('npm run random-network --')
    .description('Write a known network as ONNX, with random weights, and random samples of its input.')
    .argument('<name>', NAMES.join(', '))
    .option('--samples <n>', 'samples of the input', '2')
    .option('--seed <n>', 'another one gives other weights and samples', '1')
    .option('--out <folder>', 'where to write', join('build', 'random'))
    .addHelpText('after', '\nExit codes: 0 done, 2 wrong request.')
    .allowExcessArguments(false);
  program.parse();
  const flags = program.opts();
  const name = program.args[0] as string;
  const out: string = flags.out;
  const [build, samples, seed] = allOf([
    () => builderOf(name),
    () => integer('--samples', flags.samples, 1),
    () => integer('--seed', flags.seed, 0),
    () => requireFolderTarget(out, '--out'),
  ]);
  const { proto, input } = build(seed);
  const { shape, data } = new RandomReals(seed + 1).tensor([samples, ...input.shape], 1);
  makeFolder(out);
  const [model, inputs] = [join(out, `${name}.onnx`), join(out, `${name}.npy`)];
  writeWhole(model, writeModel(proto));
  writeWhole(inputs, formatNpyArray(shape, data as Float32Array));
  process.stdout.write(`${name} with random weights: ${model}\n${samples} random samples: ${inputs}\n`);
  return EXIT.done;
}

await runProgram(main);
