import type { DesignCore } from '../../design-core.js';
import { type InstanceView, instance, type LocalParameter, selectorWires, type WireView } from '../../instance.js';
import type { ModuleView } from '../../module.js';
import { portView } from '../../periphery.js';
import type { Streams } from '../../streams.js';
import { type ArrayParts, type ArrayView, arrayView, inputInstance } from '../array-top.js';
import { operandWidths } from '../operand-widths.js';
import { clusterSumBits } from './sums.js';

export interface WeightStationaryArrayView extends ArrayView {
  /** Verilog: bits of the sums that leave the PE or cluster with top row p, and of those that come to it: p products. */
  readonly sumBits: string;
  readonly aboveBits: string;
  readonly aSelectors: readonly WireView[];
  readonly wSelectors: readonly WireView[];
  readonly inputA: InstanceView;
  readonly inputW: InstanceView;
  /** Whether partial sums widen at all. */
  readonly widens: boolean;
  /** Widths of codes and operands. */
  readonly widths: readonly LocalParameter[];
  /** What takes the bias off a column's results, if they have one. */
  readonly corrections: readonly InstanceView[];
}

/** The modules that the top instantiates. */
interface WeightStationaryParts extends ArrayParts {
  readonly inputA: ModuleView;
  readonly inputW: ModuleView;
  readonly corrections: readonly ModuleView[];
}

export function weightStationaryArray(
  core: DesignCore,
  streams: Streams,
  { inputA, inputW, corrections, ...parts }: WeightStationaryParts,
): WeightStationaryArrayView {
  const { rows, cols, clusterRows, lanes } = core.config;
  const bits = clusterSumBits(core);
  const view = arrayView(core, streams, parts, {
    template: 'rtl/arch/weight-stationary/array',
    title: `Weight-stationary ${rows} x ${cols} array: results[m][c] = sum over k of a[m][k] * w[k][c].`,
    result: 'sum_out',
    signals: [
      { name: 'load', each: 'cluster' },
      { name: 'swap', each: 'cluster' },
    ],
    parameters: ['SUM_BITS'],
  });
  return {
    ...view,
    aSelectors: selectorWires([portView(core.a)]),
    wSelectors: selectorWires([portView(core.w)]),
    inputA: inputInstance(inputA, view, 'a_'),
    inputW: inputInstance(inputW, view, 'w_'),
    sumBits: byRow(bits, clusterRows, 0),
    aboveBits: byRow(bits, clusterRows, 1),
    widens: new Set(bits).size > 1,
    widths: operandWidths(core.a, core.w, lanes),
    resultWire: corrections.length > 0 ? 'result' : view.resultWire,
    corrections: corrections.map((module) =>
      instance(module, (port) => (port === 'sum_i' ? view.resultWire : 'result')),
    ),
  };
}

/** A Verilog expression in the row p for the entry of its cluster, or of the one `shift` clusters above. */
function byRow(bits: readonly number[], clusterRows: number, shift: number): string {
  const steps = bits.flatMap((width, p) => (width === bits[p + 1] || p === bits.length - 1 ? [] : [{ width, p }]));
  return [
    ...steps.map(({ width, p }) => `p < ${(p + 1 + shift) * clusterRows} ? ${width} :`),
    String(bits.at(-1)),
  ].join(' ');
}
