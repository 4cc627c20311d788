import { join } from 'node:path';
import { type TextColumn, tableLines } from '../../gen/base/text-table.js';
import { withoutMeaningless } from '../../gen/config/conflicts.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { generate } from '../../gen/design/generate.js';
import type { MeasuredDesign } from '../synth/measure.js';
import { inScratch } from '../tools/scratch.js';
import { COMPETITORS, type Competitor } from './designs.js';
import { KINDS, totalOf } from './estimate.js';
import { type MeasuredPower, measurePower, type PowerRequest } from './measure.js';

export interface CompareRequest extends Omit<PowerRequest, 'design' | 'types'> {
  readonly competitors: readonly Competitor[];
  readonly rows: number;
  readonly cols: number;
}

export interface Comparison {
  readonly rows: readonly (Pick<Competitor, 'name' | 'description'> & { readonly report: MeasuredPower })[];
}

/** Generates, synthesises and simulates each competitor on the same operands. */
export async function comparePower(request: CompareRequest): Promise<Comparison> {
  const { competitors, onProgress } = request;
  return inScratch('power', async (folder) => {
    const results: Comparison['rows'][number][] = [];
    const known = new Map<string, { design: string; synthesised: MeasuredDesign }>();
    for (const { name, description, parameters, types } of competitors) {
      const key = JSON.stringify(parameters);
      const { report, synthesis } = await measurePower({
        ...request,
        ...(known.get(key) ?? { design: designOf(request, { name, parameters }, folder) }),
        ...(types ? { types } : {}),
        onProgress: (text) => onProgress(`${name}: ${text}`),
      });
      known.set(key, known.get(key) ?? { design: join(folder, name), synthesised: synthesis });
      results.push({ name, description, report });
    }
    return { rows: results };
  });
}

/** Generates a competitor's design; the longest reduction, which decides the width of the sums, is the layer's. */
function designOf(
  { rows, cols, operands }: CompareRequest,
  { name, parameters }: Pick<Competitor, 'name' | 'parameters'>,
  folder: string,
): string {
  const size = { rows, cols, maxK: operands.a.cols, name };
  const raw = { arch: 'array', dataflow: 'os', pe: 'int', ...parameters, ...size } as const;
  return generate(validateConfiguration(withoutMeaningless(raw)), folder).folder;
}

/** The competitors of names, all without. */
export const competitorsOf = (names: readonly string[] | undefined): readonly Competitor[] =>
  COMPETITORS.filter(({ name }) => names === undefined || names.includes(name));

type Row = Comparison['rows'][number];

const pico = (value: number): string => value.toFixed(3);
const percent = (share: number | undefined): string => (share === undefined ? 'none' : `${(100 * share).toFixed(1)} %`);

const COLUMNS: readonly TextColumn<Row>[] = [
  { title: 'pJ per MAC', left: true, text: ({ name }) => name },
  {
    title: 'A',
    left: true,
    text: ({ report }) => `${report.operands.a.type}, ${percent(report.operands.a.relativeError)}`,
  },
  {
    title: 'W',
    left: true,
    text: ({ report }) => `${report.operands.w.type}, ${percent(report.operands.w.relativeError)}`,
  },
  ...KINDS.map((kind) => ({ title: `PE ${kind}`, text: ({ report }: Row) => pico(totalOf(report.pe, { kind })) })),
  { title: 'PE clock', text: ({ report }) => pico(totalOf(report.pe, { group: 'clock' })) },
  { title: 'PE', text: ({ report }) => pico(totalOf(report.pe)) },
  { title: 'array', text: ({ report }) => pico(totalOf(report.whole)) },
  { title: 'of int8', text: () => '' },
];

/** The table of a comparison; the last column is the PE's energy relative to int8's. */
export function comparisonText({ rows }: Comparison): string {
  const int8 = rows.find(({ name }) => name === 'int8');
  const relative = ({ report }: Row): string =>
    int8 ? `${(totalOf(report.pe) / totalOf(int8.report.pe)).toFixed(2)}` : '';
  const columns = COLUMNS.map((column) => (column.title === 'of int8' ? { ...column, text: relative } : column));
  const first = rows[0]?.report;
  const basis = first
    ? [
        '',
        'A, W: type and relative error of the operands; of int8: energy of the PEs relative to int8 on its own PE',
        `${first.rows} x ${first.cols} PEs, ${first.period * 1e9} ns, ${first.library.file} (${first.library.name}), ${first.voltage} V`,
        `${first.operands.a.file}, ${first.operands.a.rows} x ${first.operands.a.cols}; ${first.operands.w.file}`,
        ...rows.map(({ name, description, report }) => {
          const path =
            report.criticalPath === undefined ? '' : `, critical path ${(report.criticalPath * 1e9).toFixed(2)} ns`;
          return `${name}: ${description}; ${report.macs.toLocaleString('en-US')} MACs in ${report.cycles.toLocaleString('en-US')} cycles${path}`;
        }),
      ]
    : [];
  const passed = `PASS: all results of all ${rows.length} equal the reference model, and all netlists compute what the designs do`;
  return `${[...tableLines(columns, rows), ...basis, passed].join('\n')}\n`;
}
