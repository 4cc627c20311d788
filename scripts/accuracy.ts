import { EXIT, UserError } from '../gen/base/errors.js';
import { collect, programCommand } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { type AccuracyRow, measure } from './network/accuracy/measure.js';
import { trainedNetwork, trainedNetworks } from './network/accuracy/networks.js';
import { schemes } from './network/accuracy/schemes.js';
import { accuracyMarkdown, accuracyText } from './network/accuracy/table.js';
import { fashionMnist, heldOut } from './network/onnx/fashion.js';
import { integer } from './network/quantise/numbers.js';
import { quantiseOptionsIn } from './network/quantise/request.js';

const LOG_INTERVAL = 10_000;

async function main(): Promise<number> {
  const names = trainedNetworks();
  const known = schemes();
  const program = programCommand('npm run accuracy --')
    .description(
      'Accuracy of the networks in models/ on the test images of Fashion-MNIST, in fp32 and quantised, calibrated on training images. All of it takes about an hour.',
    )
    .option('--models <list>', 'networks', names.join(','))
    .option('--schemes <list>', `rows, from: ${known.map(({ name }) => name).join('; ')} (separated by ; default: all)`)
    .option('--with <flags>', 'instead: a row for these options of npm run quantize; may be given again', collect, [])
    .option('--held-out', 'measure on the training images that trained no network, instead of test images')
    .option('--samples <n>', 'images to measure on (default: all)')
    .option('--calibration <n>', 'training images to calibrate on', '256')
    .option('--markdown', 'print a Markdown table')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit codes: 0 done, 2 wrong request, 3 the data set is missing.')
    .allowExcessArguments(false);
  program.parse();
  const flags = program.opts();
  const chosenModels = pick('--models', flags.models, ',', names, (name) => name);
  const own = (flags.with as string[]).map((text) => ({ name: text, options: quantiseOptionsIn(text, '--with') }));
  const named = flags.schemes === undefined ? known : pick('--schemes', flags.schemes, ';', known, ({ name }) => name);
  const chosen = own.length > 0 ? own : named;
  const count = flags.samples === undefined ? undefined : integer('--samples', flags.samples, 1);
  const test = flags.heldOut ? heldOut(count) : fashionMnist('t10k', count);
  const images = integer('--calibration', flags.calibration, 1, 60_000);
  const calibration = fashionMnist('train', images).images;
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const networks: { name: string; rows: AccuracyRow[] }[] = [];
  for (const name of chosenModels) {
    const subject = { name, model: trainedNetwork(name), calibration, test };
    networks.push({ name, rows: await measure(subject, chosen, (message) => line.show(`accuracy: ${message}`)) });
  }
  line.end();
  const table = { calibration: images, test: `${test.labels.length} ${test.images.name}`, networks };
  const text = flags.markdown ? accuracyMarkdown(table) : accuracyText(table);
  process.stdout.write(flags.json ? `${JSON.stringify(table, null, 2)}\n` : text);
  return EXIT.done;
}

/** The members of a list that a flag names. */
function pick<T>(
  flag: string,
  text: string,
  separator: string,
  all: readonly T[],
  nameOf: (item: T) => string,
): readonly T[] {
  return text.split(separator).map((part) => {
    const name = part.trim();
    const found = all.find((item) => nameOf(item) === name);
    if (found === undefined)
      throw new UserError(`${flag}: ${name} is not one of ${all.map(nameOf).join('; ')} (separated by ${separator})`);
    return found;
  });
}

await runProgram(main);
