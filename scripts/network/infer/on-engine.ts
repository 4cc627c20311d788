import { availableParallelism } from 'node:os';
import { EXIT, UserError } from '../../../gen/base/errors.js';
import { busOf, loadEngine } from '../../../gen/design/engine/manifest.js';
import { mapLimit } from '../../tools/pool.js';
import { longRunTuning, ONE_RUN_TUNING } from '../../tools/verilator.js';
import { type BuiltEngine, buildEngine } from '../../verify/engine/engine.js';
import { MOST_CYCLES, promptBus, type Registers } from '../../verify/engine/simulation.js';
import { type CompiledNetwork, compile } from '../compile/compile.js';
import { engineSpeed } from '../compile/cycles/predict.js';
import type { Codes } from '../compile/evaluate.js';
import { requireSumsFit } from '../compile/fits.js';
import { integersOf } from '../compile/integer-model.js';
import type { View } from '../compile/layers.js';
import { tensorOf } from '../compile/network.js';
import { codesOf, inputCodes } from '../compile/network-of.js';
import { type CompiledLayerReport, compileReport, peCyclesOf } from '../compile/report.js';
import { loadWholeInteger, type WholeInteger } from '../compile/whole-integer.js';
import { type Feed, feedOf } from '../onnx/feed.js';
import type { Samples } from '../onnx/samples.js';
import { openSession } from '../onnx/session.js';
import { floatsOf } from '../onnx/value.js';
import { decisions } from '../quantise/classify.js';
import { runOnEngine } from './engine.js';
import { type LoadedNetwork, loadNetwork } from './load.js';

/** With no more samples, a build that is quick pays more than a simulation that is. */
const FEW_SAMPLES = 20;
/** A job that takes so many times as long as predicted does not end. */
const SLOWER = 4;

export interface EngineInferRequest {
  /** Folder of the engine. */
  readonly design: string;
  /** Folder of the quantised network. */
  readonly model: string;
  readonly samples: Samples;
  /** Samples to run; all without it. */
  readonly count?: number;
  /** The right classes, where they are known. */
  readonly labels?: ArrayLike<number>;
  /** Samples that a simulation runs one behind the other. */
  readonly batch: number;
  /** Images that a job takes. */
  readonly images: number;
  /** Cycles of the memory's answers. */
  readonly latency: number;
  readonly progress?: (message: string) => void;
}

/** What registers of the engine counted, over all samples. */
interface Counted {
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
}

/** A layer on the engine. Cycles are those from the end of the layer before to its own end, when memory has all of its results. */
export interface EngineLayerReport {
  readonly name: string;
  readonly macs: number;
  /** With all PEs at work. */
  readonly idealCycles: number;
  /** Mean over the samples. */
  readonly cycles: number;
  readonly predictedCycles: number;
  /** Share of the PEs that multiply, over the cycles. */
  readonly utilisation: number;
}

