import type { Manifest } from '../../../gen/design/manifest.js';
import { decoderChoices, ODD_LANE, WIDE } from '../../../gen/golden/operand-choices.js';
import { filesOf, hasPort, moduleNamed, range } from '../check.js';

/** Verilog that makes operands of any codes by a port's decoders, and says what the codec says of these codes. */
export interface Operands {
  /** Bits of an operand. */
  readonly bits: number;
  /** Files of the decoders. */
  readonly files: readonly string[];
  /** Inputs for the codes of all lanes and what selects their type. */
  readonly ports: (lanes: number) => readonly string[];
  /** The codec's values. */
  readonly functions: string;
  /** The operands of all lanes, `a_operand`, and their values, `a_value_0` and so on. */
  readonly lanes: (lanes: number) => string;
}

export function operandsOf(manifest: Manifest, letter: 'a' | 'w'): Operands {
  const { codeBits, typeBits, wideTypes, operand } = manifest.ports[letter];
  const wide = wideTypes.length > 0;
  const decoders = (wide ? ['_low', '_high'] : ['']).map((half) => {
    const module = moduleNamed(manifest, `decode_${letter}${half}`);
    if (module === undefined) throw new Error(`no decoder of the ${manifest.ports[letter].role} port`);
    return module;
  });
  const selectBits = typeBits + (wide ? 1 : 0);
  const chosenBits = (wide ? 1 : 0) + selectBits + codeBits;
  const values = decoderChoices(manifest.ports[letter]).flatMap(({ selector, type }) => {
    const odd = selector >= ODD_LANE ? 2 ** selectBits : 0;
    const select = odd + (selector & WIDE ? 2 ** typeBits : 0) + (selector % WIDE);
    return Array.from({ length: 2 ** codeBits }, (_, code) => ({
      at: select * 2 ** codeBits + code,
      value: numberOf(type.decode(code % 2 ** type.bits)),
    }));
  });
  const bits = 1 + Math.max(...values.map(({ value }) => (value < 0n ? -value : value).toString(2).length));
  const rows = values.map(
    ({ at, value }) =>
      `      ${chosenBits}'d${at}: value_${letter} = ${bits}'h${BigInt.asUintN(bits, value).toString(16)};`,
  );
  const select = selectBits > 0 ? `${letter}_select` : '';
  const lane = (i: number): string => {
    const chosen = [
      ...(wide ? [`${letter}_odd[${i}]`] : []),
      ...(selectBits > 0 ? [`${select}[${i * selectBits} +: ${selectBits}]`] : []),
      `${letter}_code[${i * codeBits} +: ${codeBits}]`,
    ];
    const instances = decoders.map((module, half) => {
      const port = ['type_i', 'mode_i'].find((name) => hasPort(module, name));
      const selects = port === undefined ? '' : `.${port}(${select}[${i * selectBits} +: ${selectBits}]), `;
      return `  wire [${operand.bits - 1}:0] ${letter}_operand_${i}_${half};
  ${module.name} decode_${letter}_${i}_${half} (.code_i(${letter}_code[${i * codeBits} +: ${codeBits}]), ${selects}.operand_o(${letter}_operand_${i}_${half}));`;
    });
    return `${instances.join('\n')}
  assign ${letter}_operand[${i * operand.bits} +: ${operand.bits}] = ${wide ? `${letter}_odd[${i}] ? ${letter}_operand_${i}_1 : ${letter}_operand_${i}_0` : `${letter}_operand_${i}_0`};
  wire signed [${bits - 1}:0] ${letter}_value_${i} = value_${letter}({${chosen.join(', ')}});`;
  };
  return {
    bits: operand.bits,
    files: decoders.flatMap((module) => filesOf(manifest, module)),
    ports: (lanes) => [
      `  input wire ${range(lanes * codeBits)}${letter}_code`,
      ...(selectBits > 0 ? [`  input wire [${lanes * selectBits - 1}:0] ${select}`] : []),
      ...(wide ? [`  input wire [${lanes - 1}:0] ${letter}_odd`] : []),
    ],
    functions: `  function signed [${bits - 1}:0] value_${letter}(input [${chosenBits - 1}:0] chosen);
    case (chosen)
${rows.join('\n')}
      default: value_${letter} = 0;
    endcase
  endfunction`,
    lanes: (lanes) => Array.from({ length: lanes }, (_, i) => lane(i)).join('\n'),
  };
}

function numberOf(value: bigint | string): bigint {
  if (typeof value !== 'bigint') throw new Error(`${value} is no number of an integer PE`);
  return value;
}
