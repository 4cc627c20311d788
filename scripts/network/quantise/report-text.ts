import { printable } from '../../../gen/base/printable.js';
import { plural } from '../../../gen/base/text-table.js';
import { NUMERIC_TYPES } from '../../../gen/numerics/types/table.js';
import { outputLines } from './output-text.js';
import type { IntegerReport, LayerReport, QuantiseReport } from './report.js';

/** Characters of a layer's name in tables and plots. */
export const NAME_WIDTH = 44;

/**
 * A name in at most `width` characters. The end of a name tells layers apart, so leading parts of a path go first, then
 * characters from the middle.
 */
export function shortName(name: string, width = NAME_WIDTH): string {
  const all = [...printable(name)];
  if (all.length <= width) return all.join('');
  const tail = all.slice(all.length - width + 1);
  const slash = tail.indexOf('/');
  if (slash >= 0 && slash < width / 2) return `…${tail.slice(slash).join('')}`;
  const head = Math.floor((width - 1) / 3);
  return `${all.slice(0, head).join('')}…${all.slice(all.length - (width - 1 - head)).join('')}`;
}

/** The name of a layer, or of its output where the network gives the node none. */
export const layerName = ({ name, output }: LayerReport): string => name || output;

/** A share in percent; what has no norm to relate it to is null. */
export const percent = (share: number | null, digits = 2): string =>
  share === null ? 'all zero' : `${(100 * share).toFixed(digits)} %`;

type Comparison = QuantiseReport['outputs']['calibration'];

/** Error of the network's outputs in percent of their norm. */
export const outputError = ({ error, why }: Comparison): string =>
  error === null ? `cannot be computed: ${why}` : percent(Math.sqrt(error));

/** An input with its type and the shape of one sample. */
export const inputText = ({ name, type, shape }: QuantiseReport['model']['inputs'][number]): string =>
  `${name} ${type === 'float32' ? '' : `${type} `}${shape.join(' x ')}`.trimEnd();

/** The share of all multiply-accumulates that a product has which is not quantised. */
export function leftOutShare({ macs }: QuantiseReport['leftOut'][number], { totals }: QuantiseReport): string {
  if (macs === null) return 'MACs not known';
  const all = totals.macs + totals.macsLeftOut;
  return `${count(macs)} MACs, ${percent(all === 0 ? 0 : macs / all)}`;
}

export const figure = (value: number): string => String(Number(value.toPrecision(4)));
export const count = (value: number): string => value.toLocaleString('en-US');

/** `M x K x N`, and how many of them a sample takes. */
export function productText({ products }: LayerReport): string {
  const { m, k, n, count } = products;
  return `${m} x ${k} x ${n}${count > 1 ? ` (x ${count})` : ''}`;
}

/** A numeric type and the operands that have it: each layer has two. */
export interface TypeShare {
  readonly type: string;
  readonly activations: number;
  readonly weights: number;
  readonly operands: number;
}

/** All types that were chosen or considered, in the order of the table of types. */
export function typeShares({ layers }: QuantiseReport): TypeShare[] {
  const operands = layers.flatMap(({ activation, second }) => [
    { ...activation, weights: false },
    { ...second, weights: second.kind === 'weights' },
  ]);
  const seen = new Set(operands.flatMap(({ type, considered }) => [type, ...considered.map((other) => other.type)]));
  const order = [...NUMERIC_TYPES.keys()];
  return [...seen]
    .sort((a, b) => order.indexOf(a) - order.indexOf(b))
    .map((type) => {
      const chosen = operands.filter((operand) => operand.type === type);
      const weights = chosen.filter((operand) => operand.weights).length;
      return { type, activations: chosen.length - weights, weights, operands: chosen.length };
    });
}

/** The value of an option as text. */
export function optionText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(optionText).join(', ');
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

/** Where the files of a report are: what they hold, and the path of a file, or of the files of all layers. */
export function fileRows({ files, layers, integer }: QuantiseReport): [what: string, where: string][] {
  const inLayers = (names: string, count: number): string =>
    count === 0 ? '' : `layers/<layer>/: ${names} of ${count} of ${plural(layers.length, 'layer')}`;
  const rows: [string, string][] = [
    ['float network', files.float],
    ['quantised network', files.quantised],
    ['in whole integers', integer?.file ?? ''],
    [
      'codes and scales',
      inLayers('codes.npy, scales.npy', layers.filter(({ second }) => second.kind === 'weights').length),
    ],
    [
      'scales as stored',
      inLayers(
        'scale-codes.npy',
        layers.filter(({ second }) => second.kind === 'weights' && second.blockScales).length,
      ),
    ],
    ['bias corrections', inLayers('correction.npy', layers.filter(({ correction }) => correction !== null).length)],
    [
      'memory images',
      inLayers('weights.hex, activations.hex, expected.hex', layers.filter(({ images }) => images !== null).length),
    ],
  ];
  return rows.filter(([, where]) => where !== '');
}

