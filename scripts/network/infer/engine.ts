import { Memory } from '../../../gen/golden/engine/memory.js';
import { simulate } from '../../../gen/golden/engine/simulate.js';
import {
  type BusManners,
  memoryBase,
  promptBus,
  type Registers,
  type SimulatedEnd,
  type SimulatedMemory,
  type Stretch,
  simulateJobs,
} from '../../verify/engine/simulation.js';
import type { CompiledNetwork, Job } from '../compile/compile.js';
import { layerCycles } from '../compile/cycles/layers.js';
import type { Codes } from '../compile/evaluate.js';
import { BASES, type Place } from '../compile/place.js';
import { imageCodes, inputPlaces } from '../compile/run.js';

/** A Verilated engine and its bus. */
export interface SimulatedEngine {
  readonly executable: string;
  readonly busBits: number;
  readonly addressBits: number;
}

/** What an engine did with samples, up to the first that went wrong. */
export interface EngineRuns {
  /** Registers at the end of each job: of all jobs of the first samples, as many as a job takes, then of the next ones. */
  readonly registers: readonly Registers[];
  /** Cycles of each layer, by the same samples. */
  readonly layers: readonly (readonly number[])[];
  /** Bytes that were compared with the reference simulator's: all that the engine may write. */
  readonly bytes: number;
  readonly mismatch?: string;
  /** The codes of a tensor of a sample, as memory held it behind its job. */
  readonly codesOf: (sample: number, tensor: string) => Uint8Array;
}

const PAGE = 4096;

/** Where the regions of a network begin, and bytes of memory that hold them: a power of two. */
function regionsOf({ map, image }: CompiledNetwork) {
  const sizes = { ...map.sizes, image: image.length };
  const names = Object.keys(BASES) as (keyof typeof BASES)[];
  let next = 0;
  const begins = names.map((name) => {
    const begin = next;
    next += Math.ceil(sizes[name] / PAGE) * PAGE;
    return begin;
  });
  return { sizes, begins, bytes: 2 ** Math.ceil(Math.log2(next)) };
}

/**
 * Runs samples one behind the other on a Verilated engine, whole: only what the host makes goes in. All bytes of outputs and tensors
 * between are compared with the reference simulator.
 */
export async function runOnEngine(
  engine: SimulatedEngine,
  compiled: CompiledNetwork,
  samples: readonly Codes[],
  {
    bus = promptBus(100),
    seed = 1,
    most,
  }: { readonly bus?: BusManners; readonly seed?: number; readonly most?: number } = {},
): Promise<EngineRuns> {
  const { map, image, images, jobs } = compiled;
  const { sizes, begins, bytes } = regionsOf(compiled);
  const begin = (base: number): number => begins[base] as number;
  const memory: SimulatedMemory = { ...engine, bytes, strict: false };
  const written = [BASES.outputs, BASES.scratch] as const;
  const get = written.map((base) => ({
    at: begin(base),
    bytes: base === BASES.outputs ? sizes.outputs : sizes.scratch,
  }));
  const inputsOf = (own: readonly Codes[]): Stretch[] =>
    inputPlaces(compiled, own).map(({ place, bytes: content }) => ({
      ...{ at: begin(place.base) + place.offset, bytes: content },
    }));
  const start = begin(map.commands.base) + map.commands.offset;
  const groups = Array.from({ length: Math.ceil(samples.length / images) }, (_, i) =>
    samples.slice(i * images, (i + 1) * images),
  );
  const puts = groups.map((own, i) => [
    ...(i === 0 ? [{ at: begin(BASES.image), bytes: image }] : []),
    ...inputsOf(own),
  ]);
  const watched = watchedOf(compiled, begins);
  const run = await simulateJobs(
    engine.executable,
    memory,
    puts.flatMap((put) =>
      jobs.map(({ offset }, job) => ({
        ...{ seed, bus, reset: false, abort: 0, stop: 0, refused: [], bases: begins, get },
        ...{ start: start + offset, put: job === 0 ? put : [], watch: watched[job]?.stretches ?? [] },
        ...(most === undefined ? {} : { most }),
      })),
    ),
  );
  if ('failure' in run)
    return { registers: [], layers: [], bytes: 0, mismatch: run.failure.message, codesOf: () => new Uint8Array() };
  const reference = new Memory();
  const first = Number(memoryBase(memory));
  let compared = 0;
  let mismatch: string | undefined;
  for (const [n, { registers, got }] of run.ends.entries()) {
    const [i, at] = [Math.floor(n / jobs.length), n % jobs.length];
    if (at === 0) for (const put of puts[i] as Stretch[]) reference.set(first + put.at, put.bytes);
    const job = simulate(compiled.machine, reference, {
      start: first + start + (jobs[at] as Job).offset,
      bases: begins.map((each) => first + each),
    });
    mismatch = wrongEnd(registers, job.error, job.message);
    for (const [region, { at: from, bytes: count }] of get.entries()) {
      const expected = reference.get(first + from, count);
      const bytesGot = got[region] as Uint8Array;
      const wrong = expected.findIndex((value, place) => bytesGot[place] !== value);
      if (wrong >= 0)
        mismatch ??= `byte ${wrong} of base ${written[region]} is ${bytesGot[wrong]}, not ${expected[wrong]}`;
      compared += count;
    }
    if (mismatch !== undefined) {
      mismatch = `sample ${i * images}${images > 1 ? ` to ${(i + 1) * images - 1}` : ''}: ${mismatch}`;
      break;
    }
  }
  return {
    registers: run.ends.map(({ registers }) => registers),
    layers: groups.map((_, i) =>
      watched.flatMap(({ ends }, job) => {
        const { written, registers } = run.ends[i * jobs.length + job] as SimulatedEnd;
        return layerCycles(ends(written), registers.cycles);
      }),
    ),
    bytes: compared,
    ...(mismatch === undefined ? {} : { mismatch }),
    codesOf: (sample, tensor) => {
      const { base, offset, bytes: count } = map.tensors.get(tensor) as Place;
      const region = run.ends[(Math.floor(sample / images) + 1) * jobs.length - 1]?.got[
        written.findIndex((each) => each === base)
      ] as Uint8Array;
      return imageCodes(compiled, region.subarray(offset, offset + count), tensor, sample % images);
    },
  };
}

/** The results of each job's layers in memory; when all of each layer's are there, of when they are. */
function watchedOf({ jobs, layers, map }: CompiledNetwork, begins: readonly number[]) {
  let first = 0;
  return jobs.map(({ layers: count }) => {
    const results = layers
      .slice(first, first + count)
      .map(({ layer: { output, copy } }) => (copy ? [output, copy.tensor] : [output]));
    first += count;
    const stretches = results.flat().map((name) => {
      const { base, offset, bytes } = map.tensors.get(name) as Place;
      return { at: (begins[base] as number) + offset, bytes };
    });
    const ends = (written: SimulatedEnd['written']): number[] => {
      let at = 0;
      return results.map((names) => {
        at += names.length;
        return Math.max(...written.slice(at - names.length, at).map((cycle) => cycle ?? 0));
      });
    };
    return { stretches, ends };
  });
}

/** Registers of a job that ended well say so. */
function wrongEnd({ status, error }: Registers, expected: string, message: string): string | undefined {
  if (expected !== 'none') return `the reference simulator ends with the error ${expected}: ${message}`;
  return status === 2 && error === 0 ? undefined : `the engine ends with status ${status}, error ${error}`;
}
