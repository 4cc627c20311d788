import type { TensorProto_DataType } from 'onnx-buf';
import type * as ort from 'onnxruntime-node';
import { UserError } from '../../../gen/base/errors.js';
import type { OnnxModel } from '../onnx/model.js';
import { type Cut, cutNetwork, type Segment, segmentModel } from '../onnx/segments.js';
import { load, runSession } from '../onnx/session.js';
import { floatsOf, floatValue, typeNumber, type Value, type Values } from '../onnx/value.js';
import { epilogueOf } from '../products/epilogue.js';
import { operandsOf } from '../products/product.js';
import type { RunnableLayer } from '../quantise/plan.js';
import { type Multiply, runLayer } from './product.js';

/** A quantised network whose products something else than ONNX Runtime computes. */
export interface SplitNetwork {
  /** The network's outputs for a batch. */
  run(inputs: Values, multiply: Multiply): Promise<Values>;
  close(): Promise<void>;
}

/** A product to cut the network at. */
interface LayerCut extends Cut {
  readonly layer: RunnableLayer;
}

/**
 * A network cut at the products of a plan: what lies between them runs in ONNX Runtime in float32, the products
 * themselves in integers.
 */
export function splitNetwork(model: OnnxModel, layers: readonly RunnableLayer[]): SplitNetwork {
  const segments = cutNetwork(model, layers.map(cutOf));
  const lastUse = lastUses(segments, model);
  const sessions = new Map<Segment, ort.InferenceSession>();

  const session = async (segment: Segment, values: Values): Promise<ort.InferenceSession> => {
    const found = sessions.get(segment);
    if (found) return found;
    const typeOf = (name: string): TensorProto_DataType => {
      const type = typeNumber((values.get(name) as Value).type);
      if (type === undefined) throw new UserError(`${model.name}: tensor ${name} has an unsupported type`);
      return type;
    };
    const opened = await load(segmentModel(model, segment, typeOf), `a part of ${model.name}`);
    sessions.set(segment, opened);
    return opened;
  };

  return {
    run: async (inputs, multiply) => {
      const values = new Map(inputs);
      for (const [i, segment] of segments.entries()) {
        if (segment.outputs.length > 0) {
          const feeds = new Map(segment.inputs.map((name) => [name, values.get(name) as Value]));
          const results = await runSession(await session(segment, values), feeds, segment.outputs, model.name);
          for (const [name, value] of results) values.set(name, value);
        }
        for (const { layer, result } of segment.cuts) {
          values.set(result, floatValue(await runLayer(layer, (name) => floatsOf(values.get(name), name), multiply)));
        }
        for (const name of [...values.keys()]) if ((lastUse.get(name) ?? -1) <= i) values.delete(name);
      }
      return new Map(model.outputs.map((name) => [name, values.get(name) as Value]));
    },
    close: async () => {
      for (const opened of sessions.values()) await opened.release();
    },
  };
}

function cutOf(layer: RunnableLayer): LayerCut {
  const { product, second, correction } = layer;
  const { sums, nodes, constants } = epilogueOf(
    product,
    second.kind === 'weights' ? second.weights.shape.length : 0,
    correction,
  );
  return {
    output: product.node.output[0] as string,
    reads: operandsOf(product),
    result: sums,
    nodes,
    constants,
    layer,
  };
}

/** The last segment that reads each tensor, so that memory is freed. */
function lastUses(segments: readonly Segment[], { outputs }: OnnxModel): Map<string, number> {
  const last = new Map<string, number>();
  for (const [i, { inputs, cuts }] of segments.entries()) {
    for (const name of [...inputs, ...cuts.flatMap(({ reads }) => reads)]) last.set(name, i);
  }
  for (const name of outputs) last.set(name, Number.POSITIVE_INFINITY);
  return last;
}
