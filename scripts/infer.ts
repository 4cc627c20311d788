import { allOf, EXIT, UserError } from '../gen/base/errors.js';
import { programCommand, required } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { infer } from './network/infer/infer.js';
import { inferText, miscountedLayers } from './network/infer/report.js';
import { FASHION, fashionMnist } from './network/onnx/fashion.js';
import { firstSamples, openSamples } from './network/onnx/samples.js';
import { integer } from './network/quantise/request.js';

/** Samples of Fashion-MNIST used unless said otherwise. */
const FASHION_SAMPLES = 100;
const LOG_INTERVAL = 5000;

async function main(): Promise<number> {
  const program = programCommand('npm run infer --')
    .description(
      'Run a quantised network with every matrix product on the simulated array of a design, and compare its outputs and class decisions with the integer reference.',
    )
    .option('--design <folder>', 'required: folder of the design')
    .option('--model <folder>', 'required: what npm run quantize wrote')
    .option(
      '--input <file>',
      `samples: a .npy file of floats, N x the shape of one input; or ${FASHION} for its test images, with their classes`,
      FASHION,
    )
    .option('--samples <n>', `use the first n samples (default: all; of ${FASHION} ${FASHION_SAMPLES})`)
    .option('--batch <n>', 'samples run at once', '20')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 all outputs bit-exact and all cycles as modelled, 1 not so, 2 wrong request or input, 3 a tool is missing.',
    )
    .allowExcessArguments(false);
  program.parse();
  const flags = program.opts();
  const [design, model, count, batch] = allOf([
    () => required<string>('--design', flags.design),
    () => required<string>('--model', flags.model),
    () => (flags.samples === undefined ? undefined : integer('--samples', flags.samples, 1)),
    () => integer('--batch', flags.batch, 1),
  ]);
  const fashion = flags.input === FASHION ? fashionMnist('t10k', count ?? FASHION_SAMPLES) : undefined;
  const all = fashion?.images ?? openSamples(flags.input);
  const samples = count === undefined ? all : firstSamples(all, count);
  if (count !== undefined && samples.count < count) {
    throw new UserError(`--samples ${count}: ${samples.name} holds ${samples.count}`);
  }
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const report = await infer({
    design,
    model,
    samples,
    ...(fashion ? { labels: fashion.labels } : {}),
    batch,
    progress: (message) => line.show(`infer: ${message}`),
  });
  line.end();
  process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : inferText(report));
  const asExpected = report.exact && report.differentDecisions.length === 0 && miscountedLayers(report).length === 0;
  return asExpected ? EXIT.done : EXIT.checkFailed;
}

await runProgram(main);
