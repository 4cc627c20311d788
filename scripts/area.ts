import { basename, dirname, relative } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../gen/base/errors.js';
import { programCommand, required } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { loadPlotting } from '../gen/base/vega.js';
import { COMPARE_STUDY } from './sweep/compare/study.js';
import { studyProgram } from './sweep/program.js';
import { proveNetlists } from './synth/equivalence/prove.js';
import { type ProofReport, proofPasses } from './synth/equivalence/verdict.js';
import { DEVICE_NAMES } from './synth/fpga/devices.js';
import { FAMILY_NAMES } from './synth/fpga/families.js';
import { measureFpga } from './synth/fpga/measure.js';
import { renderFpgaMarkdown, renderFpgaText } from './synth/fpga/render.js';
import { measureDesign } from './synth/measure.js';
import type { MappedNetlist } from './synth/netlist.js';
import { type NETLIST_FOLDERS, writeNetlists } from './synth/netlists.js';
import { renderText } from './synth/render.js';
import { type AreaCommand, type AreaFlags, areaCommand, DEFAULT_PROVE_LIMIT, DEFAULT_SEEDS } from './synth/request.js';
import { measureCurves } from './synth/timed/curve.js';
import { mapForPeriod } from './synth/timed/period.js';
import { curvePlot } from './synth/timed/plot.js';
import { proveMapped } from './synth/timed/prove.js';
import { renderCurveText, renderPeriodMarkdown, renderPeriodText } from './synth/timed/render.js';
import { periodMissed } from './synth/timed/report.js';
import { reportJson, writeReport, writeReportFiles } from './synth/write.js';
import { requireTool } from './tools/find.js';
import { readLibrary } from './tools/liberty/library.js';
import type { Yosys } from './tools/yosys/interface.js';
import { announcedYosys, YOSYS_VARIABLE } from './tools/yosys/yosys.js';

function command(): Command {
  return programCommand('npm run area --')
    .description('Synthesise every module of a design with Yosys; report areas, flip-flops and critical paths.')
    .option(
      '--design <folder>',
      "required: the design's folder, such as rtl-out/ant_16x16; with --curve several times",
      (folder: string, folders: string[] | undefined) => [...(folders ?? []), folder],
    )
    .option('--liberty <file>', 'cell library, Liberty, plain or .gz (default: generic gates)')
    .option(
      '--netlists',
      "keep each module's netlist in the design's folder: area/netlist, or with --period period/netlist",
    )
    .option(
      '--prove',
      'prove each netlist equal to its RTL, or else simulate it with the vectors of npm run verify; exit code 1 if neither',
    )
    .option('--prove-limit <seconds>', `ABC's limit for the proof of one netlist (default: ${DEFAULT_PROVE_LIMIT})`)
    .option('--json', 'print the report as JSON')
    .optionsGroup('Timing, with --liberty:')
    .option('--period <ns>', 'map every module for a clock period; exit code 1 where its logic is slower')
    .option('--margin <ns>', 'with --period: reserve this much of it for clock-to-output and setup (default: 0)')
    .option('--sta', 'with --period: setup checks of the whole design, with OpenSTA and its constraints')
    .option('--curve', 'area over delay of the PE, of one design or of several')
    .option('--module <name>', 'another module for --curve, such as decode_a')
    .option('--plot <file>', 'draw the curves as SVG')
    .optionsGroup('FPGAs:')
    .option('--fpga <families>', `count the cells of FPGAs instead, from: ${FAMILY_NAMES.join(',')}`)
    .option('--dsp', 'let multipliers become DSP blocks (default: LUTs)')
    .option('--place <modules>', 'place and route on an iCE40 with nextpnr, from: pe,array')
    .option('--device <device>', `iCE40 to place on, from: ${DEVICE_NAMES.join(',')} (default: hx8k)`)
    .option('--seeds <n>', `seeds to place with (default: ${DEFAULT_SEEDS})`)
    .addHelpText(
      'after',
      `
--compare instead of --design compares PEs of all kinds: see npm run area -- --compare --help.
Reports go to the (first) design's folder: area.json and area.md, or period, curve or fpga instead of area. ${YOSYS_VARIABLE}=native or wasm in the
environment forces the installed Yosys or the WebAssembly build of npm.
Exit codes: 0 done, 1 the array is not what its manifest says, a proof failed or a period is missed,
2 wrong request, 3 a tool is missing or broke.`,
    )
    .allowExcessArguments(false);
}

/** What a measurement leaves: text for the terminal, the report, and files. */
interface Outcome {
  readonly text: string;
  readonly report: object;
  /** What was written, as the user is told. */
  readonly written: readonly string[];
  /** What was asked for and is not so. */
  readonly failure?: string | undefined;
}

