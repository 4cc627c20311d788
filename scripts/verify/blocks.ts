import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../../gen/base/errors.js';
import type { Manifest } from '../../gen/design/manifest.js';
import type { RandomSource } from '../../gen/golden/vectors.js';
import { showBinary32 } from '../../gen/numerics/binary32.js';
import { runTool } from '../tools/find.js';
import type { CheckOptions, TestBudget } from './budget.js';
import { buildHarness } from './harness.js';
import type { ModuleFailure } from './modules.js';
import { benchTerms, type PreparedCheck } from './outcome.js';
import { prepared } from './prepared.js';
import { VectorWriter } from './vector-file.js';
import { sumsOf } from './vectors/dot-vectors.js';
import { type ScaledBlock, type ScalerVectors, scalerVectors } from './vectors/scaler-vectors.js';

/** Checks the decoders of scales and one scaler of a design with blocks. */
export async function prepareScaler(
  folder: string,
  manifest: Manifest,
  random: RandomSource,
  { budget, trace }: CheckOptions,
): Promise<PreparedCheck> {
  const executable = await buildScalerBench(folder, manifest, budget, trace !== undefined);
  return prepared(`${manifest.configuration.name}-scaler`, (scratch) => {
    const driven = scalerVectors(manifest, random, budget.mostPairs);
    const vectors = join(scratch, 'vectors.bin');
    writeFileSync(vectors, benchVectors(driven, sumsOf(manifest).bits));
    return async (terms = {}) => {
      const bench = { name: 'the simulation of the scaler', path: executable };
      const args = [vectors, ...(trace ? ['--trace', trace] : [])];
      const { stdout } = await runTool(bench, args, { okCodes: [0, 1], ...benchTerms(terms) });
      const result = JSON.parse(stdout) as { checked: number; failure?: ModuleFailure };
      const { checked } = result;
      const failure = result.failure ? mismatch(manifest, driven, result.failure) : undefined;
      if (!failure && (checked === 0 || checked !== driven.blocks.length)) {
        throw new UserError('the simulation of the scaler did not check all its vectors', EXIT.checkFailed);
      }
      return { vectors: checked, cycles: checked, ...(failure ? { failure } : {}) };
    };
  });
}

async function buildScalerBench(
  folder: string,
  manifest: Manifest,
  budget: TestBudget,
  trace: boolean,
): Promise<string> {
  const { blocks, configuration, ports, modules } = manifest;
  if (blocks === null) throw new Error('a design without blocks has no scaler');
  const { name } = configuration;
  const special: Readonly<Record<string, string>> = {
    ...{ nan_i: 'specials_i[0]', plus_i: 'specials_i[1]', minus_i: 'specials_i[2]', en_i: "1'b1" },
    ...{ a_scale_i: 'a_scale', w_scale_i: 'w_scale' },
  };
  const connected = (module: string, wires: Readonly<Record<string, string>>) =>
    (modules.find((each) => each.name === module)?.ports ?? []).map(({ name: port }) => ({
      port,
      name: wires[port] ?? port,
    }));
  const side = (letter: 'a' | 'w') => {
    const { typeBits } = ports[letter];
    const module = `${name}_scale_${letter}`;
    const wires = {
      ...{ code_i: `${letter}_code_i`, scale_o: `${letter}_scale` },
      type_i: `${letter}_type_i[${Math.max(typeBits, 1) - 1}:0]`,
    };
    return { letter, module, msb: blocks.operands[letter].bits - 1, ports: connected(module, wires) };
  };
  const view = {
    ...{ name, sumMsb: blocks.sums.bits - 1, sides: [side('a'), side('w')] },
    ...{ scaler: `${name}_scaler`, ports: connected(`${name}_scaler`, special) },
  };
  return buildHarness(folder, manifest, budget, trace, {
    ...{ what: 'scaler', top: 'scaler_harness', view, bench: 'scaler_tb' },
    modules: /_(scale_[aw]|scaler)$/,
  });
}

function benchVectors({ stages, blocks }: ScalerVectors, sumBits: number): Buffer {
  const file = new VectorWriter().words(stages, sumBits, blocks.length);
  for (const { aCode, aType, wCode, wType, first, take, specials, sum, expected } of blocks) {
    file.bytes(Uint8Array.from([aCode, aType, wCode, wType, Number(first), Number(take), specials, 0]));
    file.wides(BigInt64Array.from([sum, expected]));
  }
  return file.content();
}

function mismatch(
  { blocks, ports }: Manifest,
  { blocks: driven }: ScalerVectors,
  { rule, step, expected, got }: ModuleFailure,
): string {
  const block = driven[step] as ScaledBlock;
  const type = (letter: 'a' | 'w', selector: number): string => {
    const { types, typeBits } = ports[letter];
    return types[Math.min(selector % 2 ** typeBits, types.length - 1)] as string;
  };
  const show = (bits: string): string => showBinary32(BigInt(bits));
  const before = block.first || step === 0 ? 'none' : showBinary32((driven[step - 1] as ScaledBlock).expected);
  const specials = ['NaN', '+infinity', '-infinity'].filter((_, i) => (block.specials >> i) & 1);
  return (
    `scaler, block ${step}${block.take ? '' : ' (take_i low)'}: ${rule}: expected ${show(expected)}, got ${show(got)}; ` +
    `sum ${block.sum}${specials.length > 0 ? ` with ${specials.join(', ')}` : ''}, ${blocks?.scales.format} scales ${block.aCode} of ` +
    `${type('a', block.aType)} and ${block.wCode} of ${type('w', block.wType)}, accumulator before: ${before}; the unit passed`
  );
}
