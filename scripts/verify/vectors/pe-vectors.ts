import type { Manifest } from '../../../gen/design/manifest.js';
import { type OperandChoice, operandChoices } from '../../../gen/golden/operand-choices.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { codeValues } from '../../../gen/numerics/codec.js';
import { factsOf } from '../../../gen/rtl/arch/table.js';
import { laneCases } from './lane-codes.js';

/** What the PE vectors depend on. */
export type PeInfo = Pick<Manifest, 'configuration' | 'accumulator' | 'ports'>;

/** Codes of a port, one for each lane of the PE, with their values; `type` is the byte that selects their type. */
interface Operand {
  readonly type: number;
  readonly codes: readonly number[];
  readonly values: readonly bigint[];
}

/** Activation and weight codes of all lanes with the value of what the PE adds: their product, or the sum of their products. */
export interface PairCodes {
  readonly a: Omit<Operand, 'values'>;
  readonly w: Omit<Operand, 'values'>;
  readonly product: bigint;
}

/** The same with the values of the codes. */
interface Pair extends PairCodes {
  readonly a: Operand;
  readonly w: Operand;
}

/** What the accumulator becomes when a product arrives, both as `PairCodes` and `PeVectors` hold them. */
export type Accumulate = (accumulator: bigint, product: bigint) => bigint;

/** What is offered to a PE in a step besides operands. `load` is for PEs whose weights stay. */
interface Control {
  readonly load: boolean;
  readonly swap: boolean;
  readonly accIn: bigint;
}

/** The meaning of a PE in terms of values, a clock edge at a time. */
interface PeModel<P extends PairCodes> {
  /** The accumulator after the edge, and the bus of the step before; of a PE whose weights stay, the partial sum and 0. */
  step(pair: P, control: Control): [bigint, bigint];
}

/** Stimulus and expectation of one PE, a step per clock cycle, in the layout of `tb/module_tb.cpp`. */
export interface PeVectors {
  readonly steps: number;
  /** a_type, w_type, load, swap, check, three times 0 of each step. */
  readonly controls: Uint8Array;
  /** Codes of each step: activations of all lanes, then weights. */
  readonly codes: Uint8Array;
  readonly lanes: number;
  /** acc_i, expected accumulator and bus of each step. */
  readonly values: BigInt64Array;
  /** Pairs of codes, over all pairs of types, that were multiplied at every level of the accumulator. */
  readonly pairs: number;
  readonly exhaustive: boolean;
  readonly levels: readonly bigint[];
}

export const MOST_PAIRS = 1_000_000;
export const MOST_PRODUCTS = 1_200_000;
/** Pairs of codes for lanes: each is tried side by side with others and alone. */
const MOST_LANE_PAIRS = 100_000;
const LONGEST_CLIMB = 4096;

/**
 * Products arrive PIPELINE clock edges after their operands are offered. A swap puts the sum on the bus while it is offered to
 * the accumulator's adder for the last time. Registers take the bus, as in the array, so that the next step's swap is there and shows
 * a part of the sum that takes it for its own.
 */
export class BusModel implements PeModel<PairCodes> {
  private acc = 0n;
  private products: bigint[];
  private swap = false;
  private bus = 0n;

  /** @param late Whether the PE takes the swap as it comes, and what it holds and gives is seen a step later. */
  constructor(
    pipeline: number,
    private readonly accumulate: Accumulate,
    private readonly late = false,
  ) {
    this.products = new Array<bigint>(pipeline).fill(0n);
  }

  step({ product }: PairCodes, { swap, accIn }: Control): [bigint, bigint] {
    const arrived = this.products.shift() as bigint;
    this.products.push(product);
    const before = this.acc;
    this.acc = this.accumulate((this.late ? swap : this.swap) ? 0n : this.acc, arrived);
    this.swap = swap;
    const seen = this.late ? before : this.acc;
    const bus = this.bus;
    this.bus = swap ? accIn | seen : accIn;
    return [seen, bus];
  }
}

const sumOfProducts = (a: readonly bigint[], w: readonly bigint[]): bigint =>
  a.reduce((sum, value, lane) => sum + value * (w[lane] ?? 0n), 0n);

/**
 * The weight in use is multiplied; a swap takes the waiting one over for the activation that comes with it, a load puts
 * another in its place. Sums from above are taken as they come.
 */
class WeightStationaryModel implements PeModel<Pair> {
  private waiting: readonly bigint[] = [];
  private weights: readonly bigint[] = [];
  private products: bigint[];

  /** @param bias What comes on top of the products of a step. */
  constructor(
    pipeline: number,
    private readonly bits: number,
    private readonly bias: bigint,
  ) {
    this.products = new Array<bigint>(pipeline).fill(0n);
  }