/** A path as it is told to the user. */
const shown = (path: string): string => relative(process.cwd(), path);

/** Keeps netlists in the design's folder; tells what was written. */
function keptNetlists(
  design: string,
  kind: keyof typeof NETLIST_FOLDERS,
  netlists: readonly MappedNetlist[],
): string[] {
  const [first, ...more] = writeNetlists(design, kind, netlists);
  return first === undefined ? [] : [`${more.length + 1} netlists in ${shown(dirname(first))}`];
}

/** What is wrong with the proofs that were asked for; undefined where nothing is. */
const proofFailure = (...proofs: readonly (ProofReport | undefined)[]): string | undefined =>
  proofs.every(proofPasses) ? undefined : 'not every netlist is proved or simulated';

type Progress = (done: number, all: number, what: string) => void;

async function measure(request: AreaCommand, yosys: Yosys, onProgress: Progress): Promise<Outcome> {
  switch (request.kind) {
    case 'cells': {
      const library = request.liberty === undefined ? undefined : readLibrary(request.liberty);
      const context = { folder: request.folder, yosys, library, onProgress };
      const measured = await measureDesign(context);
      const limitSeconds = request.proveLimit;
      const proof =
        limitSeconds === undefined ? undefined : await proveNetlists({ ...context, ...measured, limitSeconds });
      const report = { ...measured.report, ...(proof ? { proof } : {}) };
      const kept = request.netlists ? keptNetlists(request.folder, 'area', measured.netlists) : [];
      const written = writeReport(request.folder, report).map(shown);
      written.push(...kept);
      const failure = proofFailure(proof);
      return { text: renderText(report), report, written, failure };
    }
    case 'period': {
      const library = readLibrary(request.liberty);
      const sta = request.sta ? await requireTool('opensta') : undefined;
      const context = { ...request, yosys, library, onProgress };
      const { report: mapped, ...design } = await mapForPeriod({ ...context, sta });
      const limitSeconds = request.proveLimit;
      const proof = limitSeconds === undefined ? undefined : await proveMapped({ ...context, ...design, limitSeconds });
      const report = { ...mapped, ...(proof ? { proof } : {}) };
      const kept = request.netlists ? keptNetlists(request.folder, 'period', design.netlists) : [];
      const texts = { 'period.json': reportJson(report), 'period.md': renderPeriodMarkdown(report) };
      const written = writeReportFiles(request.folder, texts).map(shown);
      written.push(...kept);
      const missed = periodMissed(report) ? `the period of ${request.periodPs / 1000} ns is missed` : undefined;
      const failure = [missed, proofFailure(proof)].filter((text) => text !== undefined).join('; ') || undefined;
      return { text: renderPeriodText(report), report, written, failure };
    }
    case 'curve': {
      if (request.plot !== undefined) await loadPlotting();
      const report = await measureCurves({ ...request, yosys, library: readLibrary(request.liberty), onProgress });
      const written = writeReportFiles(request.folders[0] ?? '', { 'curve.json': reportJson(report) });
      if (request.plot !== undefined) {
        written.push(...writeReportFiles(dirname(request.plot), { [basename(request.plot)]: await curvePlot(report) }));
      }
      const failure = proofFailure(...report.curves.map(({ proof }) => proof));
      return { text: renderCurveText(report), report, written: written.map(shown), failure };
    }
    case 'fpga': {
      const report = await measureFpga({ ...request, yosys, onProgress });
      const files = { 'fpga.json': reportJson(report), 'fpga.md': renderFpgaMarkdown(report) };
      const written = writeReportFiles(request.folder, files).map(shown);
      const failure = proofFailure(report.proof, ...report.families.map(({ proof }) => proof));
      return { text: renderFpgaText(report), report, written, failure };
    }
  }
}

async function main(): Promise<number> {
  const program = command();
  program.parse();
  const flags: AreaFlags = program.opts();
  required('--design', flags.design);
  const request = areaCommand(flags);
  const yosys = await announcedYosys();
  const line = progressLine(process.stderr);
  try {
    const { text, report, written, failure } = await measure(request, yosys, (done, all, what) =>
      line.show(`[${done}/${all}] ${what}`),
    );
    line.end();
    process.stdout.write(flags.json ? reportJson(report) : text);
    process.stderr.write(`written: ${written.join(', ')}\n`);
    if (failure === undefined) return EXIT.done;
    process.stderr.write(`FAIL ${failure}\n`);
    return EXIT.checkFailed;
  } finally {
    line.end();
  }
}

// A comparison has designs of its own and shares no option but --liberty and --json.
await runProgram(process.argv.includes('--compare') ? () => studyProgram(COMPARE_STUDY) : main);
