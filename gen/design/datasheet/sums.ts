import type { SumCase } from '../../rtl/accumulator.js';
import type { Design } from '../../rtl/design.js';
import { exactLength } from '../../rtl/float/core.js';
import { markdownTable } from './markdown.js';

/** What the accumulators hold: of the integer PE with the reason for their width. */
export function sums(design: Design) {
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
