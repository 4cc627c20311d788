import { numericType } from '../../../gen/numerics/types/table.js';
import { openInside } from '../onnx/session.js';
import { floatsOf, type Values } from '../onnx/value.js';
import type { QuantisedNetwork } from '../quantise/network.js';
import type { IntegerReport } from '../quantise/report.js';
import { aloneModel, aloneOf, integersOf } from './integer-model.js';
import { finestOf } from './integers.js';
import type { Kept } from './storage.js';
import type { WholeInteger } from './whole-integer.js';

/** Samples that tensors are compared on, and run at once. */
const [SAMPLES, BATCH] = [128, 8];

/**
 * How far the results of the engine are from the tensors of the rounded network: as each operation alone makes them of that
 * network's operands, and as they are in the network in whole integers. Norms of differences over norms, in the order of
 * the operations. What products of fewer than 8 bits read is compared after rounding, which the rounded network does, too.
 */
export async function differencesOf(
  { quantised, calibration }: Pick<QuantisedNetwork, 'quantised' | 'calibration'>,
  { shared, storage, model }: Pick<WholeInteger, 'shared' | 'storage' | 'model'>,
): Promise<IntegerReport['differences']> {
  const tensors = shared.integers.map(({ operation: { output } }) => {
    const { of, name, type, scale } = finestOf(output, storage.get(output) as Kept);
    return { of, name, type, scale, isRounded: numericType(type).bits < 8, alone: 0, whole: 0, squares: 0 };
  });
  const beside = await openInside(
    aloneModel(quantised, shared, storage),
    tensors.flatMap(({ of, name, isRounded }) => [aloneOf(name), isRounded ? integersOf(name) : of]),
  );
  const whole = await openInside(
    model,
    tensors.map(({ name }) => integersOf(name)),
  );
  const { feed, progress } = calibration;
  let done = 0;
  try {
    for (const { inputs, samples } of feed.part(0, SAMPLES).runs(BATCH)) {
      const [rounded, integers] = [await beside.run(inputs), await whole.run(inputs)];
      for (const tensor of tensors) addDifferences(tensor, rounded, integers);
      done += samples;
      progress(`tensors in whole integers: ${done} samples`);
    }
  } finally {
    await beside.close();
    await whole.close();
  }
  const share = (squared: number, squares: number): number | null =>
    squares === 0 ? null : Math.sqrt(squared / squares);
  return tensors.map(({ of, alone, whole: all, squares }) => ({
    tensor: of,
    alone: share(alone, squares),
    whole: share(all, squares),
  }));
}

/** A tensor with sums over its elements: squares of the two differences, and of the rounded network's values. */
interface Compared {
  readonly of: string;
  readonly name: string;
  readonly scale: number;
  readonly isRounded: boolean;
  alone: number;
  whole: number;
  squares: number;
}

function addDifferences(tensor: Compared, rounded: Values, integers: Values): void {
  const { of, name, scale, isRounded } = tensor;
  const data = (values: Values, own: string): Float32Array => floatsOf(values.get(own), own).data;
  const wanted = data(rounded, isRounded ? integersOf(name) : of);
  const [alone, whole] = [data(rounded, aloneOf(name)), data(integers, integersOf(name))];
  const step = isRounded ? 1 : scale;
  for (let i = 0; i < wanted.length; i++) {
    const value = (wanted[i] as number) / step;
    tensor.alone += ((alone[i] as number) - value) ** 2;
    tensor.whole += ((whole[i] as number) - value) ** 2;
    tensor.squares += value ** 2;
  }
}
