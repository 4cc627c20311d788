import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../../gen/base/errors.js';
import type { Manifest } from '../../gen/design/manifest.js';
import {
  decoderChoices,
  ODD_LANE,
  type OperandChoice,
  operandChoices,
  WIDE,
} from '../../gen/golden/operand-choices.js';
import type { RandomSource } from '../../gen/golden/vectors.js';
import { showBinary32 } from '../../gen/numerics/binary32.js';
import type { NumericType } from '../../gen/numerics/types/numeric-type.js';
import { numericType, withoutSpecials } from '../../gen/numerics/types/table.js';
import type { CodeValue } from '../../gen/numerics/types/type-base.js';
import { factsOf } from '../../gen/rtl/arch/table.js';
import { operandValue } from '../../gen/rtl/operand.js';
import { type Program, runTool } from '../tools/find.js';
import type { CheckOptions, TestBudget } from './budget.js';
import { buildHarness } from './harness.js';
import { benchTerms, type PreparedCheck, type RunTerms } from './outcome.js';
import { prepared } from './prepared.js';
import { VectorWriter } from './vector-file.js';
import { floatPeVectors } from './vectors/float-pe.js';
import { type PeVectors, peVectors } from './vectors/pe-vectors.js';

/** A code offered to a port's decoder, and what it must mean. */
export interface DecodeVector {
  readonly type: number;
  readonly code: number;
  readonly value: CodeValue;
}

/**
 * Checks the decoders on every code of every type (and every unused type selector) and one PE on all pairs of codes.
 *
 * @param options.trace Waveform file to write.
 */
export async function prepareModules(
  folder: string,
  manifest: Manifest,
  random: RandomSource,
  { budget, trace }: CheckOptions,
): Promise<PreparedCheck> {
  const executable = await buildModuleBench(folder, manifest, budget, trace !== undefined);
  return prepared(`${manifest.configuration.name}-modules`, (scratch) => {
    const a = decodeVectors(manifest, 'a');
    const w = decodeVectors(manifest, 'w');
    const float = manifest.configuration.pe === 'float';
    const pe = (float ? floatPeVectors : peVectors)(manifest, random, budget.mostPairs);
    const steps = Math.max(a.length, w.length);
    const vectors = join(scratch, 'vectors.bin');
    writeFileSync(vectors, unitVectors(manifest, a, w, steps, pe));
    return async (terms) => {
      const bench = { name: 'the module simulation', path: executable };
      const { result, operands } = await runDecoding(bench, { vectors, trace, scratch }, terms);
      const { decoded, checked } = result;
      const failure =
        decoderMismatch(manifest, operands, { a, w }) ??
        (result.failure ? peMismatch(manifest, pe, result.failure) : undefined);
      if (decoded !== steps || (!failure && (checked === 0 || pe.pairs === 0))) {
        throw new UserError('the module simulation checked nothing', EXIT.checkFailed);
      }
      return { vectors: a.length + w.length + checked, cycles: checked, ...(failure ? { failure } : {}) };
    };
  });
}

/** What a bench of decoders, and of what multiplies, prints. */
interface DecodingResult {
  readonly decoded: number;
  readonly checked: number;
  readonly failure?: ModuleFailure;
}

/** Runs a bench of decoders. @returns What it printed, and the operands that they made. */
export async function runDecoding(
  bench: Program,
  {
    vectors,
    trace,
    scratch,
  }: { readonly vectors: string; readonly trace: string | undefined; readonly scratch: string },
  terms: RunTerms = {},
): Promise<{ readonly result: DecodingResult; readonly operands: Buffer }> {
  const folder = mkdtempSync(join(scratch, 'run-'));
  const file = join(folder, 'operands.bin');
  const args = [vectors, '--operands', file, ...(trace ? ['--trace', trace] : [])];
  const { stdout } = await runTool(bench, args, { okCodes: [0, 1], ...benchTerms(terms) });
  const operands = readFileSync(file);
  rmSync(folder, { recursive: true });
  return { result: JSON.parse(stdout), operands };
}

async function buildModuleBench(
  folder: string,
  manifest: Manifest,
  budget: TestBudget,
  trace: boolean,
): Promise<string> {
  const { name, stall, clusterRows, clusterCols, lanes } = manifest.configuration;
  const { adds } = factsOf(manifest.configuration).computing;
  const { a, w } = manifest.ports;
  const { lateFrom } = manifest.accumulator;
  const view = {
    name,
    enable: stall === 'enable',
    clustered: clusterRows * clusterCols > 1,
    stationary: adds === 'passes',
    held: manifest.configuration.pe === 'float' ? 'u_pe.acc_q' : '~u_pe.acc_n_q',
    sumBits: manifest.accumulator.bits,
    lanes,
    bus: lateFrom === null ? 'harness-bus' : 'harness-bus-late',
    late: lateFrom !== null,
    lateFrom,
    lowMsb: (lateFrom ?? 1) - 1,
    ports: [harnessPort('a', a, lanes), harnessPort('w', w, lanes)],
    accMsb: manifest.accumulator.bits - 1,
  };
  return buildHarness(folder, manifest, budget, trace, {
    what: 'modules',
    top: 'unit_harness',
    view,
    modules: /_(decode_\w+|lane|pe)$/,
    bench: 'module_tb',
  });
}

