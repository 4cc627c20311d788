import { Option } from 'commander';
import { allOf, EXIT } from '../gen/base/errors.js';
import { collect, programCommand, required } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { infer } from './network/infer/infer.js';
import { inferText, miscountedLayers } from './network/infer/report.js';
import { FASHION, fashionMnist } from './network/onnx/fashion.js';
import { openSamples } from './network/onnx/samples.js';
import { firstDimensionOption } from './network/quantise/first-dimension.js';
import { GIB, PUBLISHED } from './network/quantise/options.js';
import { TASKS } from './network/quantise/output-figures.js';
import { integer } from './network/quantise/numbers.js';
import { memoryOf } from './network/quantise/request.js';

/** Samples of Fashion-MNIST used unless said otherwise. */
const FASHION_SAMPLES = 100;
const LOG_INTERVAL = 5000;

async function main(): Promise<number> {
  const program = programCommand('npm run infer --')
    .description(
      'Run a quantised network with every matrix product on the simulated array of a design, and compare every sum and every output with the integer reference.',
    )
    .option('--design <folder>', 'required: folder of the design')
    .option('--model <folder>', 'required: what npm run quantize wrote')
    .option(
      '--input <file>',
      `samples, N x the shape of the input: a .npy file; NAME=file.npy for each of several inputs, or a .npz file with an array for each; or ${FASHION} for its test images, with their classes (default)`,
      collect,
    )
    .option('--samples <n>', `use the first n samples (default: all; of ${FASHION} ${FASHION_SAMPLES})`)
    .addOption(firstDimensionOption('as for quantize'))
    .option('--batch <n>', 'samples run at once at most', '20')
    .option('--memory-gib <n>', 'what operands and sums of a batch may take', String(PUBLISHED.memory / GIB))
    .addOption(
      new Option(
        '--task <what>',
        'what outputs stand for: classes where they are a row of numbers for each sample, or as said',
      )
        .choices(TASKS)
        .default('auto'),
    )
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 all sums and outputs bit-exact and all cycles as modelled, 1 not so, 2 wrong request or input, 3 a tool is missing.',
    )
    .allowExcessArguments(false);
  program.parse();
  const flags = program.opts();
  const [design, model, count, batch, memory] = allOf([
    () => required<string>('--design', flags.design),
    () => required<string>('--model', flags.model),
    () => (flags.samples === undefined ? undefined : integer('--samples', flags.samples, 1)),
    () => integer('--batch', flags.batch, 1),
    () => memoryOf(flags.memoryGib),
  ]);
  const sources: readonly string[] = flags.input ?? [FASHION];
  const fashion =
    sources.length === 1 && sources[0] === FASHION ? fashionMnist('t10k', count ?? FASHION_SAMPLES) : undefined;
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const report = await infer({
    design,
    model,
    samples: fashion?.images ?? openSamples(sources),
    ...(count === undefined ? {} : { count }),
    ...(flags.firstDimension === undefined ? {} : { first: flags.firstDimension }),
    ...(fashion ? { labels: fashion.labels } : {}),
    batch,
    memory,
    task: flags.task,
    progress: (message) => line.show(`infer: ${message}`),
  });
  line.end();
  process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : inferText(report));
  return report.exact && miscountedLayers(report).length === 0 ? EXIT.done : EXIT.checkFailed;
}

await runProgram(main);
