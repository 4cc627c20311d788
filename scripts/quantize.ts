import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { allOf, EXIT, UserError } from '../gen/base/errors.js';
import { programCommand, required } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { loadPlotting } from '../gen/base/vega.js';
import { arrayInfoOf } from '../gen/design/array-info.js';
import { loadDesign } from '../gen/design/manifest.js';
import { FASHION } from './network/onnx/fashion.js';
import { readModel } from './network/onnx/model.js';
import { requireFit } from './network/onnx/samples.js';
import { loadRuntime } from './network/onnx/session.js';
import { calibrationSamples, FASHION_SAMPLES } from './network/quantise/calibration.js';
import { requireOnPorts } from './network/quantise/families.js';
import { requireReplaceable, writeNetwork } from './network/quantise/folder.js';
import { requireImages } from './network/quantise/images.js';
import { quantiseNetwork } from './network/quantise/network.js';
import { outputError, outputInputs } from './network/quantise/output-error.js';
import { reportText } from './network/quantise/report-text.js';
import { addQuantiseOptions, integer, quantiseOptionsOf } from './network/quantise/request.js';
import { missedBudget, portTypes, unfitNote } from './network/quantise/verdict.js';

/** Between two lines of progress in a log, in milliseconds. */
const LOG_INTERVAL = 2000;

async function main(): Promise<number> {
  const program = addQuantiseOptions(
    programCommand('npm run quantize --')
      .description('Choose the numeric type and scale of every operand of a network, and write it in codes.')
      .argument('<model>', 'ONNX file')
      .option(
        '--calib <file>',
        `required: calibration samples: a .npy file of floats, N x the shape of one input; or ${FASHION} for its training images`,
      )
      .option('--samples <n>', `use only the first n samples (default: all; of ${FASHION} ${FASHION_SAMPLES})`),
  )
    .option('--design <folder>', "choose among the types of this design's ports, and write memory images for it")
    .option('--out <folder>', 'where to write (default: build/quantised/<model>)')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nExit codes: 0 done, 1 the budget is not met, 2 wrong request or input.')
    .allowExcessArguments(false);
  program.parse();
  const flags = program.opts();
  const file = program.args[0] as string;
  const out: string = flags.out ?? join('build', 'quantised', basename(file).replace(/\.onnx$/, ''));
  const [calib, options, count] = allOf([
    () => required<string>('--calib', flags.calib),
    () => quantiseOptionsOf(flags as Parameters<typeof quantiseOptionsOf>[0]),
    () => (flags.samples === undefined ? undefined : integer('--samples', flags.samples, 1)),
    () => requireReplaceable(out),
  ]);
  await Promise.all([loadRuntime(), loadPlotting()]);
  const replaced = existsSync(out);
  const [manifest, [bytes, model], samples] = allOf([
    () => (flags.design === undefined ? undefined : loadDesign(flags.design)),
    () => {
      const bytes = read(file);
      return [bytes, readModel(bytes, file)] as const;
    },
    () => calibrationSamples(calib, count),
  ]);
  requireFit(samples, model.input);
  const info = manifest && arrayInfoOf(manifest);
  if (info) requireImages(info);
  if (info && program.getOptionValueSource('types') === 'cli') {
    requireOnPorts(options.families, options.bits, { activations: portTypes(info.a), weights: portTypes(info.w) });
  }
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const progress = (message: string): unknown => line.show(`quantize: ${message}`);
  const network = await quantiseNetwork(
    model,
    samples,
    { ...options, ...(info ? { ports: { a: portTypes(info.a), w: portTypes(info.w) } } : {}) },
    progress,
  );
  progress('measuring the output error');
  const error = await outputError(network.model, network.quantised, outputInputs(samples, model, options.batch));
  progress('writing');
  const report = await writeNetwork(network, {
    out,
    bytes,
    samples,
    options: { ...options, ...(manifest ? { design: manifest.configuration.name } : {}) },
    outputError: error,
    ...(manifest ? { manifest } : {}),
  });
  line.end();
  const text = `${reportText(report)}\nwritten to ${out}${replaced ? ', replacing an earlier run' : ''}; begin with report.html\n`;
  process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : text);
  const notes = info ? unfitNote(report, info) : [];
  const missed = missedBudget(report, options.budget);
  for (const note of [...notes, ...missed]) process.stderr.write(`quantize: ${note}\n`);
  return missed.length > 0 ? EXIT.checkFailed : EXIT.done;
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

await runProgram(main);
