import type { NumericType } from '../../numerics/types/numeric-type.js';
import type { DesignCore } from '../design-core.js';
import { input, type ModuleView, output } from '../module.js';
import { typeMeaning } from '../operand-text.js';
import type { OperandPort } from '../port.js';
import { literal, slice } from '../verilog.js';
import { type BlockArithmetic, hasSpecials, mayBeInfinite } from './arithmetic.js';

/** What tells of a code whether it is a number: `{nan, infinite, zero, negative}`, as far as the design needs it. */
export interface SpecialView extends ModuleView {
  readonly bits: number;
  /** A selection among types, or a single one: lists of which one is empty. */
  readonly selected: readonly { readonly cases: readonly { readonly label: string; readonly flags: string }[] }[];
  readonly single: readonly string[];
}

/** The flags of a port's codes, from the left. Of a port without NaN beside one with NaN alone there are none. */
export function flagsOf(blocks: BlockArithmetic, letter: 'a' | 'w'): readonly string[] {
  if (mayBeInfinite(blocks)) return ['nan', 'infinite', 'zero', 'negative'];
  return blocks.specials[letter].nan ? ['nan'] : [];
}

/** The modules that tell what codes are besides numbers, of the ports that need one. */
export function specialModules(core: DesignCore, blocks: BlockArithmetic): SpecialView[] {
  if (!hasSpecials(blocks)) return [];
  return [core.a, core.w]
    .filter(({ letter }) => flagsOf(blocks, letter).length > 0)
    .map((port) => special(core, port, blocks));
}

/** The low bits of a code that matter: for NaN alone those of the types that have it, without the sign. */
export const specialBits = ({ letter, codeBits, types }: OperandPort, blocks: BlockArithmetic): number =>
  flagsOf(blocks, letter).length > 1
    ? codeBits
    : Math.max(
        ...types
          .filter((type) => type.kind === 'float' && type.hasSpecials)
          .map(({ bits, signed }) => bits - (signed ? 1 : 0)),
      );

function special({ config }: DesignCore, port: OperandPort, blocks: BlockArithmetic): SpecialView {
  const { letter, role, lanes, typeBits, types } = port;
  const flags = flagsOf(blocks, letter);
  const codeBits = specialBits(port, blocks);
  const layout = flags.length === 1 ? (flags[0] as string) : `{${flags.join(', ')}}`;
  const name = `${config.name}_special_${letter}`;
  const of = (type: NumericType): string => {
    const each = flags.map((flag) => FLAGS[flag as keyof typeof FLAGS](type, codeBits));
    return each.length === 1 ? (each[0] as string) : `{${each.join(', ')}}`;
  };
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/blocks/special.v',
    title: `What a code of the ${role} port is besides a number.`,
    ports: [
      input('code_i', codeBits, `${role} code${codeBits < port.codeBits ? ', its low bits' : ''}`),
      ...(typeBits > 0 ? [input('type_i', typeBits, typeMeaning(port))] : []),
      output('flags_o', flags.length, layout),
    ],
    instances: lanes,
    bits: flags.length,
    selected:
      typeBits > 0
        ? [
            {
              cases: types.map((type, i) => ({
                label: i === types.length - 1 ? 'default' : literal(typeBits, i),
                flags: of(type),
              })),
            },
          ]
        : [],
    single: typeBits > 0 ? [] : types.map(of),
  };
}

/** Flags of a code of a type, in terms of `code_i`, by the definitions of OCP's floats. */
const FLAGS = {
  nan: (type: NumericType, width: number): string => {
    if (type.kind !== 'float' || !type.hasSpecials) return "1'd0";
    const fraction = slice('code_i', width, type.fractionBits - 1, 0);
    return infinities(type) ? `(${exponentFull(type, width)}) & (|${fraction})` : `&${magnitude(type, width)}`;
  },
  infinite: (type: NumericType, width: number): string => {
    if (type.kind !== 'float' || !infinities(type)) return "1'd0";
    return `(${exponentFull(type, width)}) & ~(|${slice('code_i', width, type.fractionBits - 1, 0)})`;
  },
  zero: (type: NumericType, width: number): string =>
    type.kind === 'int' || type.kind === 'biscaled'
      ? `~|${slice('code_i', width, type.bits - 1, 0)}`
      : `~|${magnitude(type, width)}`,
  negative: (type: NumericType, width: number): string =>
    type.signed ? slice('code_i', width, type.bits - 1, type.bits - 1) : "1'd0",
} as const;

const infinities = (type: NumericType): boolean =>
  Array.from({ length: 2 ** type.bits }, (_, code) => type.decode(code)).includes('+Infinity');

/** A code without its sign. */
const magnitude = ({ bits, signed }: NumericType, width: number): string =>
  slice('code_i', width, bits - (signed ? 2 : 1), 0);

const exponentFull = (type: NumericType & { readonly kind: 'float' }, width: number): string =>
  `&${slice('code_i', width, type.fractionBits + type.exponentBits - 1, type.fractionBits)}`;
