import { codeValues } from './codec.js';
import type { Manifest } from './manifest.js';
import { numericType } from './types/table.js';
import type { RandomSource } from './vectors.js';

/** What the PE vectors depend on. */
export type PeInfo = Pick<Manifest, 'configuration' | 'accumulator' | 'ports'>;

/** An activation and a weight code with the value of their product. */
export interface Pair {
  readonly aType: number;
  readonly aCode: number;
  readonly wType: number;
  readonly wCode: number;
  readonly product: bigint;
}

/** What the accumulator becomes when a product arrives, both as `Pair` and `PeVectors` hold them. */
export type Accumulate = (accumulator: bigint, product: bigint) => bigint;

/** Stimulus and expectation of one PE, a step per clock cycle, in the layout of `tb/unit_tb.cpp`. */
export interface PeVectors {
  readonly steps: number;
  /** a_type, a_code, w_type, w_code, drain, swap, check, 0 of each step. */
  readonly controls: Uint8Array;
  /** acc_i, expected accumulator, expected shadow of each step. */
  readonly values: BigInt64Array;
  /** Pairs of codes, over all pairs of types, that were multiplied at every level of the accumulator. */
  readonly pairs: number;
  readonly exhaustive: boolean;
  readonly levels: readonly bigint[];
}

export const MOST_PAIRS = 1_000_000;
export const MOST_PRODUCTS = 1_200_000;
const LONGEST_CLIMB = 4096;

/**
 * The cycle-level meaning of a PE in terms of values: products arrive PIPELINE clock edges after their operands are
 * offered, control takes effect one edge after it is offered.
 */
export class PeModel {
  acc = 0n;
  private shadow = 0n;
  private products: bigint[];
  private drain = false;
  private swap = false;

  constructor(
    private readonly double: boolean,
    pipeline: number,
    private readonly accumulate: Accumulate,
  ) {
    this.products = new Array<bigint>(pipeline).fill(0n);
  }

  /** One clock edge; returns accumulator and shadow after it. */
  step(product: bigint, drain: boolean, swap: boolean, accIn: bigint): [bigint, bigint] {
    const arrived = this.products.shift() as bigint;
    this.products.push(product);
    if (this.double) {
      this.shadow = this.swap ? this.acc : this.drain ? accIn : this.shadow;
      this.acc = this.accumulate(this.swap ? 0n : this.acc, arrived);
    } else {
      this.acc = this.drain ? accIn : this.accumulate(this.acc, arrived);
    }
    this.drain = drain;
    this.swap = swap;
    return [this.acc, this.shadow];
  }
}

/**
 * Vectors for a PE: all pairs of codes of all pairs of types (a seeded sample beyond `most` pairs) at accumulator values
 * spread over the whole range, with random operands where they must have no effect.
 */
export function peVectors(info: PeInfo, random: RandomSource, most = MOST_PAIRS): PeVectors {
  const { drain, pipeline } = info.configuration;
  const { pairs, exhaustive } = choosePairs(info, random, most);
  const count = Math.min(Math.max(Math.floor(MOST_PRODUCTS / pairs.length), 2), 9);
  const wrap: Accumulate = (accumulator, product) => BigInt.asIntN(info.accumulator.bits, accumulator + product);
  const recorder = new Recorder(new PeModel(drain === 'double', pipeline, wrap), pairs, random);
  const levels = drain === 'double' ? sumLevels(info, count) : fullRangeLevels(info, count, random);
  if (drain === 'double') driveDouble(recorder, pairs, levels, pipeline, random);
  else {
    const work = levels.flatMap((level) => pairs.map((pair) => ({ level, pair })));
    driveSingle(recorder, work, pipeline, random);
  }
  return { ...recorder.vectors(), pairs: pairs.length, exhaustive, levels };
}

/** A code of a port with its value. */
interface Operand {
  readonly type: number;
  readonly code: number;
  readonly value: bigint;
}

/** All pairs of codes, or, where they are too many, a random sample and the corners. */
function choosePairs({ ports }: PeInfo, random: RandomSource, most: number): { pairs: Pair[]; exhaustive: boolean } {
  const codes = (port: 'a' | 'w'): Operand[] =>
    ports[port].types.flatMap((name, type) =>
      codeValues(numericType(name)).map((value, code) => ({ type, code, value: value as bigint })),
    );
  const pair = (a: Operand, w: Operand): Pair => ({
    aType: a.type,
    aCode: a.code,
    wType: w.type,
    wCode: w.code,
    product: a.value * w.value,
  });
  const every = (activations: Operand[], weights: Operand[]): Pair[] =>
    activations.flatMap((a) => weights.map((w) => pair(a, w)));
  const [activations, weights] = [codes('a'), codes('w')];
  if (activations.length * weights.length <= most) {
    return { pairs: every(activations, weights), exhaustive: true };
  }
  const any = (operands: Operand[]): Operand => operands[random.below(operands.length)] as Operand;
  const sample = Array.from({ length: most }, () => pair(any(activations), any(weights)));
  return { pairs: [...every(corners(activations), corners(weights)), ...sample], exhaustive: false };
}

/** The operands of least, greatest and zero value. */
function corners(operands: readonly Operand[]): Operand[] {
  const least = operands.reduce((x, y) => (y.value < x.value ? y : x));
  const greatest = operands.reduce((x, y) => (y.value > x.value ? y : x));
  return [least, greatest, ...operands.filter(({ value }) => value === 0n).slice(0, 1)];
}

