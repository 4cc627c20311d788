import { join } from 'node:path';
import { decimal, percent, type TextColumn, tableLines } from '../../gen/base/text-table.js';
import { withoutMeaningless } from '../../gen/config/conflicts.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import type { Competitor } from '../power/designs.js';
import { KINDS, totalOf } from '../power/estimate.js';
import { type MeasuredPower, measurePower } from '../power/measure.js';
import type { Operands } from '../power/operands.js';
import type { PowerNumbers } from '../power/request.js';
import type { MeasuredDesign } from '../synth/measure.js';
import type { Library } from '../tools/liberty/library.js';
import { type DesignSubject, designSubject } from './metrics.js';
import { type Metric, measurePlan, type Tools } from './study.js';

interface Competing extends DesignSubject {
  readonly competitor: Competitor;
}

export type Comparison = Awaited<ReturnType<typeof comparePower>>;

/** Measures the energy of each competitor on the same operands. */
export function comparePower(
  request: PowerNumbers & { readonly operands: Operands },
  tools: Tools & { readonly library: Library },
) {
  return measurePlan(
    {
      subjects: request.competitors.map((competitor) => ({
        ...competitorDesign(request, competitor, tools.scratch),
        competitor,
      })),
      metrics: { power: powerOf(request, tools.library) },
      report: (rows) => ({
        rows: rows.map(({ subject: { competitor }, power }) => ({
          name: competitor.name,
          description: competitor.description,
          report: power,
        })),
      }),
    },
    tools,
  );
}

/** The design of a competitor; the longest reduction, which decides the width of the sums, is the layer's. */
function competitorDesign(
  { rows, cols, operands }: Parameters<typeof comparePower>[0],
  { name, parameters }: Competitor,
  scratch: string,
): DesignSubject {
  const size = { rows, cols, maxK: operands.a.cols, name };
  const raw = { arch: 'array', dataflow: 'os', pe: 'int', ...parameters, ...size } as const;
  return designSubject(name, validateConfiguration(withoutMeaningless(raw)), join(scratch, name));
}

/** Measures power; competitors of the same parameters share the design of the first and its synthesis. */
function powerOf(request: Parameters<typeof comparePower>[0], library: Library): Metric<Competing, MeasuredPower> {
  const known = new Map<string, { readonly design: string; readonly synthesised: MeasuredDesign }>();
  return async ({ competitor: { parameters, types }, folder }, { yosys, progress }) => {
    const key = JSON.stringify(parameters);
    const shared = known.get(key) ?? { design: folder };
    const { report, synthesis } = await measurePower({
      ...request,
      ...{ yosys, library },
      ...shared,
      ...(types ? { types } : {}),
      onProgress: progress,
    });
    known.set(key, { synthesised: synthesis, ...shared });
    return report;
  };
}

type Row = Comparison['rows'][number];

const pico = (value: number): string => value.toFixed(3);
const error = (share: number | undefined): string => (share === undefined ? 'none' : percent(share));

const columns = (int8: Row | undefined): TextColumn<Row>[] => [
  { title: 'pJ per MAC', left: true, text: ({ name }) => name },
  ...(['a', 'w'] as const).map((operand) => ({
    title: operand.toUpperCase(),
    left: true,
    text: ({ report: { operands } }: Row) => `${operands[operand].type}, ${error(operands[operand].relativeError)}`,
  })),
  ...KINDS.map((kind) => ({ title: `PE ${kind}`, text: ({ report }: Row) => pico(totalOf(report.pe, { kind })) })),
  { title: 'PE clock', text: ({ report }) => pico(totalOf(report.pe, { group: 'clock' })) },
  { title: 'PE', text: ({ report }) => pico(totalOf(report.pe)) },
  { title: 'array', text: ({ report }) => pico(totalOf(report.whole)) },
  {
    title: 'of int8',
    text: ({ report }) => (int8 ? (totalOf(report.pe) / totalOf(int8.report.pe)).toFixed(2) : ''),
  },
];

/** The table of a comparison; the last column is the PE's energy relative to int8's. */
export function comparisonText({ rows }: Comparison): string {
  const int8 = rows.find(({ name }) => name === 'int8');
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
          return `${name}: ${description}; ${decimal(report.macs)} MACs in ${decimal(report.cycles)} cycles${path}`;
        }),
      ]
    : [];
  const passed = `PASS: all results of all ${rows.length} equal the reference model, and all netlists compute what the designs do`;
  return `${[...tableLines(columns(int8), rows), ...basis, passed].join('\n')}\n`;
}
