import { UserError } from '../../../gen/base/errors.js';
import { plural } from '../../../gen/base/text-table.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import type { NetworkInput, OnnxModel } from './model.js';
import type { SampleArray, Samples } from './samples.js';
import { elementCount } from './tensor.js';
import { elements, type Value, type Values } from './value.js';

/** What a network is run on at once. */
export interface Run {
  readonly inputs: Values;
  /** Samples in it. */
  readonly samples: number;
}

/** Samples that fit the inputs of a network. */
export interface Feed {
  /** What messages call them. */
  readonly name: string;
  readonly count: number;
  /** Samples of a run, where the network fixes them. */
  readonly fixed?: number;
  /** Whether all of an array is one sample: its first dimension counts steps of a sequence. */
  readonly sequence: boolean;
  /** Shapes of the inputs for one sample, or for one run where the network fixes its samples. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** All samples, at most `batch` at once. */
  runs(batch: number): Generator<Run>;
  /** Some of the samples: whole runs. @throws Error for parts of runs. */
  part(first: number, count: number): Feed;
}

/** An input with the array that it is fed from. */
interface Bound {
  readonly input: NetworkInput;
  readonly array: SampleArray;
  /** Elements along the array's first dimension that a run takes; undefined where any number may go together. */
  readonly perRun?: number;
  /** Whether an element of the array is the whole input of a run, without a dimension for samples. */
  readonly whole: boolean;
}

/** Which samples to take of arrays. */
export interface Taking {
  /** The first ones; all without it. */
  readonly count?: number | undefined;
  /** Whether every sample is run alone. */
  readonly alone?: boolean;
  /**
   * Whether an array of an input's dimensions is one sample, or one for each run that the network fixes the rows of, instead
   * of one for each element of its first dimension.
   */
  readonly sequence?: boolean;
  /** Whether rows behind the last whole run are left out, instead of refused. */
  readonly wholeRuns?: boolean;
}

/**
 * Finds an array for each input of a network. The first dimension of an array counts samples. Where the array has a
 * dimension more than the input, each of its elements is the input of a run.
 *
 * @throws UserError that names the input, what it takes, and what is given.
 */
export function feedOf(
  model: OnnxModel,
  samples: Samples,
  { count: wanted, sequence = false, alone = false, wholeRuns = false }: Taking = {},
): Feed {
  const bound = boundArrays(model, samples, sequence);
  const whole = bound.some((each) => each.whole);
  const fixed = fixedSamples(model, bound, whole) ?? (alone ? 1 : undefined);
  const counts = bound.map(({ array, perRun = 1 }) => {
    const [count = 0] = array.shape;
    return whole ? count / perRun : count;
  });
  const count = counts[0] ?? 0;
  const other = counts.findIndex((each) => each !== count);
  if (other > 0) {
    const [a, b] = [bound[0], bound[other]] as [Bound, Bound];
    throw new UserError(
      `inputs need equally many samples: ${a.array.name} holds ${count} for ${a.input.name}, ${b.array.name} ${counts[other]} for ${b.input.name}; where a first dimension does not count samples, give all arrays a dimension more in front, which does`,
    );
  }
  const rest = wholeRuns && fixed !== undefined && count > fixed ? count % fixed : 0;
  const taken = takenSamples(samples.name, count, fixed, rest > 0 ? count - rest : wanted);
  return makeFeed({ name: samples.name, bound, fixed, sequence }, 0, taken);
}

/** @throws UserError where there are not as many samples as are asked for, or where they are no whole runs. */
function takenSamples(name: string, held: number, fixed: number | undefined, wanted: number | undefined): number {
  if (wanted !== undefined && wanted > held) {
    throw new UserError(`--samples ${wanted}: ${name} holds ${plural(held, 'sample')}`);
  }
  const count = wanted ?? held;
  if (fixed === undefined || count % fixed === 0) return count;
  const [below, above] = [count - (count % fixed), count - (count % fixed) + fixed];
  const fit = [below, above].filter((each) => each > 0 && each <= held);
  const what = wanted === undefined ? `${name} holds ${plural(held, 'sample')}` : `--samples ${wanted}`;
  const way = fit.length === 0 ? `${fixed} are needed at least` : `--samples ${fit.join(' or ')} takes whole runs`;
  throw new UserError(`${what}: the network takes ${fixed} at a time; ${way}`);
}

