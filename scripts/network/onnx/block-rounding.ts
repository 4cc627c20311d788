import { type NodeProto, type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { blockTies, elementStep, largestElement } from '../../../gen/numerics/blocks/block-codec.js';
import { floorLog2, type ScaleFormat } from '../../../gen/numerics/blocks/scale-format.js';
import { decisionBoundaries, levels } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { type BlockGrid, placesOfBlocks } from './block-grid.js';
import { makeNode } from './make.js';
import { type Nodes, nearestNodes } from './rounding.js';
import { doubleProto, floatProto, int64Proto } from './tensor.js';

/** From this operator set on, the dimensions of a reduction are an input. */
const AXES_AS_INPUT = 18;
/** Adding and taking off this much rounds what is below to a whole number, ties to even. */
const ROUNDING = 2 ** 52;
/** The exponents of binary32, subnormal numbers included. */
const [LEAST_EXPONENT, GREATEST_EXPONENT] = [-149, 127];

const { DOUBLE, FLOAT, INT32 } = TensorProto_DataType;

/** How a tensor is rounded in blocks. */
export interface BlockRounding {
  readonly type: NumericType;
  /** Element step times tensor scale. */
  readonly scale: number;
  readonly blocks: BlockGrid;
  /** Operator set of the network. */
  readonly opset: number;
}

/** What nodes are made with: they and their constants are collected. */
interface Builder {
  /** A node of the given inputs, and what its result is called. */
  node(op: string, input: readonly string[], part: string, integers?: Readonly<Record<string, number>>): string;
  constant(part: string, value: number | readonly number[]): string;
}

/**
 * What computes `output`, in float32, from the tensor `input`: scales from the largest magnitudes of blocks by the rule of their
 * format, and every element the float32 nearest to the codec's value. All arithmetic is in doubles and exact, or rounded
 * as the codec rounds. Blocks with a number that is not finite are NaN.
 */
export function blockRoundingNodes(input: string, output: string, rounding: BlockRounding): Nodes {
  const { type, scale, blocks, opset } = rounding;
  const nodes: NodeProto[] = [];
  const constants: TensorProto[] = [];
  const at = (part: string): string => `${output}__${part}`;
  const builder: Builder = {
    node: (op, inputs, part, integers) => {
      nodes.push(makeNode(op, inputs, at(part), integers));
      return at(part);
    },
    constant: (part, value) => {
      constants.push(doubleProto(at(part), value));
      return at(part);
    },
  };
  const { node, constant } = builder;
  const places = placesOfBlocks(blocks);
  const full = sameLength(places);
  constants.push(
    int64Proto(at('places'), full.flat(), [full.length, full[0]?.length ?? 0]),
    int64Proto(at('blocks'), blockOfPlaces(places)),
  );
  const reduced = (op: string, from: string, part: string): string => {
    const axis = blocks.axis + 1;
    const inBlocks = node('Gather', [from, at('places')], `${part}_of`, { axis: blocks.axis });
    if (opset >= AXES_AS_INPUT) {
      constants.push(int64Proto(at(`${part}_axes`), [axis]));
      return node(op, [inBlocks, at(`${part}_axes`)], part, { keepdims: 0 });
    }
    nodes.push(makeNode(op, [inBlocks], at(part), { keepdims: 0, axes: [axis] }));
    return at(part);
  };

  const float = node('Cast', [input], 'float', { to: FLOAT });
  const double = node('Cast', [input], 'double', { to: DOUBLE });
  const magnitude = node('Abs', [float], 'magnitude');
  const most = node('Cast', [reduced('ReduceMax', magnitude, 'largest')], 'most', { to: DOUBLE });
  constants.push(floatProto(at('zero'), { shape: [], data: Float32Array.of(0) }));
  // 0, or NaN in a block with a number that is not finite.
  const nothing = reduced('ReduceL1', node('Mul', [float, at('zero')], 'nothing_each'), 'nothing');
  const finite = scaleNodes(most, largestElement(type) * blocks.tensorScale, blocks.scales, builder);
  const scales = node('Add', [finite, node('Cast', [nothing], 'nothing_double', { to: DOUBLE })], 'scales');
  const steps = node('Mul', [scales, constant('unit', scale)], 'steps');
  const step = node('Gather', [steps, at('blocks')], 'step', { axis: blocks.axis });
  const quotient = node('Div', [double, step], 'quotient');
  const nearest = nearestNodes(quotient, at('value'), {
    boundaries: boundariesOf(type),
    values: levels(type).map(({ value }) => Number(value)),
    proto: doubleProto,
  });
  nodes.push(...nearest.nodes);
  constants.push(...nearest.constants);
  const real = node('Mul', [at('value'), step], 'real');
  nodes.push(makeNode('Cast', [real], output, { to: FLOAT }));
  return { nodes, constants };
}

/** Element step times tensor scale, in which blocks' scales count. */
export const unitOf = (type: NumericType, tensorScale: number): number => elementStep(type) * tensorScale;

/** The places of blocks, the last one repeated where a block is shorter. */
function sameLength(places: readonly (readonly number[])[]): number[][] {
  const longest = Math.max(...places.map(({ length }) => length));
  return places.map((own) => Array.from({ length: longest }, (_, i) => own[Math.min(i, own.length - 1)] as number));
}

/** The block of every place. */
function blockOfPlaces(places: readonly (readonly number[])[]): number[] {
  const of: number[] = [];
  for (const [block, own] of places.entries()) for (const place of own) of[place] = block;
  return of;
}

/** Decision boundaries with the rule for ties of blocks: where a tie goes down, the boundary is the next double above. */
function boundariesOf(type: NumericType): number[] {
  const codes = levels(type).map(({ code }) => code);
  const even = blockTies(type) === 'even';
  return decisionBoundaries(type).map((boundary, i) =>
    even && (codes[i] as number) % 2 === 0 ? nextAbove(boundary) : boundary,
  );
}

const word = new Float64Array(1);
const wordBits = new BigInt64Array(word.buffer);

/** The least double above a finite one. */
export function nextAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  word[0] = value;
  wordBits[0] = (wordBits[0] as bigint) + (value > 0 ? 1n : -1n);
  return word[0] as number;
}

