import { clone } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema } from 'onnx-buf';
import type * as ort from 'onnxruntime-node';
import { UserError } from '../../../gen/base/errors.js';
import { loadPackage } from '../../../gen/base/package.js';
import { valueInfo } from './make.js';
import { type OnnxModel, writeModel } from './model.js';
import type { Value, Values } from './value.js';

/** ONNX Runtime. @throws UserError (exit code 3) when it is not installed. */
export const loadRuntime = () => loadPackage('onnxruntime-node', () => import('onnxruntime-node'));

/** A network in ONNX Runtime. */
export interface Session {
  /** Runs once; the tensors asked for by name, the network's outputs if none. */
  run(inputs: Values): Promise<Values>;
  close(): Promise<void>;
}

/**
 * Opens a network for running.
 *
 * @param extra Tensors inside of the network to deliver besides its outputs.
 * @throws UserError with ONNX Runtime's words when it cannot load or run the network.
 */
export async function openSession(model: OnnxModel, extra: readonly string[] = []): Promise<Session> {
  const { outputs } = model;
  const known = new Set([...model.inputs.map(({ name }) => name), ...outputs]);
  return open(model, [...outputs, ...extra.filter((name) => !known.has(name))], true);
}

/** Opens a network for the tensors inside of it alone: its outputs are neither delivered nor kept. */
export function openInside(model: OnnxModel, tensors: readonly string[]): Promise<Session> {
  const given = new Set(model.inputs.map(({ name }) => name));
  return open(
    model,
    tensors.filter((name) => !given.has(name)),
    false,
  );
}

async function open(model: OnnxModel, fetches: readonly string[], keepOutputs: boolean): Promise<Session> {
  if (fetches.length === 0) return { run: async () => new Map(), close: async () => {} };
  const session = await load(withOutputs(model, fetches, keepOutputs), model.name);
  return {
    run: (inputs) => runSession(session, inputs, fetches, model.name),
    close: () => session.release(),
  };
}

/** Runs what `load` has loaded. @throws UserError with ONNX Runtime's words. */
export async function runSession(
  session: ort.InferenceSession,
  inputs: Values,
  fetches: readonly string[],
  name: string,
): Promise<Values> {
  const { Tensor } = await loadRuntime();
  const feeds = Object.fromEntries(
    [...inputs].map(([input, { type, data, shape }]) => [input, new Tensor(type, data as never, shape) as ort.Tensor]),
  );
  const results = await attempt(
    () => `${name} cannot run on ${givenText(inputs)}`,
    () => session.run(feeds, [...fetches]),
  );
  return new Map(fetches.map((fetch) => [fetch, resultOf(results[fetch] as ort.Tensor)]));
}

/** Inputs of a run with their types, sizes and, of integers, the least and the greatest. */
function givenText(inputs: Values): string {
  const text = ([name, { type, shape, data }]: [string, Value]): string => {
    const sizes = shape.length === 0 ? 'a single number' : shape.join(' x ');
    if (!type.includes('int') || data.length === 0) return `${name} (${type}, ${sizes})`;
    let [least, greatest] = [data[0], data[0]] as [number, number];
    for (const each of data as Int32Array) {
      if (each < least) least = each;
      if (each > greatest) greatest = each;
    }
    return `${name} (${type}, ${sizes}, ${least} to ${greatest})`;
  };
  return [...inputs].map(text).join(', ');
}

const resultOf = ({ type, dims, data }: ort.Tensor): Value => ({ type, shape: dims, data });

/**
 * Networks that round to integers by themselves are run as they are written; otherwise ONNX Runtime puts integer products
 * in the place of theirs, which saturate on some processors. Threads do not wait busily: much happens between runs.
 */
const SETTINGS = { session: { disable_quant_qdq: '1', intra_op: { allow_spinning: '0' } } };

export async function load(bytes: Uint8Array, name: string): Promise<ort.InferenceSession> {
  const options = { logSeverityLevel: 4 as const, executionProviders: ['cpu'], extra: SETTINGS };
  const { InferenceSession } = await loadRuntime();
  return attempt(
    () => `ONNX Runtime cannot load ${name}`,
    () => InferenceSession.create(bytes, options),
  );
}

async function attempt<T>(what: () => string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new UserError(`${what()}: ${(error as Error).message}`);
  }
}

function withOutputs({ proto }: OnnxModel, names: readonly string[], keep: boolean): Uint8Array {
  const graph = proto.graph as GraphProto;
  const own = new Set(graph.output.map(({ name }) => name));
  const same = keep && names.length === own.size;
  if (same) return writeModel(proto);
  const copy = clone(ModelProtoSchema, proto);
  const to = copy.graph as GraphProto;
  if (!keep) to.output = to.output.filter(({ name }) => names.includes(name));
  const kept = new Set(to.output.map(({ name }) => name));
  to.output.push(...names.filter((name) => !kept.has(name)).map((name) => valueInfo(name)));
  return writeModel(copy);
}

/** Element types of tensors inside of a network, as ONNX Runtime infers them. */
export async function tensorTypes(model: OnnxModel, tensors: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (tensors.length === 0) return new Map();
  const session = await load(withOutputs(model, tensors, false), model.name);
  try {
    return new Map(session.outputMetadata.flatMap((item) => (item.isTensor ? [[item.name, item.type] as const] : [])));
  } finally {
    await session.release();
  }
}
