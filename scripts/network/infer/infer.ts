import { EXIT, UserError } from '../../../gen/base/errors.js';
import { plural } from '../../../gen/base/text-table.js';
import { arrayInfoOf } from '../../../gen/design/array-info.js';
import { loadDesign, type Manifest } from '../../../gen/design/manifest.js';
import type { PortInfo } from '../../../gen/golden/reference.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { type ArraySimulator, openArraySimulator } from '../../verify/simulator.js';
import { requireNoBlocks } from '../matmul.js';
import type { OnnxModel } from '../onnx/model.js';
import type { Samples } from '../onnx/samples.js';
import { openSession } from '../onnx/session.js';
import { floatsOf, sameValue, type Value, type Values } from '../onnx/value.js';
import { decisions } from '../quantise/classify.js';
import { type FirstDimension, openFeed } from '../quantise/first-dimension.js';
import { OutputComparison, type OutputFigures, type Task } from '../quantise/output-figures.js';
import { type RunnableLayer, secondType } from '../quantise/plan.js';
import type { QuantiseReport } from '../quantise/report.js';
import { CheckedArray, type LayerWork } from './array.js';
import { loadNetwork } from './load.js';
import { splitNetwork } from './network.js';

export interface InferRequest {
  /** Folder of the design. */
  readonly design: string;
  /** Folder of the quantised network. */
  readonly model: string;
  readonly samples: Samples;
  /** Samples to run; all without it. */
  readonly count?: number;
  /** What the first dimension of the arrays counts; without it what it did for `quantize`. */
  readonly first?: FirstDimension;
  /** The right classes, where they are known. */
  readonly labels?: ArrayLike<number>;
  /** Samples run at once at most. */
  readonly batch: number;
  /** Bytes that operands and sums of a batch may take. */
  readonly memory: number;
  readonly task: Task;
  readonly progress?: (message: string) => void;
  /** How the array is simulated; Verilator unless a test says otherwise. */
  readonly open?: (folder: string, manifest: Manifest) => Promise<ArraySimulator>;
}

/** One output of the network on the array, beside others. */
export interface OutputReport {
  readonly name: string;
  /** Whether all its elements equal those on the integer reference, bit for bit. */
  readonly exact: boolean;
  /** Against the fake-quantised model in ONNX Runtime. */
  readonly onnx: OutputFigures;
  /** Against the network in floating point. */
  readonly float: OutputFigures;
}

export interface InferReport {
  readonly design: string;
  readonly model: string;
  readonly samples: number;
  /** What was found about the samples. */
  readonly note?: string;
  /** Whether all sums of all products and all outputs equal those of the integer reference, bit for bit. */
  readonly exact: boolean;
  /** Sums compared with the integer reference, and those of them that differ. */
  readonly sums: number;
  readonly wrongSums: number;
  /** The first sum that differs, where one does. */
  readonly mismatch?: string;
  readonly outputs: readonly OutputReport[];
  /** Samples classified right by the first output, where labels are known. */
  readonly right?: number;
  readonly layers: readonly LayerWork[];
  /** Products that are not quantised, with their MACs per sample where these are known. */
  readonly leftOut: readonly {
    readonly title: string;
    readonly op: string;
    readonly reason: string;
    readonly macs: number | null;
  }[];
  readonly macs: number;
  readonly cycles: number;
  readonly utilisation: number;
  readonly seconds: { readonly array: number; readonly reference: number; readonly total: number };
}

/** @throws UserError for a network whose activations lie in blocks, which arrays have no scales for. */
function requireOneScale(folder: string, { layers }: QuantiseReport): void {
  const found = layers.find(
    ({ activation, second }) => activation.blocks !== null || (second.kind === 'activation' && second.blocks !== null),
  );
  if (!found) return;
  throw new UserError(
    `${folder}: activations of ${found.title} lie in blocks with scales from the data, and arrays take one scale per tensor; quantise without --block-activations`,
  );
}

