import type { LibraryIdentity } from '../../tools/liberty/identity.js';
import type { ToolIdentity } from '../../tools/yosys/identity.js';
import type { ProofReport } from '../equivalence/verdict.js';
import type { Flow } from '../flow-names.js';
import type { DelayPath } from '../path.js';
import { type AreaItem, type ReportedItem, reportedItem } from '../plan.js';
import {
  type Measurement,
  rounded,
  type Size,
  type StructureCheck,
  scaleSize,
  sumSizes,
  withoutDust,
} from '../report.js';
import type { StaResult } from '../sta/log.js';
import { type Candidate, chooseCandidate } from './choose.js';
import type { Strategy } from './strategies.js';

/** A module mapped for a period. */
export interface TimedRow extends ReportedItem {
  readonly flow: Flow;
  readonly strategy: Strategy;
  /** Of one instance. */
  readonly size: Size;
  /** Of all instances. */
  readonly total: Size;
  /** The critical path, through logic alone; null in modules of wires and registers. */
  readonly path: DelayPath | null;
  /** What is left of the period less the margin; negative where it is missed. */
  readonly slackPs: number | null;
}

/** Which design was measured, with what. */
export interface TimedMeasurement extends Measurement {
  readonly library: LibraryIdentity;
  readonly structure: StructureCheck;
}

/** `period.json`. */
export interface PeriodReport extends TimedMeasurement {
  readonly periodPs: number;
  /** What registers take of the period: clock to output, setup. */
  readonly marginPs: number;
  readonly flow: string;
  readonly modules: readonly TimedRow[];
  readonly pe: Size;
  readonly whole: Size;
  /** The whole design divided by its number of multipliers. */
  readonly perMac: Size;
  /** Whether no module's path is longer than the period less the margin. */
  readonly met: boolean;
  readonly warnings: readonly string[];
  /** What OpenSTA says of the netlists; absent where it was not asked. */
  readonly sta?: StaReport;
  /** Of the netlists that were chosen; absent where it was not asked for. */
  readonly proof?: ProofReport;
}

/** Whether the period is missed: by OpenSTA's checks where there are some, else by the modules' logic alone. */
export function periodMissed({ met, sta }: Pick<PeriodReport, 'met' | 'sta'>): boolean {
  return sta === undefined ? !met : sta.whole.slackPs < 0;
}

/** Setup checks of OpenSTA: clock to output and setup included, without wires, the clock ideal. */
export interface StaReport {
  readonly tool: { readonly name: 'OpenSTA'; readonly version: string };
  /** The whole design, with its constraints. */
  readonly whole: StaResult;
  /** The PE or unit alone, between its registers. */
  readonly pe: StaResult & { readonly module: string };
  readonly scripts: readonly string[];
}

export interface TimedFindings {
  readonly flow: string;
  readonly items: readonly { readonly item: AreaItem; readonly candidates: readonly Candidate[] }[];
  readonly warnings: readonly string[];
}

/** Chooses the smallest netlist of each module that meets the period and adds up the design. */
export function buildPeriodReport(
  measurement: TimedMeasurement,
  { periodPs, marginPs }: { readonly periodPs: number; readonly marginPs: number },
  { flow, items, warnings }: TimedFindings,
): PeriodReport {
  const modules = items.map(({ item, candidates }): TimedRow => {
    const chosen = chooseCandidate(candidates, periodPs - marginPs);
    return {
      ...reportedItem(item),
      flow: chosen.flow,
      strategy: chosen.strategy,
      size: chosen.size,
      total: scaled(chosen.size, item.instances),
      path: chosen.path,
      slackPs: chosen.path === null ? null : withoutDust(periodPs - marginPs - chosen.path.ps),
    };
  });
  const totals = (rows: readonly TimedRow[]): Size => rounded(sumSizes(rows.map(({ total }) => total)));
  const { rows, cols, lanes } = measurement;
  const whole = totals(modules);
  return {
    ...measurement,
    ...{ periodPs, marginPs, flow, modules },
    pe: scaled(totals(modules.filter(({ role }) => role === 'pe')), 1 / (rows * cols)),
    whole,
    perMac: scaled(whole, 1 / (rows * cols * lanes)),
    met: modules.every(({ slackPs }) => slackPs === null || slackPs >= 0),
    warnings,
  };
}

const scaled = (size: Size, factor: number): Size => rounded(scaleSize(size, factor));

/** A point of a curve: a netlist than which none was found that is both as small and as fast. */
export interface CurvePoint {
  readonly ps: number;
  readonly size: Size;
  readonly flow: Flow;
  readonly strategy: Strategy;
  readonly aim: number;
}

/** The curve of a module of a design. */
export interface Curve {
  readonly design: string;
  readonly command: string;
  readonly module: string;
  readonly pipeline: number;
  readonly configurationSha256: string;
  readonly flow: string;
  /** Delays aimed at, in ps. */
  readonly aims: readonly number[];
  /** Netlists that were compared. */
  readonly tried: number;
  /** The fastest first. */
  readonly points: readonly CurvePoint[];
  /** Of the points' netlists; absent where it was not asked for. */
  readonly proof?: ProofReport;
}

/** `curve.json`. */
export interface CurveReport {
  readonly generator: string;
  readonly tool: ToolIdentity;
  readonly library: LibraryIdentity;
  readonly curves: readonly Curve[];
}

/** A delay that every netlist keeps, in ps: aiming at it gives the slowest ones. */
export const NO_TARGET = 1_000_000;

/** Delays of a curve's netlists to aim at, between the fifth of the slowest one and that, evenly in ratio. */
export function curveAims(slowestPs: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.round(slowestPs * 5 ** (i / (count - 1) - 1)));
}

/** The points of a curve, those of the best netlists. @throws Error for a module without logic. */
export function curvePoints(best: readonly Candidate[]): CurvePoint[] {
  return best.map(({ path, size, flow, strategy, aim }) => {
    if (path === null) throw new Error('a module without logic has no curve');
    return { ps: path.ps, size, flow, strategy, aim };
  });
}
