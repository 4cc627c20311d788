import type { Command } from 'commander';
import { allOf, EXIT } from '../gen/base/errors.js';
import { programCommand, required } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { progressLine } from '../gen/base/progress.js';
import { COMPARE_STUDY } from './sweep/compare/study.js';
import { studyProgram } from './sweep/program.js';
import { DEVICE_NAMES } from './synth/fpga/devices.js';
import { FAMILY_NAMES } from './synth/fpga/families.js';
import { PLACEABLE } from './synth/fpga/placement.js';
import { type AreaFlags, areaCommand, DEFAULT_PROVE_LIMIT, DEFAULT_SEEDS } from './synth/request.js';
import { measureRequest } from './synth/run-request.js';
import { reportJson } from './synth/write.js';
import { YOSYS_HELP } from './tools/yosys/environment.js';
import { announcedYosys } from './tools/yosys/yosys.js';

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
    .option('--place <modules>', `place and route on an iCE40 with nextpnr, from: ${PLACEABLE.join(',')}`)
    .option('--device <device>', `iCE40 to place on, from: ${DEVICE_NAMES.join(',')} (default: hx8k)`)
    .option('--seeds <n>', `seeds to place with (default: ${DEFAULT_SEEDS})`)
    .option('--bitstream', 'with --place: pack the fastest seed with icepack, as fpga.bin')
    .addHelpText(
      'after',
      `
--compare instead of --design compares PEs of all kinds: see npm run area -- --compare --help.
Reports go to the (first) design's folder: area.json and area.md, or period, curve or fpga instead of area.
${YOSYS_HELP}
Exit codes: 0 done, 1 the array is not what its manifest says, a proof failed or a period is missed,
2 wrong request, 3 a tool is missing or broke.`,
    )
    .allowExcessArguments(false);
}

async function main(): Promise<number> {
  const program = command();
  program.parse();
  const flags: AreaFlags = program.opts();
  const [, request] = allOf([
    () => required('--design', flags.design),
    () => areaCommand({ ...flags, design: flags.design ?? [] }),
  ]);
  const yosys = await announcedYosys();
  const line = progressLine(process.stderr);
  try {
    const { text, report, written, failure } = await measureRequest(request, yosys, (done, all, what) =>
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
