import { UserError } from '../../../../gen/base/errors.js';
import type { AreaReport, Size } from '../../../synth/report.js';
import { withLanes } from '../../compare/designs.js';
import type { ComparisonReport } from '../../compare/report.js';
import { pageTable } from './markdown.js';
import { netlistsLine } from './proofs.js';

/** What docs/results.md tells of areas with a library. */
export interface SummaryArea {
  readonly title: string;
  /** Whether the library's areas are in µm², and are shown. */
  readonly micrometres: boolean;
  /** The default array of 16 x 16. */
  readonly array: AreaReport;
  /** The comparison of kinds of PEs. */
  readonly compared: ComparisonReport;
}

/** Lanes of the PEs that are shown beside those of one lane. */
const LANES = 4;

interface SummaryRow {
  readonly title: string;
  readonly text: (summary: SummaryArea) => string;
}

/** @throws UserError where the array was measured with another library or another release than the comparison. */
function requireAlike({ title, array, compared }: SummaryArea): void {
  const conditions = ({ library, tool }: AreaReport | ComparisonReport): string =>
    `${library?.file ?? 'generic gates'} (sha256 ${library?.sha256 ?? 'none'}), ${tool.name} ${tool.version}`;
  const [now, recorded] = [conditions(array), conditions(compared)];
  if (now !== recorded) {
    throw new UserError(`${title}: the array is of ${now}, the recorded comparison of ${recorded}; record it anew`);
  }
}

/**
 * Areas in short, a column per library.
 *
 * @throws UserError where what stands in a table was measured under different conditions.
 */
export function summaryTable(libraries: readonly SummaryArea[]): string {
  libraries.forEach(requireAlike);
  const sizes = [...new Set(libraries.map(({ compared }) => compared.size))];
  const [edge] = sizes;
  if (edge === undefined || sizes.length > 1) throw new UserError('the recorded comparisons are of different sizes');
  const columns = [
    { title: '', left: true, text: ({ title }: SummaryRow) => title },
    ...libraries.map((library) => ({
      title: library.title,
      left: true,
      text: ({ text }: SummaryRow) => text(library),
    })),
  ];
  const proofs = libraries.flatMap(({ array, compared }) => [array.proof, compared.proof]);
  return pageTable(columns, rowsOf(edge), netlistsLine(proofs));
}

function rowsOf(edge: number): SummaryRow[] {
  return [
    { title: 'one PE', text: (of) => sizeText(of, of.array.pe, 0) },
    { title: 'decoder of flint4, alone', text: (of) => sizeText(of, decoderOf(of.array, 'flint4'), 1) },
    { title: '16 x 16 array, per MAC, everything included', text: ({ array }) => ge(array.perMac.gateEquivalents, 0) },
    {
      title: `${edge} x ${edge} array, per MAC, everything included`,
      text: (of) => ge(kindOf(of, 'ant4').core / edge ** 2, 0),
    },
    {
      title: `the same with ${LANES} lanes a PE`,
      text: (of) => ge(kindOf(of, 'ant4', LANES).core / (edge ** 2 * LANES), 0),
    },
    {
      title: `all decoders of the ${edge} x ${edge} array`,
      text: (of) => `${(100 * kindOf(of, 'ant4').decoderShare).toFixed(2)} %`,
    },
    {
      title: `PE with 8-bit integers besides, over a fusible int4/int8 PE (both with ${LANES} lanes)`,
      text: (of) => ratioText(of, 'fused'),
    },
    { title: `the same over an int8 PE (both with ${LANES} lanes)`, text: (of) => ratioText(of, 'int8') },
  ];
}

const ge = (value: number, digits: number): string => `${value.toFixed(digits)} GE`;

function sizeText({ micrometres }: SummaryArea, { gateEquivalents, area = 0 }: Size, digits: number): string {
  return `${ge(gateEquivalents, digits)}${micrometres ? ` (${area.toFixed(digits)} µm²)` : ''}`;
}

function decoderOf({ modules, design }: AreaReport, type: string): Size {
  const found = modules.find(({ module }) => module.endsWith(`_decode_${type}`));
  if (found === undefined) throw new UserError(`${design} has no decoder of ${type}`);
  return found.size;
}

function kindOf({ compared }: SummaryArea, name: string, lanes = 1): ComparisonReport['kinds'][number]['measured'] {
  const found = compared.kinds.find(({ kind, lanes: own }) => kind === name && own === lanes);
  if (found === undefined) {
    throw new UserError(`the recorded comparison has no ${withLanes(name, lanes)}; record it anew`);
  }
  return found.measured;
}

/** The unified PE over another. */
function ratioText(of: SummaryArea, other: string): string {
  const ratio = (lanes: number): string => (kindOf(of, 'ant', lanes).pe / kindOf(of, other, lanes).pe).toFixed(2);
  return `${ratio(1)} (${ratio(LANES)})`;
}
