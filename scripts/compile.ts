import { basename, join } from 'node:path';
import { allOf, EXIT, UserError } from '../gen/base/errors.js';
import { replaceFolder } from '../gen/base/folder.js';
import { collect, programCommand, required } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { FieldError } from '../gen/commands/field.js';
import type { Machine } from '../gen/commands/machine.js';
import { loadEngine } from '../gen/design/engine/manifest.js';
import { type CompileCheck, checkCompiled, checkText } from './network/compile/check.js';
import { type CompiledNetwork, compile } from './network/compile/compile.js';
import { COMPILED_ENTRIES, compiledFiles } from './network/compile/files.js';
import { requireSumsFit } from './network/compile/fits.js';
import type { IntegerNetwork } from './network/compile/network.js';
import { integerNetworkOf } from './network/compile/network-of.js';
import { compileReport, compileText } from './network/compile/report.js';
import { loadNetwork } from './network/infer/load.js';
import { FASHION, fashionMnist } from './network/onnx/fashion.js';
import { feedOf } from './network/onnx/feed.js';
import { requireOwnFolder } from './network/own-folder.js';
import { calibrationSamples } from './network/quantise/calibration.js';
import { integer } from './network/quantise/numbers.js';

/** Samples run at once, and milliseconds between two lines of progress in a log. */
const [BATCH, LOG_INTERVAL] = [32, 5000];

async function main(): Promise<number> {
  const program = programCommand('npm run compile --')
    .description(
      'Make the commands and the memory image with which the engine runs a quantised network: whole integers, cut to the sizes of its buffers.',
    )
    .argument('<model>', 'folder that npm run quantize wrote')
    .option(
      '--calib <file>',
      `required: samples for the ranges of tensors that no product rounds, as npm run quantize takes them; ${FASHION} for its training images`,
      collect,
    )
    .option('--design <folder>', 'required: folder of the engine, as npm run gen -- --engine writes it')
    .option('--latency <n>', 'for the estimate: cycles of the memory', '100')
    .option('--samples <n>', `run the first n test images of ${FASHION} in the reference simulator`)
    .option('--out <folder>', 'where to write (default: build/compiled/<model>)')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 the reference simulator differs from plain arithmetic, 2 wrong request or input.',
    )
    .allowExcessArguments(false);
  program.parse();
  const flags = program.opts();
  const folder = program.args[0] as string;
  const name = basename(folder);
  const out: string = flags.out ?? join('build', 'compiled', name);
  const [calib, design, latency, samples] = allOf([
    () => required<readonly string[]>('--calib', flags.calib),
    () => loadEngine(required<string>('--design', flags.design)),
    () => integer('--latency', flags.latency, 0),
    () => (flags.samples === undefined ? undefined : integer('--samples', flags.samples, 1)),
    () => requireOwnFolder(out, COMPILED_ENTRIES),
  ]);
  const loaded = loadNetwork(folder);
  const line = progressLine(process.stderr, LOG_INTERVAL);
  line.show('compile: ranges of tensors');
  const network = await integerNetworkOf(loaded, feedOf(loaded.model, calibrationSamples(calib, undefined)), BATCH);
  const compiled = compiledNetwork(design.machine, network);
  const report = compileReport(compiled, name, { busBytes: design.configuration.busBits / 8, latency });
  let check: CompileCheck | undefined;
  if (samples !== undefined) {
    const { images, labels } = fashionMnist('t10k', samples);
    const show = (message: string): void => line.show(`compile: ${message}`);
    check = await checkCompiled(compiled, loaded, feedOf(loaded.model, images), labels, show);
  }
  replaceFolder(out, compiledFiles(compiled, report));
  line.end();
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ ...report, ...(check ? { check } : {}) }, null, 2)}\n`
      : `${compileText(report)}\n${check ? `${checkText(check)}\n` : ''}written to ${out}\n`,
  );
  return check && check.wrongCodes > 0 ? EXIT.checkFailed : EXIT.done;
}

/** @throws UserError where a number is too large for the field of a command, or a sum for the accumulators. */
function compiledNetwork(machine: Machine, network: IntegerNetwork): CompiledNetwork {
  requireSumsFit(machine, network);
  try {
    return compile(machine, network);
  } catch (error) {
    if (error instanceof FieldError) throw new UserError(`no command of the engine can say this:\n${error.message}`);
    throw error;
  }
}

await runProgram(main);