/** The scales of blocks from their largest magnitudes: `scaleOf` of the format, decoded. */
function scaleNodes(most: string, largest: number, format: ScaleFormat, builder: Builder): string {
  const { node, constant } = builder;
  const [least, greatest] = [constant('least', format.decode(format.least)), constant('greatest', format.largest)];
  const within = (from: string): string => node('Min', [node('Max', [from, least], 'atleast'), greatest], 'within');
  if (format.fractionBits === 0) {
    const power = powerNodes(most, LEAST_EXPONENT, GREATEST_EXPONENT, builder);
    return within(node('Mul', [power, constant('shift', 2 ** -floorLog2(largest))], 'shifted'));
  }
  const wanted = node('Div', [most, constant('largest_element', largest)], 'wanted');
  const limited = node('Min', [wanted, greatest], 'limited');
  const leastNormal = format.stepExponent + format.fractionBits;
  const power = powerNodes(limited, leastNormal, floorLog2(format.largest), builder);
  const unit = node('Mul', [power, constant('fraction', 2 ** -format.fractionBits)], 'scale_unit');
  const significand = node('Div', [limited, unit], 'significand');
  const raised = node('Add', [significand, constant('rounding', ROUNDING)], 'raised');
  const whole = node('Sub', [raised, constant('rounded', ROUNDING)], 'whole');
  return within(node('Mul', [whole, unit], 'scaled'));
}

/** The largest powers of two that numbers are not below, within the exponents: the least for what is below. */
function powerNodes(from: string, least: number, greatest: number, { node, constant }: Builder): string {
  let power = constant('power', 2 ** least);
  for (let step = 2 ** Math.floor(Math.log2(greatest - least)); step >= 1; step /= 2) {
    const probe = node('Mul', [power, constant(`by_${step}`, 2 ** step)], `probe_${step}`);
    const below = node('Cast', [node('Less', [from, probe], `below_${step}`)], `index_${step}`, { to: INT32 });
    const factor = node('Gather', [constant(`factors_${step}`, [2 ** step, 1]), below], `factor_${step}`, { axis: 0 });
    power = node('Mul', [power, factor], `power_${step}`);
  }
  return power;
}
