import { clone, create } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema, ValueInfoProtoSchema } from 'onnx-buf';
import type * as ort from 'onnxruntime-node';
import { UserError } from '../../../gen/base/errors.js';
import { loadPackage } from '../../../gen/base/package.js';
import { type OnnxModel, writeModel } from './model.js';
import type { FloatTensor } from './tensor.js';

/** ONNX Runtime. @throws UserError (exit code 3) when it is not installed. */
export const loadRuntime = () => loadPackage('onnxruntime-node', () => import('onnxruntime-node'));

/** A network in ONNX Runtime. */
export interface Session {
  /** Runs a batch; the tensors asked for by name, the network's outputs if none. */
  run(input: FloatTensor): Promise<ReadonlyMap<string, FloatTensor>>;
  close(): Promise<void>;
}

/**
 * Opens a network for running.
 *
 * @param extra Tensors inside of the network to deliver besides its outputs.
 * @throws UserError with ONNX Runtime's words when it cannot load or run the network.
 */
export async function openSession(model: OnnxModel, extra: readonly string[] = []): Promise<Session> {
  const { input, outputs } = model;
  const inside = extra.filter((name) => name !== input.name && !outputs.includes(name));
  const session = await load(withOutputs(model, inside), model.name);
  const fetches = [...outputs, ...inside];
  return {
    run: async (tensor) => {
      const { Tensor } = await loadRuntime();
      const feed = new Tensor('float32', tensor.data, tensor.shape);
      const results = await attempt(`${model.name} cannot run`, () => session.run({ [input.name]: feed }, fetches));
      return new Map(fetches.map((name) => [name, floats(results[name] as ort.Tensor, name)]));
    },
    close: () => session.release(),
  };
}

export async function load(bytes: Uint8Array, name: string): Promise<ort.InferenceSession> {
  const options = { logSeverityLevel: 4 as const, executionProviders: ['cpu'] };
  const { InferenceSession } = await loadRuntime();
  return attempt(`ONNX Runtime cannot load ${name}`, () => InferenceSession.create(bytes, options));
}

async function attempt<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new UserError(`${what}: ${(error as Error).message}`);
  }
}

function withOutputs({ proto }: OnnxModel, names: readonly string[]): Uint8Array {
  if (names.length === 0) return writeModel(proto);
  const copy = clone(ModelProtoSchema, proto);
  (copy.graph as GraphProto).output.push(...names.map((name) => create(ValueInfoProtoSchema, { name })));
  return writeModel(copy);
}

function floats({ data, dims, type }: ort.Tensor, name: string): FloatTensor {
  if (type !== 'float32') throw new UserError(`tensor ${name} holds ${type}, not floats`);
  return { shape: dims, data: data as Float32Array };
}
