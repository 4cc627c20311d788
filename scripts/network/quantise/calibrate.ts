import { type RandomSource, randomSource } from '../../../gen/golden/vectors.js';
import type { OnnxModel } from '../onnx/model.js';
import { operandsOf, type Product } from '../onnx/products.js';
import { batches, firstSamples, type Samples } from '../onnx/samples.js';
import { openSession } from '../onnx/session.js';
import type { FloatTensor } from '../onnx/tensor.js';
import type { StreamedChoice } from '../search/stream.js';
import { lower } from './lowering.js';

/** A network, its calibration samples, and how many of them to run at once. */
export interface Calibration {
  readonly model: OnnxModel;
  readonly samples: Samples;
  readonly batch: number;
  readonly progress: (message: string) => void;
}

/** Runs all samples once and shows tensors inside of the network, a batch at a time. */
export async function visit(
  { model, samples, batch, progress }: Calibration,
  title: string,
  tensors: readonly string[],
  see: (values: ReadonlyMap<string, FloatTensor>) => void,
): Promise<void> {
  const session = await openSession(model, tensors);
  try {
    let done = 0;
    for (const input of batches(samples, model.input, batch)) {
      const values = new Map(await session.run(input));
      values.set(model.input.name, input);
      see(values);
      done += input.shape[0] as number;
      progress(`${title}: ${done} of ${samples.count} samples`);
    }
  } finally {
    await session.close();
  }
}

/** All operands of products for the first sample (the first batch, where the network fixes its size). */
export async function firstOperands(
  model: OnnxModel,
  products: readonly Product[],
  samples: Samples,
): Promise<ReadonlyMap<string, FloatTensor>> {
  const tensors = products.flatMap(operandsOf);
  const batch = model.input.shape[0] ?? 1;
  const values = new Map<string, FloatTensor>();
  const calibration = { model, samples: firstSamples(samples, batch), batch, progress: () => {} };
  await visit(calibration, 'shapes', [...new Set(tensors)], (seen) => {
    for (const [name, tensor] of seen) values.set(name, tensor);
  });
  return values;
}

/** Feeds tensors to their choices, as many passes over the samples as these need. */
export async function feed(
  calibration: Calibration,
  choices: ReadonlyMap<string, readonly StreamedChoice[]>,
): Promise<void> {
  for (let pass = 1; ; pass++) {
    const open = [...choices].map(([tensor, all]) => [tensor, all.filter(({ done }) => !done)] as const);
    const waiting = open.filter(([, all]) => all.length > 0);
    if (waiting.length === 0) return;
    const names = waiting.map(([tensor]) => tensor);
    await visit(calibration, `activations, pass ${pass}`, names, (values) => {
      for (const [tensor, all] of waiting) {
        const { data } = values.get(tensor) as FloatTensor;
        for (const choice of all) choice.observe(data);
      }
    });
    for (const [, all] of waiting) for (const choice of all) choice.endPass();
  }
}

/** Rows of a layer's M x K operand, drawn at random over all samples. */
export interface RowSample {
  /** One matrix per group: rows x K. */
  readonly groups: readonly Float32Array[];
  readonly rows: number;
  readonly k: number;
}

/** Floats kept of one layer. */
const ROW_BUDGET = 2 ** 20;

/** Draws rows of the products' activations as im2col lays them out: the same places for every network of this shape. */
export async function sampleRows(
  calibration: Calibration,
  layers: readonly { readonly product: Product; readonly weightShape: readonly number[] }[],
): Promise<ReadonlyMap<Product, RowSample>> {
  const { samples } = calibration;
  const parts = new Map<Product, { kept: Float32Array[][]; k: number; random: RandomSource }>();
  const tensors = [...new Set(layers.map(({ product }) => product.activation))];
  await visit(calibration, 'layer inputs', tensors, (values) => {
    for (const { product, weightShape } of layers) {
      const { shape, data } = values.get(product.activation) as FloatTensor;
      const lowering = lower(product, shape, weightShape);
      const state = parts.get(product) ?? {
        kept: Array.from({ length: lowering.parts }, () => []),
        k: lowering.k,
        random: randomSource(1),
      };
      parts.set(product, state);
      const share = (shape[0] as number) / samples.count;
      const rows = Math.min(Math.ceil((ROW_BUDGET / (lowering.k * lowering.parts)) * share), lowering.m);
      for (let i = 0; i < rows; i++) {
        // One row out of each of `rows` equal stretches.
        const row = Math.floor(((i + state.random.bits32() / 2 ** 32) * lowering.m) / rows);
        for (let part = 0; part < lowering.parts; part++) {
          (state.kept[part] as Float32Array[]).push(lowering.rows(data, part, row, row + 1).slice());
        }
      }
    }
  });
  return new Map(
    [...parts].map(([product, { kept, k }]) => {
      const rows = kept[0]?.length ?? 0;
      return [product, { rows, k, groups: kept.map((group) => joined(group, k)) }];
    }),
  );
}

function joined(rows: readonly Float32Array[], k: number): Float32Array {
  const matrix = new Float32Array(rows.length * k);
  for (const [i, row] of rows.entries()) matrix.set(row, i * k);
  return matrix;
}
