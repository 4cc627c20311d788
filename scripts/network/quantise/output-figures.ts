import { elementCount } from '../onnx/tensor.js';
import { isFloating, numbersOf, type Value, type Values } from '../onnx/value.js';

/** What outputs stand for: classes where their shape says so, or as the user says. */
export const TASKS = ['auto', 'classes', 'values'] as const;
export type Task = (typeof TASKS)[number];

/** How often two outputs decide alike, where they decide anything. */
export interface Agreement {
  /** `classes`: the same largest number of a row; `threshold`: the same side of 0.5; `sign`: the same sign. */
  readonly kind: 'classes' | 'threshold' | 'sign';
  /** Decisions that are alike, of all. */
  readonly alike: number;
  readonly decisions: number;
}

/** How far an output is from the reference's. */
export interface OutputFigures {
  readonly name: string;
  readonly type: string;
  /** Of all samples; null where runs differ. */
  readonly shape: readonly (number | null)[];
  readonly elements: number;
  /** Elements that are equal bit for bit. */
  readonly equal: number;
  /** Norm of the difference over the norm of the reference; null where there is no such number. */
  readonly relativeError: number | null;
  readonly cosine: number | null;
  readonly largestError: number | null;
  /** Null where the output decides nothing. */
  readonly agreement: Agreement | null;
  /** Why there is no error, or what is special about it; empty where there is nothing to say. */
  readonly note: string;
}

/** Figures of all outputs together. */
export interface Comparison {
  readonly outputs: readonly OutputFigures[];
  /** Squared error of all outputs with fractions over their squares; null where it cannot be computed. */
  readonly error: number | null;
  /** Why it cannot be; empty where it can. */
  readonly why: string;
}

/** The shape of an output for some samples. */
interface RunShape {
  readonly sizes: readonly (number | null)[];
  readonly samples: number;
}

/** The shape for samples that one run after the other had: those of the first dimension add up where it counts them. */
function joined(before: RunShape | undefined, run: RunShape): RunShape {
  if (!before) return run;
  const samples = before.samples + run.samples;
  if (before.sizes.length !== run.sizes.length) return { sizes: [null], samples };
  const each = ({ sizes: [first = null], samples: own }: RunShape): number => (first ?? Number.NaN) / own;
  const counts = Number.isInteger(each(run)) && each(before) === each(run);
  const sizes = run.sizes.map((size, i) => {
    if (i === 0 && counts) return each(run) * samples;
    return size === before.sizes[i] ? size : null;
  });
  return { sizes, samples };
}

const elementsAre = (count: number): string => (count === 1 ? '1 element is' : `${count} elements are`);

/** Sums over one output. */
class OutputSums {
  error = 0;
  squares = 0;
  #type = '';
  #shape: RunShape | undefined;
  #elements = 0;
  #equal = 0;
  #dot = 0;
  #gotSquares = 0;
  #largest = 0;
  /** Elements that are not finite in both alike, and in one alone. */
  #special = 0;
  #broken = 0;
  #shapesDiffer = false;
  #rows = new Decisions();

  constructor(
    readonly name: string,
    readonly task: Task,
  ) {}

  add(wanted: Value, got: Value, samples: number): void {
    this.#type = wanted.type;
    this.#shape = joined(this.#shape, { sizes: wanted.shape, samples });
    if (wanted.shape.join() !== got.shape.join()) {
      this.#shapesDiffer = true;
      return;
    }
    this.#elements += wanted.data.length;
    for (let i = 0; i < wanted.data.length; i++) if (Object.is(wanted.data[i], got.data[i])) this.#equal++;
    if (!isFloating(wanted)) return;
    const [x, y] = [numbersOf(wanted) as Float64Array, numbersOf(got) as Float64Array];
    for (let i = 0; i < x.length; i++) this.#addElement(x[i] as number, y[i] as number);
    this.#rows.add(x, y, wanted.shape, samples);
  }

