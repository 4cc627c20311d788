import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../gen/base/errors.js';
import { type HarnessPort, harnessSize, harnessVerilog } from '../../../gen/design/harness.js';
import { sha256 } from '../../../gen/design/manifest.js';
import { runTool, type Tool, toolFailure } from '../../tools/find.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../../tools/pool.js';
import { inScratch } from '../../tools/scratch.js';
import type { TextFiles, Yosys } from '../../tools/yosys/interface.js';
import { sourcesOf } from '../../tools/yosys/sources.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import { PROOF_FILES } from '../equivalence/scripts.js';
import { cellCounts } from '../statistics.js';
import { DEVICES, type Device } from './devices.js';
import { familyCommand } from './families.js';
import { HARNESS, HARNESS_FILE, PORTS, portsOf } from './harness.js';
import type { PlaceRequest } from './place-request.js';
import { median, type Placeable, type PlacedRun, type Placement, readPlacement, type UsedCells } from './placement.js';

export interface PlacementContext {
  readonly folder: string;
  readonly yosys: Yosys;
  readonly dsp: boolean;
  readonly place: PlaceRequest;
  readonly targets: readonly Target[];
  readonly nextpnr: Tool;
  /** Packs what the fastest seed gave. */
  readonly icepack?: Tool | undefined;
  /** Called as each seed ends. */
  readonly progress: (what: string) => void;
}

/** A module that was placed, with what nextpnr was given of it. */
export interface PlacedModule {
  readonly placement: Placement;
  readonly harnessed: HarnessedNetlist;
  /** What configures the device, of the fastest seed; where it was asked for. */
  readonly bitstream?: Uint8Array | undefined;
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
export interface Target {
  readonly what: Placeable;
  readonly label: string;
  readonly module: string;
  readonly files: readonly string[];
  readonly parameters: Readonly<Record<string, number>>;
}

/**
 * Places and routes modules of a design with nextpnr, each between the registers of a harness.
 *
 * @throws UserError when a module does not fit the device (exit code 2) or a tool fails (3).
 */
export async function placementsOf(context: PlacementContext): Promise<PlacedModule[]> {
  const placements: PlacedModule[] = [];
  for (const target of context.targets) placements.push(await placed(context, target));
  return placements;
}

async function placed(context: PlacementContext, target: Target): Promise<PlacedModule> {
  const { place, nextpnr, icepack, progress } = context;
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
    const first = outcomes[0] as PlacedOnce;
    const fastest = outcomes.reduce((best, each) => (each.run.mhz > best.run.mhz ? each : best)).run.seed;
    const bitstream = icepack && (await packed(icepack, folder, fastest));
    const placement: Placement = {
      what: target.what,
      label: target.label,
      device,
      package: DEVICES[device].package,
      tool: { name: 'nextpnr-ice40', version: nextpnr.version },
      flow: `${harnessScript(target, context.dsp)}nextpnr-ice40 ${placeArguments(device, '<seed>').join(' ')}\n`,
      harness: harnessSize(ports),
      logicCells: first.logicCells,
      blockRams: first.blockRams,
      runs: outcomes.map(({ run }) => run),
      medianMhz: median(outcomes.map(({ run }) => run.mhz)),
      ...(bitstream
        ? { bitstream: { seed: fastest, bytes: bitstream.length, sha256: sha256(Buffer.from(bitstream)) } }
        : {}),
    };
    return { placement, harnessed: netlists, bitstream };
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

const ascFile = (seed: number): string => `placed-${seed}.asc`;

/** The bitstream of a seed. @throws UserError where icepack writes none (exit code 3). */
async function packed(icepack: Tool, folder: string, seed: number): Promise<Uint8Array> {
  const binary = 'bitstream.bin';
  const { log } = await runTool(icepack, [ascFile(seed), binary], { cwd: folder });
  if (!existsSync(join(folder, binary))) throw toolFailure(icepack.name, 'wrote no bitstream', log, ascFile(seed));
  return readFileSync(join(folder, binary));
}

function placeArguments(device: Device, seed: string, report = 'report.json'): string[] {
  return [
    ...[`--${device}`, '--package', DEVICES[device].package, '--pcf-allow-unconstrained'],
    ...['--timing-allow-fail', '--seed', seed, '--json', NETLIST, '--report', report],
  ];
}

/** What a seed gave. */
interface PlacedOnce {
  readonly run: PlacedRun;
  readonly logicCells: UsedCells;
  readonly blockRams: UsedCells;
}

interface PlaceOnce {
  readonly device: Device;
  readonly seed: number;
  readonly title: string;
  readonly luts: number;
}

/** Of which cells a device has too few, by nextpnr's log. */
function lackingCells(log: string): string | undefined {
  const kinds = { ICESTORM_LC: 'logic cells', ICESTORM_RAM: 'block RAMs' } as const;
  const uses = Object.entries(kinds).map(([name, title]) => {
    const [, used, available] = new RegExp(`${name}: *(\\d+)/ *(\\d+)`).exec(log) ?? [];
    return Number(used) > Number(available) ? `${used} of ${available} ${title}` : undefined;
  });
  const lacking = uses.filter((text) => text !== undefined);
  return lacking.length === 0 ? undefined : lacking.join(' and ');
}

async function placeOnce(nextpnr: Tool, folder: string, { device, seed, title, luts }: PlaceOnce): Promise<PlacedOnce> {
  const report = `report-${seed}.json`;
  const args = [...placeArguments(device, String(seed), report), '--asc', ascFile(seed)];
  const { log, exitCode } = await runTool(nextpnr, args, { cwd: folder, okCodes: [0, 255, 1] });
  const lacking = exitCode === 0 ? undefined : lackingCells(log);
  if (lacking !== undefined) {
    throw new UserError(
      `${title} does not fit the ${DEVICES[device].title}: it takes ${lacking}; choose another --device or a smaller design`,
    );
  }
  const failure = (what: string) => toolFailure(nextpnr.name, `${what} (${title}, ${luts} LUTs)`, log, args.join(' '));
  if (exitCode !== 0) throw failure(`ended with exit code ${exitCode}`);
  if (!existsSync(join(folder, report))) throw failure('wrote no report');
  const read = readPlacement(readFileSync(join(folder, report), 'utf8'));
  if ('problem' in read) throw failure(`gave no frequency: ${read.problem}`);
  const { path, logicCells, blockRams } = read;
  return { run: { seed, ...path }, logicCells, blockRams };
}
