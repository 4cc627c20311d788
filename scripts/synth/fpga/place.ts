import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../gen/base/errors.js';
import { type HarnessPort, harnessSize, harnessVerilog } from '../../../gen/design/harness.js';
import type { Manifest } from '../../../gen/design/manifest.js';
import { requireTool, runTool, type Tool, toolFailure } from '../../tools/find.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../../tools/pool.js';
import { inScratch } from '../../tools/scratch.js';
import type { TextFiles, Yosys } from '../../tools/yosys/interface.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import { PROOF_FILES } from '../equivalence/scripts.js';
import { areaItems } from '../plan.js';
import { sourcesOf } from '../sources.js';
import { cellCounts } from '../statistics.js';
import { DEVICES, type Device } from './devices.js';
import { familyCommand } from './families.js';
import { HARNESS, HARNESS_FILE, PORTS, portsOf } from './harness.js';
import type { PlaceRequest } from './place-request.js';
import { type LogicCells, median, type Placeable, type PlacedRun, type Placement, readPlacement } from './placement.js';

export interface PlacementContext {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly yosys: Yosys;
  readonly dsp: boolean;
  readonly place: PlaceRequest;
  readonly nextpnr: Tool;
  /** Called as each seed ends. */
  readonly progress: (what: string) => void;
}

/** A module that was placed, with what nextpnr was given of it. */
export interface PlacedModule {
  readonly placement: Placement;
  readonly harnessed: HarnessedNetlist;
}

/** A module in its harness, as RTL and as the netlist for nextpnr. */
export interface HarnessedNetlist {
  readonly label: string;
  /** The text of the module's files and of the harness, and their names in compile order. */
  readonly sources: TextFiles;
  readonly files: readonly string[];
  /** As Yosys writes it for nextpnr, JSON. */
  readonly netlist: string;
}

/** A module to place. */
interface Target {
  readonly what: Placeable;
  readonly label: string;
  readonly module: string;
  readonly files: readonly string[];
  readonly parameters: Readonly<Record<string, number>>;
}

/**
 * The nextpnr to place modules of a design with.
 *
 * @throws UserError when the design's clock passes a gate (exit code 2) or nextpnr is missing (3).
 */
export async function placerFor(manifest: Manifest, { what }: PlaceRequest): Promise<Tool> {
  if (what.includes('array') && manifest.configuration.stall === 'gate') {
    throw new UserError(
      `--place array: the clock of ${manifest.top} is gated by logic, which FPGAs do not support well; generate the design with --target fpga or --stall enable, or place the pe alone`,
    );
  }
  return requireTool('nextpnr');
}

/**
 * Places and routes modules of a design with nextpnr, each between the registers of a harness.
 *
 * @throws UserError when a module does not fit the device (exit code 2) or a tool fails (3).
 */
export async function placementsOf(context: PlacementContext): Promise<PlacedModule[]> {
  const placements: PlacedModule[] = [];
  for (const what of context.place.what) {
    placements.push(await placed(context, targetOf(context.manifest, what)));
  }
  return placements;
}

/** The whole design; or its PE, the one with the widest partial sums where they differ. */
function targetOf(manifest: Manifest, what: Placeable): Target {
  if (what === 'array') {
    return { what, label: manifest.top, module: manifest.top, files: manifest.compileOrder, parameters: {} };
  }
  const pe = areaItems(manifest)
    .filter(({ role }) => role === 'pe')
    .sort((x, y) => (y.parameters.SUM_BITS ?? 0) - (x.parameters.SUM_BITS ?? 0))[0];
  if (pe === undefined) throw new Error('the design has no PE');
  return { what, ...pe };
}

async function placed(context: PlacementContext, target: Target): Promise<PlacedModule> {
  const { place, nextpnr, progress } = context;
  const { device, seeds } = place;
  const { ports, luts, ...netlists } = await harnessed(context, target);
  return inScratch('place', async (folder) => {
    writeFileSync(join(folder, NETLIST), netlists.netlist);
    const numbers = Array.from({ length: seeds }, (_, i) => i + 1);
    const outcomes = await mapLimit(numbers, TOOLS_AT_A_TIME, async (seed) => {
      const outcome = await placeOnce(nextpnr, folder, { device, seed, title: target.label, luts });
      progress(`${target.label} placed, seed ${seed}`);
      return outcome;
    });
    const placement: Placement = {
      what: target.what,
      label: target.label,
      device,
      package: DEVICES[device].package,
      tool: { name: 'nextpnr-ice40', version: nextpnr.version },
      flow: `${harnessScript(target, context.dsp)}nextpnr-ice40 ${placeArguments(device, '<seed>').join(' ')}\n`,
      harness: harnessSize(ports),
      logicCells: outcomes[0]?.logicCells as LogicCells,
      runs: outcomes.map(({ run }) => run),
      medianMhz: median(outcomes.map(({ run }) => run.mhz)),
    };
    return { placement, harnessed: netlists };
  });
}

