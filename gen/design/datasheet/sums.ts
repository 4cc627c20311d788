import type { SumCase } from '../../rtl/accumulator.js';
import type { BlockArithmetic } from '../../rtl/blocks/arithmetic.js';
import { scaleLayout } from '../../rtl/blocks/scale.js';
import type { Design } from '../../rtl/design.js';
import { exactLength } from '../../rtl/float/core.js';
import { markdownTable } from './markdown.js';

/** What the accumulators hold: of the integer PE with the reason for their width. */
export function sums(design: Design) {
  if (design.blocks) return blockSums(design, design.blocks);
  return design.float ? floatSums(design, design.float) : integerSums(design);
}

function integerSums(design: Design) {
  const { accumulator, facts, partialSums } = design;
  const { bits, boundBits, wraps, provenK, cases, contributions } = accumulator;
  const certain = facts.sums.passRows
    ? 'The results hold every sum.'
    : `They hold every sum of up to ${provenK} products. A longer tile may wrap modulo 2^${bits}; nothing flags it.`;
  return {
    title: facts.sums.passRows ? 'Partial sums' : 'Accumulators',
    notes: [
      `${bits} bits, two's complement. All figures are in least steps of both types.`,
      ...cases.flatMap((each) => caseNotes(design, each)),
      `All sums together take ${boundBits} bits.`,
      ...(design.productBias > 0n
        ? [
            `In the PEs each product comes with ${design.productBias} on top, so that none is negative. ${biasEnd(design)}`,
          ]
        : []),
      wraps
        ? `**The results are narrower and wrap modulo 2^${bits}**, as asked for. Sums of up to ${provenK} products are certain to be right.`
        : certain,
    ],
    tables: [
      ...(partialSums.length > 0
        ? [
            'On their way down, partial sums are as wide as the products in them need:',
            '',
            ...markdownTable([['bits', 'PEs'], ...partialSums.map(({ bits, pes }) => [String(bits), String(pes)])]),
            '',
          ]
        : []),
      `What each type costs in bits (${cases.map((each) => `${termsName(design, each)} = ${each.terms}`).join(', 8 bits: ')}):`,
      '',
      ...markdownTable([
        ['port', 'type', 'values in least steps', 'bits if alone on the port', 'bits saved without it'],
        ...contributions.map(({ port, type, range, bitsAlone, bitsSaved }) => [
          design[port].role,
          type,
          `${range.least} .. ${range.greatest}`,
          String(bitsAlone),
          String(bitsSaved),
        ]),
      ]),
    ],
  };
}

function caseNotes(design: Design, each: SumCase): string[] {
  const { product, sum, terms, pairsOfRows } = each;
  const activation =
    design.accumulator.cases.length > 1 ? `an activation of ${pairsOfRows ? 8 : 4} bits` : 'an activation';
  return [
    `Products of ${activation} and a weight lie in ${product.least} .. ${product.greatest}, over all pairs of types. The sum of ${termsName(design, each)} = ${terms} of them lies in ${sum.least} .. ${sum.greatest}.`,
  ];
}

const termsName = ({ facts }: Design, { pairsOfRows }: Pick<SumCase, 'pairsOfRows'>): string =>
  pairsOfRows ? `${facts.sums.termsName}/2` : facts.sums.termsName;

