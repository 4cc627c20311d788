import { ConfigurationError } from '../../base/errors.js';
import type { RequantiserConfiguration } from '../../config/requantiser.js';
import { levels } from '../../numerics/codec.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import { numericType } from '../../numerics/types/table.js';
import { bitsFor } from '../operand.js';

/**
 * A configuration of lanes that another design holds: its second operands may come multiplied, as products of so many bits in place
 * of an addend and its multiplier.
 */
export type LaneConfiguration = RequantiserConfiguration & { readonly addendIsProduct?: boolean };

/** All values that something can have, and the bits that hold them in two's complement. */
export interface SignedRange {
  readonly least: bigint;
  readonly greatest: bigint;
  readonly bits: number;
}

/** Widths of a requantiser. Each holds all that its inputs can make: nothing overflows. */
export interface RequantiserWidths {
  readonly types: readonly NumericType[];
  /** A sum with its bias. */
  readonly biased: SignedRange;
  /** Biased sum times multiplier. */
  readonly product: SignedRange;
  /** Addend times its multiplier, or the product that comes; null without addend. */
  readonly addend: SignedRange | null;
  /** Both together. */
  readonly scaled: SignedRange;
  /** What the encoder takes: a doubled value, saturated where no type tells more apart. */
  readonly doubledBits: number;
  /** Of a doubled value, whether that is every value there is. */
  readonly saturates: boolean;
  readonly typeBits: number;
  readonly codeBits: number;
}

const signed = (bits: number): SignedRange => range(-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n);

function range(least: bigint, greatest: bigint): SignedRange {
  const magnitude = (value: bigint): bigint => (value < 0n ? -value - 1n : value);
  return { least, greatest, bits: 1 + Math.max(bitsFor(magnitude(least)), bitsFor(magnitude(greatest))) };
}

export const plus = (x: SignedRange, y: SignedRange): SignedRange => range(x.least + y.least, x.greatest + y.greatest);

/** Times any number from 0 to 2^bits - 1. */
export function times({ least, greatest }: SignedRange, bits: number): SignedRange {
  const most = 2n ** BigInt(bits) - 1n;
  return range(least * most, greatest * most);
}

/** Bits of a doubled magnitude from which on a type has no further value to tell apart. */
function magnitudeBits(type: NumericType): number {
  const [last = 0n, before = 0n] = levels(type)
    .map(({ value }) => value)
    .reverse();
  return bitsFor(last + before);
}

/** @throws ConfigurationError where the shift cannot bring every value into the range of the types. */
export function requantiserWidths(config: LaneConfiguration): RequantiserWidths {
  const { multiplierBits, addendBits } = config;
  const types = config.types.map(numericType);
  const biased = plus(signed(config.sumBits), signed(config.biasBits));
  const product = times(biased, multiplierBits);
  const addend =
    addendBits === 0 ? null : config.addendIsProduct ? signed(addendBits) : times(signed(addendBits), multiplierBits);
  const scaled = addend === null ? product : plus(product, addend);
  const most = 2 ** config.shiftBits - 1;
  if (most < multiplierBits) {
    const nearest = String(bitsFor(multiplierBits));
    const rule = `a multiplier of ${multiplierBits} bits needs shifts up to ${multiplierBits}, and the largest is ${most}`;
    throw new ConfigurationError([{ key: 'shiftBits', given: String(config.shiftBits), rule, nearest }]);
  }
  const enough = 1 + Math.max(...types.map(magnitudeBits));
  const doubledBits = Math.min(enough, scaled.bits + 1);
  return {
    ...{ types, biased, product, addend, scaled, doubledBits },
    saturates: doubledBits < scaled.bits + 1,
    typeBits: bitsFor(types.length - 1),
    codeBits: Math.max(...types.map(({ bits }) => bits)),
  };
}
