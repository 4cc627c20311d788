import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Option } from 'commander';
import { allOf, EXIT, UserError } from '../gen/base/errors.js';
import { collect, programCommand, required } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { loadPlotting } from '../gen/base/vega.js';
import { differencesOf } from './network/compile/differences.js';
import { accuracyOf, integerReport, wholeInteger } from './network/compile/whole-integer.js';
import { FASHION, fashionMnist } from './network/onnx/fashion.js';
import { fixInputs } from './network/onnx/fix-inputs.js';
import { fixShapes, openModel } from './network/onnx/open.js';
import { loadRuntime } from './network/onnx/session.js';
import { calibrationSamples, FASHION_SAMPLES, fitsResults, splitSamples } from './network/quantise/calibration.js';
import { openTarget } from './network/quantise/design-ports.js';
import { requireOnPorts } from './network/quantise/families.js';
import { firstDimensionOption, openFeed } from './network/quantise/first-dimension.js';
import { requireReplaceable, writeNetwork } from './network/quantise/folder.js';
import { quantiseNetwork } from './network/quantise/network.js';
import { integer } from './network/quantise/numbers.js';
import { outputError } from './network/quantise/output-error.js';
import { TASKS } from './network/quantise/output-figures.js';
import { reportText } from './network/quantise/report-text.js';
import { addQuantiseOptions, quantiseOptionsOf } from './network/quantise/request.js';
import { missedBudget, unfitNote } from './network/quantise/verdict.js';
import { warningsOf } from './network/quantise/warnings.js';

/** Between two lines of progress in a log, in milliseconds. */
const LOG_INTERVAL = 2000;

async function main(): Promise<number> {
  const program = addQuantiseOptions(
    programCommand('npm run quantize --')
      .description('Choose the numeric type and scale of every operand of a network, and write it in codes.')
      .argument('<model>', 'ONNX file')
      .option(
        '--calib <file>',
        `required: calibration samples, N x the shape of the input: a .npy file; NAME=file.npy for each of several inputs, or a .npz file with an array for each; or ${FASHION} for its training images`,
        collect,
      )
      .option('--samples <n>', `use only the first n samples (default: all; of ${FASHION} ${FASHION_SAMPLES})`)
      .option(
        '--held-out <n>',
        'measure on the last n samples and fit to the others (default: a quarter where an option fits to results, else 0)',
      )
      .option('--shape <name=sizes>', 'sizes of an input that the file leaves open, such as x=1x3x48x192', collect)
      .option(
        '--fix <name=value>',
        'make an input a constant, such as sr=16000: branches that it decides are taken',
        collect,
      )
      .addOption(firstDimensionOption('auto')),
  )
    .addOption(
      new Option(
        '--task <what>',
        'what outputs stand for: classes where they are a row of numbers for each sample, or as said',
      )
        .choices(TASKS)
        .default('auto'),
    )
    .option(
      '--design <folder>',
      "choose among the types of this design's ports, and write memory images for it where it is an array",
    )
    .option(
      '--integer',
      'choose how every tensor is kept that stays on the engine, and measure the network in whole integers',
    )
    .option('--test <n>', `with --integer and ${FASHION}: measure on the first n test images (default: all)`)
    .option('--out <folder>', 'where to write (default: build/quantised/<model>)')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nExit codes: 0 done, 1 the budget is not met, 2 wrong request or input.')
    .allowExcessArguments(false);
  program.parse();
  const flags = program.opts();
  const file = program.args[0] as string;
  const out: string = flags.out ?? join('build', 'quantised', basename(file).replace(/\.onnx$/, ''));
  const [calib, options, count, held, tested] = allOf([
    () => required<readonly string[]>('--calib', flags.calib),
    () => quantiseOptionsOf(flags as Parameters<typeof quantiseOptionsOf>[0]),
    () => (flags.samples === undefined ? undefined : integer('--samples', flags.samples, 1)),
    () => (flags.heldOut === undefined ? undefined : integer('--held-out', flags.heldOut, 0)),
    () => (flags.test === undefined ? undefined : integer('--test', flags.test, 1)),
    () => requireReplaceable(out),
    () => {
      if (!flags.integer || !flags.blockActivations) return;
      throw new UserError('--integer: the engine keeps one scale per tensor; leave out --block-activations');
    },
  ]);
  await Promise.all([loadRuntime(), loadPlotting()]);
  const replaced = existsSync(out);
  const [design, { bytes, model }, samples] = allOf([
    () => (flags.design === undefined ? undefined : openTarget(flags.design)),
    () => {
      const opened = openModel(file);
      return { ...opened, model: fixInputs(fixShapes(opened.model, flags.shape ?? []), flags.fix ?? []) };
    },
    () => calibrationSamples(calib, count),
  ]);
  const { feed, note } = await openFeed(model, samples, { count, first: flags.firstDimension });
  if (note) process.stderr.write(`quantize: ${note}\n`);
  const fits = fitsResults(options);
  const { fit, heldOut } = splitSamples(feed, fits, held);
  if (design && program.getOptionValueSource('types') === 'cli') {
    requireOnPorts(options.families, options.bits, { activations: design.ports.a, weights: design.ports.w });
  }
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const progress = (message: string): unknown => line.show(`quantize: ${message}`);
  const network = await quantiseNetwork(
    model,
    fit,
    { ...options, ...(design ? { ports: design.ports } : {}) },
    progress,
  );
  progress('measuring the output error');
  const request = { ...network, batch: network.calibration.runBatch, task: flags.task };
  const measured = async (some: typeof fit) => ({
    samples: some.count,
    ...(await outputError({ ...request, feed: some })),
  });
  const outputs = { calibration: await measured(fit), heldOut: heldOut ? await measured(heldOut) : null };
  const whole = flags.integer ? await wholeInteger(network) : undefined;
  const wholeReport =
    whole &&
    integerReport(network, whole, {
      differences: await differencesOf(network, whole),
      outputs: { samples: fit.count, ...(await outputError({ ...request, quantised: whole.model, feed: fit })) },
      accuracy:
        calib[0] === FASHION ? await accuracyOf(network, whole.model, fashionMnist('t10k', tested), progress) : null,
    });
  progress('writing');
  const { memory: _, ...recorded } = options;
  const report = await writeNetwork(network, {
    out,
    bytes,
    options: { ...recorded, ...(design ? { design: design.name } : {}) },
    outputs,
    warnings: fits ? warningsOf(network, heldOut === undefined) : [],
    ...(design?.manifest ? { manifest: design.manifest } : {}),
    ...(whole && wholeReport ? { integer: { model: whole.model, report: wholeReport } } : {}),
  });
  line.end();
  const text = `${reportText(report)}\nwritten to ${out}${replaced ? ', replacing an earlier run' : ''}; begin with report.html\n`;
  process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : text);
  const notes = design ? unfitNote(report, design.ports) : [];
  const missed = missedBudget(report, options.budget);
  for (const note of [...report.warnings, ...notes, ...missed]) process.stderr.write(`quantize: ${note}\n`);
  return missed.length > 0 ? EXIT.checkFailed : EXIT.done;
}

await runProgram(main);