/** Where the samples of a feed come from. */
interface Origin {
  readonly name: string;
  readonly bound: readonly Bound[];
  readonly fixed: number | undefined;
  readonly sequence: boolean;
}

function makeFeed(origin: Origin, start: number, count: number): Feed {
  const { name, bound, fixed, sequence } = origin;
  if (fixed !== undefined && (start % fixed !== 0 || count % fixed !== 0)) {
    throw new Error(`${count} samples from ${start} on are no whole runs of ${fixed}`);
  }
  const values = (first: number, many: number): Values =>
    new Map(bound.map((each) => [each.input.name, inputValue(each, first, many)]));
  return {
    name,
    count,
    ...(fixed === undefined ? {} : { fixed }),
    sequence,
    shapes: new Map(
      bound.map(({ input, array: { shape }, whole, perRun = 1 }) => [
        input.name,
        whole || fixed === undefined ? shape.slice(1) : [perRun, ...shape.slice(1)],
      ]),
    ),
    *runs(batch) {
      const each = fixed ?? batch;
      for (let first = 0; first < count; first += each) {
        const many = Math.min(each, count - first);
        yield { inputs: values(start + first, many), samples: many };
      }
    },
    part: (first, many) => makeFeed(origin, start + first, Math.max(Math.min(many, count - first), 0)),
  };
}

/** The input of a run: the array's elements in the input's type. */
function inputValue({ input, array, whole, perRun }: Bound, first: number, many: number): Value {
  const value = whole
    ? array.read(first, 1)
    : array.read(perRun === undefined ? first : (first / many) * perRun, perRun ?? many);
  const shape = whole ? value.shape.slice(1) : value.shape;
  if (value.type === input.type) return { ...value, shape };
  const data = elements(value.data as ArrayLike<number | bigint>, input.type);
  if (typeof data !== 'number') return { type: input.type, shape, data };
  const at = `element ${data} of sample ${first}`;
  throw new UserError(
    `${array.name}: input ${input.name} takes ${input.type}, and ${at} is ${value.data[data]}; give elements of that type`,
  );
}

function boundArrays({ inputs, name }: OnnxModel, { arrays }: Samples, sequence: boolean): Bound[] {
  const names = inputs.map((input) => input.name);
  const [only] = inputs;
  if (inputs.length === 0) throw new UserError(`${name} has no input`);
  const unknown = arrays.find(({ input }) => input !== undefined && !names.includes(input));
  if (unknown)
    throw new UserError(`${unknown.name}: there is no input ${unknown.input}; the inputs are ${names.join(', ')}`);
  if (inputs.length > 1 && arrays.some(({ input }) => input === undefined)) {
    throw new UserError(
      `${name} has ${inputs.length} inputs (${names.join(', ')}); give a .npz file with an array for each, or NAME=file.npy for each`,
    );
  }
  return inputs.map((input) => {
    const own = arrays.filter((array) => (array.input ?? only?.name) === input.name);
    if (own.length === 0) throw new UserError(`${name}: no samples are given for input ${input.name} (${text(input)})`);
    if (own.length > 1) throw new UserError(`${name}: samples are given ${own.length} times for input ${input.name}`);
    const array = own[0] as SampleArray;
    const oneOrMore = sequence && (input.shape === undefined || input.shape.length === array.shape.length);
    return oneOrMore ? { ...bind(input, inSequences(array, input.shape?.[0])), whole: true } : bind(input, array);
  });
}

/** An array with a dimension more in front, which counts sequences. @param length Rows of a sequence; all without it. */
function inSequences(array: SampleArray, length = array.shape[0] ?? 1): SampleArray {
  const [rows = 0, ...rest] = array.shape;
  const sequences = Math.floor(rows / length);
  if (sequences * length !== rows) {
    const way = sequences > 0 ? `, such as the first ${sequences * length}` : '';
    throw new UserError(
      `${array.name} holds ${plural(rows, 'row')}; the network takes ${length} at a time, which are one sample; give whole ones${way}`,
    );
  }
  const read = (first: number, count: number): Value => {
    const value = array.read(first * length, count * length);
    return { ...value, shape: [count, length, ...rest] };
  };
  return { ...array, shape: [sequences, length, ...rest], read };
}

const sizes = (shape: readonly (number | undefined)[]): string => shape.map((size) => size ?? '?').join(' x ');
const text = ({ type, shape }: NetworkInput): string =>
  shape === undefined ? type : `${type}, ${shape.length === 0 ? 'a single number' : sizes(shape)}`;

