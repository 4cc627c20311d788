import { clusterGrid } from '../../rtl/cluster-grid.js';
import type { Design } from '../../rtl/design.js';
import { normalFormula } from '../../rtl/float/operand.js';
import type { OperandCandidate, OperandFields } from '../../rtl/operand.js';
import { doublingText, operandFormula, operandLayout } from '../../rtl/operand-text.js';
import { markdownTable } from './markdown.js';
import { hasModes } from './modes.js';

/** What decoders hand to the multipliers: fields, notes, and the encodings that the generator compared. */
export function operands(design: Design) {
  const { format, float, candidates } = design;
  return {
    fields: markdownTable([
      ['port', 'operand', 'bits'],
      ...(['a', 'w'] as const).map((port) => [
        design[port].role,
        `\`${operandLayout(format[port])}\``,
        String(format[port].bits),
      ]),
    ]),
    notes: [...(float ? floatNotes(float) : integerNotes(design)), ...clusterNotes(design)],
    candidates: float ? [] : comparison(candidates),
  };
}

function floatNotes({ a, w, productBits, hasNan, hasInfinity }: NonNullable<Design['float']>): string[] {
  return [
    `The value is \`${normalFormula(a)}\` of an activation and \`${normalFormula(w)}\` of a weight: a significand with its leading one first, and the place of that one.`,
    hasNan
      ? `Without the leading one, the bits behind it tell what the code is: 0 zero, \`10...\` NaN${hasInfinity ? ', `01...` infinity' : ''}. The exponent then means nothing.`
      : 'Without the leading one, the code is zero. The exponent then means nothing.',
    `Products have ${productBits} significant bits and are exact.`,
  ];
}

function integerNotes(design: Design): string[] {
  const { format, largestProduct, magnitudeBits, candidates } = design;
  const { encoding, productBits, shiftBits } = format;
  const fields: OperandFields = {
    ...format.a,
    signBits: format.a.signBits || format.w.signBits ? 1 : 0,
    exponentBits: Math.max(format.a.exponentBits, format.w.exponentBits),
  };
  const doubling = doublingText(format);
  const noExponent =
    candidates.length > 1
      ? 'There is no exponent: for these types a wider multiplier costs less than a shifter.'
      : 'There is no exponent: these types have none.';
  return [
    `The value is \`${operandFormula(encoding.radixLog2, fields)}\`.`,
    fields.exponentBits === 0
      ? noExponent
      : `A step of the exponent multiplies by 2^${encoding.radixLog2}. What remains of a type's own exponent goes into the significand.`,
    ...(encoding.foldMinimum
      ? ['The most negative integer is written as a power of two with an exponent. That saves a bit of significand.']
      : []),
    ...(doubling === ''
      ? []
      : [`${doubling} No negative operand has such a significand. That saves a bit of significand.`]),
    `The product of two significands has ${productBits} bits${shiftBits > 0 ? `, the sum of two exponents ${shiftBits}` : ''}. No product of two operands exceeds ${largestProduct} in magnitude, which takes ${magnitudeBits} bits.`,
    ...(hasModes(design)
      ? ['An 8-bit integer is two operands. Its products are sums of two or four products of operands, and larger.']
      : []),
  ];
}

function clusterNotes({ config, facts }: Design): string[] {
  const { clustered, clusterRows, clusterCols } = clusterGrid(config);
  if (!clustered) return [];
  return [
    `PEs stand in clusters of ${clusterRows} x ${clusterCols}.`,
    facts.tile.weightsStay
      ? 'A cluster has registers for the activations of its rows, at its left side, and for the partial sums of its columns, below its last row. Between its PEs both go without registers.'
      : 'A cluster has registers for the activations of its rows, at its left side, and for the weights of its columns, at its top. They reach all PEs of a row or column of the cluster in the same cycle.',
  ];
}

/** The encodings of operands that the generator compared, the chosen one first. */
function comparison(candidates: readonly OperandCandidate[]): string[] {
  const widths = ({ signBits, exponentBits, significandBits, doubledFrom }: OperandFields): string =>
    `${signBits}+${exponentBits}+${significandBits}${doubledFrom === undefined ? '' : ', doubles'}`;
  return [
    candidates.length > 1
      ? 'The generator compared these encodings and took the first.'
      : 'For these types all encodings are the same.',
    'The estimate is of multiplier, shifter, exponent adder and operand registers, in gate equivalents. It only ranks them; `npm run area` measures.',
    '',
    ...markdownTable([
      [
        'exponent radix',
        '-2^(b-1) folded',
        'activation sign+exp+significand',
        'weight sign+exp+significand',
        'product',
        'shift',
        'estimate',
      ],
      ...candidates.map(({ encoding, a, w, productBits, shiftBits, estimate }) => [
        encoding.radixLog2 === 'none' ? 'none' : `2^${encoding.radixLog2}`,
        encoding.foldMinimum ? 'yes' : 'no',
        widths(a),
        widths(w),
        ...[productBits, shiftBits, Math.round(estimate)].map(String),
      ]),
    ]),
  ];
}
