import { EXIT, UserError } from '../../gen/base/errors.js';
import { arrayInfoOf, tiledArrayOf } from '../../gen/design/array-info.js';
import { loadDesign, type Manifest } from '../../gen/design/manifest.js';
import type { PortInfo } from '../../gen/golden/reference.js';
import { longestTile, type PortMatrices, planTiling, type Tiling, tileAt, tileMacs } from '../../gen/golden/tiling.js';
import type { NumericType } from '../../gen/numerics/types/numeric-type.js';
import { tilePeriod } from '../../gen/rtl/timing.js';
import { type OperandReport, operandReport } from '../network/matmul.js';
import { quantiseActivations, quantiseWeights } from '../network/search/tensor.js';
import { type MeasuredDesign, measureDesign } from '../synth/measure.js';
import { requireTool } from '../tools/find.js';
import type { Library } from '../tools/liberty/library.js';
import type { Yosys } from '../tools/yosys/interface.js';
import { countActivity } from './activity.js';
import { estimateEnergy, totalOf } from './estimate.js';
import { type GateModule, gateModules } from './gates.js';
import type { Operands } from './operands.js';
import { recordRun } from './record.js';
import { replay } from './replay.js';
import { energyRows, type PowerReport, wattsOf } from './report.js';
import type { SlewAssumption } from './slews.js';
import { partOf, type Waves } from './waves.js';

export interface PowerRequest {
  /** Folder of the design. */
  readonly design: string;
  readonly yosys: Yosys;
  readonly library: Library;
  readonly operands: Operands;
  /** Types to choose from, of those of the ports; without, all. */
  readonly types?: { readonly a?: readonly string[]; readonly w?: readonly string[] };
  /** Clock period in seconds. */
  readonly period: number;
  readonly slews: SlewAssumption;
  /** Cycles to simulate, about. */
  readonly cycles: number;
  readonly onProgress: (text: string) => void;
  /** The synthesis of the design with this library, where it was done before. */
  readonly synthesised?: MeasuredDesign;
}

/** A report with the operands it is about. */
export type MeasuredPower = PowerReport & {
  readonly operands: { readonly a: OperandReport; readonly w: OperandReport };
};

/** A measurement with the nets of the PEs, the first kind of them where there are several. */
export interface PowerDetails {
  readonly report: MeasuredPower;
  readonly pe: GateModule;
  readonly waves: Waves;
  readonly synthesis: MeasuredDesign;
}

/**
 * The power of a design on real operands: synthesised, simulated on tiles of the product in their order, gate by gate.
 *
 * @throws UserError when the request is wrong, a tool fails, or a result or an output of a netlist is wrong (exit code 1).
 */
