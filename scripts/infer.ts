import { Option } from 'commander';
import { allOf, EXIT } from '../gen/base/errors.js';
import { collect, programCommand, required } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { holdsEngine } from '../gen/design/engine/manifest.js';
import { engineInferText } from './network/infer/engine-report.js';
import { infer } from './network/infer/infer.js';
import { inferOnEngine } from './network/infer/on-engine.js';
import { inferText, miscountedLayers } from './network/infer/report.js';
import { FASHION, fashionMnist } from './network/onnx/fashion.js';
import { openSamples } from './network/onnx/samples.js';
import { firstDimensionOption } from './network/quantise/first-dimension.js';
import { integer } from './network/quantise/numbers.js';
import { GIB, PUBLISHED } from './network/quantise/options.js';
import { TASKS } from './network/quantise/output-figures.js';
import { memoryOf } from './network/quantise/request.js';

/** Samples of Fashion-MNIST used unless said otherwise. */
const FASHION_SAMPLES = 100;
const LOG_INTERVAL = 5000;

async function main(): Promise<number> {
  const program = programCommand('npm run infer --')
    .description(
      'Run a quantised network on a simulated design, and compare with the reference: on an array with every matrix product and every sum, on an engine whole, with every byte that it writes.',
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
    .option('--json', 'print the report as JSON')
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
    .optionsGroup('Engines:')
    .option('--images <n>', 'images that a job takes', '1')
    .option('--latency <n>', 'cycles after which memory answers', '100')
    .addHelpText(
      'after',
      '\nExit codes: 0 all sums and outputs bit-exact and all cycles as modelled, 1 not so, 2 wrong request or input, 3 a tool is missing.',
    )
    .allowExcessArguments(false);
  program.parse();
  const flags = program.opts();
  const [design, model, count, batch, memory, images, latency] = allOf([
    () => required<string>('--design', flags.design),
    () => required<string>('--model', flags.model),
    () => (flags.samples === undefined ? undefined : integer('--samples', flags.samples, 1)),
    () => integer('--batch', flags.batch, 1),
    () => memoryOf(flags.memoryGib),
    () => integer('--images', flags.images, 1),
    () => integer('--latency', flags.latency, 0),
  ]);
  const sources: readonly string[] = flags.input ?? [FASHION];
  const fashion =
    sources.length === 1 && sources[0] === FASHION ? fashionMnist('t10k', count ?? FASHION_SAMPLES) : undefined;
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const request = {
    ...{ design, model, samples: fashion?.images ?? openSamples(sources), batch },
    ...(count === undefined ? {} : { count }),
    ...(fashion ? { labels: fashion.labels } : {}),
    progress: (message: string) => line.show(`infer: ${message}`),
  };
  if (holdsEngine(design)) {
    const onEngine = await inferOnEngine({ ...request, images, latency });
    line.end();
    process.stdout.write(flags.json ? `${JSON.stringify(onEngine, null, 2)}\n` : engineInferText(onEngine));
    return onEngine.exact ? EXIT.done : EXIT.checkFailed;
  }
  const report = await infer({
    ...request,
    ...(flags.firstDimension === undefined ? {} : { first: flags.firstDimension }),
    memory,
    task: flags.task,
  });
  line.end();
  process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : inferText(report));
  return report.exact && miscountedLayers(report).length === 0 ? EXIT.done : EXIT.checkFailed;
}

await runProgram(main);
