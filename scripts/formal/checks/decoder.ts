import type { Manifest } from '../../../gen/design/manifest.js';
import { decoderChoices, ODD_LANE, type OperandChoice, WIDE } from '../../../gen/golden/operand-choices.js';
import type { CodeValue } from '../../../gen/numerics/types/type-base.js';
import {
  type Check,
  filesOf,
  hasPort,
  instance,
  moduleNamed,
  outcomePorts,
  type Property,
  portBits,
  range,
} from '../check.js';

const VALUE: Property = {
  name: 'value',
  statement: "every code of every type becomes an operand of just the codec's value",
};
const UNUSED: Property = {
  name: 'unused',
  statement: 'a type selector beyond the list decodes as the last type',
};

/** The decoders of both ports: what they give, read as a number, is what the codec says. */
export const decoderChecks = (manifest: Manifest): Check[] =>
  (['a', 'w'] as const).flatMap((letter) => {
    const choices = decoderChoices(manifest.ports[letter]);
    const { wideTypes } = manifest.ports[letter];
    if (wideTypes.length === 0) return decoderCheck(manifest, letter, `decode_${letter}`, choices);
    const [low, high] = [false, true].map((odd) => choices.filter(({ selector }) => selector >= ODD_LANE === odd));
    return [
      ...decoderCheck(manifest, letter, `decode_${letter}_low`, low ?? []),
      ...decoderCheck(manifest, letter, `decode_${letter}_high`, high ?? []),
    ];
  });

function decoderCheck(
  manifest: Manifest,
  letter: 'a' | 'w',
  suffix: string,
  choices: readonly OperandChoice[],
): Check[] {
  const module = moduleNamed(manifest, suffix);
  if (module === undefined) return [];
  const { codeBits, typeBits, types, wideTypes, operand } = manifest.ports[letter];
  const select = ['type_i', 'mode_i'].find((port) => hasPort(module, port));
  const selectBits = select === undefined ? 0 : portBits(module, select);
  const isUnused = ({ selector }: OperandChoice): boolean =>
    selector % WIDE >= (selector & WIDE ? wideTypes : types).length;
  const properties = choices.some(isUnused) ? [VALUE, UNUSED] : [VALUE];
  const read = manifest.operandFormat.normalised ? normalisedReading(operand) : plainReading(manifest, letter);
  const rows = choices.flatMap((choice) => {
    const wide = choice.selector & WIDE ? 2 ** typeBits : 0;
    const selector = wide + (choice.selector % WIDE);
    return Array.from({ length: 2 ** codeBits }, (_, code) => {
      const at = selector * 2 ** codeBits + code;
      const value = choice.type.decode(code % 2 ** choice.type.bits);
      return `      ${selectBits + codeBits}'d${at}: expected = {1'b${isUnused(choice) ? 1 : 0}, ${constant(value, read.bits)}};`;
    });
  });
  const chosen = select === undefined ? 'code_i' : `{${select}, code_i}`;
  return [
    {
      module: module.name,
      files: filesOf(manifest, module),
      properties,
      harness: () => `module properties (
  input wire ${range(codeBits)}code_i,
${select === undefined ? '' : `  input wire ${range(selectBits)}${select},\n`}${outcomePorts(properties)}
);
  wire ${range(operand.bits)}operand_o;
${instance(module)}

  // Whether the selector is beyond the list, what is no number (1: NaN, 2: infinity), and the value.
  reg [${read.bits + 2}:0] expected;
  always @* begin
    case (${chosen})
${rows.join('\n')}
      default: expected = ${read.bits + 3}'d0;
    endcase
  end
  wire unused = expected[${read.bits + 2}];

${read.text}
  wire differs = got != expected[${read.bits + 1}:0];

  assign cover_value = ~unused;
  assign bad_value = ~unused & differs;
${properties.includes(UNUSED) ? '  assign cover_unused = unused;\n  assign bad_unused = unused & differs;\n' : ''}endmodule
`,
    },
  ];
}

/** What the codec says of a code: two bits of what is no number, and the value. */
function constant(value: CodeValue, bits: number): string {
  if (typeof value === 'bigint') return `2'd0, ${bits}'h${BigInt.asUintN(bits, value).toString(16)}`;
  if (value === 'NaN') return `2'd1, ${bits}'d0`;
  return `2'd2, ${bits}'h${BigInt.asUintN(bits, value === '-Infinity' ? -1n : 1n).toString(16)}`;
}

/** Verilog that reads an operand as a number of some bits, behind two bits of what is no number. */
interface Reading {
  readonly bits: number;
  readonly text: string;
}

type Fields = Manifest['ports']['a']['operand'];

/** (-1)^sign · sig · radix^exp; with the sign, significands from `doubledFrom` up count twice, and are positive. */
function plainReading({ ports, operandFormat }: Manifest, letter: 'a' | 'w'): Reading {
  const { signBits, exponentBits, significandBits, doubledFrom } = ports[letter].operand;
  const radixLog2 = operandFormat.radixLog2 === 'none' ? 0 : operandFormat.radixLog2;
  const bits = significandBits + radixLog2 * (2 ** exponentBits - 1) + 2;
  const sign = signBits === 1 ? `operand_o[${significandBits + exponentBits}]` : "1'b0";
  const shift = exponentBits > 0 ? ` << (${radixLog2} * operand_o[${significandBits} +: ${exponentBits}])` : '';
  const twice = doubledFrom === undefined ? "1'b0" : `sig >= ${doubledFrom}`;
  return {
    bits,
    text: `  wire [${bits - 1}:0] sig = operand_o[${significandBits - 1}:0];
  wire [${bits - 1}:0] magnitude = sig${shift};
  wire [${bits - 1}:0] signed_value = (${twice}) ? 2 * magnitude : -magnitude;
  wire [${bits + 1}:0] got = {2'd0, ${sign} ? signed_value : magnitude};`,
  };
}

/** (-1)^sign · sig / 2^(sig bits - 1) · 2^exp with a leading one; without it 0, NaN or infinity. */
function normalisedReading({ exponentBits, significandBits, signBits }: Fields): Reading {
  const fraction = significandBits - 1;
  const bits = significandBits + 2 ** exponentBits + 1;
  const sign = signBits === 1 ? `operand_o[${significandBits + exponentBits}]` : "1'b0";
  const shift = exponentBits > 0 ? ` << operand_o[${significandBits} +: ${exponentBits}]` : '';
  return {
    bits,
    text: `  wire [${bits - 1}:0] sig = operand_o[${fraction}:0];
  wire [${bits - 1}:0] scaled = sig${shift};
  wire [${bits - 1}:0] magnitude = scaled >> ${fraction};
  wire is_number = sig[${fraction}] & (magnitude << ${fraction}) == scaled;
  wire is_infinite = sig == ${bits}'d${2 ** (fraction - 2)};
  wire is_nan = sig == ${bits}'d${2 ** (fraction - 1)};
  // What is none of these is nothing the codec knows.
  wire [${bits + 1}:0] got =
    is_number ? {2'd0, ${sign} ? -magnitude : magnitude} :
    sig == 0 ? ${bits + 2}'d0 :
    is_nan ? {2'd1, ${bits}'d0} :
    is_infinite ? {2'd2, ${sign} ? ~${bits}'d0 : ${bits}'d1} : {2'd3, ${bits}'d0};`,
  };
}
