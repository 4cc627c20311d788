import type { NodeProto } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import { integerOf, textOf } from '../onnx/nodes.js';
import { type Axis, type Contraction, stridesOf } from './contraction.js';

type Shape = readonly number[];
const misfit = (a: Shape, b: Shape): UserError =>
  new UserError(`shapes ${a.join(' x ')} and ${b.join(' x ')} do not fit`);

/** Matrices along leading dimensions, which broadcast; a vector is one row, or one column. */
export function matrixProduct(aShape: Shape, bShape: Shape, transposed = { a: false, b: false }): Contraction {
  const [aVector, bVector] = [aShape.length === 1, bShape.length === 1];
  if (aShape.length === 0 || bShape.length === 0) throw misfit(aShape, bShape);
  const [a, b] = [stridesOf(aShape), stridesOf(bShape)];
  const axis = (shape: Shape, strides: Shape, back: number) => ({
    size: shape.at(-back) as number,
    step: strides.at(-back) as number,
  });
  const aSteps = axis(aShape, a, aVector || !transposed.a ? 1 : 2);
  const bSteps = axis(bShape, b, bVector || transposed.b ? 1 : 2);
  const aRows = aVector ? undefined : axis(aShape, a, transposed.a ? 1 : 2);
  const bCols = bVector ? undefined : axis(bShape, b, transposed.b ? 2 : 1);
  if (aSteps.size !== bSteps.size) throw misfit(aShape, bShape);
  const [aLead, bLead] = [aShape.slice(0, -2), bShape.slice(0, -2)];
  const rank = Math.max(aLead.length, bLead.length);
  const lead = Array.from({ length: rank }, (_, i) => {
    const [sizeA = 1, sizeB = 1] = [aLead[aLead.length - rank + i], bLead[bLead.length - rank + i]];
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) throw misfit(aShape, bShape);
    return {
      size: sizeA === 1 ? sizeB : sizeA,
      a: sizeA === 1 ? 0 : (a[aLead.length - rank + i] as number),
      b: sizeB === 1 ? 0 : (b[bLead.length - rank + i] as number),
    };
  });
  const outShape = [...lead.map(({ size }) => size), ...(aRows ? [aRows.size] : []), ...(bCols ? [bCols.size] : [])];
  const out = stridesOf(outShape);
  return {
    batch: lead.map((each, i): Axis => ({ ...each, out: out[i] as number })),
    m: aRows ? [{ size: aRows.size, a: aRows.step, b: 0, out: out[rank] as number }] : [],
    k: [{ size: aSteps.size, a: aSteps.step, b: bSteps.step, out: 0 }],
    n: bCols ? [{ size: bCols.size, a: 0, b: bCols.step, out: 1 }] : [],
    outShape,
    channelDims: {
      a: [...dimsWith(lead, 'a'), ...(aRows ? [rank] : [])],
      b: [...dimsWith(lead, 'b'), ...(bCols ? [outShape.length - 1] : [])],
    },
  };
}

const dimsWith = (lead: readonly { a: number; b: number }[], operand: 'a' | 'b'): number[] =>
  lead.flatMap((each, i) => (each[operand] === 0 ? [] : [i]));

/** Which operands of a node lie with their last two dimensions exchanged. */
export const transposition = (node: NodeProto) => ({
  a: integerOf(node, 'transA', 0) !== 0,
  b: integerOf(node, 'transB', 0) !== 0,
});

/** The letters of an equation of Einsum with two operands. */
interface Equation {
  readonly a: string;
  readonly b: string;
  readonly out: string;
}

/**
 * The equation of an Einsum that is a matrix product.
 *
 * @returns Why it is none where it is none.
 */
export function equationOf(node: NodeProto): Equation | string {
  const text = textOf(node, 'equation', '').replace(/\s/g, '');
  const [left = '', given] = text.split('->');
  const [a, b, ...more] = left.split(',');
  if (a === undefined || b === undefined || more.length > 0) return `${text} has not two operands`;
  if (!/^[A-Za-z]*$/.test(a + b + (given ?? ''))) return `${text} leaves dimensions open (...)`;
  const counts = (letter: string): number => [...(a + b)].filter((each) => each === letter).length;
  const out =
    given ??
    [...new Set(a + b)]
      .filter((letter) => counts(letter) === 1)
      .sort()
      .join('');
  for (const operand of [a, b, out]) {
    if (new Set(operand).size !== operand.length) return `${text} takes a diagonal`;
  }
  for (const [own, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const alone = [...own].find((letter) => !other.includes(letter) && !out.includes(letter));
    if (alone !== undefined) return `${text} adds up ${alone} of one operand alone`;
  }
  return { a, b, out };
}

/** @throws UserError for an equation that is no matrix product, and for shapes that do not fit it. */
export function einsum(node: NodeProto, aShape: Shape, bShape: Shape): Contraction {
  const equation = equationOf(node);
  if (typeof equation === 'string') throw new UserError(equation);
  const { a, b, out } = equation;
  if (a.length !== aShape.length || b.length !== bShape.length) throw misfit(aShape, bShape);
  const sizeOf = (letter: string): number => {
    const [own, other] = [aShape[a.indexOf(letter)], bShape[b.indexOf(letter)]];
    if (own !== undefined && other !== undefined && own !== other && own !== 1 && other !== 1)
      throw misfit(aShape, bShape);
    return own === undefined || own === 1 ? (other ?? own ?? 1) : own;
  };
  const outShape = [...out].map(sizeOf);
  const step = (letters: string, shape: Shape, letter: string): number => {
    const at = letters.indexOf(letter);
    return at < 0 || shape[at] === 1 ? 0 : (stridesOf(shape)[at] as number);
  };
  const axis = (letter: string): Axis => ({
    size: sizeOf(letter),
    a: step(a, aShape, letter),
    b: step(b, bShape, letter),
    out: step(out, outShape, letter),
  });
  const inAll = (letter: string): boolean => a.includes(letter) && b.includes(letter);
  return {
    batch: [...out].filter(inAll).map(axis),
    m: [...a].filter((letter) => !b.includes(letter)).map(axis),
    k: [...a].filter((letter) => b.includes(letter) && !out.includes(letter)).map(axis),
    n: [...b].filter((letter) => !a.includes(letter)).map(axis),
    outShape,
    channelDims: { a: placesIn(out, a), b: placesIn(out, b) },
  };
}

const placesIn = (out: string, own: string): number[] =>
  [...out].flatMap((letter, i) => (own.includes(letter) ? [i] : []));
