import { decimal, type Pair, pairLines, percent } from '../../../gen/base/text-table.js';
import type { InferReport } from './infer.js';

const seconds = (value: number): string => `${value.toFixed(1)} s`;

/** The report of a run as text. */
export function inferText(report: InferReport): string {
  const { samples, right, seconds: time } = report;
  const share = (part: number): string => `${decimal(part)} of ${decimal(samples)} (${percent(part / samples, 2)})`;
  const width = Math.max(...report.layers.map(({ name }) => name.length));
  const layers = report.layers.map(
    ({ name, macs, cycles, utilisation }) =>
      `${name.padEnd(width)}  ${decimal(macs).padStart(15)}  ${decimal(cycles).padStart(13)}  ${percent(utilisation).padStart(7)}`,
  );
  const rows: Pair[] = [
    ['network', `${report.model}, ${decimal(samples)} samples, on ${report.design}`],
    ...(right === undefined ? [] : [['right', share(right)] as const]),
    ['like ONNX', `${share(report.likeOnnx)}: same class as the fake-quantised model in ONNX Runtime`],
    ['like float', `${share(report.likeFloat)}: same class as the network in floating point`],
    [
      'array',
      `${decimal(report.cycles)} cycles for ${decimal(report.macs)} MACs: ${percent(report.utilisation)} of the PEs' cycles`,
    ],
    ['per sample', `${decimal(Math.round(report.cycles / samples))} cycles`],
    [
      'time',
      `${seconds(time.total)}: on the array ${seconds(time.array)}, on the reference ${seconds(time.reference)}`,
    ],
  ];
  return `${[
    `${'layer'.padEnd(width)}  ${'MACs'.padStart(15)}  ${'cycles'.padStart(13)}  utilised`,
    ...layers,
    '',
    ...pairLines(rows, 10),
    ...cyclesVerdict(report),
    verdict(report),
  ].join('\n')}\n`;
}

/** The layers whose simulated cycles are not those of the cycle model. */
export const miscountedLayers = ({ layers }: InferReport): InferReport['layers'] =>
  layers.filter(({ cycles, modelCycles }) => cycles !== modelCycles);

function cyclesVerdict(report: InferReport): string[] {
  return miscountedLayers(report).map(
    ({ name, cycles, modelCycles }) =>
      `FAIL ${name}: ${decimal(cycles)} cycles simulated, ${decimal(modelCycles)} by the cycle model`,
  );
}

function verdict({ exact, differentDecisions, samples, mismatch, design }: InferReport): string {
  if (exact && differentDecisions.length === 0) {
    return `PASS ${design}: all outputs and all ${decimal(samples)} class decisions equal the integer reference model`;
  }
  return [
    `FAIL ${design}: outputs differ from the integer reference; ${differentDecisions.length} of ${decimal(samples)} class decisions do`,
    ...(mismatch === undefined ? [] : [`  first at layer ${mismatch}`]),
    '  find the cause: npm run verify -- --design <folder> --trace',
  ].join('\n');
}
