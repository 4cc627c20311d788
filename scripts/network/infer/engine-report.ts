import {
  decimal,
  type Pair,
  pairLines,
  percent,
  plural,
  type TextColumn,
  tableLines,
} from '../../../gen/base/text-table.js';
import type { EngineInferReport, EngineLayerReport } from './on-engine.js';

const LAYER_COLUMNS: readonly TextColumn<EngineLayerReport>[] = [
  { title: 'layer', left: true, text: ({ name }) => name },
  { title: 'MACs', text: ({ macs }) => decimal(macs) },
  { title: 'ideal', text: ({ idealCycles }) => decimal(Math.round(idealCycles)) },
  { title: 'cycles', text: ({ cycles }) => decimal(Math.round(cycles)) },
  { title: 'predicted', text: ({ predictedCycles }) => decimal(Math.round(predictedCycles)) },
  { title: 'difference', text: ({ cycles, predictedCycles }) => percent(predictedCycles / cycles - 1) },
  { title: 'utilisation', text: ({ utilisation }) => percent(utilisation) },
];

/** The report of a run on an engine as text. */
export function engineInferText(report: EngineInferReport): string {
  const { samples, right, agreeing, cycles, seconds, exact, bytes, mismatch } = report;
  const share = (part: number): string => `${decimal(part)} of ${decimal(samples)} (${percent(part / samples, 2)})`;
  const each = (value: number): string => decimal(Math.round(value));
  const rows: Pair[] = [
    ['network', `${report.model}, ${plural(samples, 'sample')}, whole on ${report.design}`],
    ...(right === undefined
      ? []
      : ([
          ['right', `engine ${share(right.engine)}`],
          ['', `fake-quantised ${share(right.fakeQuantised)}`],
          ['', `floating point ${share(right.float)}`],
        ] as const)),
    ['same class', `as fake-quantised ${share(agreeing.fakeQuantised)}`],
    ['', `as in floating point ${share(agreeing.float)}`],
    [
      'per sample',
      `${report.images > 1 ? `${plural(report.images, 'image')} a job: ` : ''}${each(cycles.mean)} cycles (${each(cycles.least)} to ${each(cycles.greatest)}; predicted ${each(report.predictedCycles)}), ${decimal(report.macs)} MACs`,
    ],
    ['', `PEs ${percent(report.utilisation)} busy; array steps in ${each(report.arrayCycles)} cycles`],
    ['', `waits of ${each(report.memoryWaits)} cycles for data, ${each(report.requantiserWaits)} for the requantiser`],
    ['', `${each(report.bytesRead)} bytes read, ${each(report.bytesWritten)} written`],
    ['memory', `answers after ${report.latency} cycles, a bus of ${report.busBits} bits`],
    ['time', `${seconds.run.toFixed(1)} s, and ${seconds.build.toFixed(1)} s to build the simulation`],
  ];
  const verdict = exact
    ? `PASS ${plural(samples, 'sample')}: ${decimal(bytes)} bytes that ${report.design} wrote equal the reference simulator, and the outputs standard operators`
    : `FAIL ${mismatch}`;
  return `${[...tableLines(LAYER_COLUMNS, report.layers), '', ...pairLines(rows, 10), verdict].join('\n')}\n`;
}
