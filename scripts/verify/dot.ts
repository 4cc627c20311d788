import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../../gen/base/errors.js';
import type { Manifest } from '../../gen/design/manifest.js';
import type { RandomSource } from '../../gen/golden/vectors.js';
import { codeValues } from '../../gen/numerics/codec.js';
import type { CheckOptions, TestBudget } from './budget.js';
import { buildHarness } from './harness.js';
import {
  type DecodeVector,
  decodedType,
  decoderMismatch,
  decodeVectors,
  type ModuleFailure,
  runDecoding,
} from './modules.js';
import type { PreparedCheck } from './outcome.js';
import { prepared } from './prepared.js';
import { VectorWriter } from './vector-file.js';
import { type DotVectors, dotVectors, sumsOf } from './vectors/dot-vectors.js';

/**
 * Checks the decoders of a design on every code of every type, and one dot-product unit on all pairs of codes.
 *
 * @param options.trace Waveform file to write.
 */
export async function prepareDotUnit(
  folder: string,
  manifest: Manifest,
  random: RandomSource,
  { budget, trace }: CheckOptions,
): Promise<PreparedCheck> {
  const executable = await buildDotBench(folder, manifest, budget, trace !== undefined);
  return prepared(`${manifest.configuration.name}-unit`, (scratch) => {
    const a = decodeVectors(manifest, 'a');
    const w = decodeVectors(manifest, 'w');
    const driven = dotVectors(manifest, random, Math.min(budget.mostPairs, MOST_PAIRS));
    const vectors = join(scratch, 'vectors.bin');
    writeFileSync(vectors, benchVectors(manifest, a, w, driven));
    return async (terms) => {
      const bench = { name: 'the simulation of the dot-product unit', path: executable };
      const { result, operands } = await runDecoding(bench, { vectors, trace, scratch }, terms);
      const { decoded, checked } = result;
      const failure =
        decoderMismatch(manifest, operands, { a, w }) ??
        (result.failure ? unitMismatch(manifest, driven, result.failure) : undefined);
      if (decoded === 0 || (!failure && (checked !== driven.beats || driven.pairs === 0))) {
        throw new UserError('the simulation of the dot-product unit did not check all its vectors', EXIT.checkFailed);
      }
      return { vectors: a.length + w.length + checked, cycles: checked, ...(failure ? { failure } : {}) };
    };
  });
}

/** Pairs of codes side by side, and as many beats with a pair alone. */
const MOST_PAIRS = 100_000;

async function buildDotBench(folder: string, manifest: Manifest, budget: TestBudget, trace: boolean): Promise<string> {
  const { name, stall, lanes } = manifest.configuration;
  const { a, w } = manifest.ports;
  const view = {
    name,
    lanes,
    enable: stall === 'enable',
    aCodeBits: a.codeBits,
    wCodeBits: w.codeBits,
    aDataMsb: lanes * a.codeBits - 1,
    wDataMsb: lanes * w.codeBits - 1,
    aTypeBits: a.typeBits,
    wTypeBits: w.typeBits,
    aTypeMsb: a.typeBits - 1,
    wTypeMsb: w.typeBits - 1,
    aOperandBits: a.operand.bits,
    wOperandBits: w.operand.bits,
    aOperandMsb: a.operand.bits - 1,
    wOperandMsb: w.operand.bits - 1,
    aOperandsMsb: lanes * a.operand.bits - 1,
    wOperandsMsb: lanes * w.operand.bits - 1,
    accMsb: sumsOf(manifest).bits - 1,
  };
  return buildHarness(folder, manifest, budget, trace, {
    what: 'unit',
    top: 'dot_harness',
    view,
    modules: /_(decode_\w+|lane|column|unit)$/,
    bench: 'dot_tb',
  });
}

function benchVectors(
  manifest: Manifest,
  a: readonly DecodeVector[],
  w: readonly DecodeVector[],
  { lanes, beats, stages, controls, codes, sums }: DotVectors,
): Buffer {
  const { ports } = manifest;
  const steps = Math.max(a.length, w.length);
  const file = new VectorWriter();
  file.words(lanes, ports.a.codeBits, ports.w.codeBits, sumsOf(manifest).bits, stages, steps, beats);
  const decode = new Uint8Array(steps * 4);
  for (let i = 0; i < steps; i++) {
    const [x, y] = [a[i % a.length] as DecodeVector, w[i % w.length] as DecodeVector];
    decode.set([x.type, x.code, y.type, y.code], i * 4);
  }
  const size = 12 + 2 * lanes;
  const record = new Uint8Array(beats * size);
  const wides = new Uint8Array(sums.buffer, sums.byteOffset, sums.byteLength);
  for (let i = 0; i < beats; i++) {
    record.set(controls.subarray(i * 4, i * 4 + 4), i * size);
    record.set(codes.subarray(i * 2 * lanes, (i + 1) * 2 * lanes), i * size + 4);
    record.set(wides.subarray(i * 8, i * 8 + 8), (i + 1) * size - 8);
  }
  return file.bytes(decode).bytes(record).content();
}

const MOST_SHOWN = 8;

function unitMismatch(
  manifest: Manifest,
  { lanes, controls, codes, sums }: DotVectors,
  { rule, step, expected, got }: ModuleFailure,
): string {
  const [aSelector = 0, wSelector = 0, first = 0, add = 0] = controls.subarray(step * 4, step * 4 + 4);
  const typeName = (letter: 'a' | 'w', selector: number): string => {
    const { types } = manifest.ports[letter];
    return types[Math.min(selector, types.length - 1)] as string;
  };
  const [aName, wName] = [typeName('a', aSelector), typeName('w', wSelector)];
  const [aValues, wValues] = [aName, wName].map((name) => codeValues(decodedType(manifest, name))) as [
    bigint[],
    bigint[],
  ];
  const products = Array.from({ length: lanes }, (_, lane) => {
    const [a, w] = [codes[step * 2 * lanes + lane] as number, codes[(step * 2 + 1) * lanes + lane] as number];
    return { lane, text: `${aValues[a % aValues.length]}*${wValues[w % wValues.length]}` };
  }).filter(({ text }) => !/^0\*|\*0$/.test(text));
  const shown = products.slice(0, MOST_SHOWN).map(({ lane, text }) => `lane ${lane} ${text}`);
  const rest = products.length > MOST_SHOWN ? ', ...' : '';
  const before = first || step === 0 ? 'none' : String(sums[step - 1]);
  return (
    `dot-product unit, beat ${step}${add ? '' : ' (add_i low)'}: ${rule}: expected ${expected}, got ${got}; ` +
    `${aName} activations times ${wName} weights: ${shown.join(', ')}${rest}; accumulator before: ${before}; the decoders passed`
  );
}