  step({ a, w }: Pair, { load, swap, accIn }: Control): [bigint, bigint] {
    const arrived = this.products.shift() as bigint;
    if (swap) this.weights = this.waiting;
    if (load) this.waiting = w.values;
    this.products.push(sumOfProducts(a.values, this.weights));
    return [BigInt.asIntN(this.bits, accIn + arrived + this.bias), 0n];
  }
}

/**
 * Vectors for a PE: all pairs of codes of all pairs of types (a seeded sample beyond `most` pairs) at accumulator values
 * spread over the whole range, with random operands where they must have no effect.
 */
export function peVectors(info: PeInfo, random: RandomSource, most = MOST_PAIRS): PeVectors {
  const { lanes, pipeline } = info.configuration;
  const { adds } = factsOf(info.configuration).computing;
  const { pairs, tried, exhaustive } = lanes > 1 ? chooseLanes(info, random, most) : choosePairs(info, random, most);
  const count = Math.min(Math.max(Math.floor(MOST_PRODUCTS / pairs.length), 2), 9);
  const { bits } = info.accumulator;
  const bias = BigInt(lanes) * BigInt(info.accumulator.productBias);
  const wrap: Accumulate = (accumulator, product) => BigInt.asIntN(bits, accumulator + product + bias);
  const stays = adds === 'passes';
  const model = stays
    ? new WeightStationaryModel(pipeline, bits, bias)
    : new BusModel(pipeline, wrap, info.accumulator.lateFrom !== null);
  const recorder = new Recorder<Pair>(model, pairs, random);
  const levels = stays ? fullRangeLevels(info, count, random) : sumLevels(info, count);
  if (stays) driveStationary(recorder, pairs, levels, pipeline, random);
  else driveSums(recorder, pairs, levels, info, random);
  return { ...recorder.vectors(), pairs: tried, exhaustive, levels };
}

/** What a PE is given, and how many pairs of codes it was made of. */
interface Chosen {
  readonly pairs: Pair[];
  readonly tried: number;
  readonly exhaustive: boolean;
}

/** All pairs of codes, or, where they are too many, a random sample and the corners. */
function choosePairs({ ports }: PeInfo, random: RandomSource, most: number): Chosen {
  const codes = (port: 'a' | 'w'): Operand[] =>
    operandChoices(ports[port]).flatMap(({ selector, type }) =>
      codeValues(type).map((value, code) => ({ type: selector, codes: [code], values: [value as bigint] })),
    );
  const every = (activations: Operand[], weights: Operand[]): Pair[] =>
    activations.flatMap((a) => weights.map((w) => pairOf(a, w)));
  const [activations, weights] = [codes('a'), codes('w')];
  if (activations.length * weights.length <= most) {
    const pairs = every(activations, weights);
    return { pairs, tried: pairs.length, exhaustive: true };
  }
  const any = (operands: Operand[]): Operand => operands[random.below(operands.length)] as Operand;
  const sample = Array.from({ length: most }, () => pairOf(any(activations), any(weights)));
  const pairs = [...every(corners(activations), corners(weights)), ...sample];
  return { pairs, tried: pairs.length, exhaustive: false };
}

const pairOf = (a: Operand, w: Operand): Pair => ({ a, w, product: sumOfProducts(a.values, w.values) });

/** The cases of lanes, for all pairs of types. */
function chooseLanes({ ports, configuration }: PeInfo, random: RandomSource, most: number): Chosen {
  const [activations, weights] = [operandChoices(ports.a), operandChoices(ports.w)];
  const share = Math.max(Math.floor(Math.min(most, MOST_LANE_PAIRS) / (activations.length * weights.length)), 64);
  const operand = ({ selector, type }: OperandChoice, codes: readonly number[]): Operand => {
    const values = codeValues(type);
    return { type: selector, codes, values: codes.map((code) => values[code] as bigint) };
  };
  const chosen = activations.flatMap((a) =>
    weights.map((w) => {
      const cases = laneCases([a.type, w.type], configuration.lanes, share, random);
      return {
        ...cases,
        pairs: cases.codes.map((codes) => pairOf(operand(a, codes.a), operand(w, codes.w))),
        tried: cases.pairs,
      };
    }),
  );
  return {
    pairs: chosen.flatMap(({ pairs }) => pairs),
    tried: chosen.reduce((sum, { tried }) => sum + tried, 0),
    exhaustive: chosen.every(({ exhaustive }) => exhaustive),
  };
}

/** The operands of least, greatest and zero value. */
function corners(operands: readonly Operand[]): Operand[] {
  const firstValue = ({ values }: Operand): bigint => values[0] as bigint;
  const least = operands.reduce((x, y) => (firstValue(y) < firstValue(x) ? y : x));
  const greatest = operands.reduce((x, y) => (firstValue(y) > firstValue(x) ? y : x));
  return [least, greatest, ...operands.filter((operand) => firstValue(operand) === 0n).slice(0, 1)];
}