/** Accumulator values from end to end, as the drain path can load them. */
function fullRangeLevels({ accumulator: { bits } }: PeInfo, count: number, random: RandomSource): bigint[] {
  const half = 1n << BigInt(bits - 1);
  const anywhere = () => BigInt.asIntN(bits, (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32)));
  return [0n, half - 1n, -half, -1n, half / 3n, anywhere(), anywhere(), anywhere(), anywhere()].slice(0, count);
}

/** Accumulator values that sums of products can reach. */
function sumLevels({ accumulator: { sum } }: PeInfo, count: number): bigint[] {
  const [least, greatest] = [BigInt(sum.least), BigInt(sum.greatest)];
  return [0n, greatest, least, greatest / 2n, least / 2n, greatest / 3n, least / 3n, greatest / 7n, least / 7n].slice(
    0,
    count,
  );
}

/** Collects steps together with what the model expects after each. */
export class Recorder {
  private controls = new Uint8Array(1 << 16);
  private values = new BigInt64Array(3 << 13);
  private count = 0;

  constructor(
    readonly model: PeModel,
    private readonly pairs: readonly Pair[],
    private readonly random: RandomSource,
  ) {}

  anyPair(): Pair {
    return this.pairs[this.random.below(this.pairs.length)] as Pair;
  }

  step(pair: Pair, control: { drain?: boolean; swap?: boolean; accIn?: bigint; check?: boolean }): void {
    const { drain = false, swap = false, accIn = 0n, check = true } = control;
    if ((this.count + 1) * 8 > this.controls.length) this.grow();
    const expected = this.model.step(pair.product, drain, swap, accIn);
    const { aType, aCode, wType, wCode } = pair;
    this.controls.set([aType, aCode, wType, wCode, drain ? 1 : 0, swap ? 1 : 0, check ? 1 : 0, 0], this.count * 8);
    this.values.set([accIn, ...expected], this.count * 3);
    this.count++;
  }

  vectors(): Pick<PeVectors, 'steps' | 'controls' | 'values'> {
    return {
      steps: this.count,
      controls: this.controls.slice(0, this.count * 8),
      values: this.values.slice(0, this.count * 3),
    };
  }

  private grow(): void {
    const { controls, values } = this;
    this.controls = new Uint8Array(controls.length * 2);
    this.values = new BigInt64Array(values.length * 2);
    this.controls.set(controls);
    this.values.set(values);
  }
}

/**
 * Two steps per product: the drain path loads a level, then the product is added to it. The operands that arrive
 * together with the load are arbitrary and must have no effect.
 */
export function driveSingle(
  recorder: Recorder,
  work: readonly { readonly level: bigint; readonly pair: Pair }[],
  pipeline: number,
  random: RandomSource,
): void {
  const total = work.length * 2 + 2 * pipeline + 2;
  for (let step = 0; step < total; step++) {
    const loads = step % 2 === 0;
    const arrivalIndex = (step + pipeline - 1) / 2 - 1;
    const multiplies = Number.isInteger(arrivalIndex) && arrivalIndex >= 0 ? work[arrivalIndex] : undefined;
    const level = work[step / 2 - 1]?.level ?? BigInt(random.below(2));
    recorder.step(multiplies?.pair ?? recorder.anyPair(), {
      drain: !loads,
      ...(loads ? { accIn: level } : {}),
      check: step > pipeline + 2,
    });
  }
}

/**
 * A stream of products: the accumulator climbs to a level and is kept near it by balancing products while all pairs
 * pass; around zero it is handed to the shadow at random. The drain path shifts arbitrary values through the shadow.
 */
function driveDouble(
  recorder: Recorder,
  pairs: readonly Pair[],
  levels: readonly bigint[],
  pipeline: number,
  random: RandomSource,
): void {
  const byProduct = [...pairs].sort((x, y) => (x.product < y.product ? -1 : 1));
  const [lowest, highest] = [byProduct[0] as Pair, byProduct.at(-1) as Pair];
  const zero = pairs.find((pair) => pair.product === 0n) as Pair;
  const drainAtRandom = () => ({ drain: random.below(3) === 0, accIn: BigInt(random.below(2 ** 20)) % 128n });
  // What has been offered is on its way: the level reached is judged with it included.
  let ahead = 0n;
  const offer = (pair: Pair, control: { swap?: boolean; check?: boolean } = {}) => {
    ahead += pair.product;
    recorder.step(pair, { ...drainAtRandom(), ...control });
  };
  const swapOut = () => {
    for (let i = 0; i < pipeline + 1; i++) offer(zero);
    offer(zero, { swap: true });
    offer(zero);
    ahead = 0n;
  };
  for (let i = 0; i < pipeline + 1; i++) recorder.step(zero, { swap: true, check: false });
  recorder.step(zero, { check: false });
  for (const level of levels) {
    swapOut();
    const towards = (): Pair => (ahead < level ? highest : lowest);
    const far = (): boolean => {
      const distance = ahead < level ? level - ahead : ahead - level;
      const stride = ahead < level ? highest.product : -lowest.product;
      return stride > 0n && distance > stride;
    };
    for (let i = 0; i < LONGEST_CLIMB && far(); i++) offer(towards());
    for (const pair of pairs) {
      offer(pair);
      if (level === 0n && random.below(16) === 0) swapOut();
      for (let i = 0; i < 2 && far(); i++) offer(towards());
    }
    swapOut();
  }
}
