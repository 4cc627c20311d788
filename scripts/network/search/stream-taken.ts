import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import type { StreamedResult } from './stream.js';
import { type StreamRange, RangePass } from './stream-range.js';

/** Integers that a tensor is rounded to already. */
export interface TakenGrid {
  /** An integer type. */
  readonly type: NumericType;
  readonly scale: number;
  /** The integer that stands for 0. */
  readonly zeroPoint: number;
}

const BINS = 120;

/** A tensor that passes by twice whose type and scale are settled: what is left is how it lies on them. */
export class SettledChoice {
  readonly #range: RangePass;
  #found: StreamRange | undefined;
  #result: StreamedResult | undefined;
  #count = 0;
  #squares = 0;
  #squaredError = 0;
  readonly #counts = new Array<number>(BINS).fill(0);

  constructor(
    name: string,
    readonly grid: TakenGrid,
  ) {
    this.#range = new RangePass(name, 100);
  }

  /** @throws UserError on a value that is not finite. */
  observe(values: Float32Array): void {
    if (!this.#found) {
      this.#range.observe(values);
      return;
    }
    const { least, greatest } = this.#found;
    const round = integerRounder(this.grid);
    const { scale, zeroPoint } = this.grid;
    const width = (greatest - least) / BINS || 1;
    for (const value of values) {
      this.#squares += value * value;
      this.#squaredError += (value - (round(value) - zeroPoint) * scale) ** 2;
      const bin = Math.min(Math.floor((value - least) / width), BINS - 1);
      this.#counts[bin] = (this.#counts[bin] as number) + 1;
    }
    this.#count += values.length;
  }

  /** @throws UserError when the pass had no values. */
  endPass(): void {
    if (!this.#found) {
      this.#found = this.#range.end();
      return;
    }
    const { least, greatest } = this.#found;
    const cost = { type: this.grid.type, scale: this.grid.scale, squaredError: this.#squaredError };
    this.#result = {
      ...cost,
      zeroPoint: this.grid.zeroPoint,
      taken: true,
      typeIndex: 0,
      squares: this.#squares,
      count: this.#count,
      least,
      greatest,
      considered: [cost],
      histogram: { low: least, high: greatest, counts: this.#counts },
    };
  }

  get done(): boolean {
    return this.#result !== undefined;
  }

  /** @throws Error before it is there. */
  get result(): StreamedResult {
    if (!this.#result) throw new Error('the tensor has not passed by yet');
    return this.#result;
  }
}

/** A function from a real number to the nearest of the integers that stand for numbers. */
export function integerRounder({ type, scale, zeroPoint }: TakenGrid): (value: number) => number {
  const { least, greatest } = integersOf(type);
  return (value) => Math.min(Math.max(Math.round(value / scale) + zeroPoint, least), greatest);
}

const integersOf = ({ bits, signed }: NumericType): { least: number; greatest: number } =>
  signed ? { least: -(2 ** (bits - 1)), greatest: 2 ** (bits - 1) - 1 } : { least: 0, greatest: 2 ** bits - 1 };

/** The code of an integer: two's complement in the type's width. */
export const codeOfInteger = (integer: number, { bits }: NumericType): number => integer & (2 ** bits - 1);