const anyValue = (bits: number, random: RandomSource): bigint =>
  BigInt.asIntN(bits, (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32)));

/** Sums from above from end to end. */
function fullRangeLevels({ accumulator: { bits } }: PeInfo, count: number, random: RandomSource): bigint[] {
  const half = 1n << BigInt(bits - 1);
  const anywhere = () => anyValue(bits, random);
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
export class Recorder<P extends PairCodes> {
  private controls = new Uint8Array(1 << 16);
  private codes: Uint8Array;
  private values = new BigInt64Array(3 << 13);
  private count = 0;

  private readonly lanes: number;

  constructor(
    readonly model: PeModel<P>,
    private readonly pairs: readonly P[],
    private readonly random: RandomSource,
  ) {
    this.lanes = pairs[0]?.a.codes.length ?? 1;
    this.codes = new Uint8Array((1 << 14) * this.lanes);
  }

  anyPair(): P {
    return this.pairs[this.random.below(this.pairs.length)] as P;
  }

  step(pair: P, control: { load?: boolean; swap?: boolean; accIn?: bigint; check?: boolean }): void {
    const { load = false, swap = false, accIn = 0n, check = true } = control;
    if ((this.count + 1) * 8 > this.controls.length) this.grow();
    const expected = this.model.step(pair, { load, swap, accIn });
    const { a, w } = pair;
    this.controls.set([a.type, w.type, load ? 1 : 0, swap ? 1 : 0, check ? 1 : 0], this.count * 8);
    this.codes.set(a.codes, this.count * 2 * this.lanes);
    this.codes.set(w.codes, (this.count * 2 + 1) * this.lanes);
    this.values.set([accIn, ...expected], this.count * 3);
    this.count++;
  }

  vectors(): Pick<PeVectors, 'steps' | 'lanes' | 'controls' | 'codes' | 'values'> {
    return {
      steps: this.count,
      lanes: this.lanes,
      codes: this.codes.slice(0, this.count * 2 * this.lanes),
      controls: this.controls.slice(0, this.count * 8),
      values: this.values.slice(0, this.count * 3),
    };
  }

  private grow(): void {
    const { controls, codes, values } = this;
    this.controls = new Uint8Array(controls.length * 2);
    this.codes = new Uint8Array(codes.length * 2);
    this.codes.set(codes);
    this.values = new BigInt64Array(values.length * 2);
    this.controls.set(controls);
    this.values.set(values);
  }
}

/**
 * All activations of a weight, weight after weight; the next one is loaded while the one before is in use, among weights
 * on the same wires that must have no effect.
 */
function driveStationary(
  recorder: Recorder<Pair>,
  pairs: readonly Pair[],
  levels: readonly bigint[],
  pipeline: number,
  random: RandomSource,
): void {
  const groups = [...groupByWeight(pairs).values()];
  const first = groups[0] as Pair[];
  recorder.step(first[0] as Pair, { load: true, check: false });
  let offered = 0;
  for (const level of levels) {
    for (const [i, group] of groups.entries()) {
      const next = groups[i + 1] ?? first;
      const loadAt = random.below(group.length);
      for (const [j, pair] of group.entries()) {
        const w = j === loadAt ? (next[0] as Pair).w : recorder.anyPair().w;
        recorder.step({ ...pair, w }, { load: j === loadAt, swap: j === 0, accIn: level, check: offered >= pipeline });
        offered++;
      }
    }
  }
}

function groupByWeight(pairs: readonly Pair[]): Map<Operand, Pair[]> {
  const groups = new Map<Operand, Pair[]>();
  for (const pair of pairs) {
    const group = groups.get(pair.w);
    if (group) group.push(pair);
    else groups.set(pair.w, [pair]);
  }
  return groups;
}

/**
 * A stream of products: the accumulator climbs to a level and is kept near it by balancing products while all pairs
 * pass; around zero it is handed to the bus at random. Nothing or any value comes over the bus meanwhile.
 */
function driveSums(
  recorder: Recorder<Pair>,
  pairs: readonly Pair[],
  levels: readonly bigint[],
  { configuration: { pipeline }, accumulator: { bits } }: PeInfo,
  random: RandomSource,
): void {
  const byProduct = [...pairs].sort((x, y) => (x.product < y.product ? -1 : 1));
  const [lowest, highest] = [byProduct[0] as Pair, byProduct.at(-1) as Pair];
  const zero = pairs.find((pair) => pair.product === 0n) as Pair;
  const busAtRandom = () => ({ accIn: random.below(2) === 0 ? 0n : anyValue(bits, random) });
  // What has been offered is on its way: the level reached is judged with it included.
  let ahead = 0n;
  const offer = (pair: Pair, control: { swap?: boolean; check?: boolean } = {}) => {
    ahead += pair.product;
    recorder.step(pair, { ...busAtRandom(), ...control });
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
