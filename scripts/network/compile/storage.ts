import type { NodeProto } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { type Calibration, visit } from '../quantise/calibrate.js';
import type { RunnableLayer } from '../quantise/plan.js';
import type { OnnxModel } from '../onnx/model.js';
import { readsOf } from '../onnx/nodes.js';
import { readFloats } from '../onnx/tensor.js';
import { type Operation, type Operations, RESHAPES } from './operations.js';

/** A type and the real value of a step. */
export interface Stored {
  readonly type: string;
  readonly scale: number;
}

/** Where a tensor is kept: for products, and for all else where that needs more bits. */
export interface Kept {
  readonly main: Stored;
  /** Its scale is that of `main` over a power of two. */
  readonly copy?: Stored;
}

/** How each tensor is kept that the engine reads or writes. */
export type Storage = ReadonlyMap<string, Kept>;

/** What decides how a tensor is kept. */
export interface Need {
  readonly tensor: string;
  /** Type and scale of the products that read it; none where no product does. */
  readonly operand?: Stored & { readonly bits: number };
  /** Whether something else reads it, too: a sum, a pooling, the host. */
  readonly others: boolean;
  /** Whether the engine makes it. */
  readonly made: boolean;
}

type Quantiser = { readonly type: NumericType; readonly scale: number };

const operandOf = ({ type, scale }: Quantiser) => ({ type: type.name, scale, bits: type.bits });

/** The operands of an operation's product by tensor. */
export function operandsOf({ layer, input }: Operation): [tensor: string, quantiser: Quantiser][] {
  if (!layer) return [];
  const { activation, second, product } = layer;
  return [
    [input, activation],
    ...(second.kind === 'activation' ? [[product.second.tensor, second.tensor] as [string, Quantiser]] : []),
  ];
}

/** @throws UserError where two products round a tensor differently that lies in memory once. */
export function needsOf(model: OnnxModel, { operations, host, resolve }: Operations): Need[] {
  const readers = new Map<string, NodeProto[]>();
  for (const { node } of host) {
    for (const name of readsOf(node)) readers.set(resolve(name), [...(readers.get(resolve(name)) ?? []), node]);
  }
  const direct = new Map<string, Quantiser[]>();
  for (const operation of operations) {
    for (const [tensor, quantiser] of operandsOf(operation)) {
      direct.set(tensor, [...(direct.get(tensor) ?? []), quantiser]);
    }
  }
  const outputs = new Set(model.outputs.map(resolve));
  /** The operands that a result becomes on the host without arithmetic; undefined where it becomes anything else. */
  const behind = (tensor: string): Quantiser[] | undefined => {
    if (outputs.has(tensor)) return undefined;
    const found = (readers.get(tensor) ?? []).map((node) => {
      const factor = factorOf(node, tensor, model);
      if (factor === undefined) return undefined;
      const output = node.output[0] as string;
      const next = behind(output);
      return (
        next && [...(direct.get(output) ?? []), ...next].map(({ type, scale }) => ({ type, scale: scale / factor }))
      );
    });
    return found.every((each) => each !== undefined) ? found.flat() : undefined;
  };
  const made = new Set(operations.map(({ output }) => output));
  const tensors = new Set([
    ...operations.flatMap((operation) => [operation.input, ...operandsOf(operation).map(([tensor]) => tensor)]),
    ...operations.flatMap(({ addend }) => (addend === undefined ? [] : [addend])),
    ...made,
  ]);
  return [...tensors].map((tensor) => {
    const own = direct.get(tensor) ?? [];
    requireAlike(tensor, own);
    const used = operations.some(({ input, layer, addend }) => addend === tensor || (input === tensor && !layer));
    if (!made.has(tensor)) return { tensor, ...withOperand(own[0]), others: used, made: false };
    const moved = behind(tensor);
    const all = [...own, ...(moved ?? [])];
    const alike = all.every((each) => isAlike(each, all[0] as Quantiser));
    const [first] = alike ? all : own;
    return { tensor, ...withOperand(first), others: used || moved === undefined || !alike, made: true };
  });
}

const withOperand = (quantiser: Quantiser | undefined): Pick<Need, 'operand'> =>
  quantiser ? { operand: operandOf(quantiser) } : {};

const isAlike = (one: Quantiser, other: Quantiser): boolean => one.type === other.type && one.scale === other.scale;

function requireAlike(tensor: string, quantisers: readonly Quantiser[]): void {
  if (quantisers.every((each) => isAlike(each, quantisers[0] as Quantiser))) return;
  throw new UserError(`${tensor}: products round it to different types or scales`);
}

