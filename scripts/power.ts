import { relative } from 'node:path';
import type { Command } from 'commander';
import { allOf, EXIT, UserError } from '../gen/base/errors.js';
import { programCommand, required } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { requireFolderTarget } from '../gen/base/target.js';
import { checkWithSta, staText } from './power/check-opensta.js';
import { COMPETITORS, DEFAULTS } from './power/designs.js';
import { measurePower } from './power/measure.js';
import { DEFAULT_LAYER } from './power/operands.js';
import { powerText } from './power/render.js';
import { numbersOf, operandsOf, type PowerFlags } from './power/request.js';
import { comparePower, comparisonText } from './sweep/power.js';
import { reportJson } from './synth/write.js';
import { readLibrary } from './tools/liberty/library.js';
import { inScratch } from './tools/scratch.js';
import { YOSYS_HELP } from './tools/yosys/environment.js';
import { announcedYosys } from './tools/yosys/yosys.js';

const LOG_INTERVAL = 5000;

function command(): Command {
  return programCommand('npm run power --')
    .description(
      'Power of a design on real operands: synthesises it, runs tiles of a quantised product on it, replays every module gate by gate, and turns transitions into energy with the data of a cell library.',
    )
    .option('--design <folder>', "the design's folder, such as rtl-out/ant_16x16")
    .option('--compare', 'instead of a design: energy per MAC of 4-bit types, int8 and fp8 on the same operands')
    .option('--only <list>', `with --compare, some of ${COMPETITORS.map(({ name }) => name).join(',')}`)
    .option('--liberty <file>', 'required: cell library with internal power, Liberty, plain or .gz')
    .option('--period <ns>', 'clock period', String(DEFAULTS.period))
    .option('--slew <ns>', 'transition time of input ports', String(DEFAULTS.slew))
    .option('--clock-slew <ns>', 'transition time of the clock', String(DEFAULTS.clockSlew))
    .option('--cycles <n>', 'cycles to simulate, about: whole tiles, spread over the product', String(DEFAULTS.cycles))
    .option('--rows <n>', 'with --compare, rows of the arrays', String(DEFAULTS.side))
    .option('--cols <n>', 'with --compare, columns of the arrays', String(DEFAULTS.side))
    .option('--a <file>', 'activations, M x K: .npy (default: of --layer)')
    .option('--w <file>', 'weights, K x N: .npy (default: of --layer)')
    .option(
      '--model <file>',
      'network of the layer, for Fashion-MNIST images',
      relative(process.cwd(), DEFAULT_LAYER.file),
    )
    .option('--layer <name>', 'the layer whose operands are used', DEFAULT_LAYER.layer)
    .option('--images <n>', 'test images whose activations are used', String(DEFAULTS.images))
    .option(
      '--sta <folder>',
      'with --design, also write the first PE with its activity for OpenSTA, and compare where OpenSTA is installed',
    )
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      ['', YOSYS_HELP, 'Exit codes: 0 done, 1 a result is wrong, 2 wrong request, 3 a tool is missing or broke.'].join(
        '\n',
      ),
    )
    .allowExcessArguments(false);
}

async function main(): Promise<number> {
  const program = command();
  program.parse();
  const flags = program.opts<PowerFlags>();
  const [liberty, , numbers] = allOf([
    () => required('--liberty', flags.liberty),
    () => {
      if ((flags.design === undefined) === !flags.compare)
        throw new UserError('give either --design <folder> or --compare');
    },
    () => numbersOf(flags),
  ]);
  if (flags.compare && flags.sta !== undefined) throw new UserError('--sta applies to --design only');
  const stray = ['only', 'rows', 'cols'].filter((key) => program.getOptionValueSource(key) === 'cli');
  if (!flags.compare && stray.length > 0) {
    throw new UserError(`${stray.map((key) => `--${key}`).join(', ')}: applies to --compare only`);
  }
  if (flags.sta !== undefined) requireFolderTarget(flags.sta, '--sta');
  const library = readLibrary(liberty);
  const operands = await operandsOf(flags, numbers.images);
  const yosys = await announcedYosys();
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const request = { ...numbers, operands };
  try {
    if (flags.design === undefined) {
      const comparison = await inScratch('power', (scratch) =>
        comparePower(request, { yosys, library, scratch, proofSeconds: undefined, progress: line.show }),
      );
      line.end();
      process.stdout.write(flags.json ? reportJson(comparison) : comparisonText(comparison));
      return EXIT.done;
    }
    const details = await measurePower({ ...request, yosys, library, design: flags.design, onProgress: line.show });
    const { report } = details;
    const check = flags.sta === undefined ? undefined : await checkWithSta(flags.sta, details, library);
    line.end();
    process.stdout.write(flags.json ? reportJson(check ? { ...report, sta: check } : report) : powerText(report));
    if (check && flags.sta !== undefined && !flags.json) process.stdout.write(staText(check, flags.sta));
    return EXIT.done;
  } finally {
    line.end();
  }
}

await runProgram(main);