export async function measurePower(request: PowerRequest): Promise<PowerDetails> {
  const { design, yosys, library, operands, period, slews, onProgress } = request;
  const manifest = loadDesign(design);
  const { a, w, tiling } = quantised(request, manifest);
  const places = sampleTiles(tiling, manifest, request.cycles);
  onProgress('simulating (the build is kept for the next run)');
  const tiles = places.map((place) => tileAt(tiling, { a, w }, place));
  const run = await recordRun(design, manifest, tiles);
  try {
    const synthesis = request.synthesised ?? (await synthesise(request));
    const { report: area, netlists } = synthesis;
    const modules = await gateModules(manifest, netlists, { yosys, library });
    const failures: string[] = [];
    const kept: { module: GateModule; waves: Waves }[] = [];
    const rows = modules.map((module, i) => {
      onProgress(`gates [${i + 1}/${modules.length}] ${module.item.module}`);
      const replayed = replay(module.circuit, run.waves(module.item), run.first);
      const { difference } = replayed;
      if (difference) {
        const { port, bit, cycle } = difference;
        failures.push(
          `  the netlist of ${module.item.label} differs from the design: ${port}[${bit}] in cycle ${cycle}`,
        );
      }
      const waves = partOf(replayed, run);
      const joules = estimateEnergy(module.circuit, countActivity(module.circuit, waves), { period, slews });
      if (module.item.role === 'pe') kept.push({ module, waves });
      return { label: labelOf(module, manifest), role: module.item.role, instances: waves.instances, joules };
    });
    if (failures.length > 0) {
      throw new UserError(
        `${manifest.configuration.name} has wrong netlists:\n${failures.join('\n')}`,
        EXIT.checkFailed,
      );
    }
    const macs = places.reduce((sum, place) => sum + tileMacs(tiling, place), 0);
    const energies = energyRows(rows, macs);
    const figures = { macs, cycles: run.cycles, period };
    const longest = area.criticalPath.kind === 'delay' ? area.criticalPath.buffered.ps * 1e-12 : undefined;
    const first = kept[0];
    if (!first) throw new UserError(`${design} has no PE`, EXIT.toolBroken);
    const report: MeasuredPower = {
      design: manifest.configuration.name,
      rows: manifest.configuration.rows,
      cols: manifest.configuration.cols,
      tool: yosys.identity,
      simulator: { name: 'Verilator', version: (await requireTool('verilator')).version },
      library: library.identity,
      voltage: first.module.circuit.library.voltage,
      slews,
      ...(longest === undefined ? {} : { criticalPath: longest }),
      operands: { a: operandReport(operands.a.name, a, operands.a), w: operandReport(operands.w.name, w, operands.w) },
      tiles: { run: places.length, all: tiling.tiles },
      ...figures,
      results: run.results,
      ...energies,
      watts: { pe: wattsOf(totalOf(energies.pe), figures), whole: wattsOf(totalOf(energies.whole), figures) },
    };
    return { report, pe: first.module, waves: first.waves, synthesis };
  } finally {
    run.close();
  }
}

const synthesise = ({ design: folder, yosys, library, onProgress }: PowerRequest): Promise<MeasuredDesign> =>
  measureDesign({
    folder,
    yosys,
    library,
    onProgress: (done, all, what) => onProgress(`synthesis [${done}/${all}] ${what}`),
  });

function quantised(
  { operands, types }: PowerRequest,
  manifest: Manifest,
): PortMatrices & ReturnType<typeof choose> & { tiling: Tiling } {
  const info = arrayInfoOf(manifest);
  const chosen = choose(operands, {
    a: allowed(info.a, types?.a, 'activation'),
    w: allowed(info.w, types?.w, 'weight'),
  });
  const a = { ...chosen.a, typeIndex: info.a.types.indexOf(chosen.a.type) };
  const w = { ...chosen.w, typeIndex: info.w.types.indexOf(chosen.w.type) };
  return { a, w, tiling: planTiling({ a, w }, tiledArrayOf(manifest)) };
}

function choose({ a, w }: Operands, types: { a: readonly NumericType[]; w: readonly NumericType[] }) {
  return { a: quantiseActivations(a, types.a, a.name), w: quantiseWeights(w, types.w, w.name) };
}

function allowed({ types }: PortInfo, names: readonly string[] | undefined, role: string): readonly NumericType[] {
  const kept = types.filter(({ name }) => names === undefined || names.includes(name));
  if (kept.length > 0) return kept;
  const list = types.map(({ name }) => name).join(', ');
  throw new UserError(`the design's ${role} port takes none of ${names?.join(', ')}; it takes ${list}`);
}

/** Tiles spread evenly over the product, in its order, as many as take about so many cycles. */
function sampleTiles(tiling: Tiling, { timing }: Manifest, cycles: number): number[] {
  const count = Math.min(Math.max(Math.round(cycles / tilePeriod(timing, longestTile(tiling))), 1), tiling.tiles);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * tiling.tiles) / count));
}

/** Delay lines of the same width are the same netlist, whatever they are for. */
function labelOf({ item }: GateModule, { configuration }: Manifest): string {
  const delay = item.module === `${configuration.name}_delay`;
  return delay ? `${item.module} (registers of ${item.parameters.WIDTH} bit)` : item.label;
}
