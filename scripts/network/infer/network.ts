import { TensorProto_DataType } from 'onnx-buf';
import type * as ort from 'onnxruntime-node';
import { UserError } from '../../../gen/base/errors.js';
import type { OnnxModel } from '../onnx/model.js';
import { cutAtProducts, type Segment, segmentModel } from '../onnx/segments.js';
import { load, loadRuntime } from '../onnx/session.js';
import type { FloatTensor } from '../onnx/tensor.js';
import type { RunnableLayer } from '../quantise/plan.js';
import { type Multiply, runLayer } from './product.js';

/** A quantised network whose products something else than ONNX Runtime computes. */
export interface SplitNetwork {
  /** The network's first output for a batch. */
  run(input: FloatTensor, multiply: Multiply): Promise<FloatTensor>;
  close(): Promise<void>;
}

const ELEMENT_TYPES: Readonly<Record<string, TensorProto_DataType>> = {
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
  bool: TensorProto_DataType.BOOL,
  uint8: TensorProto_DataType.UINT8,
  int8: TensorProto_DataType.INT8,
};

/**
 * A network cut at the products of a plan: what lies between them runs in ONNX Runtime in float32, the products
 * themselves in integers.
 */
export function splitNetwork(model: OnnxModel, layers: readonly RunnableLayer[]): SplitNetwork {
  const segments = cutAtProducts(
    model,
    layers.map(({ product }) => product),
  );
  const layerOf = new Map(layers.map((layer) => [layer.product, layer]));
  const lastUse = lastUses(segments, model);
  const sessions = new Map<Segment, ort.InferenceSession>();

  const session = async (segment: Segment, values: ReadonlyMap<string, ort.Tensor>): Promise<ort.InferenceSession> => {
    const found = sessions.get(segment);
    if (found) return found;
    const typeOf = (name: string): TensorProto_DataType => {
      const type = ELEMENT_TYPES[values.get(name)?.type ?? ''];
      if (type === undefined) throw new UserError(`${model.name}: tensor ${name} has an unsupported type`);
      return type;
    };
    const opened = await load(segmentModel(model, segment, typeOf), `a part of ${model.name}`);
    sessions.set(segment, opened);
    return opened;
  };

  return {
    run: async (input, multiply) => {
      const { Tensor } = await loadRuntime();
      const values = new Map<string, ort.Tensor>([
        [model.input.name, new Tensor('float32', input.data, input.shape) as ort.Tensor],
      ]);
      for (const [i, segment] of segments.entries()) {
        if (segment.outputs.length > 0) {
          const feeds = Object.fromEntries(segment.inputs.map((name) => [name, values.get(name) as ort.Tensor]));
          const results = await (await session(segment, values)).run(feeds, [...segment.outputs]);
          for (const name of segment.outputs) values.set(name, results[name] as ort.Tensor);
        }
        for (const product of segment.products) {
          const layer = layerOf.get(product) as RunnableLayer;
          const result = await runLayer(model, layer, (name) => floats(values, name), multiply);
          values.set(product.node.output[0] as string, new Tensor('float32', result.data, result.shape));
        }
        for (const name of [...values.keys()]) if ((lastUse.get(name) ?? -1) <= i) values.delete(name);
      }
      return floats(values, model.outputs[0] as string);
    },
    close: async () => {
      for (const opened of sessions.values()) await opened.release();
    },
  };
}

function floats(values: ReadonlyMap<string, ort.Tensor>, name: string): FloatTensor {
  const tensor = values.get(name);
  if (!tensor) throw new Error(`nothing has computed ${name}`);
  return { shape: tensor.dims, data: tensor.data as Float32Array };
}

/** The last segment that reads each tensor, so that memory is freed. */
function lastUses(segments: readonly Segment[], { outputs }: OnnxModel): Map<string, number> {
  const last = new Map<string, number>();
  for (const [i, { inputs, products }] of segments.entries()) {
    for (const name of inputs) last.set(name, i);
    for (const { activation, second } of products) for (const name of [activation, second.tensor]) last.set(name, i);
  }
  for (const name of outputs) last.set(name, Number.POSITIVE_INFINITY);
  return last;
}