  #addElement(x: number, y: number): void {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      if (Object.is(x, y)) this.#special++;
      else this.#broken++;
      return;
    }
    const difference = y - x;
    this.error += difference * difference;
    this.squares += x * x;
    this.#gotSquares += y * y;
    this.#dot += x * y;
    this.#largest = Math.max(this.#largest, Math.abs(difference));
  }

  /** Why there is no error of this output; empty where there is one. */
  get obstacle(): string {
    if (this.#shapesDiffer) return 'its size depends on the data and differs';
    if (this.#type !== '' && !isFloating({ type: this.#type } as Value))
      return `holds ${this.#type}: no error, only equal or not`;
    if (this.#elements === 0) return 'has no elements';
    if (this.#broken > 0) return `${elementsAre(this.#broken)} NaN or infinite in one of both alone`;
    if (this.#special === this.#elements) return 'all its elements are NaN or infinite in both';
    if (this.squares === 0 && this.error > 0) return 'the reference is zero everywhere';
    return '';
  }

  /** Whether its error counts among that of all outputs. */
  get counts(): boolean {
    return this.#shapesDiffer || (this.#type.startsWith('float') && this.#elements > 0);
  }

  figures(): OutputFigures {
    const { obstacle } = this;
    const sizes = Math.sqrt(this.squares * this.#gotSquares);
    return {
      name: this.name,
      type: this.#type,
      shape: this.#shape?.sizes ?? [],
      elements: this.#elements,
      equal: this.#equal,
      relativeError: obstacle === '' ? Math.sqrt(ratio(this.error, this.squares)) : null,
      cosine: obstacle === '' && sizes > 0 ? this.#dot / sizes : null,
      largestError: obstacle === '' ? this.#largest : null,
      agreement: this.#shapesDiffer ? null : this.#rows.agreement(this.task),
      note: obstacle || (this.#special > 0 ? `${elementsAre(this.#special)} NaN or infinite in both` : ''),
    };
  }
}

const ratio = (error: number, squares: number): number => (error === 0 ? 0 : error / squares);

/** Counts decisions of one output: by rows of numbers, and of single numbers by threshold and by sign. */
class Decisions {
  #perSample = true;
  #rank = 0;
  #columns = 0;
  #rows = 0;
  #sameClass = 0;
  #sameSign = 0;
  #sameSide = 0;
  /** Whether all references lie from 0 to 1, as probabilities do. */
  #shares = true;

  add(x: Float64Array, y: Float64Array, shape: readonly number[], samples: number): void {
    const columns = shape.at(-1) ?? 1;
    this.#rank = shape.length;
    this.#columns = columns;
    if (elementCount(shape.slice(0, -1)) !== samples || shape[0] !== samples) this.#perSample = false;
    if (columns === 0) return;
    for (let row = 0; row < x.length / columns; row++) {
      // Where the reference decides nothing, there is nothing to agree on.
      if (holdsNan(x, row * columns, columns)) continue;
      this.#rows++;
      const a = x[row * columns] as number;
      if (!(a >= 0 && a <= 1)) this.#shares = false;
      if (holdsNan(y, row * columns, columns)) continue;
      if (argmax(x, row * columns, columns) === argmax(y, row * columns, columns)) this.#sameClass++;
      const b = y[row * columns] as number;
      if (a >= 0 === b >= 0) this.#sameSign++;
      if (a >= 0.5 === b >= 0.5) this.#sameSide++;
    }
  }

  agreement(task: Task): Agreement | null {
    if (task === 'values' || this.#rows === 0) return null;
    const single = this.#columns === 1 || (this.#rank === 1 && task === 'auto');
    if (!single && (task === 'classes' || (this.#rank === 2 && this.#perSample))) {
      return { kind: 'classes', alike: this.#sameClass, decisions: this.#rows };
    }
    if (this.#columns !== 1 || this.#rank !== 2 || !this.#perSample) return null;
    return this.#shares
      ? { kind: 'threshold', alike: this.#sameSide, decisions: this.#rows }
      : { kind: 'sign', alike: this.#sameSign, decisions: this.#rows };
  }
}

const holdsNan = (values: Float64Array, from: number, count: number): boolean =>
  values.subarray(from, from + count).some(Number.isNaN);

function argmax(values: Float64Array, from: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if ((values[from + i] as number) > (values[from + best] as number)) best = i;
  return best;
}

/** Compares outputs run by run. */
export class OutputComparison {
  readonly #sums: readonly OutputSums[];

  constructor(outputs: readonly string[], task: Task = 'auto') {
    this.#sums = outputs.map((name) => new OutputSums(name, task));
  }

  /** @param samples Samples in the run. */
  add(wanted: Values, got: Values, samples: number): void {
    for (const sums of this.#sums) sums.add(wanted.get(sums.name) as Value, got.get(sums.name) as Value, samples);
  }

  result(): Comparison {
    const counted = this.#sums.filter(({ counts }) => counts);
    const broken = counted.find(({ obstacle }) => obstacle !== '');
    const total = (of: (sums: OutputSums) => number): number => counted.reduce((sum, each) => sum + of(each), 0);
    const [error, squares] = [total((sums) => sums.error), total((sums) => sums.squares)];
    const why =
      counted.length === 0
        ? 'no output holds numbers with fractions'
        : broken
          ? `output ${broken.name}: ${broken.obstacle}`
          : '';
    return { outputs: this.#sums.map((sums) => sums.figures()), error: why === '' ? ratio(error, squares) : null, why };
  }
}
