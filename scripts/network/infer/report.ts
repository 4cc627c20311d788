import { printable } from '../../../gen/base/printable.js';
import { decimal, type Pair, pairLines, percent, plural } from '../../../gen/base/text-table.js';
import { agreementText, outputLines } from '../quantise/output-text.js';
import type { InferReport } from './infer.js';

const seconds = (value: number): string => `${value.toFixed(1)} s`;

/** The report of a run as text. */
export function inferText(report: InferReport): string {
  const { samples, right, seconds: time } = report;
  const share = (part: number): string => `${decimal(part)} of ${decimal(samples)} (${percent(part / samples, 2)})`;
  const width = Math.max(5, ...report.layers.map(({ name }) => name.length));
  const layers = report.layers.map(
    ({ name, macs, cycles, utilisation }) =>
      `${name.padEnd(width)}  ${decimal(macs).padStart(15)}  ${decimal(cycles).padStart(13)}  ${percent(utilisation).padStart(7)}`,
  );
  const decides = report.outputs.find(({ onnx }) => onnx.agreement);
  const rows: Pair[] = [
    ['network', `${report.model}, ${plural(samples, 'sample')}, on ${report.design}`],
    ...(report.note === undefined ? [] : [['samples', printable(report.note)] as const]),
    ...(right === undefined ? [] : [['right', share(right)] as const]),
    ...(decides
      ? [
          ['like ONNX', `${agreementText(decides.onnx)} as the fake-quantised model in ONNX Runtime`] as const,
          ['like float', `${agreementText(decides.float)} as the network in floating point`] as const,
        ]
      : []),
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
    ...leftOutLines(report),
    '',
    ...outputLines(
      report.outputs.map(({ onnx }) => onnx),
      'outputs, against the fake-quantised model in ONNX Runtime',
    ),
    ...outputLines(
      report.outputs.map(({ float }) => float),
      'outputs, against the network in floating point',
    ),
    '',
    ...pairLines(rows, 10),
    ...cyclesVerdict(report),
    verdict(report),
  ].join('\n')}\n`;
}

function leftOutLines({ leftOut, macs: quantised, samples }: InferReport): string[] {
  const all = leftOut.reduce((sum, { macs }) => sum + (macs ?? 0), quantised / samples);
  const size = (macs: number | null): string =>
    macs === null
      ? 'MACs not known'
      : `${decimal(macs)} MACs per sample, ${percent(all === 0 ? 0 : macs / all, 2)} of all`;
  return leftOut.map(
    ({ title, op, reason, macs }) => `not quantised: ${printable(title)} (${op}), ${size(macs)}: ${printable(reason)}`,
  );
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

function verdict({ exact, samples, sums, wrongSums, mismatch, outputs, design }: InferReport): string {
  const names = (some: InferReport['outputs']): string => some.map(({ name }) => printable(name)).join(', ');
  if (exact) {
    const all = outputs.length === 1 ? 'the output' : `all ${outputs.length} outputs`;
    return `PASS ${design}: all ${plural(sums, 'sum')} and ${all} (${names(outputs)}) of ${plural(samples, 'sample')} equal the integer reference model`;
  }
  const wrong = outputs.filter((output) => !output.exact);
  return [
    `FAIL ${design}: ${decimal(wrongSums)} of ${decimal(sums)} sums differ from the integer reference; ${wrong.length === 0 ? 'no output differs' : `outputs that differ: ${names(wrong)}`}`,
    ...(mismatch === undefined ? [] : [`  first at layer ${mismatch}`]),
    '  find the cause: npm run verify -- --design <folder> --trace',
  ].join('\n');
}
