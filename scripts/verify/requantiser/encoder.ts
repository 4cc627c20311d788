import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequantiserManifest } from '../../../gen/design/requantiser/manifest.js';
import { doubledEncoder } from '../../../gen/golden/requantise.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { levels } from '../../../gen/numerics/codec.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { runTool } from '../../tools/find.js';
import { buildBench, scratchFolder } from '../../tools/verilator.js';
import type { TestBudget } from '../budget.js';
import type { CheckOutcome } from '../outcome.js';
import { VectorWriter } from '../vector-file.js';

/** Up to this width of its input an encoder gets all values that there are. */
const ALL_BITS = 18;
const SAMPLES = 20_000;

/** Checks the encoder alone: with all doubled values, or where these are too many with those at which a code changes. */
export async function verifyEncoder(
  folder: string,
  manifest: RequantiserManifest,
  random: RandomSource,
  { tuning, builds }: TestBudget,
): Promise<CheckOutcome> {
  const { name, rounding } = manifest.configuration;
  const encoder = `${name}_encode`;
  const parts = manifest.modules.find((module) => module.name === encoder)?.parts ?? [];
  const files = manifest.modules.filter((module) => [...parts, encoder].includes(module.name)).map(({ file }) => file);
  const executable = await buildBench({
    ...{ name: `${name}-encoder`, top: encoder, bench: 'encode_tb', trace: false, tuning, builds },
    verilog: files.map((file) => join(folder, file)),
  });
  const values = doubledValues(manifest, random);
  const told = rounding === 'even';
  const scratch = scratchFolder(`${name}-encoder`);
  try {
    const [vectors, codes] = [join(scratch, 'vectors.bin'), join(scratch, 'codes.bin')];
    const { types, widths } = manifest;
    const header = [types.length, told ? 1 : 0, widths.doubledBits, values.length];
    const content = new VectorWriter().words(...header).wides(BigInt64Array.from(values));
    writeFileSync(vectors, content.content());
    await runTool({ name: 'the simulation of the encoder', path: executable }, [vectors, '--codes', codes]);
    const failure = wrongCode(manifest, values, readFileSync(codes));
    const vectorCount = types.length * (told ? 2 : 1) * values.length;
    return { vectors: vectorCount, cycles: 0, ...(failure === undefined ? {} : { failure }) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function doubledValues({ types, widths }: RequantiserManifest, random: RandomSource): bigint[] {
  const { doubledBits } = widths;
  const most = 1n << BigInt(doubledBits - 1);
  if (doubledBits <= ALL_BITS) return Array.from({ length: 2 ** doubledBits }, (_, i) => BigInt(i) - most);
  const wide = (): bigint => (BigInt(random.bits32()) << 32n) | BigInt(random.bits32());
  const sampled = Array.from({ length: SAMPLES }, () => BigInt.asIntN(1 + random.below(doubledBits), wide()));
  const edges = types.flatMap((name) => {
    const values = levels(numericType(name)).map(({ value }) => value);
    const halves = values.slice(1).map((value, i) => value + (values[i] as bigint));
    return halves.flatMap((edge) => [-2n, -1n, 0n, 1n].map((step) => edge + step));
  });
  const ends = [-most, -most + 1n, most - 2n, most - 1n];
  return [...new Set([...edges, ...ends, ...sampled])].filter((value) => value >= -most && value < most);
}

/** The first code that is not the reference model's. */
function wrongCode(
  { types, codeBits, configuration: { rounding } }: RequantiserManifest,
  values: readonly bigint[],
  codes: Buffer,
): string | undefined {
  const choices = rounding === 'even' ? [true, false] : [true];
  const expected = types.length * choices.length * values.length;
  if (codes.length !== expected) return `the encoder's simulation gave ${codes.length} codes instead of ${expected}`;
  let at = 0;
  for (const name of types) {
    const encode = doubledEncoder(numericType(name), rounding);
    for (const exact of choices) {
      for (const doubled of values) {
        const [got, want] = [codes[at++] as number, encode({ doubled, exact })];
        if (got === want) continue;
        const bits = (code: number): string => code.toString(2).padStart(codeBits, '0');
        const more = exact ? '' : ', which is less than it is';
        return `encoder, ${name}: twice the value ${doubled}${more}: expected code ${bits(want)}, got ${bits(got)}; look at round_${name} and encode`;
      }
    }
  }
  return undefined;
}
