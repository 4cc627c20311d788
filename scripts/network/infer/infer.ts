import { EXIT, UserError } from '../../../gen/base/errors.js';
import { arrayInfoOf, tiledArrayOf } from '../../../gen/design/array-info.js';
import { loadDesign, type Manifest } from '../../../gen/design/manifest.js';
import { findMismatch, referenceSums, requireSumsFit } from '../../../gen/golden/product.js';
import type { ArrayInfo, PortInfo } from '../../../gen/golden/reference.js';
import { type CodeMatrices, type PortMatrix, peProducts, planTiling, portMatrix } from '../../../gen/golden/tiling.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { modelledCycles, multiplyOnArray } from '../../verify/multiply.js';
import { type ArraySimulator, openArraySimulator } from '../../verify/simulator.js';
import { batches, requireFit, type Samples } from '../onnx/samples.js';
import { openSession } from '../onnx/session.js';
import type { FloatTensor } from '../onnx/tensor.js';
import { decisions } from '../quantise/classify.js';
import { type RunnableLayer, secondType } from '../quantise/plan.js';
import { loadNetwork } from './load.js';
import { splitNetwork } from './network.js';

export interface InferRequest {
  /** Folder of the design. */
  readonly design: string;
  /** Folder of the quantised network. */
  readonly model: string;
  readonly samples: Samples;
  /** The right classes, where they are known. */
  readonly labels?: ArrayLike<number>;
  readonly batch: number;
  readonly progress?: (message: string) => void;
  /** How the array is simulated; Verilator unless a test says otherwise. */
  readonly open?: (folder: string, manifest: Manifest) => Promise<ArraySimulator>;
}

/** What the array did for one layer, over all samples. */
export interface LayerWork {
  readonly name: string;
  readonly macs: number;
  readonly cycles: number;
  /** What the cycle model counts for the same tiles. */
  readonly modelCycles: number;
  readonly utilisation: number;
}

export interface InferReport {
  readonly design: string;
  readonly model: string;
  readonly samples: number;
  /** Whether all outputs of the network on the array equal those on the integer reference, bit for bit. */
  readonly exact: boolean;
  /** Samples whose class decision differs from the integer reference's. */
  readonly differentDecisions: readonly number[];
  /** The first product that differs, where one does. */
  readonly mismatch?: string;
  /** Samples on which the fake-quantised ONNX model decides alike. */
  readonly likeOnnx: number;
  /** Samples on which the network in floating point decides alike. */
  readonly likeFloat: number;
  /** Samples classified right, where labels are known. */
  readonly right?: number;
  readonly layers: readonly LayerWork[];
  readonly macs: number;
  readonly cycles: number;
  readonly utilisation: number;
  readonly seconds: { readonly array: number; readonly reference: number; readonly total: number };
}

