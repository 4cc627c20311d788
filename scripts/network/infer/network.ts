import type { NodeProto, TensorProto_DataType } from 'onnx-buf';
import type * as ort from 'onnxruntime-node';
import { UserError } from '../../../gen/base/errors.js';
import type { OnnxModel } from '../onnx/model.js';
import { readsOf, scanOf } from '../onnx/nodes.js';
import { type Cut, cutNetwork, type Segment, segmentModel } from '../onnx/segments.js';
import { load, runSession } from '../onnx/session.js';
import { floatsOf, floatValue, typeNumber, type Value, type Values } from '../onnx/value.js';
import { epilogueOf } from '../products/epilogue.js';
import { operandsOf } from '../products/product.js';
import type { RunnableLayer } from '../quantise/plan.js';
import { runLoop } from './loop.js';
import { type Multiply, runLayer } from './product.js';

/** A quantised network whose products something else than ONNX Runtime computes. */
export interface SplitNetwork {
  /** The network's outputs for a batch. */
  run(inputs: Values, multiply: Multiply): Promise<Values>;
  close(): Promise<void>;
}

/** A place to cut the network at. */
interface RunnableCut extends Cut {
  /** Its results, in their order. */
  run(values: Values, multiply: Multiply): Promise<readonly Value[]>;
  close(): Promise<void>;
}

/**
 * A network cut at the products of a plan: what lies between them runs in ONNX Runtime in float32, the products
 * themselves in integers. Loops with products inside are run step by step, each step cut in the same way.
 */
export function splitNetwork(model: OnnxModel, layers: readonly RunnableLayer[]): SplitNetwork {
  const loops = new Set(layers.flatMap(({ product: { within } }) => (within ? [within] : [])));
  const cuts = [
    ...layers.filter(({ product }) => !product.within).map(layerCut),
    ...[...loops].map((loop) =>
      loopCut(
        model,
        loop,
        layers.filter(({ product }) => product.within === loop),
      ),
    ),
  ];
  return splitAt(model, cuts);
}

function splitAt(model: OnnxModel, cuts: readonly RunnableCut[]): SplitNetwork {
  const segments = cutNetwork(model, cuts);
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
        for (const cut of segment.cuts) {
          const results = await cut.run(values, multiply);
          for (const [at, name] of cut.results.entries()) values.set(name, results[at] as Value);
        }
        for (const name of [...values.keys()]) if ((lastUse.get(name) ?? -1) <= i) values.delete(name);
      }
      return new Map(model.outputs.map((name) => [name, values.get(name) as Value]));
    },
    close: async () => {
      for (const opened of sessions.values()) await opened.release();
      for (const cut of cuts) await cut.close();
    },
  };
}

function layerCut(layer: RunnableLayer): RunnableCut {
  const { product, second, correction } = layer;
  const rank = second.kind === 'weights' ? second.weights.shape.length : 0;
  const { sums, nodes, constants } = epilogueOf(product, rank, correction);
  // Inside of a loop, the operand has the name that it has there.
  const inside = product.within && (product.node.input[0] as string);
  const operand = (values: Values, name: string) => floatsOf(values.get(inside ?? name), name);
  return {
    output: product.node.output[0] as string,
    reads: inside === undefined ? operandsOf(product) : [inside],
    results: [sums],
    nodes,
    constants,
    run: async (values, multiply) => [floatValue(await runLayer(layer, (name) => operand(values, name), multiply))],
    close: async () => {},
  };
}

/** A loop whose body is cut at its products. */
function loopCut(model: OnnxModel, node: NodeProto, layers: readonly RunnableLayer[]): RunnableCut {
  const loop = scanOf(node);
  if (!loop) throw new Error(`${node.name} is no loop`);
  const { body } = loop;
  const reads = readsOf(node).filter((name) => !model.constants.has(name));
  const captured = reads.filter((name) => !node.input.includes(name));
  const names = [...body.input.map(({ name }) => name), ...captured];
  const step = splitAt(
    {
      ...model,
      proto: { ...model.proto, graph: body },
      graph: body,
      constants: new Map([...model.constants, ...body.initializer.map((tensor) => [tensor.name, tensor] as const)]),
      inputs: names.map((name) => ({ name, type: 'float32' })),
      outputs: body.output.map(({ name }) => name),
    },
    layers.map(layerCut),
  );
  return {
    output: node.output[0] as string,
    reads,
    results: node.output,
    nodes: [],
    constants: [],
    run: (values, multiply) => {
      const outside = new Map(captured.map((name) => [name, values.get(name) as Value]));
      return runLoop(
        loop,
        node.input.map((name) => values.get(name) as Value),
        (inputs) => step.run(new Map([...outside, ...inputs]), multiply),
      );
    },
    close: () => step.close(),
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