export interface EngineInferReport {
  readonly design: string;
  readonly model: string;
  readonly samples: number;
  /** Whether every byte that the engine wrote equals that of the reference simulator, and its outputs those of standard operators. */
  readonly exact: boolean;
  /** Jobs of a sample: more than one where the host has something to do between. */
  readonly jobs: number;
  /** Images that a job takes: all that is said of a sample is that of a job over this. */
  readonly images: number;
  /** Bytes compared: outputs and all tensors between, of all samples. */
  readonly bytes: number;
  /** The first that differs, or what went wrong. */
  readonly mismatch?: string;
  /** Samples with the same largest output as the fake-quantised network, and as that in floating point. */
  readonly agreeing: { readonly fakeQuantised: number; readonly float: number };
  /** Samples classified right, where classes are known. */
  readonly right?: { readonly engine: number; readonly fakeQuantised: number; readonly float: number };
  readonly latency: number;
  readonly busBits: number;
  readonly macs: number;
  readonly cycles: Counted;
  /** What the compiler predicts. */
  readonly predictedCycles: number;
  readonly layers: readonly EngineLayerReport[];
  /** Share of the PEs that multiply, over all cycles. */
  readonly utilisation: number;
  /** Cycles of a sample in which the array steps, waits for data, and waits for the requantiser. */
  readonly arrayCycles: number;
  readonly memoryWaits: number;
  readonly requantiserWaits: number;
  /** Bytes of a sample. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly seconds: { readonly build: number; readonly run: number };
}

/** Runs a network in whole integers on a Verilated engine: what the host does between jobs runs in ONNX Runtime. */
export async function inferOnEngine(request: EngineInferRequest): Promise<EngineInferReport> {
  const { progress = () => {}, latency, labels, images } = request;
  const manifest = loadEngine(request.design);
  const loaded = loadNetwork(request.model);
  const feed = feedOf(loaded.model, request.samples, { count: request.count });
  const whole = await loadWholeInteger(loaded);
  requireSumsFit(manifest.machine, whole.shared.network);
  const compiled = compile(manifest.machine, whole.shared.network, images);
  progress('building the simulation (kept for the next run)');
  const started = performance.now();
  const { rows, cols, lanes } = manifest.machine;
  const tuning = feed.count > FEW_SAMPLES ? longRunTuning(rows * cols * lanes) : ONE_RUN_TUNING;
  const built = await buildEngine(request.design, manifest, { tuning });
  const begun = performance.now();
  const samples = await prepareSamples(loaded, whole, feed, progress);
  const { name } = loaded.report.model;
  const { busBits } = manifest.configuration;
  const report = compileReport(compiled, name, engineSpeed(manifest.configuration, latency));
  const most = MOST_CYCLES + SLOWER * report.predictedCycles;
  const { done, registers, layers, bytes, mismatch } = await runAll(built, compiled, samples, { ...request, most });
  if (done === 0 && mismatch === undefined) throw new UserError('no sample was run', EXIT.checkFailed);
  const ran = samples.slice(0, done);
  const count = (holds: (sample: Sample, i: number) => boolean): number => ran.filter(holds).length;
  const jobs = compiled.jobs.length;
  const mean = (name: keyof Registers): number =>
    registers.reduce((sum, each) => sum + each[name], 0) / Math.max(1, (registers.length * images) / jobs);
  const cycles = Array.from({ length: registers.length / jobs }, (_, i) =>
    registers.slice(i * jobs, (i + 1) * jobs).reduce((sum, each) => sum + each.cycles / images, 0),
  );
  return {
    ...{
      design: manifest.configuration.name,
      model: name,
      samples: done,
      exact: mismatch === undefined,
      jobs,
      images,
      bytes,
    },
    ...(mismatch === undefined ? {} : { mismatch }),
    agreeing: {
      fakeQuantised: count(({ engine, fakeQuantised }) => engine === fakeQuantised),
      float: count(({ engine, float }) => engine === float),
    },
    ...(labels
      ? {
          right: {
            engine: count(({ engine }, i) => engine === labels[i]),
            fakeQuantised: count(({ fakeQuantised }, i) => fakeQuantised === labels[i]),
            float: count(({ float }, i) => float === labels[i]),
          },
        }
      : {}),
    ...{ latency, busBits, macs: report.macs / images, predictedCycles: report.predictedCycles / images },
    layers: report.layers.map((layer, i) =>
      layerReport(layer, images, meanOf(layers.map((each) => each[i] as number))),
    ),
    cycles: { mean: mean('cycles'), least: Math.min(...cycles), greatest: Math.max(...cycles) },
    utilisation: peCyclesOf(compiled) / images / (rows * cols * lanes) / mean('cycles'),
    ...{ arrayCycles: mean('array_busy'), memoryWaits: mean('memory_waits') },
    ...{ requantiserWaits: mean('requantiser_waits') },
    ...{ bytesRead: mean('bytes_read'), bytesWritten: mean('bytes_written') },
    seconds: { build: (begun - started) / 1000, run: (performance.now() - begun) / 1000 },
  };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const layerReport = (
  { name, macs, idealCycles, predictedCycles }: CompiledLayerReport,
  images: number,
  jobCycles: number,
): EngineLayerReport => ({
  ...{ name, macs: macs / images, idealCycles: idealCycles / images, cycles: jobCycles / images },
  ...{ predictedCycles: predictedCycles / images, utilisation: idealCycles / jobCycles },
});

/** What a sample puts in, what has to come out, and what the network decides: in whole integers, rounded, in floating point. */
interface Sample {
  readonly inputs: Codes;
  readonly outputs: Codes;
  readonly engine: number;
  readonly fakeQuantised: number;
  readonly float: number;
}

async function prepareSamples(
  { model, quantised }: LoadedNetwork,
  { shared, model: integer }: WholeInteger,
  feed: Feed,
  progress: (message: string) => void,
): Promise<Sample[]> {
  const { network, views } = shared;
  const [logits] = model.outputs as [string];
  const view = (name: string): View => views.get(name) as View;
  const stored = network.outputs.map((name) => integersOf(view(name).stored));
  const host = network.inputs.map((name) => view(name).tensor);
  const sessions = {
    engine: await openSession(integer, [...new Set([...stored, ...host, logits])]),
    fakeQuantised: await openSession(quantised),
    float: await openSession(model),
  };
  const samples: Sample[] = [];
  try {
    for (const { inputs } of feed.runs(1)) {
      const values = new Map([...inputs, ...(await sessions.engine.run(inputs))]);
      const outputs = network.outputs.map((name, i) => {
        const tensor = { ...tensorOf(network, name), scale: 1 };
        return [name, codesOf(tensor, view(name), floatsOf(values.get(stored[i] as string), name))] as const;
      });
      const classOf = (of: ReadonlyMap<string, unknown>): number =>
        decisions(floatsOf(of.get(logits) as Parameters<typeof floatsOf>[0], logits))[0] as number;
      samples.push({
        inputs: inputCodes(shared, (tensor) => floatsOf(values.get(tensor), tensor)),
        outputs: new Map(outputs),
        engine: classOf(values),
        fakeQuantised: classOf(await sessions.fakeQuantised.run(inputs)),
        float: classOf(await sessions.float.run(inputs)),
      });
      if (samples.length % 20 === 0) progress(`${samples.length} of ${feed.count} samples in ONNX Runtime`);
    }
  } finally {
    for (const session of Object.values(sessions)) await session.close();
  }
  return samples;
}

/** What all samples gave, up to the first that went wrong. */
interface Ran {
  readonly done: number;
  readonly registers: readonly Registers[];
  readonly layers: readonly (readonly number[])[];
  readonly bytes: number;
  readonly mismatch?: string;
}

/** Runs samples in batches, as many simulations at a time as there are cores. */
async function runAll(
  { manifest, executable }: BuiltEngine,
  compiled: CompiledNetwork,
  samples: readonly Sample[],
  { batch: wanted, images, latency, most, progress = () => {} }: EngineInferRequest & { readonly most: number },
): Promise<Ran> {
  const batch = Math.max(1, Math.floor(wanted / images)) * images;
  const batches = Array.from({ length: Math.ceil(samples.length / batch) }, (_, i) => ({
    first: i * batch,
    own: samples.slice(i * batch, (i + 1) * batch),
  }));
  let done = 0;
  let failed = false;
  const engine = { ...busOf(manifest), executable };
  const runs = await mapLimit(batches, availableParallelism(), async ({ first, own }): Promise<Ran> => {
    if (failed) return { done: 0, registers: [], layers: [], bytes: 0 };
    const inputs = own.map((sample) => sample.inputs);
    const run = await runOnEngine(engine, compiled, inputs, { bus: promptBus(latency), most });
    const wrong = run.mismatch ?? wrongOutput(compiled, own, run.codesOf);
    failed ||= wrong !== undefined;
    done += own.length;
    progress(`${done} of ${samples.length} samples`);
    const { registers, layers, bytes } = run;
    const told = wrong?.replace(/^sample (\d+)(?: to (\d+))?/, (_, from: string, to?: string) => {
      const last = to === undefined ? '' : ` to ${first + Number(to)}`;
      return `sample ${first + Number(from)}${last}`;
    });
    return { done: own.length, registers, layers, bytes, ...(told === undefined ? {} : { mismatch: told }) };
  });
  const mismatch = runs.find((run) => run.mismatch !== undefined)?.mismatch;
  return {
    done: runs.reduce((sum, run) => sum + run.done, 0),
    registers: runs.flatMap(({ registers }) => registers),
    layers: runs.flatMap(({ layers }) => layers),
    bytes: runs.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(mismatch === undefined ? {} : { mismatch }),
  };
}

/** The first output that is not that of the network in standard operators. */
function wrongOutput(
  { machine }: CompiledNetwork,
  samples: readonly Sample[],
  codesOf: (sample: number, tensor: string) => Uint8Array,
): string | undefined {
  // Ties of standard operators go to the larger value.
  if (machine.rounding === 'even') return undefined;
  for (const [i, { outputs }] of samples.entries()) {
    for (const [name, wanted] of outputs) {
      const got = codesOf(i, name);
      const at = [...got.keys()].find((place) => got[place] !== wanted[place]);
      if (at !== undefined) return `sample ${i}: ${name}[${at}] is ${got[at]}, and ${wanted[at]} by standard operators`;
    }
  }
  return undefined;
}
