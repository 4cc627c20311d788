import { plural } from '../../../gen/base/text-table.js';
import { type RandomSource, randomSource } from '../../../gen/golden/vectors.js';
import type { Feed } from '../onnx/feed.js';
import type { OnnxModel } from '../onnx/model.js';
import { openInside } from '../onnx/session.js';
import type { FloatTensor } from '../onnx/tensor.js';
import { floatsOf, type Values } from '../onnx/value.js';
import { lower, type Product } from '../products/product.js';
import type { StreamedResult } from '../search/stream.js';

/** A network, its calibration samples, and how many of them to run at once. */
export interface Calibration {
  readonly model: OnnxModel;
  readonly feed: Feed;
  readonly batch: number;
  /** Samples of a run of the whole network, such that its activations fit into the memory. */
  readonly runBatch: number;
  /** Bytes that the tensors looked at may take at once. */
  readonly memory: number;
  /** Bytes of a tensor for one sample, or for one run where the network fixes its samples. */
  readonly bytesOf: (tensor: string) => number;
  readonly progress: (message: string) => void;
}

/** Lists of tensors that fit into the memory together, or one alone. */
function portions(tensors: readonly string[], { memory, bytesOf }: Calibration): string[][] {
  const lists: string[][] = [];
  let filled = Number.POSITIVE_INFINITY;
  for (const tensor of tensors) {
    const bytes = bytesOf(tensor);
    if (filled + bytes > memory) {
      lists.push([]);
      filled = 0;
    }
    (lists.at(-1) as string[]).push(tensor);
    filled += bytes;
  }
  return lists;
}

/**
 * Runs all samples and shows tensors inside of the network, a batch at a time: all in one go where they fit into memory,
 * else some of the tensors after the other.
 */
export async function visit(
  calibration: Calibration,
  title: string,
  tensors: readonly string[],
  see: (values: ReadonlyMap<string, FloatTensor>, samples: number) => void,
): Promise<void> {
  const { model, feed, progress, memory, bytesOf } = calibration;
  const lists = portions(tensors, calibration);
  for (const [i, list] of lists.entries()) {
    const bytes = list.reduce((sum, tensor) => sum + bytesOf(tensor), 0);
    const batch = Math.max(1, Math.min(calibration.batch, Math.floor(memory / Math.max(bytes, 1))));
    const session = await openInside(model, list);
    try {
      let done = 0;
      for (const { inputs, samples } of feed.runs(batch)) {
        const values: Values = new Map([...inputs, ...(await session.run(inputs))]);
        see(new Map(list.map((name) => [name, floatsOf(values.get(name), name)])), samples);
        done += samples;
        const part = lists.length === 1 ? '' : `, part ${i + 1} of ${lists.length}`;
        progress(`${title}${part}: ${done} of ${plural(feed.count, 'sample')}`);
      }
    } finally {
      await session.close();
    }
  }
}

/** What looks at a tensor: a search for its type and scale, or one that these are settled for. */
export interface TensorChoice {
  observe(values: Float32Array, shape: readonly number[]): void;
  endPass(): void;
  readonly done: boolean;
  readonly result: StreamedResult;
}

/**
 * Feeds tensors to their choices, as many passes over the samples as these need.
 *
 * @returns Tensors that have no elements on any sample, for which there is nothing to choose.
 */
export async function observe(
  calibration: Calibration,
  choices: ReadonlyMap<string, readonly TensorChoice[]>,
): Promise<ReadonlySet<string>> {
  const empty = new Set(choices.keys());
  for (let pass = 1; ; pass++) {
    const open = [...choices].map(([tensor, all]) => [tensor, all.filter(({ done }) => !done)] as const);
    const waiting = new Map(open.filter(([tensor, all]) => all.length > 0 && (pass === 1 || !empty.has(tensor))));
    if (waiting.size === 0) return empty;
    await visit(calibration, `activations, pass ${pass}`, [...waiting.keys()], (values) => {
      for (const [tensor, { data, shape }] of values) {
        if (data.length > 0) empty.delete(tensor);
        for (const choice of waiting.get(tensor) ?? []) choice.observe(data, shape);
      }
    });
    for (const [tensor, all] of waiting) if (!empty.has(tensor)) for (const choice of all) choice.endPass();
  }
}

/** Rows of a layer's M x K operand, drawn at random over all samples. */
export interface RowSample {
  /** One matrix per part of the product: rows x K. */
  readonly groups: readonly Float32Array[];
  readonly rows: number;
  readonly k: number;
  /** Shape of the operand's tensor, in some run. */
  readonly shape: readonly number[];
}

/** Floats kept of one layer. */
const ROW_BUDGET = 2 ** 20;

/**
 * Draws rows of the products' activations as im2col lays them out: the same places for every network of this shape,
 * whatever the batch.
 */
export async function sampleRows(
  calibration: Calibration,
  layers: readonly { readonly product: Product; readonly weightShape: readonly number[] }[],
): Promise<ReadonlyMap<Product, RowSample>> {
  const { feed } = calibration;
  const states = new Map<
    Product,
    { kept: Float32Array[][]; k: number; shape: readonly number[]; random: RandomSource }
  >();
  const tensors = [...new Set(layers.map(({ product }) => product.activation))];
  await visit(calibration, 'layer inputs', tensors, (values, samples) => {
    for (const { product, weightShape } of layers) {
      const tensor = values.get(product.activation);
      if (!tensor) continue;
      const { k, m, parts, rows } = lower(product, tensor.shape, weightShape);
      const state = states.get(product) ?? {
        kept: Array.from({ length: parts }, () => []),
        k,
        shape: tensor.shape,
        random: randomSource(1),
      };
      states.set(product, state);
      // Rows of a sample follow each other where the samples can be told apart.
      const turns = m % samples === 0 ? samples : 1;
      const each = m / turns;
      const wanted = Math.min(Math.ceil((ROW_BUDGET / (k * parts)) * (samples / turns / feed.count)), each);
      for (let turn = 0; turn < turns; turn++) {
        for (let i = 0; i < wanted; i++) {
          // One row out of each of equal stretches.
          const row = turn * each + Math.floor(((i + state.random.bits32() / 2 ** 32) * each) / wanted);
          for (let part = 0; part < parts; part++) {
            (state.kept[part] as Float32Array[]).push(rows(tensor.data, part, row, row + 1).slice());
          }
        }
      }
    }
  });
  return new Map(
    [...states].map(([product, { kept, k, shape }]) => {
      const rows = kept[0]?.length ?? 0;
      return [product, { rows, k, shape, groups: kept.map((group) => joined(group, k)) }];
    }),
  );
}

function joined(rows: readonly Float32Array[], k: number): Float32Array {
  const matrix = new Float32Array(rows.length * k);
  for (const [i, row] of rows.entries()) matrix.set(row, i * k);
  return matrix;
}
