import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { validateConfiguration } from '../../gen/config/validate.js';
import { arrayInfoOf } from '../../gen/design/array-info.js';
import { generate } from '../../gen/design/generate.js';
import type { Manifest } from '../../gen/design/manifest.js';
import { expectedResults, type Tile } from '../../gen/golden/reference.js';
import { type InferReport, infer } from '../../scripts/network/infer/infer.js';
import type { Feed, Run } from '../../scripts/network/onnx/feed.js';
import { readModel } from '../../scripts/network/onnx/model.js';
import { type Samples, samplesOf } from '../../scripts/network/onnx/samples.js';
import { openSession } from '../../scripts/network/onnx/session.js';
import type { FloatTensor } from '../../scripts/network/onnx/tensor.js';
import type { Value, Values } from '../../scripts/network/onnx/value.js';
import { splitSamples } from '../../scripts/network/quantise/calibration.js';
import { openFeed } from '../../scripts/network/quantise/first-dimension.js';
import { writeNetwork } from '../../scripts/network/quantise/folder.js';
import { type QuantisedNetwork, quantiseNetwork } from '../../scripts/network/quantise/network.js';
import { PUBLISHED, type QuantiseOptions } from '../../scripts/network/quantise/options.js';
import { outputError } from '../../scripts/network/quantise/output-error.js';
import type { Task } from '../../scripts/network/quantise/output-figures.js';
import type { QuantiseReport } from '../../scripts/network/quantise/report.js';
import type { ArraySimulator } from '../../scripts/verify/simulator.js';

const folderOf = (what: string): string => mkdtempSync(join(tmpdir(), `ant-rtl-${what}-`));

let designFolder: string | undefined;

/** A small design that takes all types that networks here need on ports of their own. */
export function networkDesign(): string {
  const types = {
    activations: ['int4', 'flint4', 'pot4', 'uint4', 'uflint4', 'upot4', 'int8', 'uint8'],
    weights: ['int4', 'flint4', 'pot4', 'uint4', 'uflint4', 'upot4', 'int8', 'uint8', 'e2m1'],
  };
  designFolder ??= generate(
    validateConfiguration({ name: 'net', rows: 4, cols: 4, ...types }),
    folderOf('design'),
  ).folder;
  return designFolder;
}

/** An array that computes what the tiles' definition says. @param change Makes a fault of a result. */
export const calculatingArray =
  (change: (result: bigint, at: number) => bigint = (result) => result) =>
  async (_: string, manifest: Manifest): Promise<ArraySimulator> => {
    const info = arrayInfoOf(manifest);
    let at = 0;
    return {
      run: async (tiles: readonly Tile[]) => {
        const results = tiles.flatMap((tile) => [...expectedResults(info, tile)]);
        return { cycles: tiles.length, seconds: 0, results: BigInt64Array.from(results, (each) => change(each, at++)) };
      },
    } as unknown as ArraySimulator;
  };

export interface NetworkRun {
  readonly network: QuantisedNetwork;
  readonly folder: string;
  readonly report: QuantiseReport;
  readonly inferred: InferReport;
  /** What the network as read computes in floating point. */
  readonly outputs: Values;
}

export interface NetworkRunRequest {
  readonly samples: Samples | FloatTensor | Readonly<Record<string, Value>>;
  readonly options?: Partial<QuantiseOptions>;
  readonly heldOut?: number;
  readonly task?: Task;
  /** Folder of the model's file. */
  readonly from?: string;
  readonly array?: ReturnType<typeof calculatingArray>;
}

const isSamples = (samples: NetworkRunRequest['samples']): samples is Samples => 'arrays' in samples;

/** Quantises a network, writes it, reads it back and runs it on an array, as the programs do. */
export async function runNetwork(bytes: Uint8Array, request: NetworkRunRequest): Promise<NetworkRun> {
  const { options = {}, heldOut = 0, task = 'auto', array = calculatingArray(), from } = request;
  const samples = isSamples(request.samples) ? request.samples : samplesOf('samples', request.samples as FloatTensor);
  const model = readModel(bytes, 'model.onnx', from);
  const { feed } = await openFeed(model, samples);
  const { fit, heldOut: held } = splitSamples(feed, false, heldOut);
  const network = await quantiseNetwork(model, fit, { ...PUBLISHED, ...options });
  const measured = async (feed: Feed) => ({
    samples: feed.count,
    ...(await outputError({ ...network, feed, batch: 16, task })),
  });
  const folder = join(folderOf('network'), 'out');
  const report = await writeNetwork(network, {
    out: folder,
    bytes,
    options: {},
    outputs: { calibration: await measured(fit), heldOut: held ? await measured(held) : null },
    warnings: [],
  });
  const inferred = await infer({
    design: networkDesign(),
    model: folder,
    samples,
    batch: 16,
    memory: 2 ** 30,
    task,
    open: array,
  });
  const session = await openSession(network.model);
  const run = feed.runs(1024).next().value as Run;
  const outputs = await session.run(run.inputs);
  await session.close();
  return { network, folder, report, inferred, outputs };
}

/**
 * What ONNX Runtime makes of a file as it is, with the inputs that samples give.
 *
 * @param exact Whether sums of 8-bit products are kept from saturating in 16 bits, as they do on some processors. ONNX
 *   Runtime has no QGemm of signed operands then.
 */
export async function originally(file: Uint8Array | string, inputs: Values, { exact = true } = {}): Promise<Values> {
  const options = { logSeverityLevel: 4 as const, extra: { session: { x64quantprecision: exact ? '1' : '0' } } };
  const session = await (typeof file === 'string'
    ? ort.InferenceSession.create(file, options)
    : ort.InferenceSession.create(file, options));
  const feeds = Object.fromEntries(
    [...inputs].map(([name, { type, data, shape }]) => [name, new ort.Tensor(type, data as never, shape)]),
  );
  const results = await session.run(feeds);
  await session.release();
  return new Map(
    Object.entries(results).map(([name, { type, dims, data }]) => [name, { type, shape: dims, data } as Value]),
  );
}
