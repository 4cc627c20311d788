import { existsSync, readdirSync } from 'node:fs';
import type { Command } from 'commander';
import { EXIT, UserError } from '../gen/base/errors.js';
import { replaceFolder } from '../gen/base/folder.js';
import { collect, programCommand } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { requireFolderTarget } from '../gen/base/target.js';
import { loadPlotting } from '../gen/base/vega.js';
import { CORRECTION_NAMES, CORRECTIONS } from './perf/corrections.js';
import { layersCsv } from './perf/csv.js';
import { correctionEffects } from './perf/effects.js';
import { PUBLISHED_BATCH } from './perf/evaluate.js';
import { modelHtml } from './perf/html.js';
import { NETWORKS } from './perf/networks/index.js';
import { modelReport } from './perf/report.js';
import { type ModelFlags, type ResolvedRequest, requestOf } from './perf/request.js';
import { effectsTable, modelText, modelTitle, sizingsText, wrongFigures } from './perf/text.js';

const LOG_INTERVAL = 5000;
const FILES = ['report.json', 'layers.csv', 'report.html'] as const;

type Flags = ModelFlags & {
  readonly out: string;
  readonly json?: boolean;
};

function command(): Command {
  return programCommand('npm run model --')
    .description(
      'Model time and energy of whole networks on accelerators: the published comparison to the last digit, the same with its flaws corrected, the designs of this project, or your network on your accelerator.',
    )
    .option('--corrected', 'the corrected model instead of the published one')
    .option('--only <list>', 'the published model with these corrections alone')
    .option('--without <list>', 'the corrected model without these corrections')
    .option('--effects', 'instead of results, what each correction does to the ratios of the means (minutes)')
    .option('--markdown', 'with --effects: the table in Markdown')
    .option('--own', "arrays of this project's own designs, of equal synthesised area, instead of the published ones")
    .option(
      '--lanes <n>',
      'with --own: the designs whose PEs add up so many products in a cycle, 1, 2 or 4 (default: 1)',
    )
    .option('--costs <file>', 'with --own: areas that npm run model:costs measured (default: those of the project)')
    .option('--energies <file>', 'with --own: measured energies, JSON: { NAME: { picojoules, source } } per MAC')
    .option(
      '--networks <list>',
      'names, descriptions (.yaml, .json), .onnx files, folders of npm run quantize (default: all)',
    )
    .option(
      '--shape <input=sizes>',
      'sizes of an input that an .onnx file leaves open, such as x=1x3x48x192; of one of several networks NAME:x=1x3x48x192',
      collect,
    )
    .option('--fix <input=value>', 'make an input of an .onnx file a constant, such as sr=16000', collect)
    .option('--accelerators <list>', 'names, or descriptions (.yaml, .json) (default: all)')
    .option('--baseline <name>', 'accelerator that all are relative to (default: AdaFloat, or the last one)')
    .option('--samples <n>', 'samples of a batch', String(PUBLISHED_BATCH))
    .option('--out <folder>', `folder for ${FILES.join(', ')}`, 'build/model')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      [
        '',
        `Networks: ${[...NETWORKS.keys()].join(', ')}`,
        '',
        'Corrections:',
        ...CORRECTION_NAMES.map((name) => `  ${name.padEnd(13)} ${CORRECTIONS[name].title}`),
        '',
        'Exit codes: 0 done, 1 a published figure differs, 2 wrong request.',
      ].join('\n'),
    )
    .allowExcessArguments(false);
}

async function main(): Promise<number> {
  const program = command();
  program.parse();
  const flags: Flags = program.opts();
  requireReplaceable(flags.out);
  if (!flags.effects) await loadPlotting();
  const request = await requestOf(flags);
  for (const reason of request.unable) process.stderr.write(`model: left out: ${reason}\n`);
  return flags.effects ? effects(request, flags) : evaluate(request, flags);
}

async function evaluate(request: ResolvedRequest, { out, json }: Flags): Promise<number> {
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const report = modelReport({ ...request, onProgress: line.show });
  line.end();
  const title = modelTitle(report, CORRECTION_NAMES.length);
  const text = `${JSON.stringify(report, null, 1)}\n`;
  process.stdout.write(json ? text : `${modelText(report, title)}${sizingsText(request.sizings)}`);
  replaceFolder(out, [
    { path: 'report.json', content: text },
    { path: 'layers.csv', content: layersCsv(report) },
    { path: 'report.html', content: await modelHtml(report, title) },
  ]);
  process.stderr.write(`written: ${FILES.map((file) => `${out}/${file}`).join(', ')}\n`);
  return wrongFigures(report.figures ?? []).length === 0 ? EXIT.done : EXIT.checkFailed;
}

function effects(request: ResolvedRequest, { json, markdown = false }: Flags): number {
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const [first] = request.accelerators;
  const found = correctionEffects(first?.name ?? '', (corrections, title) => {
    line.show(title);
    return modelReport({ ...request, corrections }).means;
  });
  line.end();
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : effectsTable(found, markdown));
  return EXIT.done;
}

/** @throws UserError when the folder cannot be written, or holds anything that this program did not write. */
function requireReplaceable(out: string): void {
  requireFolderTarget(out, '--out');
  if (!existsSync(out)) return;
  const foreign = readdirSync(out).filter((entry) => !(FILES as readonly string[]).includes(entry));
  if (foreign.length > 0) {
    throw new UserError(`${out} holds what this program did not write: ${foreign.join(', ')}; choose another --out`);
  }
}

await runProgram(main);
