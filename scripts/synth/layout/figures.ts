import { EXIT, UserError } from '../../../gen/base/errors.js';
import type { PlacedDesign } from './def.js';
import type { Cells } from './lef.js';

/** Nets that are supplies, not signals. */
const SUPPLIES = ['vdd', 'gnd'];

/** The cell that is a gate equivalent. */
const GATE = 'NAND2X1';

const FILLER = /^FILL/;

/** What a placed and routed design measures. Lengths in micrometres, areas in their squares. */
export interface LayoutFigures {
  readonly die: { readonly width: number; readonly height: number; readonly area: number };
  /** The rectangle of the rows of cells. */
  readonly core: { readonly width: number; readonly height: number; readonly area: number };
  /** Instances that are no filler. */
  readonly cells: number;
  readonly cellArea: number;
  readonly gateEquivalents: number;
  /** The share of the core that cells take. */
  readonly utilisation: number;
  readonly wireLength: { readonly total: number; readonly byLayer: Readonly<Record<string, number>> };
  readonly vias: number;
}

/** @throws UserError (exit code 3) where a cell is not in the technology. */
export function figuresOf({ die, cells, wires, vias }: PlacedDesign, { sizes }: Cells): LayoutFigures {
  const placed = cells.map(({ cell, x, y }) => {
    const size = sizes.get(cell);
    if (size === undefined)
      throw new UserError(`the layout has a cell ${cell}, the technology has not`, EXIT.toolBroken);
    return { ...size, x, y, isFiller: FILLER.test(cell), area: size.width * size.height };
  });
  const least = (of: (cell: (typeof placed)[number]) => number): number =>
    placed.reduce((found, cell) => Math.min(found, of(cell)), Number.POSITIVE_INFINITY);
  const width = -least(({ x, width: own }) => -(x + own)) - least(({ x }) => x);
  const height = -least(({ y, height: own }) => -(y + own)) - least(({ y }) => y);
  const logic = placed.filter(({ isFiller }) => !isFiller);
  const cellArea = logic.reduce((sum, { area }) => sum + area, 0);
  const gate = sizes.get(GATE);
  const byLayer: Record<string, number> = {};
  for (const { net, layer, from, to } of wires) {
    if (SUPPLIES.includes(net)) continue;
    byLayer[layer] = (byLayer[layer] ?? 0) + Math.abs(from[0] - to[0]) + Math.abs(from[1] - to[1]);
  }
  const layers = Object.keys(byLayer).sort();
  return {
    die: { width: die.width, height: die.height, area: die.width * die.height },
    core: { width, height, area: width * height },
    ...{ cells: logic.length, cellArea, utilisation: cellArea / (width * height) },
    gateEquivalents: gate === undefined ? Number.NaN : cellArea / (gate.width * gate.height),
    wireLength: {
      total: Object.values(byLayer).reduce((sum, length) => sum + length, 0),
      byLayer: Object.fromEntries(layers.map((layer) => [layer, byLayer[layer] ?? 0])),
    },
    vias,
  };
}

const broken = (what: string): never => {
  throw new UserError(`${what}; its log has another form than is known`, EXIT.toolBroken);
};

/** The nets that the router left open. */
export function openNets(log: string): number {
  const found = [...log.matchAll(/^(?:Final: )?(?:No failed routes!|Failed net routes: (\d+))/gm)].at(-1);
  return found === undefined ? broken('qrouter did not say whether all nets were routed') : Number(found[1] ?? 0);
}

/** The longest path between registers in picoseconds, and the frequency in MHz that vesta computes of it. */
export function timingOf(log: string): { readonly delay: number; readonly frequency: number } {
  const [, delay] = /Top \d+ maximum delay paths:\s+Path \S+ to \S+ delay ([\d.]+) ps/.exec(log) ?? [];
  const [, frequency] = /Computed maximum clock frequency \(zero margin\) = ([\d.]+) MHz/.exec(log) ?? [];
  if (delay === undefined || frequency === undefined) return broken('vesta gave no path between registers');
  return { delay: Number(delay), frequency: Number(frequency) };
}

/** A design rule that is broken, and how often. */
export interface RuleViolation {
  readonly rule: string;
  readonly count: number;
}

/** The violations of design rules that magic lists, after the script of `runQflow`. */
export function ruleViolations(log: string): RuleViolation[] {
  const [, total] = /^drc = (\d+)$/m.exec(log) ?? [];
  if (total === undefined) return broken('magic counted no design rules');
  const found = [...log.matchAll(/^broken rule: (.*): (\d+)$/gm)].map(
    ([, rule = '', count]): RuleViolation => ({ rule, count: Number(count) }),
  );
  if (Number(total) > 0 && found.length === 0) return broken('magic did not name the rules that are broken');
  return found;
}

/** What netgen finds different between the layout and the netlist. */
export function netlistDifferences(log: string): number {
  const [, count] = /^Total errors = (\d+)$/m.exec(log) ?? [];
  const isSame = /^Result: Circuits match uniquely\.$/m.test(log);
  if (count === undefined || (Number(count) === 0 && !isSame)) return broken('netgen compared no netlists');
  return Number(count);
}
