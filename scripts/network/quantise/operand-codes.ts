import { quantise } from '../../../gen/numerics/codec.js';
import type { ActivationQuantiser } from '../onnx/fake-quantise.js';
import { codeOfInteger, integerRounder } from '../search/stream-taken.js';

/**
 * Codes of an operand's elements.
 *
 * @throws QuantiseError for elements that are not finite.
 */
export function operandCodes(
  { type, scale, zeroPoint = 0 }: ActivationQuantiser,
  data: Float32Array,
  tensor: string,
): Uint8Array {
  if (zeroPoint === 0) return quantise(type, data, { scale, tensor });
  const round = integerRounder({ type, scale, zeroPoint });
  return Uint8Array.from(data, (value) => codeOfInteger(round(value), type));
}

/** The code that stands for 0. */
export const zeroCode = ({ type, zeroPoint = 0 }: Omit<ActivationQuantiser, 'scale'>): number =>
  codeOfInteger(zeroPoint, type);
