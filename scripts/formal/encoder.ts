import { EXIT, UserError } from '../../gen/base/errors.js';
import type { RequantiserManifest } from '../../gen/design/requantiser/manifest.js';
import { levels } from '../../gen/numerics/codec.js';
import type { NumericType } from '../../gen/numerics/types/numeric-type.js';
import { numericType } from '../../gen/numerics/types/table.js';
import type { Yosys } from '../tools/yosys/interface.js';
import { runYosys } from '../tools/yosys/yosys.js';

/**
 * An encoder as the codec defines it, in Verilog: from the greatest value of a type down, the first whose halfway point to
 * the value below is reached.
 */
export function encoderByLevels(
  name: string,
  { types, widths, codeBits, configuration: { rounding } }: RequantiserManifest,
): string {
  const { doubledBits } = widths;
  const typeBits = types.length > 1 ? (types.length - 1).toString(2).length : 0;
  const even = rounding === 'even';
  const codes = types.map((type, i) => chosenCode(numericType(type), i, { doubledBits, codeBits, even }));
  const selected = (i: number): string => (typeBits === 0 ? "1'b1" : `type_i == ${typeBits}'d${i}`);
  return [
    `module ${name} (`,
    ...(typeBits > 0 ? [`  input wire [${typeBits - 1}:0] type_i,`] : []),
    `  input wire [${doubledBits - 1}:0] doubled_i,`,
    ...(even ? ['  input wire exact_i,'] : []),
    `  output wire [${codeBits - 1}:0] code_o`,
    ');',
    `  wire signed [${doubledBits - 1}:0] d = doubled_i;`,
    ...codes.flatMap(({ lines }) => lines),
    `  assign code_o = ${types.map((_, i) => `${selected(i)} ? code_${i} : `).join('')}${codeBits}'d0;`,
    'endmodule',
    '',
  ].join('\n');
}

interface EncoderText {
  readonly doubledBits: number;
  readonly codeBits: number;
  readonly even: boolean;
}

/** The code of one type, as a chain of comparisons. */
function chosenCode(type: NumericType, index: number, { doubledBits, codeBits, even }: EncoderText) {
  const table = levels(type);
  const most = 1n << BigInt(doubledBits - 1);
  const constant = (value: bigint): string =>
    `$signed(${doubledBits}'h${BigInt.asUintN(doubledBits, value).toString(16)})`;
  const steps = table.slice(1).map((upper, i) => ({ upper, halfway: upper.value + (table[i]?.value ?? 0n) }));
  const lowest = steps.findLast(({ halfway }) => halfway < -most)?.upper.code ?? table[0]?.code ?? 0;
  const reachable = steps.filter(({ halfway }) => halfway >= -most && halfway < most);
  const choices = reachable.map(({ upper, halfway }) => {
    const odd = even && type.kind === 'int' && upper.value % 2n !== 0n;
    const at = constant(halfway);
    return { code: upper.code, reached: odd ? `((d > ${at}) | ((d == ${at}) & ~exact_i))` : `(d >= ${at})` };
  });
  const chain = [...choices].reverse().map(({ code, reached }) => `    ${reached} ? ${codeBits}'d${code} :`);
  return { lines: [`  wire [${codeBits - 1}:0] code_${index} =`, ...chain, `    ${codeBits}'d${lowest};`] };
}

/** What a proof found: undefined where it holds, else inputs with which the two differ. */
export type EncoderProof = { readonly proved: true } | { readonly proved: false; readonly counterexample: string };

/**
 * Proves, for all inputs, that the encoder of a requantiser gives the codes that the codec defines.
 *
 * @param read The text of a file of the design.
 * @throws UserError when Yosys fails or decides nothing.
 */
export async function proveEncoder(
  yosys: Yosys,
  manifest: RequantiserManifest,
  read: (file: string) => string,
): Promise<EncoderProof> {
  const encoder = `${manifest.configuration.name}_encode`;
  const parts = manifest.modules.find(({ name }) => name === encoder)?.parts ?? [];
  const files = manifest.modules.filter(({ name }) => [...parts, encoder].includes(name)).map(({ file }) => file);
  const reference = 'reference.v';
  const script = [
    `read_verilog ${[...files, reference].join(' ')}`,
    'proc',
    'flatten',
    'opt_clean',
    `miter -equiv -make_outputs encoder_reference ${encoder} miter`,
    'flatten miter',
    'opt -full miter',
    'sat -prove trigger 0 -show-inputs -show-outputs miter',
    '',
  ].join('\n');
  const { log } = await runYosys(yosys, {
    title: `${encoder}, proof`,
    script,
    inputs: {
      ...Object.fromEntries(files.map((file) => [file, read(file)])),
      [reference]: encoderByLevels('encoder_reference', manifest),
    },
    outputs: [],
  });
  if (/SAT proof finished - no model found: SUCCESS!/.test(log)) return { proved: true };
  if (!/SAT proof finished - model found: FAIL!/.test(log)) {
    throw new UserError(`Yosys decided nothing about ${encoder}`, EXIT.toolBroken);
  }
  const shown = [...log.matchAll(/^ +\\(in_\w+|g\w+_code_o) +(-?\d+|--)/gm)].map(
    ([, signal, value]) => `${signal} ${value}`,
  );
  return { proved: false, counterexample: shown.join(', ') };
}