const NETLIST = PROOF_FILES.netlistJson;
const CELLS = 'cells.json';
const PORTS_FILE = 'ports.json';

/** The Yosys script that maps a module in its harness. */
function harnessScript({ files }: Pick<Target, 'files'>, dsp: boolean): string {
  const command = `${familyCommand('ice40', dsp)} -top ${HARNESS}`;
  return `read_verilog ${files.join(' ')} ${HARNESS_FILE}\n${command} -json ${NETLIST}\ntee -q -o ${CELLS} stat -json\n`;
}

/** The mapped netlist of a module in its harness, and the LUTs in it. */
async function harnessed(
  { folder, yosys, dsp }: PlacementContext,
  target: Target,
): Promise<HarnessedNetlist & { readonly ports: HarnessPort[]; readonly luts: number }> {
  const { files, module, parameters, label } = target;
  const inputs = sourcesOf(folder, files);
  const settings = Object.entries(parameters).map(([name, value]) => `chparam -set ${name} ${value} ${module}\n`);
  const elaborated = await runYosys(yosys, {
    title: `${label}, ports`,
    script: `read_verilog ${files.join(' ')}\n${settings.join('')}hierarchy -check -top ${module}\nproc\nwrite_json ${PORTS_FILE}\n`,
    inputs,
    outputs: [PORTS_FILE],
  });
  const ports = portsOf(PORTS.parse(JSON.parse(elaborated.outputs[PORTS_FILE] ?? '')), module);
  const sources = { ...inputs, [HARNESS_FILE]: harnessVerilog({ harness: HARNESS, module, parameters, ports }) };
  const { outputs } = await runYosys(yosys, {
    title: `${label} in its harness`,
    script: harnessScript(target, dsp),
    inputs: sources,
    outputs: [NETLIST, CELLS],
  });
  const luts = cellCounts(outputs[CELLS] ?? '').SB_LUT4 ?? 0;
  return { label, sources, files: [...files, HARNESS_FILE], netlist: outputs[NETLIST] ?? '', ports, luts };
}

function placeArguments(device: Device, seed: string, report = 'report.json'): string[] {
  return [
    ...[`--${device}`, '--package', DEVICES[device].package, '--pcf-allow-unconstrained'],
    ...['--timing-allow-fail', '--seed', seed, '--json', NETLIST, '--report', report],
  ];
}

interface PlaceOnce {
  readonly device: Device;
  readonly seed: number;
  readonly title: string;
  readonly luts: number;
}

async function placeOnce(
  nextpnr: Tool,
  folder: string,
  { device, seed, title, luts }: PlaceOnce,
): Promise<{ run: PlacedRun; logicCells: LogicCells }> {
  const report = `report-${seed}.json`;
  const args = placeArguments(device, String(seed), report);
  const { log, exitCode } = await runTool(nextpnr, args, { cwd: folder, okCodes: [0, 255, 1] });
  const used = /ICESTORM_LC: *(\d+)\/ *(\d+)/.exec(log);
  if (exitCode !== 0 && used && Number(used[1]) > Number(used[2])) {
    throw new UserError(
      `${title} does not fit the ${DEVICES[device].title}: it takes ${used[1]} of ${used[2]} logic cells; choose another --device or a smaller design`,
    );
  }
  const failure = (what: string) => toolFailure(nextpnr.name, `${what} (${title}, ${luts} LUTs)`, log, args.join(' '));
  if (exitCode !== 0) throw failure(`ended with exit code ${exitCode}`);
  if (!existsSync(join(folder, report))) throw failure('wrote no report');
  const read = readPlacement(readFileSync(join(folder, report), 'utf8'));
  if ('problem' in read) throw failure(`gave no frequency: ${read.problem}`);
  return { run: { seed, ...read.path }, logicCells: read.logicCells };
}