/** What a node multiplies the elements of an operand by that it moves; undefined where it does anything else. */
function factorOf(node: NodeProto, tensor: string, { constants }: OnnxModel): number | undefined {
  const [first, second = ''] = node.input;
  if (first === tensor && (RESHAPES.has(node.opType) || node.opType === 'Transpose')) return 1;
  if (node.opType !== 'Div' && node.opType !== 'Mul') return undefined;
  const other = first === tensor ? second : node.opType === 'Mul' ? (first as string) : '';
  const constant = constants.get(other);
  if (!constant) return undefined;
  const { data } = readFloats(constant, other);
  const [value = 0] = data;
  if (data.length !== 1 || !(value > 0)) return undefined;
  return node.opType === 'Div' ? 1 / value : value;
}

/** Scales of 8-bit integers that are tried: shares of the largest magnitude that stay within the range. */
const CLIPS = Array.from({ length: 36 }, (_, i) => 1 - i / 50);
/** Powers of two by which a copy may be finer than the tensor. */
const FINER = Array.from({ length: 8 }, (_, i) => 2 ** i);

/**
 * How each tensor is kept: as products read it; with 8 bits, and the scale of least squared error on the samples, where
 * anything else reads it. A tensor that products read with 4 bits has a copy of 8 then.
 *
 * @param calibration Of the network whose tensors are measured.
 */
export async function chooseStorage(calibration: Calibration, needs: readonly Need[]): Promise<Storage> {
  const storage = new Map<string, Kept>();
  const open: Search[] = [];
  for (const { tensor, operand, others, made } of needs) {
    if (operand) storage.set(tensor, { main: { type: operand.type, scale: operand.scale } });
    // What the host makes it can make anew for whom it may concern.
    const needsCopy = operand !== undefined && others && made && operand.bits < 8;
    if (!operand || needsCopy) open.push(new Search(tensor, operand?.scale));
  }
  const tensors = open.map(({ tensor }) => tensor);
  if (tensors.length === 0) return storage;
  const byName = new Map(open.map((search) => [search.tensor, search]));
  await visit(calibration, 'ranges', tensors, (values) => {
    for (const [name, { data }] of values) byName.get(name)?.see(data);
  });
  await visit(calibration, 'scales', tensors, (values) => {
    for (const [name, { data }] of values) byName.get(name)?.measure(data);
  });
  for (const search of open) {
    const { main } = storage.get(search.tensor) ?? {};
    storage.set(search.tensor, main ? { main, copy: search.best() } : { main: search.best() });
  }
  return storage;
}

/** The search for the scale of a tensor in 8-bit integers, in two passes over its elements. */
class Search {
  #least = Number.POSITIVE_INFINITY;
  #greatest = Number.NEGATIVE_INFINITY;
  #scales: readonly number[] | undefined;
  #errors: number[] = [];

  /** @param finest A scale that this one has to be, over a power of two. */
  constructor(
    readonly tensor: string,
    private readonly coarse: number | undefined,
  ) {}

  see(values: Float32Array): void {
    for (const value of values) {
      if (value < this.#least) this.#least = value;
      if (value > this.#greatest) this.#greatest = value;
    }
  }

  measure(values: Float32Array): void {
    this.#scales ??= this.#candidates();
    const [low, high] = this.#ends();
    this.#scales.forEach((scale, i) => {
      let error = 0;
      for (const value of values) {
        const step = Math.max(low, Math.min(high, Math.floor(value / scale + 0.5)));
        error += (value - step * scale) ** 2;
      }
      this.#errors[i] = (this.#errors[i] ?? 0) + error;
    });
  }

  best(): Stored {
    const scales = this.#scales ?? [1];
    const least = this.#errors.indexOf(Math.min(...this.#errors));
    return { type: this.#least >= 0 ? 'uint8' : 'int8', scale: scales[Math.max(least, 0)] as number };
  }

  #ends = (): [low: number, high: number] => (this.#least >= 0 ? [0, 255] : [-128, 127]);

  #candidates(): number[] {
    const { coarse } = this;
    if (coarse !== undefined) return FINER.map((finer) => coarse / finer);
    const [low, high] = this.#ends();
    const full = Math.max(this.#greatest / high, low === 0 ? 0 : this.#least / low);
    return full > 0 ? CLIPS.map((clip) => clip * full) : [1];
  }
}

/** The layers of a network's products that the engine runs. */
export const layersOf = ({ operations }: Operations): RunnableLayer[] =>
  operations.flatMap(({ layer }) => (layer ? [layer] : []));
