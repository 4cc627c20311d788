import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeValues } from '../../../gen/codec.js';
import { EXIT, UserError } from '../../../gen/errors.js';
import type { Manifest } from '../../../gen/manifest.js';
import { type PeVectors, peVectors } from '../../../gen/pe-vectors.js';
import { renderTemplate } from '../../../gen/render/engine.js';
import { numericType } from '../../../gen/types/table.js';
import type { RandomSource } from '../../../gen/vectors.js';
import { runTool } from '../tools.js';
import { VectorWriter } from '../vector-file.js';
import { buildBench, scratchFolder } from '../verilator.js';
import type { Effort } from './effort.js';
import type { CheckOutcome } from './outcome.js';

/** A code offered to a port's decoder, and what it must mean. */
interface DecodeVector {
  readonly type: number;
  readonly code: number;
  readonly value: bigint;
}

/**
 * Checks the decoders on every code of every type (and every unused type selector) and one PE on all pairs of codes.
 *
 * @param options.trace Waveform file to write.
 */
export async function verifyUnits(
  folder: string,
  manifest: Manifest,
  random: RandomSource,
  { effort, trace }: { readonly effort: Effort; readonly trace?: string | undefined },
): Promise<CheckOutcome> {
  const executable = await buildUnitBench(folder, manifest, effort, trace !== undefined);
  const scratch = scratchFolder(`${manifest.configuration.name}-unit`);
  try {
    const a = decodeVectors(manifest, 'a');
    const w = decodeVectors(manifest, 'w');
    const pe = peVectors(manifest, random, effort.mostPairs);
    const steps = Math.max(a.length, w.length);
    const vectors = join(scratch, 'vectors.bin');
    const operands = join(scratch, 'operands.bin');
    writeFileSync(vectors, unitVectors(manifest, a, w, steps, pe));
    const args = [vectors, '--operands', operands, ...(trace ? ['--trace', trace] : [])];
    const { stdout } = await runTool({ name: 'the unit simulation', path: executable }, args, { okCodes: [0, 1] });
    const result = JSON.parse(stdout) as { decoded: number; checked: number; failure?: UnitFailure };
    const failure =
      decoderMismatch(manifest, readFileSync(operands), { a, w }) ??
      (result.failure ? peMismatch(manifest, pe, result.failure) : undefined);
    if (result.decoded !== steps || (!failure && (result.checked === 0 || pe.pairs === 0))) {
      throw new UserError('the unit simulation checked nothing', EXIT.checkFailed);
    }
    return { vectors: a.length + w.length + result.checked, cycles: result.checked, ...(failure ? { failure } : {}) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function buildUnitBench(
  folder: string,
  manifest: Manifest,
  { tuning, builds }: Effort,
  trace: boolean,
): Promise<string> {
  const { name, stall, drain, dataflow, tileRows, tileCols } = manifest.configuration;
  const { a, w } = manifest.ports;
  const harness = renderTemplate('verify/unit_harness.v', {
    name,
    enable: stall === 'enable',
    double: drain === 'double',
    stationary: dataflow === 'ws',
    tiled: tileRows * tileCols > 1,
    sumBits: manifest.accumulator.bits,
    aCodeMsb: a.codeBits - 1,
    wCodeMsb: w.codeBits - 1,
    aTypeBits: a.typeBits,
    wTypeBits: w.typeBits,
    aTypeMsb: a.typeBits - 1,
    wTypeMsb: w.typeBits - 1,
    aOperandMsb: a.operand.bits - 1,
    wOperandMsb: w.operand.bits - 1,
    accMsb: manifest.accumulator.bits - 1,
  });
  const scratch = scratchFolder(`${name}-harness`);
  try {
    const file = join(scratch, 'unit_harness.v');
    writeFileSync(file, harness);
    const units = manifest.modules.filter(({ name: module }) => /_(decode_\w+|pe)$/.test(module));
    return await buildBench({
      name: `${name}-unit`,
      top: 'unit_harness',
      verilog: [...units.map((module) => join(folder, module.file)), file],
      main: 'unit_tb.cpp',
      trace,
      pes: 1,
      allow: ['UNUSED'],
      ...(tuning ? { tuning } : {}),
      ...(builds ? { builds } : {}),
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** All codes of all types of a port; bits above a type's width must not matter. Selectors without a type must behave like the last type. */
function decodeVectors({ ports }: Manifest, letter: 'a' | 'w'): DecodeVector[] {
  const { types, typeBits, codeBits } = ports[letter];
  return Array.from({ length: 2 ** typeBits }, (_, type) => {
    const name = types[Math.min(type, types.length - 1)] as string;
    const values = codeValues(numericType(name));
    return Array.from({ length: 2 ** codeBits }, (__, code) => ({
      type,
      code,
      value: values[code % values.length] as bigint,
    }));
  }).flat();
}

function unitVectors(
  { configuration, accumulator }: Manifest,
  a: readonly DecodeVector[],
  w: readonly DecodeVector[],
  steps: number,
  pe: PeVectors,
): Buffer {
  const file = new VectorWriter().words(peKind(configuration), accumulator.bits, steps, pe.steps);
  const decode = new Uint8Array(steps * 4);
  for (let i = 0; i < steps; i++) {
    const [x, y] = [a[i % a.length] as DecodeVector, w[i % w.length] as DecodeVector];
    decode.set([x.type, x.code, y.type, y.code], i * 4);
  }
  file.bytes(decode);
  const record = new Uint8Array(pe.steps * 32);
  const values = new Uint8Array(pe.values.buffer, pe.values.byteOffset, pe.values.byteLength);
  for (let i = 0; i < pe.steps; i++) {
    record.set(pe.controls.subarray(i * 8, i * 8 + 8), i * 32);
    record.set(values.subarray(i * 24, i * 24 + 24), i * 32 + 8);
  }
  return file.bytes(record).content();
}

/** What `tb/unit_tb.cpp` is told of the PE. */
function peKind({ dataflow, drain }: Manifest['configuration']): number {
  if (dataflow === 'ws') return 2;
  return drain === 'double' ? 1 : 0;
}

/** The first code whose operand, read as (-1)^sign · base · 2^(unit · exp), is not the codec's value. */
function decoderMismatch(
  manifest: Manifest,
  operands: Buffer,
  vectors: Readonly<Record<'a' | 'w', readonly DecodeVector[]>>,
): string | undefined {
  for (const [offset, letter] of (['a', 'w'] as const).entries()) {
    const port = manifest.ports[letter];
    for (const [i, { type, code, value }] of vectors[letter].entries()) {
      const operand = operands.readBigUInt64LE((i * 2 + offset) * 8);
      const got = operandValue(manifest, letter, operand);
      if (got === value) continue;
      const name = port.types[Math.min(type, port.types.length - 1)];
      const bits = code.toString(2).padStart(port.codeBits, '0');
      return (
        `decoder of the ${port.role} port (decode_${letter}): ${name} code ${bits} (type selector ${type}) decodes to ` +
        `${got}, expected ${value}; operand bits ${operand.toString(2).padStart(port.operand.bits, '0')}`
      );
    }
  }
  return undefined;
}

function operandValue({ ports, operandFormat }: Manifest, letter: 'a' | 'w', operand: bigint): bigint {
  const { baseBits, exponentBits, signBits } = ports[letter].operand;
  const field = (low: number, width: number): bigint => (operand >> BigInt(low)) & ((1n << BigInt(width)) - 1n);
  const unit = operandFormat.unit === 'none' ? 0n : BigInt(operandFormat.unit);
  const magnitude = field(0, baseBits) << (unit * field(baseBits, exponentBits));
  return field(baseBits + exponentBits, signBits) === 1n ? -magnitude : magnitude;
}

interface UnitFailure {
  readonly rule: string;
  readonly step: number;
  readonly expected: string;
  readonly got: string;
}

function peMismatch(manifest: Manifest, pe: PeVectors, { rule, step, expected, got }: UnitFailure): string {
  const { ports, configuration } = manifest;
  const operands = (at: number) => {
    const [aType = 0, aCode = 0, wType = 0, wCode = 0] = pe.controls.subarray(at * 8, at * 8 + 4);
    const text = (letter: 'a' | 'w', type: number, code: number): string => {
      const name = ports[letter].types[type] as string;
      return `${name} ${code.toString(2).padStart(numericType(name).bits, '0')} = ${numericType(name).decode(code)}`;
    };
    return { a: text('a', aType, aCode), w: text('w', wType, wCode) };
  };
  const offered = step - configuration.pipeline;
  const stays = configuration.dataflow === 'ws';
  const weight = stays ? weightInUse(pe, offered) : offered;
  const product = offered < 0 || weight < 0 ? 'none' : `${operands(offered).a} times ${operands(weight).w}`;
  const before = stays
    ? `sum from above ${pe.values[step * 3]}`
    : `accumulator before ${step > 0 ? pe.values[(step - 1) * 3 + 1] : 0n}`;
  return (
    `PE, clock edge ${step}: ${rule}: expected ${expected}, got ${got}; the product that arrives there is ` +
    `${product}, ${before}; the decoders passed`
  );
}

/** The step in which the weight that is multiplied in step `at` was loaded; -1: none was. */
function weightInUse({ controls }: PeVectors, at: number): number {
  let step = at;
  while (step >= 0 && controls[step * 8 + 5] === 0) step--;
  do step--;
  while (step >= 0 && controls[step * 8 + 4] === 0);
  return step;
}
