import { basename, join } from 'node:path';
import { allOf, EXIT } from '../gen/base/errors.js';
import { replaceFolder } from '../gen/base/folder.js';
import { programCommand, required } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { loadEngine } from '../gen/design/engine/manifest.js';
import { type CompileCheck, checkCompiled, checkText } from './network/compile/check.js';
import { compile } from './network/compile/compile.js';
import { engineSpeed } from './network/compile/cycles/predict.js';
import { COMPILED_ENTRIES, compiledFiles } from './network/compile/files.js';
import { requireSumsFit } from './network/compile/fits.js';
import { compileReport, compileText } from './network/compile/report.js';
import { loadWholeInteger } from './network/compile/whole-integer.js';
import { loadNetwork } from './network/infer/load.js';
import { FASHION, fashionMnist } from './network/onnx/fashion.js';
import { feedOf } from './network/onnx/feed.js';
import { requireOwnFolder } from './network/own-folder.js';
import { integer } from './network/quantise/numbers.js';

/** Milliseconds between two lines of progress in a log. */
const LOG_INTERVAL = 5000;

async function main(): Promise<number> {
  const program = programCommand('npm run compile --')
    .description(
      'Make the commands and the memory image with which the engine runs a quantised network: whole integers, cut to the sizes of its buffers.',
    )
    .argument('<model>', 'folder that npm run quantize -- --integer wrote')
    .option('--design <folder>', 'required: folder of the engine, as npm run gen -- --engine writes it')
    .option('--images <n>', 'images that a job takes', '1')
    .option('--latency <n>', 'for predicted cycles: cycles after which memory answers', '100')
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
  const [design, images, latency, samples] = allOf([
    () => loadEngine(required<string>('--design', flags.design)),
    () => integer('--images', flags.images, 1),
    () => integer('--latency', flags.latency, 0),
    () => (flags.samples === undefined ? undefined : integer('--samples', flags.samples, 1)),
    () => requireOwnFolder(out, COMPILED_ENTRIES),
  ]);
  const loaded = loadNetwork(folder);
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const whole = await loadWholeInteger(loaded);
  requireSumsFit(design.machine, whole.shared.network);
  const compiled = compile(design.machine, whole.shared.network, images);
  const { host = [], macs } = loaded.report.integer ?? {};
  const left = { nodes: host, macs: macs?.host ?? 0 };
  const report = compileReport(compiled, name, engineSpeed(design.configuration, latency), left);
  let check: CompileCheck | undefined;
  if (samples !== undefined) {
    const { images: inputs, labels } = fashionMnist('t10k', samples);
    const show = (message: string): void => line.show(`compile: ${message}`);
    check = await checkCompiled(compiled, whole, loaded.quantised, feedOf(loaded.model, inputs), labels, show);
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

await runProgram(main);
