import type { Configuration } from '../../../gen/config/parameters.js';
import type { ProofReport } from '../equivalence/verdict.js';
import type { CellCounts } from '../gates.js';
import { type AreaItem, type ReportedItem, reportedItem } from '../plan.js';
import type { Measurement, StructureCheck } from '../report.js';
import type { Family } from './families.js';
import type { Placement } from './placement.js';
import { type Resources, scaleResources, sumResources } from './resources.js';

/** A row of the report: an item on one family. */
export interface FpgaRow extends ReportedItem {
  /** In the totals only as a part of another row. */
  readonly partOfOther: boolean;
  /** Of one instance. */
  readonly size: Resources;
  readonly cells: CellCounts;
  /** Of all instances. */
  readonly total: Resources;
}

/** A design on one family. */
export interface FamilyReport {
  readonly family: Family;
  readonly flow: string;
  readonly modules: readonly FpgaRow[];
  /** A PE, on average where their partial sums have several widths; or a dot-product unit. */
  readonly pe: Resources;
  readonly whole: Resources;
  /** The whole design divided by its number of multipliers. */
  readonly perMac: Resources;
  readonly warnings: readonly string[];
  /** Of the modules' netlists; absent where it was not asked for. */
  readonly proof?: ProofReport;
}

/** Which design was measured, with what. */
export interface FpgaMeasurement extends Omit<Measurement, 'library'> {
  /** Absent in engines, which nothing stalls as a whole. */
  readonly stall?: Configuration['stall'];
  /** Whether multipliers may become DSP blocks. */
  readonly dsp: boolean;
  /** How the sum over the modules was checked against the elaborated design. */
  readonly structure: StructureCheck;
}

/** `fpga.json`. */
export interface FpgaReport extends FpgaMeasurement {
  readonly families: readonly FamilyReport[];
  readonly placements: readonly Placement[];
  /** Of the netlists that were placed, harness included; absent where it was not asked for. */
  readonly proof?: ProofReport;
}

/** What one synthesis of an item gave. */
export interface FpgaSynthesis {
  readonly resources: Resources;
  readonly cells: CellCounts;
}

/** What all items gave on a family. */
export interface FamilyFindings {
  readonly family: Family;
  readonly flow: string;
  readonly items: readonly { readonly item: AreaItem; readonly result: FpgaSynthesis }[];
  readonly warnings: readonly string[];
  readonly proof?: ProofReport | undefined;
}

/** Adds up the design on each family. */
export function buildFpgaReport(
  measurement: FpgaMeasurement,
  families: readonly FamilyFindings[],
  placements: readonly Placement[],
  proof?: ProofReport,
): FpgaReport {
  const reports = families.map((findings) => familyReport(findings, measurement));
  return { ...measurement, families: reports, placements, ...(proof ? { proof } : {}) };
}

function familyReport(
  { family, flow, items, warnings, proof }: FamilyFindings,
  { rows, cols, lanes }: FpgaMeasurement,
): FamilyReport {
  const modules = items.map(({ item, result }): FpgaRow => {
    const { instances, partOfOther } = item;
    return {
      ...{ ...reportedItem(item), partOfOther },
      size: result.resources,
      cells: result.cells,
      total: scaleResources(result.resources, instances),
    };
  });
  const counted = modules.filter(({ partOfOther }) => !partOfOther);
  const pes = counted.filter(({ role }) => role === 'pe');
  if (pes.length === 0) throw new Error('the design has no PE');
  const totals = (list: readonly FpgaRow[]): Resources => sumResources(list.map(({ total }) => total));
  const whole = totals(counted);
  return {
    family,
    flow,
    modules,
    pe: scaleResources(totals(pes), 1 / (rows * cols)),
    whole,
    perMac: scaleResources(whole, 1 / (rows * cols * lanes)),
    warnings,
    ...(proof ? { proof } : {}),
  };
}