function floatSums(
  { accumulator, largestProduct }: Design,
  { hasNan, hasInfinity, mayOverflow }: NonNullable<Design['float']>,
) {
  const { product, sum, terms } = accumulator;
  const exactK = exactLength(largestProduct);
  const specials = hasNan ? `, besides NaN${hasInfinity ? ' and infinities' : ''}` : '';
  return {
    title: 'Accumulators',
    notes: [
      'IEEE 754 binary32, 32 bits. `out_data_o` holds the bits of one number per column. All figures are in least steps of both types.',
      'A sum starts from +0. The products are added one by one, k = 0, 1, 2 ...; each addition is rounded once, to nearest, ties to even.',
      'Every result is bit for bit that of `sum = 0; for (k = 0; k < K; k++) sum = Math.fround(sum + a[k][r] * w[k][c]);`, for every K.',
      `Products lie in ${product.least} .. ${product.greatest}, over all pairs of types${specials}.`,
      `Sums are exact as long as none on the way exceeds 2^24 = 16777216 in magnitude${exactK > 0n ? `, so for certain up to K = ${exactK}` : ''}. Beyond, an addition errs by at most half a unit in the last place, 2^-24 of the sum.`,
      `The exact sum of maxK = ${terms} products lies in ${sum.least} .. ${sum.greatest}.`,
      mayOverflow
        ? '**A sum may reach infinity**: it does where it rounds beyond the largest number, (2 - 2^-23) * 2^127.'
        : `${hasInfinity ? 'Finite products never add up to infinity' : 'No sum reaches infinity'}, however long: a product changes a sum only up to about 2^25 times its own magnitude, which here lies below 2^128.`,
      ...(hasNan ? [nanNote(hasInfinity)] : []),
      'A zero product leaves a sum as it is, all 32 bits; so does an idle cycle. A sum is never -0, and never subnormal.',
    ],
    tables: [],
  };
}

/** Sums of blocks, and what they are added up in. */
function blockSums(design: Design, blocks: BlockArithmetic) {
  const { sums, elements, scales, termBits, specials } = blocks;
  const { bits, product, sum } = sums;
  const [nan, infinity] = [specials.a.nan || specials.w.nan, specials.a.infinity || specials.w.infinity];
  const factors = scales.fractionBits > 0 ? ' and times the significands of both scales' : '';
  return {
    title: 'Accumulators',
    notes: [
      `Products of a block are added up in ${bits} bits, two's complement, in least steps of both types. A product lies in ${product.least} .. ${product.greatest}, over all pairs of types; the sum of BLOCK = ${elements} of them in ${sum.least} .. ${sum.greatest}. So it is exact${factors === '' ? '' : `,${factors} too, in ${termBits} bits`}.`,
      'The accumulator is IEEE 754 binary32. A sum starts from +0. The sum of a block, times both scales and both element steps, is added to it; that is rounded once, to nearest, ties to even.',
      'Every result is a real number: the sum of what codes, element steps and scales stand for. Scales of tensors stay outside.',
      `A scale that is NaN makes the result NaN${nan ? ', and so does an element that is' : ''}. Every NaN is the quiet NaN 7fc00000, which stays to the end of the tile.`,
      ...(infinity
        ? ['Infinite elements make the result infinite. Zero times infinity and infinity less infinity are NaN.']
        : []),
      ...(blocks.overflows
        ? ['A sum that rounds beyond the largest number, (2 - 2^-23) * 2^127, is infinite.']
        : ['No finite scale leads to infinity.']),
      blocks.subnormal
        ? 'Sums below 2^-126 are subnormal numbers, and those that round to 0 keep their sign.'
        : 'No sum is subnormal or -0.',
      ...(design.config.lanes < elements ? [`The last block of a tile may be shorter: \`in_last_i\` ends it.`] : []),
    ],
    tables: [
      'What a scale becomes for the scalers:',
      '',
      ...markdownTable([
        ['scales', 'fields', 'bits'],
        ...(['a', 'w'] as const).map((port) => [
          `of the ${design[port].role} blocks, ${scales.name}`,
          `\`${scaleLayout(blocks[port])}\``,
          String(blocks[port].bits),
        ]),
      ]),
    ],
  };
}

const nanNote = (hasInfinity: boolean): string =>
  hasInfinity
    ? 'NaN, zero times infinity and infinity less infinity give the quiet NaN 7fc00000, which stays to the end of the tile. Infinity stays until its opposite or NaN comes.'
    : 'NaN gives the quiet NaN 7fc00000, which stays to the end of the tile.';

function biasEnd({ modules, accumulator }: Design): string {
  const correct = modules.find(({ name }) => name.endsWith('_correct'));
  return correct
    ? `\`${correct.name}\` takes it off the results.`
    : `On results it is a multiple of 2^${accumulator.bits}.`;
}
