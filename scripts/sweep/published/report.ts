import type { ProvedDesign } from '../../synth/equivalence/proved.js';
import type { ArrayPath, CriticalPath } from '../../synth/path.js';
import { reportHead } from '../metrics.js';
import type { Tools } from '../study.js';
import type { MeasuredCircuit } from './measure.js';
import type { OwnDesign } from './own.js';
import { type PublishedRequest, selectionCommand } from './request.js';
import type { PublishedCircuit, PublishedSource } from './source.js';

/** A circuit; areas in gate equivalents per product and cycle. */
export interface PublishedRow {
  readonly name: string;
  readonly what: string;
  readonly operands: string;
  readonly accumulatorBits: number | null;
  readonly products: number;
  readonly whole: number;
  /** A PE, or a dot-product unit; null where that is the whole. */
  readonly pe: number | null;
  readonly flipFlops: number;
  readonly path: CriticalPath | ArrayPath;
  /** Results compared with integer arithmetic; null of designs of this project, which `npm run verify` checks. */
  readonly checked: number | null;
  readonly lacks: string | null;
}

/** What a table tells of a source. */
export interface SourceRow {
  readonly repository: string;
  readonly commits: readonly string[];
  readonly licence: string;
  readonly edited: string;
  readonly circuits: readonly string[];
}

export type PublishedReport = ReturnType<typeof publishedReport>;

export function circuitRow(circuit: PublishedCircuit, { whole, pe, checked }: MeasuredCircuit): PublishedRow {
  const { name, what, operands, accumulatorBits, products, lacks } = circuit;
  return {
    ...{ name, what, operands, accumulatorBits, products, checked, lacks },
    whole: whole.size.gateEquivalents / products,
    pe: pe && circuit.pe ? pe.size.gateEquivalents / circuit.pe.products : null,
    flipFlops: whole.size.flipFlopBits / products,
    path: whole.path,
  };
}

export function ownRow({ name, what, operands }: OwnDesign, { report, manifest }: ProvedDesign): PublishedRow {
  const products = report.rows * report.cols * report.lanes;
  return {
    ...{ name, what, operands, products, checked: null, lacks: null },
    accumulatorBits: manifest.accumulator.bits,
    whole: report.perMac.gateEquivalents,
    pe: report.pe.gateEquivalents / report.lanes,
    flipFlops: report.perMac.flipFlopBits,
    path: report.criticalPath,
  };
}

export function sourceRows(circuits: readonly PublishedCircuit[]): SourceRow[] {
  const sources: readonly PublishedSource[] = [...new Set(circuits.map(({ source }) => source))];
  return sources.map((source) => ({
    repository: source.repository,
    commits: [...new Set(source.files.map(({ commit }) => commit))],
    licence: source.licence,
    edited: source.edited,
    circuits: circuits.filter((each) => each.source === source).map(({ name }) => name),
  }));
}

export const publishedReport = (rows: readonly PublishedRow[], request: PublishedRequest, tools: Tools) => ({
  ...reportHead(selectionCommand(request), tools),
  rows,
  sources: sourceRows(request.circuits),
});
