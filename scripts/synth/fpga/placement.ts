import { z } from 'zod';
import type { HarnessSize } from '../../../gen/design/harness.js';
import type { Device } from './devices.js';

/** What can be placed: a PE (a cluster of PEs, a dot-product unit), or the whole design, an array or an engine. */
export const PLACEABLE = ['pe', 'array', 'engine'] as const;

export type Placeable = (typeof PLACEABLE)[number];

/** The critical path between registers after place and route. */
export interface PlacedPath {
  /** Highest frequency, in MHz. */
  readonly mhz: number;
  /** The net or register it starts with, and the register it ends in, without what tools add to names. */
  readonly from: string;
  readonly to: string;
  /** Part of its delay that is wires, 0 to 1. */
  readonly routing: number;
  /** Whether it has gates of the module: if not, the harness or mere wires limit. */
  readonly logic: boolean;
}

/** A place and route. */
export interface PlacedRun extends PlacedPath {
  readonly seed: number;
}

/** A module placed and routed. */
export interface Placement {
  readonly what: Placeable;
  readonly label: string;
  readonly device: Device;
  readonly package: string;
  readonly tool: { readonly name: 'nextpnr-ice40'; readonly version: string };
  readonly flow: string;
  readonly harness: HarnessSize;
  /** Logic cells, those of the harness included. */
  readonly logicCells: UsedCells;
  readonly blockRams: UsedCells;
  readonly runs: readonly PlacedRun[];
  readonly medianMhz: number;
  /** The bitstream of the fastest seed, where it was asked for. */
  readonly bitstream?: { readonly seed: number; readonly bytes: number; readonly sha256: string };
}

/** Cells of a device, and how many are used. */
export interface UsedCells {
  readonly used: number;
  readonly available: number;
}

const END = z.object({ cell: z.string() });

/** The report that nextpnr writes with `--report`. */
const NEXTPNR_REPORT = z.object({
  fmax: z.record(z.string(), z.object({ achieved: z.number().positive() })),
  utilization: z.object({
    ICESTORM_LC: z.object({ used: z.int().positive(), available: z.int().positive() }),
    ICESTORM_RAM: z.object({ used: z.int(), available: z.int() }),
  }),
  critical_paths: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      path: z.array(z.object({ delay: z.number(), from: END, to: END, net: z.string().optional(), type: z.string() })),
    }),
  ),
});

/** What was read of a report, or why it cannot be relied on. */
export type ReadPlacement =
  | { readonly path: PlacedPath; readonly logicCells: UsedCells; readonly blockRams: UsedCells }
  | { readonly problem: string };

/** Difference between a frequency and that of its path, in parts, that rounding explains. */
const TOLERANCE = 0.005;

/**
 * The frequency in a report of nextpnr (`--report`). Nothing is taken from a report that has more than one clock, or
 * without a critical path, or whose critical path does not have the delay of its frequency.
 */
export function readPlacement(text: string): ReadPlacement {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return { problem: `the report is not JSON: ${(error as Error).message}` };
  }
  const parsed = NEXTPNR_REPORT.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `the report does not read as expected: ${issue?.path.join('.')}: ${issue?.message}` };
  }
  const { fmax, utilization, critical_paths: paths } = parsed.data;
  const [clock, ...others] = Object.entries(fmax);
  if (clock === undefined || others.length > 0) return { problem: `${Object.keys(fmax).length} clocks instead of one` };
  const [name, { achieved }] = clock;
  const between = paths.filter(({ from, to }) => from === `posedge ${name}` && to === from);
  const [slowest, ...more] = between;
  if (slowest === undefined || more.length > 0) {
    return { problem: `${between.length} critical paths between registers of ${name} instead of one` };
  }
  const delay = slowest.path.reduce((sum, step) => sum + step.delay, 0);
  if (Math.abs((delay * achieved) / 1000 - 1) > TOLERANCE) {
    return { problem: `the critical path takes ${delay.toFixed(3)} ns, the frequency is ${achieved.toFixed(2)} MHz` };
  }
  const routing = slowest.path.filter(({ type }) => type === 'routing');
  const [first, last] = [routing[0], routing.at(-1)];
  if (first?.net === undefined || last === undefined) return { problem: 'the critical path has no wires' };
  return {
    path: {
      mhz: achieved,
      from: shortName(first.net.startsWith('u_dut.') ? first.net : first.from.cell),
      to: shortName(last.to.cell),
      routing: routing.reduce((sum, step) => sum + step.delay, 0) / delay,
      logic: slowest.path.some(({ type }) => type === 'logic'),
    },
    logicCells: utilization.ICESTORM_LC,
    blockRams: utilization.ICESTORM_RAM,
  };
}

/** A name without the harness before it and what Yosys and nextpnr put behind it: `u_dut.acc_q_SB_DFFE_Q_D_LC`. */
const shortName = (name: string): string => name.replace(/^u_dut\./, '').replace(/(_SB_.*|_LC|LC)$/, '');

/** The middle of frequencies; of an even number the mean of both. @throws Error for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new Error('there is no median of nothing');
  return (low + high) / 2;
}