function harnessPort(
  letter: string,
  { codeBits, typeBits, operand, wideTypes }: Manifest['ports']['a'],
  lanes: number,
) {
  const type = typeBits > 0 ? `${letter}_type_i[${typeBits - 1}:0]` : '';
  const wide = wideTypes.length > 0;
  const mode = wide ? (typeBits > 0 ? `{${letter}_type_i[6], ${type}}` : `${letter}_type_i[6]`) : '';
  const bits = operand.bits;
  return {
    ...{ letter, type, wide, mode, codeBits, codeMsb: codeBits - 1, codesMsb: lanes * codeBits - 1 },
    ...{ operandBits: bits, operandMsb: bits - 1, operandsMsb: lanes * bits - 1 },
  };
}

/**
 * A type as decoders read it: where numbers lie in blocks, something else tells what codes are besides numbers, and decoders take all
 * of them for such.
 */
export const decodedType = ({ blocks }: Pick<Manifest, 'blocks'>, name: string): NumericType =>
  blocks === null ? numericType(name) : withoutSpecials(numericType(name));

/** All codes under all selectors of a port; bits above a type's width must not matter. */
export function decodeVectors({ ports, blocks }: Manifest, letter: 'a' | 'w'): DecodeVector[] {
  const { codeBits } = ports[letter];
  const decoded = (type: NumericType): NumericType => (blocks === null ? type : withoutSpecials(type));
  return decoderChoices(ports[letter]).flatMap(({ selector, type }) =>
    Array.from({ length: 2 ** codeBits }, (_, code) => ({
      type: selector,
      code,
      value: decoded(type).decode(code % 2 ** type.bits),
    })),
  );
}

function unitVectors(
  { configuration, accumulator, ports }: Manifest,
  a: readonly DecodeVector[],
  w: readonly DecodeVector[],
  steps: number,
  pe: PeVectors,
): Buffer {
  const file = new VectorWriter().words(
    Number(factsOf(configuration).computing.adds === 'passes'),
    accumulator.bits,
    steps,
    pe.steps,
  );
  const decode = new Uint8Array(steps * 4);
  for (let i = 0; i < steps; i++) {
    const [x, y] = [a[i % a.length] as DecodeVector, w[i % w.length] as DecodeVector];
    decode.set([x.type, x.code, y.type, y.code], i * 4);
  }
  file.bytes(decode);
  const record = new Uint8Array(pe.steps * PE_STEP_BYTES);
  const values = new Uint8Array(pe.values.buffer, pe.values.byteOffset, pe.values.byteLength);
  const codes = new DataView(record.buffer);
  for (let i = 0; i < pe.steps; i++) {
    const at = i * PE_STEP_BYTES;
    record.set(pe.controls.subarray(i * 8, i * 8 + 8), at);
    codes.setBigUint64(at + 8, packedCodes(pe, 2 * i, ports.a.codeBits), true);
    codes.setBigUint64(at + 16, packedCodes(pe, 2 * i + 1, ports.w.codeBits), true);
    record.set(values.subarray(i * 24, i * 24 + 24), at + 24);
  }
  return file.bytes(record).content();
}

/** Bytes of a step in a vector file: those of the control, then five numbers. */
const PE_STEP_BYTES = 48;

/** The codes of all lanes of a port as one number, lane 0 in the lowest bits. */
function packedCodes({ codes, lanes }: PeVectors, group: number, codeBits: number): bigint {
  let packed = 0n;
  for (let lane = lanes - 1; lane >= 0; lane--) {
    packed = (packed << BigInt(codeBits)) | BigInt(codes[group * lanes + lane] as number);
  }
  return packed;
}

