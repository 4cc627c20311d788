import { clone } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema } from 'onnx-buf';
import { makeNode } from './make.js';
import type { OnnxModel } from './model.js';
import { openInside, tensorTypes } from './session.js';
import { numbersOf, type Values } from './value.js';

/** What is known of a tensor without its elements. */
export interface TensorFacts {
  /** ONNX Runtime's name of the element type. */
  readonly type: string;
  readonly shape: readonly number[];
}

/** Element types and shapes that tensors inside of a network have for some inputs; the elements are not kept. */
export async function probe(
  model: OnnxModel,
  inputs: Values,
  tensors: readonly string[],
): Promise<ReadonlyMap<string, TensorFacts>> {
  const facts = new Map<string, TensorFacts>([...inputs].map(([name, { type, shape }]) => [name, { type, shape }]));
  const inside = [...new Set(tensors)].filter((name) => !inputs.has(name));
  const types = await tensorTypes(model, inside);
  const kept = inside.filter((name) => types.has(name));
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  const shapeName = (name: string): string => `${name}__shape`;
  graph.node.push(...kept.map((name) => makeNode('Shape', [name], shapeName(name))));
  const session = await openInside({ ...model, proto, graph }, kept.map(shapeName));
  try {
    const shapes = await session.run(inputs);
    for (const name of kept) {
      const shape = shapes.get(shapeName(name));
      if (shape) facts.set(name, { type: types.get(name) as string, shape: [...(numbersOf(shape) ?? [])] });
    }
  } finally {
    await session.close();
  }
  return facts;
}
