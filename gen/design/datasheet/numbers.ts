import { elementStep } from '../../numerics/blocks/block-codec.js';
import { leastStep, realValues, stepExponent } from '../../numerics/real.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import type { BlockArithmetic } from '../../rtl/blocks/arithmetic.js';
import type { Design } from '../../rtl/design.js';
import { typesOf } from '../manifest.js';

/** Types with more codes than this are shown by their first and last values; all are in the manifest. */
const MOST_CODES = 64;

/** What the datasheet says of the values of codes, and of the real values of results. */
export function numbers(design: Design) {
  const types = typesOf(design);
  const [activations, weights] = [design.a, design.w].map(({ types, wideTypes }) => [...types, ...wideTypes]) as [
    NumericType[],
    NumericType[],
  ];
  const table = [
    ['activation \\ weight', ...weights.map(({ name }) => name)],
    ['---', ...weights.map(() => '---')],
    ...activations.map((a) => [a.name, ...weights.map((w) => powerText(stepExponent(a) + stepExponent(w)))]),
  ];
  return {
    types: types.map((type) => ({
      name: type.name,
      step: stepText(type),
      range: rangeText(type),
      values: valuesText(type),
    })),
    negativeZero: types.some((type) => realValues(type).includes('-0')),
    shortened: types.some((type) => 2 ** type.bits > MOST_CODES),
    /** Whether a result is anything else than the real sum. */
    stepped: types.some((type) => stepExponent(type) !== 0),
    ...(design.blocks ? blockNumbers(design.blocks, types) : {}),
    resultSteps: table.map((cells) => `| ${cells.join(' | ')} |`),
  };
}

/** The element steps of types, and what codes of scales stand for. */
function blockNumbers({ scales }: BlockArithmetic, types: readonly NumericType[]) {
  const least = powerText(Math.log2(scales.decode(scales.least)));
  const steps = [
    ['type', 'element step'],
    ['---', '---'],
    ...types.map((type) => [type.name, powerText(Math.log2(elementStep(type)))]),
  ];
  return {
    elementSteps: steps.map((cells) => `| ${cells.join(' | ')} |`),
    scales:
      scales.fractionBits === 0
        ? `Scales are ${scales.name} of OCP Microscaling: code c is 2^(c - ${-scales.stepExponent}), ${scales.nan} is NaN.`
        : `Scales are ${scales.name} as OCP has it, without sign: the least is ${least}, the largest ${scales.largest}, code 0 is 0; ${scales.nan} and codes with the sign set are NaN.`,
  };
}

/** How a result becomes a real number, in a sentence. */
export function resultUnit(design: Design): string {
  if (design.blocks) return 'A result is the real sum; scales of tensors stay outside ([Values](#values)).';
  return typesOf(design).some((type) => stepExponent(type) !== 0)
    ? 'Multiply a result by the least steps of both types for the real sum ([Values](#values)).'
    : 'A result is the real sum; scales stay outside ([Values](#values)).';
}

/** A power of two, and its value: `2^-9 = 0.001953125`. */
const powerText = (exponent: number): string => (exponent === 0 ? '1' : `2^${exponent} = ${2 ** exponent}`);

const stepText = (type: NumericType): string =>
  stepExponent(type) === 0 ? String(leastStep(type)) : powerText(stepExponent(type));

/** The least and the greatest number of a type. */
function rangeText(type: NumericType): string {
  const finite = realValues(type).map(Number).filter(Number.isFinite);
  return `${Math.min(...finite)} .. ${Math.max(...finite)}`;
}

/** The real values of all codes; of a type with many, of its first and last codes and, signed, of those in the middle. */
function valuesText(type: NumericType): string {
  const values = realValues(type);
  if (values.length <= MOST_CODES) return values.join(' ');
  const half = values.length / 2;
  return type.signed
    ? [...values.slice(0, 3), '...', ...values.slice(half - 1, half + 2), '...', values.at(-1)].join(' ')
    : [...values.slice(0, 3), '...', values.at(-1)].join(' ');
}