/** The first code whose operand's value is not the codec's. */
export function decoderMismatch(
  manifest: Manifest,
  operands: Buffer,
  vectors: Readonly<Record<'a' | 'w', readonly DecodeVector[]>>,
): string | undefined {
  const { normalised, radixLog2 } = manifest.operandFormat;
  for (const [offset, letter] of (['a', 'w'] as const).entries()) {
    const port = manifest.ports[letter];
    for (const [i, { type, code, value }] of vectors[letter].entries()) {
      const operand = operands.readBigUInt64LE((i * 2 + offset) * 8);
      const got = normalised
        ? normalisedValue(manifest, letter, operand)
        : operandValue(operand, port.operand, radixLog2);
      if (got === value) continue;
      const name = decoderChoices(port).find(({ selector }) => selector === type)?.type.name;
      const bits = code.toString(2).padStart(port.codeBits, '0');
      return (
        `decoder of the ${port.role} port (decode_${letter}${laneText(port, type)}): ${name} code ${bits} (type selector ` +
        `${type % WIDE}) decodes to ` +
        `${got}, expected ${value}; operand bits ${operand.toString(2).padStart(port.operand.bits, '0')}`
      );
    }
  }
  return undefined;
}

/** The decoder of a lane, where a port has two. */
function laneText({ wideTypes }: Manifest['ports']['a'], selector: number): string {
  if (wideTypes.length === 0) return '';
  return selector >= ODD_LANE ? '_high' : '_low';
}

/** The value of an operand of the floating-point PE: (-1)^sign · sig / 2^(sig bits - 1) · 2^exp, or what it is instead. */
function normalisedValue({ ports }: Manifest, letter: 'a' | 'w', operand: bigint): CodeValue | string {
  const { significandBits, exponentBits, signBits } = ports[letter].operand;
  const field = (low: number, width: number): bigint => (operand >> BigInt(low)) & ((1n << BigInt(width)) - 1n);
  const [significand, exponent] = [field(0, significandBits), field(significandBits, exponentBits)];
  const negative = field(significandBits + exponentBits, signBits) === 1n;
  const fractionBits = BigInt(significandBits - 1);
  if (significand >> fractionBits === 1n) {
    const scaled = significand << exponent;
    if ((scaled >> fractionBits) << fractionBits !== scaled) return `the fraction ${scaled} / 2^${fractionBits}`;
    return negative ? -(scaled >> fractionBits) : scaled >> fractionBits;
  }
  if (significand === 0n) return 0n;
  if (significand << 1n === 1n << fractionBits) return 'NaN';
  if (significand << 2n === 1n << fractionBits) return negative ? '-Infinity' : '+Infinity';
  return `the unknown significand ${significand.toString(2).padStart(significandBits, '0')}`;
}

export interface ModuleFailure {
  readonly rule: string;
  readonly step: number;
  readonly expected: string;
  readonly got: string;
}

function peMismatch(manifest: Manifest, pe: PeVectors, { rule, step, expected, got }: ModuleFailure): string {
  const { ports, configuration } = manifest;
  const codeText = (letter: 'a' | 'w', at: number, lane: number): string => {
    const type = pe.controls[at * 8 + (letter === 'a' ? 0 : 1)];
    const code = pe.codes[(at * 2 + (letter === 'a' ? 0 : 1)) * pe.lanes + lane] as number;
    const choice = operandChoices(ports[letter]).find(({ selector }) => selector === type) as OperandChoice;
    const { name, bits } = choice.type;
    return `${name} ${code.toString(2).padStart(bits, '0')} = ${choice.type.decode(code)}`;
  };
  const products = (activation: number, weight: number): string =>
    Array.from(
      { length: pe.lanes },
      (_, lane) => `${codeText('a', activation, lane)} times ${codeText('w', weight, lane)}`,
    ).join(', ');
  // What a bus has is in the register at its end an edge later.
  const at = rule.startsWith('the bus') ? step - 1 : step;
  const offered = at - configuration.pipeline;
  const stays = factsOf(configuration).computing.adds === 'passes';
  const weight = stays ? weightInUse(pe, offered) : offered;
  const product = offered < 0 || weight < 0 ? 'none' : products(offered, weight);
  const isFloat = configuration.pe === 'float' && /accumulator|bus/.test(rule);
  const show = (value: bigint): string => (isFloat ? showBinary32(value) : String(value));
  const before = stays
    ? `sum from above ${show(pe.values[at * 3] as bigint)}`
    : `accumulator before ${show((at > 0 ? pe.values[(at - 1) * 3 + 1] : 0n) as bigint)}`;
  return (
    `PE, clock edge ${step}: ${rule}: expected ${show(BigInt(expected))}, got ${show(BigInt(got))}; the product that ` +
    `arrives there is ${product}, ${before}; the decoders passed`
  );
}

/** The step in which the weight that is multiplied in step `at` was loaded; -1: none was. */
function weightInUse({ controls }: PeVectors, at: number): number {
  let step = at;
  while (step >= 0 && controls[step * 8 + 3] === 0) step--;
  do step--;
  while (step >= 0 && controls[step * 8 + 2] === 0);
  return step;
}
