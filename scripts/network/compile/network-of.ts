import { quantise } from '../../../gen/numerics/codec.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import type { LoadedNetwork } from '../infer/load.js';
import type { Feed, Run } from '../onnx/feed.js';
import { floatsOf } from '../onnx/value.js';
import type { Codes } from './evaluate.js';
import { integerNetwork } from './integers.js';
import { type IntegerNetwork, tensorOf } from './network.js';
import { operationsOf } from './operations.js';
import { rangesOf } from './ranges.js';

/**
 * A quantised network in integers alone.
 *
 * @param feed Samples from which the ranges of tensors are taken that no product rounds.
 * @throws UserError naming what the engine does not run.
 */
export async function integerNetworkOf(
  { model, layers }: Pick<LoadedNetwork, 'model' | 'layers'>,
  feed: Feed,
  batch: number,
): Promise<IntegerNetwork> {
  const found = operationsOf(model, layers);
  const tensors = [...model.inputs.map(({ name }) => name), ...found.operations.map(({ output }) => output)];
  return integerNetwork(model, layers, found, await rangesOf(model, tensors, feed, batch));
}

/** The codes height x width x channels of each sample of a run. */
export function inputCodes(network: IntegerNetwork, { inputs, samples }: Run): Codes[] {
  return Array.from({ length: samples }, (_, sample) => {
    const codes = network.inputs.map((name) => {
      const { height, width, channels, type, scale } = tensorOf(network, name);
      const { data } = floatsOf(inputs.get(name), name);
      const pixels = height * width;
      const values = Float64Array.from(
        { length: pixels * channels },
        (_value, i) => data[(sample * channels + (i % channels)) * pixels + Math.floor(i / channels)] as number,
      );
      return [name, quantise(numericType(type), values, { scale, tensor: name })] as const;
    });
    return new Map(codes);
  });
}