/** Runs a quantised network with all its products on the simulated array, and beside it on the integer reference. */
export async function infer(request: InferRequest): Promise<InferReport> {
  const { samples, labels, progress = () => {}, open = openArraySimulator, task } = request;
  const manifest = loadDesign(request.design);
  requireNoBlocks(request.design, manifest);
  if (manifest.configuration.pe === 'float') {
    throw new UserError(
      `${request.design} has floating-point PEs, and networks run on integer sums only; generate a design with --pe int`,
    );
  }
  const network = loadNetwork(request.model);
  const { report, model, quantised, layers } = network;
  requireOneScale(request.model, report);
  const { count, first = firstDimensionOf(report) } = request;
  const { feed, note } = await openFeed(model, samples, { count, first });
  requireTypes(layers, manifest);
  progress('building the simulation (kept for the next run)');
  const array = new CheckedArray(await open(request.design, manifest), manifest);
  const onArray = splitNetwork(model, layers);
  const onReference = splitNetwork(model, layers);
  const [float, onnx] = [await openSession(model), await openSession(quantised)];
  const started = performance.now();
  const likeOnnx = new OutputComparison(model.outputs, task);
  const likeFloat = new OutputComparison(model.outputs, task);
  const differing = new Set<string>();
  let [done, right, seconds] = [0, 0, 0];
  try {
    for (const { inputs, samples: count } of feed.runs(fittingBatch(request, report.layers))) {
      const begin = performance.now();
      const got = await onArray.run(inputs, (products, layer) => array.multiply(products, layer));
      seconds += (performance.now() - begin) / 1000;
      const wanted = await onReference.run(inputs, async (products, layer) => array.expected(products, layer));
      for (const name of model.outputs) {
        if (!sameValue(wanted.get(name) as Value, got.get(name) as Value)) differing.add(name);
      }
      likeOnnx.add(await onnx.run(inputs), got, count);
      likeFloat.add(await float.run(inputs), got, count);
      if (labels) right += rightOnes(got, model, labels, done);
      done += count;
      progress(`${done} of ${plural(feed.count, 'sample')}`);
      if (array.wrongSums > 0 || differing.size > 0) break;
    }
  } finally {
    for (const each of [onArray, onReference, float, onnx]) await each.close();
  }
  if (done === 0) throw new UserError('no sample was run', EXIT.checkFailed);
  const [onnxFigures, floatFigures] = [likeOnnx.result().outputs, likeFloat.result().outputs];
  return {
    design: manifest.configuration.name,
    model: report.model.name,
    samples: done,
    ...(note === undefined ? {} : { note }),
    exact: array.wrongSums === 0 && differing.size === 0,
    sums: array.sums,
    wrongSums: array.wrongSums,
    ...(array.mismatch === undefined ? {} : { mismatch: array.mismatch }),
    outputs: model.outputs.map((name, i) => ({
      name,
      exact: !differing.has(name),
      onnx: onnxFigures[i] as OutputFigures,
      float: floatFigures[i] as OutputFigures,
    })),
    ...(labels ? { right } : {}),
    leftOut: report.leftOut,
    ...array.totals(),
    seconds: {
      array: seconds - array.referenceSeconds,
      reference: array.referenceSeconds,
      total: (performance.now() - started) / 1000,
    },
  };
}

/** What was found for calibration; nothing was looked for where the network takes so many samples at a time. */
const firstDimensionOf = ({ model }: QuantiseReport): FirstDimension =>
  model.sequence ? 'sequence' : model.samplesAtOnce === null ? 'samples' : 'auto';

/** Bytes of an operand's element, and of two sums, in a batch. */
const [CODE_BYTES, SUM_BYTES] = [1, 24];

/** Samples whose operands and sums of all layers fit into the memory. */
function fittingBatch(
  { batch, memory }: InferRequest,
  layers: ReturnType<typeof loadNetwork>['report']['layers'],
): number {
  const bytes = layers.reduce(
    (sum, { products: { count, m, k, n, samples } }) => sum + (count * m * (CODE_BYTES * k + SUM_BYTES * n)) / samples,
    0,
  );
  return Math.max(1, Math.min(batch, Math.floor(memory / Math.max(bytes, 1))));
}

function rightOnes(got: Values, { outputs }: OnnxModel, labels: ArrayLike<number>, first: number): number {
  const [name = ''] = outputs;
  return decisions(floatsOf(got.get(name), name)).filter((decision, i) => decision === labels[first + i]).length;
}

/** @throws UserError naming all layers whose types the design's ports do not take. */
function requireTypes(layers: readonly RunnableLayer[], manifest: Manifest): void {
  const { a, w } = arrayInfoOf(manifest);
  const takes = ({ types, wideTypes }: PortInfo, type: NumericType): boolean => [...types, ...wideTypes].includes(type);
  const missing = layers.flatMap((layer) => {
    const { product, activation } = layer;
    const other = secondType(layer);
    const lacks = [
      ...(takes(a, activation.type) ? [] : [`activations ${activation.type.name}`]),
      ...(takes(w, other) ? [] : [`weights ${other.name}`]),
    ];
    return lacks.length > 0 ? [`  ${product.name}: ${lacks.join(', ')}`] : [];
  });
  if (missing.length === 0) return;
  const list = ({ types, wideTypes }: PortInfo): string => [...types, ...wideTypes].map(({ name }) => name).join(',');
  throw new UserError(
    [
      `the design takes activations ${list(a)} and weights ${list(w)}; these layers need others:`,
      ...missing,
      'generate a design whose --activations and --weights have these types (8-bit integers: --wide-activations and --wide-weights), or quantise with --design and neither --wide nor --budget',
    ].join('\n'),
  );
}