function bind(input: NetworkInput, array: SampleArray): Bound {
  const given = array.shape;
  if (!convertible(input, array)) {
    throw new UserError(`${array.name} holds floats; input ${input.name} takes ${input.type}`);
  }
  const { shape } = input;
  if (shape === undefined) return { input, array, whole: false };
  const fits = (wanted: readonly (number | undefined)[], rest: readonly number[]): boolean =>
    wanted.length === rest.length && wanted.every((size, i) => size === undefined || size === rest[i]);
  if (fits(shape, given.slice(1))) return { input, array, whole: true };
  const [perRun, ...rest] = shape;
  if (shape.length > 0 && fits(rest, given.slice(1))) {
    return { input, array, whole: false, ...(perRun === undefined ? {} : { perRun }) };
  }
  const one = shape.length === 0 ? 'single numbers' : sizes(rest);
  throw new UserError(
    `${array.name} holds samples of ${sizes(given.slice(1)) || 'single numbers'}; input ${input.name} takes ${one} (the array's first dimension counts the samples)`,
  );
}

/** Whether an array may go into an input: floats not into integers. Whether its elements fit is seen when they are read. */
function convertible({ type }: NetworkInput, array: SampleArray): boolean {
  if (type === 'float32' || type === 'float64') return true;
  const [first] = array.read(0, 1).data as Float64Array | BigInt64Array;
  return typeof first === 'bigint' || Number.isInteger(first);
}

/** Samples of a run, where inputs fix them. */
function fixedSamples({ name }: OnnxModel, bound: readonly Bound[], whole: boolean): number | undefined {
  if (whole) return 1;
  const fixed = bound.filter(({ perRun }) => perRun !== undefined);
  const [first] = fixed;
  const other = fixed.find(({ perRun }) => perRun !== first?.perRun);
  if (first && other) {
    throw new UserError(
      `${name}: inputs ${first.input.name} and ${other.input.name} fix different first dimensions (${first.perRun} and ${other.perRun}), which therefore do not count samples; give each array a dimension more in front, which does`,
    );
  }
  return first?.perRun;
}

/** Shapes of a network's inputs for one sample, as far as the file says. @throws UserError where a size is open. */
export function declaredShapes({ name, inputs }: OnnxModel): ReadonlyMap<string, readonly number[]> {
  return new Map(
    inputs.map((input) => {
      const { shape } = input;
      const open = shape?.slice(1).indexOf(undefined) ?? 0;
      if (!shape || open >= 0) {
        const what = shape
          ? `dimension ${open + 1} of input ${input.name} is open`
          : `input ${input.name} has no shape`;
        throw new UserError(`${name}: ${what}; give it, such as --shape ${input.name}=${example(shape)}`);
      }
      return [input.name, [shape[0] ?? 1, ...(shape.slice(1) as number[])]];
    }),
  );
}

/** Samples that inputs of their declared shapes hold: their first dimension, where all fix the same. */
export function samplesOfShapes({ inputs }: OnnxModel): number {
  const [first, ...others] = inputs.map(({ shape }) => shape?.[0]);
  return first !== undefined && others.every((size) => size === first) ? first : 1;
}

const example = (shape: NetworkInput['shape']): string =>
  shape ? shape.map((size) => size ?? 8).join('x') : '1x3x224x224';

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Inputs of zeros in these shapes. */
export const zeros = (model: OnnxModel, shapes: Shapes): Values =>
  inputsOf(model, shapes, (count) => new Uint8Array(count));

/** Inputs in these shapes: random bits as integers and booleans, numbers from -1 to 1. */
export function randomInputs(model: OnnxModel, shapes: Shapes, random: RandomSource): Values {
  return inputsOf(model, shapes, (count, type) =>
    Float64Array.from({ length: count }, () =>
      type.startsWith('float') ? random.bits32() / 2 ** 31 - 1 : random.below(2),
    ),
  );
}

function inputsOf(
  { inputs }: OnnxModel,
  shapes: Shapes,
  make: (count: number, type: Value['type']) => ArrayLike<number>,
): Values {
  return new Map(
    inputs.map(({ name, type }) => {
      const shape = shapes.get(name) as readonly number[];
      return [name, { type, shape, data: elements(make(elementCount(shape), type), type) } as Value];
    }),
  );
}