/** The report of a quantised network as text. */
export function reportText(report: QuantiseReport): string {
  const { model, calibration, totals } = report;
  const head: [string, string][] = [
    [
      'model',
      `${model.name}, opset ${model.opset}, ${model.inputs.map(inputText).join('; ')} to ${model.outputs.join(', ')}`,
    ],
    [
      'calibration',
      `${plural(calibration.samples, 'sample')} of ${calibration.source}${model.sequence ? ', a sequence each' : ''}${heldOutText(report)}`,
    ],
    ['bits', bitsText(report)],
    ['options', optionsText(report.options)],
    ...errorRows(report),
    ['size', `${plural(report.layers.length, 'layer')}, ${count(totals.macs)} MACs per sample`],
  ];
  const { calibration: own, heldOut } = report.outputs;
  const sections = [
    keyed(head),
    layerTable(report.layers),
    shares(report),
    leftOut(report),
    outputLines(own.outputs, 'outputs on calibration samples'),
    heldOut ? outputLines(heldOut.outputs, 'outputs on samples held out') : [],
    report.integer ? keyed(integerRows(report.integer)) : [],
    report.integer ? differenceTable(report.integer) : [],
    report.warnings.map((warning) => `warning: ${warning}`),
    keyed(fileRows(report)),
  ];
  const lines = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${lines.join('\n\n')}\n`;
}

const share = (part: number, of: number): string => percent(of === 0 ? null : part / of);

/** What the engine does in whole integers, and what is left to the host. */
function integerRows({ jobs, macs, host, moved, outputs, accuracy, tensors }: IntegerReport): [string, string][] {
  const all = macs.engine + macs.host;
  const copies = tensors.filter(({ copy }) => copy !== null).length;
  const bytes = (to: 'engine' | 'host'): string =>
    count(moved.reduce((sum, each) => sum + (each.to === to ? each.bytes : 0), 0));
  const right = (own: number): string => share(own, accuracy?.samples ?? 0);
  return [
    [
      'whole integers',
      `${share(macs.engine, all)} of the MACs on the engine, in ${plural(jobs, 'job')} per sample; ${plural(tensors.length, 'tensor')}, ${copies} of them with a copy of 8 bits`,
    ],
    ['error', outputError(outputs)],
    ...(accuracy
      ? ([
          [
            'right',
            `${right(accuracy.right.integer)}; rounded network ${right(accuracy.right.quantised)}, floating point ${right(accuracy.right.float)}, of ${count(accuracy.samples)} ${accuracy.source}`,
          ],
          ['alike', `${right(accuracy.alike)} decided as the rounded network does`],
        ] satisfies [string, string][])
      : []),
    ['moved', `${bytes('engine')} bytes to the engine, ${bytes('host')} bytes from it, per sample`],
    ...hostLines(host, all).map((line): [string, string] => ['on the host', line]),
  ];
}

/** Results listed, those that differ most by themselves. */
const LISTED = 10;

/** How the engine's results differ from the rounded network's. */
function differenceTable({ differences, tensors }: IntegerReport): string[] {
  const kept = new Map(tensors.map(({ tensor, type, copy }) => [tensor, (copy ?? { type }).type]));
  const rows = differences
    .toSorted((a, b) => (b.alone ?? 0) - (a.alone ?? 0))
    .slice(0, LISTED)
    .map(({ tensor, alone, whole }) => [shortName(tensor), kept.get(tensor) ?? '', percent(alone), percent(whole)]);
  return aligned([['results, largest own error first', 'kept as', 'alone', 'in the network'], ...rows], [2, 3]);
}

/** Nodes that the engine does not run: products with their share of the MACs, all others counted. */
export function hostLines(host: IntegerReport['host'], allMacs: number): string[] {
  const others = new Map<string, number>();
  for (const { op, reason } of host) if (reason === null) others.set(op, (others.get(op) ?? 0) + 1);
  return [
    ...host.flatMap(({ name, op, reason, macs }) =>
      reason === null
        ? []
        : [
            `${shortName(name)} (${op}): ${reason}; ${macs === null ? 'MACs not known' : `${share(macs, allMacs)} of the MACs`}`,
          ],
    ),
    ...(others.size === 0 ? [] : [[...others].map(([op, nodes]) => `${nodes} ${op}`).join(', ')]),
  ];
}

function heldOutText({ calibration: { heldOut } }: QuantiseReport): string {
  return heldOut === 0 ? '' : `, ${plural(heldOut, 'sample')} more held out`;
}

/** Whether a layer has weights, so that they have a width. */
export const hasWeights = ({ layers }: QuantiseReport): boolean =>
  layers.some(({ second }) => second.kind === 'weights');

function bitsText(report: QuantiseReport): string {
  const { totals, leftOut: left } = report;
  const { averageBits, weightBits, bitsOfAll, bitsPerMac, macs, macsLeftOut } = totals;
  const weights = hasWeights(report) ? `, ${weightBits.toFixed(2)} in weights` : '';
  const layers = `${averageBits.toFixed(2)} on average${weights}`;
  if (left.length === 0) return `${layers}, ${bitsPerMac.toFixed(2)} over MACs`;
  const unknown = left.filter((each) => each.macs === null).length;
  const share = percent(macs + macsLeftOut === 0 ? 0 : macsLeftOut / (macs + macsLeftOut));
  const some = unknown === 0 ? '' : `, and ${plural(unknown, 'product')} of unknown size`;
  return `${layers}, of what is quantised; ${bitsOfAll.toFixed(2)} over all elements and ${bitsPerMac.toFixed(2)} over all MACs with the width of what is not (${share} of the MACs${some})`;
}

function errorRows({ outputs: { calibration, heldOut } }: QuantiseReport): [string, string][] {
  const row = (comparison: Comparison, where: string): string => {
    const squared =
      comparison.error === null ? '' : ` of the norm of the outputs (squared: ${comparison.error.toPrecision(3)})`;
    return `${outputError(comparison)}${squared}, on ${where}`;
  };
  return [
    ['error', row(calibration, 'calibration samples')],
    ...(heldOut ? [['', row(heldOut, 'samples held out')] as [string, string]] : []),
  ];
}

/** The options that a run was made with, as in `bits 4, families int flint pot`. */
export function optionsText(options: QuantiseReport['options']): string {
  return Object.entries(options)
    .filter(([, value]) => value !== false && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => (value === true ? key : `${key} ${valueText(value)}`))
    .join(', ');
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.length > 8 ? `${value[0]} to ${value.at(-1)}` : value.join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, part]) => (part === true ? key : part))
    .join(' ');
}

function keyed(rows: readonly [string, string][]): string[] {
  const width = Math.max(...rows.map(([key]) => key.length)) + 2;
  return rows.map(([key, value]) => `${key.padEnd(width)}${printable(value)}`);
}

function layerTable(layers: readonly LayerReport[]): string[] {
  if (layers.length === 0) return ['No product was quantised.'];
  const head = ['', 'layer', 'op', 'bits', 'M x K x N', 'activations', 'error', 'second', 'error'];
  const rows = layers.map((layer, i) => {
    const { op, bits, activation, second } = layer;
    return [
      String(i + 1),
      shortName(layerName(layer)),
      op,
      String(bits),
      productText(layer),
      `${activation.type}${taken(activation)}`,
      percent(activation.relativeError),
      `${second.type}${second.kind === 'activation' ? ' *' : ''}${taken(second)}`,
      percent(second.relativeError),
    ];
  });
  const notes: [boolean, string][] = [
    [layers.some(({ second }) => second.kind === 'activation'), '* an activation: the network computes both operands'],
    [
      layers.some(({ activation, second }) => activation.taken || second.taken),
      '= taken as it is: the network itself rounds to these integers',
    ],
  ];
  return [...aligned([head, ...rows], [0, 3, 6, 8]), ...notes.filter(([holds]) => holds).map(([, note]) => note)];
}

const taken = (operand: { readonly taken: boolean }): string => (operand.taken ? ' =' : '');

function shares(report: QuantiseReport): string[] {
  const operands = 2 * report.layers.length;
  const chosen = typeShares(report).filter((share) => share.operands > 0);
  if (chosen.length === 0) return [];
  const rows = chosen
    .toSorted((a, b) => b.operands - a.operands)
    .map((share) => [
      share.type,
      count(share.operands),
      percent(share.operands / operands, 0),
      count(share.activations),
      count(share.weights),
    ]);
  return aligned([['type', 'tensors', 'share', 'activations', 'weights'], ...rows], [1, 2, 3, 4]);
}

function leftOut(report: QuantiseReport): string[] {
  if (report.leftOut.length === 0) return [];
  const rows = report.leftOut.map((each) => [
    shortName(each.title),
    printable(each.op),
    leftOutShare(each, report),
    printable(each.reason),
  ]);
  return [
    `${plural(report.leftOut.length, 'product')} not quantised, computed as the network has it`,
    ...aligned(rows, []),
  ];
}

/** Columns as wide as their widest cell; those of `right` end at their right edge. */
function aligned(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const length = (text: string): number => [...text].length;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => length(row[column] as string))));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat((widths[column] as number) - length(cell));
        return right.includes(column) ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
}
