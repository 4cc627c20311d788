import { UserError } from '../../../gen/base/errors.js';
import type { Machine } from '../../../gen/commands/machine.js';
import { codeValues } from '../../../gen/numerics/codec.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { type IntegerNetwork, type ProductLayer, tensorOf } from './network.js';

/**
 * Bounds that no input of the network exceeds must lie within the accumulators.
 *
 * @throws UserError naming all layers whose sums may not fit.
 */
export function requireSumsFit({ accumulatorBits }: Machine, network: IntegerNetwork): void {
  const most = 2 ** (accumulatorBits - 1);
  const wide = network.layers.flatMap((layer) => {
    if (layer.kind !== 'product') return [];
    const { least, greatest } = sumRange(network, layer);
    return least < -most || greatest >= most ? [`  ${layer.name}: sums from ${least} to ${greatest}`] : [];
  });
  if (wide.length === 0) return;
  throw new UserError(
    [
      `the design has accumulators of ${accumulatorBits} bits, and these layers may have greater sums:`,
      ...wide,
      'generate an engine with a larger --max-k',
    ].join('\n'),
  );
}

const valuesOf = (type: string): number[] => codeValues(numericType(type)).map(Number);

/** Least and greatest sum of any output channel, over all inputs. */
function sumRange(network: IntegerNetwork, { input, weights, weightType, biases }: ProductLayer) {
  const values = valuesOf(tensorOf(network, input).type);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const decoded = valuesOf(weightType);
  const products = (weight: number): [least: number, greatest: number] => [
    Math.min(weight * low, weight * high),
    Math.max(weight * low, weight * high),
  ];
  if ('tensor' in weights) {
    const { height: depth } = tensorOf(network, weights.tensor);
    const all = decoded.map(products);
    return {
      least: depth * Math.min(...all.map(([least]) => least)),
      greatest: depth * Math.max(...all.map(([, greatest]) => greatest)),
    };
  }
  const each = weights.length / biases.length;
  let [least, greatest] = [0, 0];
  for (let channel = 0; channel < biases.length; channel++) {
    let [down, up] = [0, 0];
    for (let i = channel * each; i < (channel + 1) * each; i++) {
      const [one, other] = products(decoded[weights[i] as number] as number);
      down += one;
      up += other;
    }
    [least, greatest] = [Math.min(least, down), Math.max(greatest, up)];
  }
  return { least, greatest };
}
