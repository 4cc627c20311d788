import { clone, create } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema, type TensorProto, TensorProtoSchema } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import { plural } from '../../../gen/base/text-table.js';
import type { NetworkInput, OnnxModel } from './model.js';
import { bytesOf, elementCount } from './tensor.js';
import { elements, typeNumber } from './value.js';

/**
 * A network in which inputs have become constants.
 *
 * @param texts `name=value`, or values with commas between them; a single one fills its input.
 * @throws UserError for inputs that are not there, and values that they cannot have.
 */
export function fixInputs(model: OnnxModel, texts: readonly string[]): OnnxModel {
  if (texts.length === 0) return model;
  const tensors = new Map<string, TensorProto>();
  for (const text of texts) {
    const [name, values] = split(text);
    const input = model.inputs.find((each) => each.name === name);
    if (!input || values === undefined) {
      const names = model.inputs.map((each) => each.name).join(', ');
      throw new UserError(`--fix ${text}: give an input and its value, NAME=VALUE; the inputs are ${names}`);
    }
    if (tensors.has(name)) throw new UserError(`--fix ${text}: ${name} is fixed twice`);
    tensors.set(name, constantOf(input, values, text));
  }
  const inputs = model.inputs.filter(({ name }) => !tensors.has(name));
  if (inputs.length === 0) throw new UserError(`--fix: ${model.name} would have no input left`);
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  graph.input = graph.input.filter(({ name }) => !tensors.has(name));
  graph.initializer.push(...tensors.values());
  return { ...model, proto, graph, inputs, constants: new Map([...model.constants, ...tensors]) };
}

function split(text: string): [name: string, values: string | undefined] {
  const at = text.lastIndexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const WORDS: Readonly<Record<string, number>> = { true: 1, false: 0 };

function constantOf({ name, type, shape: declared }: NetworkInput, texts: string, text: string): TensorProto {
  const given = texts
    .split(',')
    .map((item) => (item.trim() === '' ? Number.NaN : (WORDS[item.trim()] ?? Number(item))));
  const shape = (declared ?? []).map((size) => size ?? (declared?.length === 1 ? given.length : undefined));
  if (shape.includes(undefined)) {
    throw new UserError(`--fix ${text}: a size of ${name} is open; give it by --shape`);
  }
  const sizes = shape as number[];
  const count = elementCount(sizes);
  if (given.length !== 1 && given.length !== count) {
    throw new UserError(
      `--fix ${text}: ${name} has ${plural(count, 'element')}, and ${plural(given.length, 'value')} are given`,
    );
  }
  const data = given.some((value) => !Number.isFinite(value))
    ? 0
    : elements(
        Float64Array.from({ length: count }, (_, i) => given[given.length === 1 ? 0 : i] as number),
        type,
      );
  const dataType = typeNumber(type);
  if (typeof data === 'number' || dataType === undefined || !ArrayBuffer.isView(data)) {
    throw new UserError(`--fix ${text}: ${name} takes ${type}; give numbers of that type`);
  }
  return create(TensorProtoSchema, { name, dataType, dims: sizes.map(BigInt), rawData: bytesOf(data) });
}
