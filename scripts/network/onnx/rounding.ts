import { type NodeProto, type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { decisionBoundaries, levels } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { makeNode } from './make.js';
import { doubleProto, floatProto, int32Proto } from './tensor.js';

/** Beyond this many half steps between a type's ends, values are found by comparing instead of from a table. */
const TABLE_LIMIT = 2 ** 16;

/** How a tensor is rounded: divided by the scale, to the nearest value of the type, times the step. */
export interface RoundingTo {
  readonly type: NumericType;
  readonly scale: number;
  readonly step: number;
}

/** Nodes of a network and the constants that they read. */
export interface Nodes {
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly TensorProto[];
}

/** What computes `output`, in float32, from the tensor `input` of any type of numbers. */
export function roundingNodes(input: string, output: string, to: RoundingTo): Nodes {
  const values = levels(to.type).map(({ value }) => Number(value));
  const halfSteps = 2 * ((values.at(-1) as number) - (values[0] as number));
  return halfSteps < TABLE_LIMIT ? tableNodes(input, output, to, values) : searchNodes(input, output, to, values);
}

/** Every decision boundary is a whole number of half steps: the half step an element lies in tells its value. */
function tableNodes(
  input: string,
  output: string,
  { type, scale, step }: RoundingTo,
  values: readonly number[],
): Nodes {
  const low = 2 * (values[0] as number);
  const high = 2 * (values.at(-1) as number);
  const boundaries = decisionBoundaries(type);
  let level = 0;
  const table = Float32Array.from({ length: high - low + 1 }, (_, i) => {
    while (level < boundaries.length && 2 * (boundaries[level] as number) <= low + i) level++;
    return (values[level] as number) * step;
  });
  const at = (part: string): string => `${output}__${part}`;
  return {
    // Half the scale is exact, so the quotient is exactly twice the codec's.
    constants: [
      doubleProto(at('halfstep'), scale / 2),
      doubleProto(at('low'), low),
      doubleProto(at('high'), high),
      floatProto(at('table'), { shape: [table.length], data: table }),
    ],
    nodes: [
      makeNode('Cast', [input], at('double'), { to: TensorProto_DataType.DOUBLE }),
      makeNode('Div', [at('double'), at('halfstep')], at('quotient')),
      makeNode('Floor', [at('quotient')], at('floor')),
      makeNode('Max', [at('floor'), at('low')], at('atleast')),
      makeNode('Min', [at('atleast'), at('high')], at('clipped')),
      makeNode('Sub', [at('clipped'), at('low')], at('offset')),
      makeNode('Cast', [at('offset')], at('index'), { to: TensorProto_DataType.INT32 }),
      makeNode('Gather', [at('table'), at('index')], output, { axis: 0 }),
    ],
  };
}

/** A binary search for the value among the boundaries, a level of it after the other. */
function searchNodes(
  input: string,
  output: string,
  { type, scale, step }: RoundingTo,
  values: readonly number[],
): Nodes {
  const at = (part: string): string => `${output}__${part}`;
  const nearest = nearestNodes(at('quotient'), output, {
    boundaries: decisionBoundaries(type),
    values: values.map((value) => value * step),
    proto: (name, padded) => floatProto(name, { shape: [padded.length], data: Float32Array.from(padded) }),
  });
  return {
    constants: [doubleProto(at('step'), scale), ...nearest.constants],
    nodes: [
      makeNode('Cast', [input], at('double'), { to: TensorProto_DataType.DOUBLE }),
      makeNode('Div', [at('double'), at('step')], at('quotient')),
      ...nearest.nodes,
    ],
  };
}

/** What `nearestNodes` chooses among. */
interface Among {
  /** Rising; a number is above those that it is not less than. */
  readonly boundaries: readonly number[];
  /** One more: element n for a number above n boundaries. */
  readonly values: readonly number[];
  /** Makes a tensor of such values. */
  readonly proto: (name: string, values: readonly number[]) => TensorProto;
}

/** What finds a value for each double of a tensor, by its place among boundaries; for NaN the last one. */
export function nearestNodes(quotient: string, output: string, { boundaries, values, proto }: Among): Nodes {
  const at = (part: string): string => `${output}__${part}`;
  const size = 2 ** Math.ceil(Math.log2(values.length));
  const padded = Array.from({ length: size - 1 }, (_, i) => boundaries[i] ?? Number.POSITIVE_INFINITY);
  const table = Array.from({ length: size }, (_, i) => (values[i] ?? values.at(-1)) as number);
  const { INT32 } = TensorProto_DataType;
  const constants = [doubleProto(at('boundaries'), padded), proto(at('table'), table)];
  const nodes: NodeProto[] = [];
  // Indices of the input's shape, all zero: a comparison that holds nowhere.
  let index = at('zero');
  nodes.push(
    makeNode('Less', [quotient, quotient], at('never')),
    makeNode('Cast', [at('never')], index, { to: INT32 }),
  );
  for (let half = size / 2; half >= 1; half /= 2) {
    const here = (part: string): string => at(`${part}${half}`);
    constants.push(int32Proto(here('ahead'), half - 1), int32Proto(here('half'), half));
    nodes.push(
      makeNode('Add', [index, here('ahead')], here('probe')),
      makeNode('Gather', [at('boundaries'), here('probe')], here('boundary'), { axis: 0 }),
      makeNode('Less', [quotient, here('boundary')], here('below')),
      makeNode('Not', [here('below')], here('reached')),
      makeNode('Cast', [here('reached')], here('one'), { to: INT32 }),
      makeNode('Mul', [here('one'), here('half')], here('advance')),
      makeNode('Add', [index, here('advance')], here('index')),
    );
    index = here('index');
  }
  nodes.push(makeNode('Gather', [at('table'), index], output, { axis: 0 }));
  return { nodes, constants };
}
