import type { InferReport } from './infer.js';

const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;
const count = (value: number): string => value.toLocaleString('en-US');
const seconds = (value: number): string => `${value.toFixed(1)} s`;

/** The report of a run as text. */
export function inferText(report: InferReport): string {
  const { samples, right, seconds: time } = report;
  const share = (part: number): string => `${count(part)} of ${count(samples)} (${percent(part / samples, 2)})`;
  const width = Math.max(...report.layers.map(({ name }) => name.length));
  const layers = report.layers.map(
    ({ name, macs, cycles, utilisation }) =>
      `${name.padEnd(width)}  ${count(macs).padStart(15)}  ${count(cycles).padStart(13)}  ${percent(utilisation).padStart(7)}`,
  );
  const rows: [string, string][] = [
    ['network', `${report.model}, ${count(samples)} samples, on ${report.design}`],
    ...(right === undefined ? [] : [['right', share(right)] as [string, string]]),
    ['like ONNX', `${share(report.likeOnnx)}: same class as the fake-quantised model in ONNX Runtime`],
    ['like float', `${share(report.likeFloat)}: same class as the network in floating point`],
    [
      'array',
      `${count(report.cycles)} cycles for ${count(report.macs)} MACs: ${percent(report.utilisation)} of the PEs' cycles`,
    ],
    ['per sample', `${count(Math.round(report.cycles / samples))} cycles`],
    [
      'time',
      `${seconds(time.total)}: on the array ${seconds(time.array)}, on the reference ${seconds(time.reference)}`,
    ],
  ];
  return `${[
    `${'layer'.padEnd(width)}  ${'MACs'.padStart(15)}  ${'cycles'.padStart(13)}  utilised`,
    ...layers,
    '',
    ...rows.map(([key, text]) => `${key.padEnd(12)}${text}`),
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
      `FAIL ${name}: ${count(cycles)} cycles simulated, ${count(modelCycles)} by the cycle model`,
  );
}

function verdict({ exact, differentDecisions, samples, mismatch, design }: InferReport): string {
  if (exact && differentDecisions.length === 0) {
    return `PASS ${design}: all outputs and all ${count(samples)} class decisions equal the integer reference model`;
  }
  return [
    `FAIL ${design}: outputs differ from the integer reference; ${differentDecisions.length} of ${count(samples)} class decisions do`,
    ...(mismatch === undefined ? [] : [`  first at layer ${mismatch}`]),
    '  find the cause: npm run verify -- --design <folder> --trace',
  ].join('\n');
}
