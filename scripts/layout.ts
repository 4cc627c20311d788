import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { allOf, EXIT, UserError } from '../gen/base/errors.js';
import { replaceFolder } from '../gen/base/folder.js';
import { programCommand, required } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { countedSteps, progressLine } from '../gen/base/progress.js';
import { nearWord } from '../gen/base/suggest.js';
import { requireFolderTarget } from '../gen/base/target.js';
import { GENERATOR } from '../gen/base/version.js';
import { loadDesign, type Manifest } from '../gen/design/manifest.js';
import { readDef } from './synth/layout/def.js';
import { figuresOf, netlistDifferences, openNets, ruleViolations, timingOf } from './synth/layout/figures.js';
import { layoutPicture } from './synth/layout/picture.js';
import { proveNetlist } from './synth/layout/proof.js';
import { type LayoutReport, layoutPasses, layoutText } from './synth/layout/report.js';
import { runQflow } from './synth/layout/run.js';
import { moduleSource } from './synth/layout/source.js';
import { openTechnology, TECHNOLOGY } from './synth/layout/technology.js';
import { reportJson } from './synth/write.js';
import { requireTool } from './tools/find.js';
import { inScratch } from './tools/scratch.js';
import { announcedYosys } from './tools/yosys/yosys.js';

const LOG_INTERVAL = 5000;

/** What says that a folder is a layout of this program. */
const REPORT = 'layout.json';

function command(): Command {
  return programCommand('npm run layout --')
    .description(
      'Place and route a PE, or another module of a design, with qflow in osu018, from Verilog to GDS: area, utilisation, wires, timing with extracted wires, design rules, the layout against its netlist, and a picture.',
    )
    .option('--design <folder>', "required: the design's folder, such as rtl-out/ant_16x16")
    .option('--module <name>', 'the module (default: the PE, or the dot-product unit)')
    .option('--out <folder>', "where the layout is written (default: layout/<module> in the design's folder)")
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Tools: Debian's packages qflow and qflow-tech-osu018 (npm run setup installs them).
Exit codes: 0 done, 1 a net is open, a design rule is broken, layout and netlist differ, or the netlist is not proved, 2 wrong request, 3 a tool is missing or broke.`,
    )
    .allowExcessArguments(false);
}

/** @throws UserError naming the modules where there is none of that name. */
function chosenModule({ modules, top }: Manifest, given: string | undefined): string {
  const names = modules.map(({ name }) => name);
  if (given === undefined) return names.find((name) => /_(pe|unit)$/.test(name)) ?? top;
  if (names.includes(given)) return given;
  const nearest = nearWord(given, names);
  throw new UserError(
    `--module: there is no module ${given}; ${nearest === undefined ? `there are ${names.join(', ')}` : `did you mean ${nearest}?`}`,
  );
}

/** @throws UserError where a folder holds something else than a layout, or cannot be written. */
function requireLayoutTarget(folder: string): void {
  requireFolderTarget(folder, '--out');
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, REPORT))) {
    throw new UserError(`--out: ${folder} holds something else than a layout; name another folder`);
  }
}

async function main(): Promise<number> {
  const program = command();
  program.parse();
  const flags = program.opts<{ design?: string; module?: string; out?: string; json?: boolean }>();
  const folder = required('--design', flags.design);
  const manifest = loadDesign(folder);
  const module = chosenModule(manifest, flags.module);
  const out = flags.out ?? join(folder, 'layout', module);
  allOf([() => requireLayoutTarget(out)]);
  const technology = openTechnology();
  const [qflow, yosys] = [await requireTool('qflow'), await announcedYosys()];
  const source = moduleSource(folder, manifest, module);
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const { report, files } = await inScratch('layout', async (scratch) => {
    const run = await runQflow({ qflow, module, source, scratch }, countedSteps(line.show));
    line.show(`${module}: proof of the netlist`);
    const netlist = run.file('rtlnopwr.v').toString();
    const { liberty, cells } = technology;
    const proof = await proveNetlist(yosys, { module, source, netlist, liberty });
    const placed = readDef(run.file('def').toString());
    const { logs, seconds } = run;
    const found: LayoutReport = {
      ...{ generator: GENERATOR, design: manifest.command, module, technology: TECHNOLOGY, qflow: qflow.version },
      ...figuresOf(placed, cells),
      timing: { cells: timingOf(logs.sta), wires: timingOf(logs.post_sta) },
      openNets: openNets(logs.route),
      ruleViolations: ruleViolations(run.violations),
      netlistDifferences: netlistDifferences(logs.lvs),
      ...{ netlist: proof, seconds },
    };
    return {
      report: found,
      files: [
        { path: REPORT, content: reportJson(found) },
        { path: 'layout.svg', content: layoutPicture(module, placed, cells) },
        { path: `${module}.v`, content: netlist },
        ...['def', 'gds', 'lef', 'spef', 'spice'].map((ending) => ({
          path: `${module}.${ending}`,
          content: run.file(ending),
        })),
      ],
    };
  }).finally(line.end);
  replaceFolder(out, files);
  process.stdout.write(flags.json ? reportJson(report) : layoutText(report));
  process.stderr.write(`written: ${out}\n`);
  return layoutPasses(report) ? EXIT.done : EXIT.checkFailed;
}

await runProgram(main);