/** Runs a quantised network with all its products on the simulated array, and beside it on the integer reference. */
export async function infer(request: InferRequest): Promise<InferReport> {
  const { samples, labels, batch, progress = () => {}, open = openArraySimulator } = request;
  const manifest = loadDesign(request.design);
  if (manifest.configuration.pe === 'float') {
    throw new UserError(
      `${request.design} has floating-point PEs, and networks run on integer sums only; generate a design with --pe int`,
    );
  }
  const { report, model, quantised, layers } = loadNetwork(request.model);
  requireFit(samples, model.input);
  requireTypes(layers, manifest);
  progress('building the simulation (kept for the next run)');
  const array = new ArrayCounter(await open(request.design, manifest), manifest);
  const onArray = splitNetwork(model, layers);
  const onReference = splitNetwork(model, layers);
  const [float, onnx] = [await openSession(model), await openSession(quantised)];
  const clock = { array: 0, reference: 0 };
  const started = performance.now();
  const different: number[] = [];
  let [done, likeOnnx, likeFloat, right, exact] = [0, 0, 0, 0, true];
  try {
    for (const input of batches(samples, model.input, batch)) {
      const begin = performance.now();
      const got = await onArray.run(input, (products, layer) => array.multiply(products, layer));
      const middle = performance.now();
      const wanted = await onReference.run(input, async (products) => products.map(referenceSums));
      clock.array += middle - begin;
      clock.reference += performance.now() - middle;
      const [mine, reference] = [decisions(got), decisions(wanted)];
      exact &&= got.data.every((value, i) => Object.is(value, wanted.data[i]));
      const others = await Promise.all(
        [onnx, float].map(async (session) => decide(await session.run(input), model.outputs)),
      );
      for (const [i, decision] of mine.entries()) {
        if (decision !== reference[i]) different.push(done + i);
        if (decision === others[0]?.[i]) likeOnnx++;
        if (decision === others[1]?.[i]) likeFloat++;
        if (decision === labels?.[done + i]) right++;
      }
      done += mine.length;
      progress(`${done} of ${samples.count} samples`);
      if (!exact) {
        await onArray.run(input, (products, layer) => array.compare(products, layer));
        break;
      }
    }
  } finally {
    for (const each of [onArray, onReference, float, onnx]) await each.close();
  }
  if (done === 0) throw new UserError('no sample was run', EXIT.checkFailed);
  const work = array.work();
  const total = work.reduce((sum, { macs, cycles }) => ({ macs: sum.macs + macs, cycles: sum.cycles + cycles }), {
    macs: 0,
    cycles: 0,
  });
  return {
    design: manifest.configuration.name,
    model: report.model.name,
    samples: done,
    exact: exact && array.mismatch === undefined,
    differentDecisions: different,
    ...(array.mismatch === undefined ? {} : { mismatch: array.mismatch }),
    likeOnnx,
    likeFloat,
    ...(labels ? { right } : {}),
    layers: work,
    ...total,
    utilisation: work.reduce((sum, { utilisation, cycles }) => sum + utilisation * cycles, 0) / total.cycles,
    seconds: {
      array: clock.array / 1000,
      reference: clock.reference / 1000,
      total: (performance.now() - started) / 1000,
    },
  };
}

const decide = (results: ReadonlyMap<string, FloatTensor>, outputs: readonly string[]): number[] =>
  decisions(results.get(outputs[0] as string) as FloatTensor);

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

/** An array that counts what it does per layer. */
class ArrayCounter {
  readonly pes: number;
  mismatch: string | undefined;
  readonly #info: ArrayInfo;
  readonly #work = new Map<string, { macs: number; peProducts: number; cycles: number; modelCycles: number }>();

  constructor(
    readonly simulator: ArraySimulator,
    readonly manifest: Manifest,
  ) {
    this.#info = arrayInfoOf(manifest);
    this.pes = manifest.timing.macsPerCycle;
  }

  async multiply(products: readonly CodeMatrices[], { product }: RunnableLayer): Promise<BigInt64Array[]> {
    const info = this.#info;
    const jobs = products.map(({ a, w }) => {
      const codes = {
        a: portMatrix(info.a, a) as PortMatrix,
        w: portMatrix(info.w, w) as PortMatrix,
      };
      requireSumsFit(codes);
      return { codes, tiling: planTiling(codes, tiledArrayOf(this.manifest)) };
    });
    const { sums, cycles } = await multiplyOnArray(this.simulator, jobs);
    const own = this.#work.get(product.name) ?? { macs: 0, peProducts: 0, cycles: 0, modelCycles: 0 };
    own.macs += jobs.reduce((total, { tiling: { m, n, k } }) => total + m * n * k, 0);
    own.peProducts += jobs.reduce((total, { tiling }) => total + peProducts(tiling), 0);
    own.cycles += cycles;
    own.modelCycles += modelledCycles(this.manifest.timing, jobs);
    this.#work.set(product.name, own);
    return sums;
  }

  /** The same, and finds the first product that differs from the integer reference. */
  async compare(products: readonly CodeMatrices[], layer: RunnableLayer): Promise<BigInt64Array[]> {
    const sums = await this.multiply(products, layer);
    for (const [i, codes] of products.entries()) {
      const found = findMismatch(sums[i] as BigInt64Array, referenceSums(codes), codes.w.cols);
      if (!found || this.mismatch !== undefined) continue;
      const { row, col, expected, got } = found;
      this.mismatch = `${layer.product.name}, product ${i}, [${row}, ${col}]: expected ${expected}, got ${got}`;
    }
    return sums;
  }

  work(): LayerWork[] {
    return [...this.#work].map(([name, { macs, peProducts: busy, cycles, modelCycles }]) => ({
      name,
      macs,
      cycles,
      modelCycles,
      utilisation: busy / (cycles * this.pes),
    }));
  }
}
