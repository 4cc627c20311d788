import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../gen/golden/vectors.js';
import { carriedSum, type SumNode, sumOfThree, sumTree } from '../../../gen/rtl/sum-tree.js';

const TERM_BITS = 5;

/** A value with its width. */
type Bits = readonly [value: bigint, width: number];

/** The value of a part of a concatenation: `3'd5`, `x`, `~x`, `x[4]`, `x[4:1]`. */
function part(text: string, signals: ReadonlyMap<string, Bits>): Bits {
  const literal = /^(\d+)'[bd](\d+)$/.exec(text);
  if (literal) return [BigInt(literal[2] as string), Number(literal[1])];
  const [, not, name, , high, low] = /^(~?)(\w+)(\[(\d+)(?::(\d+))?\])?$/.exec(text) ?? [];
  const [value, width] = signals.get(name as string) as Bits;
  const top = high === undefined ? width - 1 : Number(high);
  const bottom = high === undefined ? 0 : Number(low ?? high);
  const bits = top - bottom + 1;
  const taken = BigInt.asUintN(bits, value >> BigInt(bottom));
  return [not ? BigInt.asUintN(bits, ~taken) : taken, bits];
}

function concatenation(text: string, signals: ReadonlyMap<string, Bits>): Bits {
  const parts = text
    .replace(/^\{(.*)\}$/, '$1')
    .split(', ')
    .map((each) => part(each, signals));
  return parts.reduce(([value, width], [next, bits]) => [(value << BigInt(bits)) | next, width + bits]);
}

/** Adds up, and checks that both summands are as wide as what takes their sum. */
function evaluate({ name, bits, spares, sum }: SumNode, signals: Map<string, Bits>): void {
  const [x, y] = sum.split(' + ').map((each) => concatenation(each, signals)) as [Bits, Bits];
  expect([x[1], y[1]]).toEqual([bits + spares.length, bits + spares.length]);
  signals.set(name, [BigInt.asUintN(bits, (x[0] + y[0]) >> BigInt(spares.length)), bits]);
}

describe.each([1, 2, 3, 4, 5, 7, 8])('the sum of %i terms', (lanes) => {
  const random = randomSource(7);
  const most = 2 ** TERM_BITS - 1;
  const names = Array.from({ length: lanes }, (_, lane) => ({ term: `term_${lane}`, negative: `sign_${lane}` }));

  it.each([
    ['signed', -most],
    ['unsigned', 0],
  ] as const)('is right for %s products, extremes included', (kind, least) => {
    const signed = kind === 'signed';
    const { nodes, total, carry } = sumTree({ lanes: names, termBits: TERM_BITS, signed, width: 24 });
    expect(nodes).toHaveLength(lanes - 1);
    for (let turn = 0; turn < 300; turn++) {
      const signals = new Map<string, Bits>();
      let expected = 0n;
      for (const { term, negative } of names) {
        const product = turn === 0 ? least : turn === 1 ? most : least + random.below(most - least + 1);
        const magnitude = BigInt(Math.abs(product));
        signals.set(term, [product < 0 ? BigInt.asUintN(TERM_BITS, ~magnitude) : magnitude, TERM_BITS]);
        signals.set(negative, [product < 0 ? 1n : 0n, 1]);
        expected += BigInt(product) + (signed ? 1n << BigInt(TERM_BITS) : 0n);
      }
      for (const node of nodes) evaluate(node, signals);
      const [sum] = concatenation(total.name, signals);
      expect(sum + (carry === '' ? 0n : (signals.get(carry) as Bits)[0])).toBe(expected);
    }
  });
});

describe('a sum as wide as a parameter of its module says', () => {
  const summands = [
    { name: 'sum_i', bits: 'SUM_BITS' },
    { name: '~negative, term', bits: 14 },
  ] as const;

  it('carries a bit in below its lowest, which is spare', () => {
    expect(carriedSum('sum', 'SUM_BITS', summands, 'negative')).toEqual({
      ...{ name: 'sum', bits: 'SUM_BITS', spares: ['unused_sum'], target: '{sum, unused_sum}' },
      sum: "{sum_i, 1'b1} + {{(SUM_BITS-14){1'b0}}, ~negative, term, negative}",
    });
  });

  it('has the bit as a third summand', () => {
    expect(sumOfThree('sum', 'SUM_BITS', summands, 'negative')).toEqual({
      ...{ name: 'sum', bits: 'SUM_BITS', spares: [], target: 'sum' },
      sum: "sum_i + {{(SUM_BITS-14){1'b0}}, ~negative, term} + {{(SUM_BITS-1){1'b0}}, negative}",
    });
    expect(sumOfThree('sum', 'SUM_BITS', summands, '').sum).toBe("sum_i + {{(SUM_BITS-14){1'b0}}, ~negative, term}");
  });
});

it('sums as narrow as a term have no bit for what is on top', () => {
  const lanes = ['0', '1'].map((lane) => ({ term: `term_${lane}`, negative: `sign_${lane}` }));
  const { nodes, total } = sumTree({ lanes, termBits: TERM_BITS, signed: true, width: TERM_BITS });
  expect(nodes.map(({ bits, sum }) => [bits, sum])).toEqual([[TERM_BITS, "{term_0, 1'b1} + {term_1, sign_0}"]]);
  expect(total.bits).toBe(TERM_BITS);
});
