import { literal, replicate, slice, zeroExtend } from '../verilog.js';
import { type BlockArithmetic, hasSpecials, mayBeInfinite } from './arithmetic.js';
import { countOf, halvings, normalise, type Section } from './wires.js';

/** From the sum of a block to a term: its sign, place and significand, and what it is besides a number. */
export function scaling(blocks: BlockArithmetic): Section[] {
  const { sums, magnitudeBits, termBits, a, w, placeBits, leastPlace, offset } = blocks;
  const scaled = a.significandBits > 0;
  const factorBits = a.significandBits + w.significandBits;
  const steps = halvings(termBits);
  const last = steps.at(-1);
  const infinite = mayBeInfinite(blocks);
  const top = literal(placeBits, leastPlace + offset + termBits - 1);
  const nan = [
    'a_nan',
    'w_nan',
    ...(hasSpecials(blocks) ? ['nan_i'] : []),
    ...(infinite ? ['(plus_i & minus_i)'] : []),
    ...(infinite && scaled ? ['((plus_i | minus_i) & ~|factor)'] : []),
  ].join(' | ');
  const magnitude = slice('sum_i', sums.bits, magnitudeBits - 1, 0);
  const value = scaled ? 'product' : 'magnitude';
  return [
    {
      comment: "Magnitude of the block's sum.",
      wires: [
        { name: 'negative', width: 1, value: `sum_i[${sums.bits - 1}]` },
        {
          name: 'magnitude',
          width: magnitudeBits,
          value: `(${magnitude} ^ ${replicate(magnitudeBits, 'negative')}) + ${zeroExtend('negative', 1, magnitudeBits)}`,
        },
      ],
    },
    ...(scaled
      ? [
          {
            comment: 'Times the significands of the scales.',
            wires: [
              {
                name: 'factor',
                width: factorBits,
                value: `${zeroExtend('a_sig', a.significandBits, factorBits)} * ${zeroExtend('w_sig', w.significandBits, factorBits)}`,
              },
              {
                name: 'product',
                width: termBits,
                value: `${zeroExtend('magnitude', magnitudeBits, termBits)} * ${zeroExtend('factor', factorBits, termBits)}`,
              },
            ],
          },
        ]
      : []),
    {
      comment: `Shift left by ${steps.join(', ')}, until the leading one is at the top.`,
      wires: [...normalise(value, termBits, 'none', 'left'), countOf('moved_up', termBits, 'none')],
    },
    {
      comment: `The place of the leading one${offset > 0 ? `, ${offset} above the exponent of binary32` : ', as the exponent of binary32'}.`,
      wires: [
        { name: 'term_sig', width: termBits, value: `left_${last}` },
        {
          name: 'term_place',
          width: placeBits,
          value: `${zeroExtend('a_exp', a.exponentBits, placeBits)} + ${zeroExtend('w_exp', w.exponentBits, placeBits)} + ${top} - ${zeroExtend('moved_up', steps.length, placeBits)}`,
        },
        { name: 'term_nan', width: 1, value: nan },
        ...(infinite
          ? [
              { name: 'term_inf', width: 1, value: 'plus_i | minus_i' },
              { name: 'term_sign', width: 1, value: 'term_inf ? minus_i : negative' },
            ]
          : [{ name: 'term_sign', width: 1, value: 'negative' }]),
      ],
    },
  ];
}
