import type { DesignCore } from '../design-core.js';
import { input, type ModuleView, output } from '../module.js';
import { bitsFor } from '../operand.js';
import { typeMeaning } from '../operand-text.js';
import type { OperandPort } from '../port.js';
import { literal, slice, zeroExtend } from '../verilog.js';
import type { BlockArithmetic, ScaleFields } from './arithmetic.js';

/** The decoder of the scales of a port: a code and the type of the elements to `{nan, exp, sig}`. */
export interface ScaleView extends ModuleView {
  readonly value: string;
  readonly nan: string;
  /** The wires between, in order: their names, widths and values. */
  readonly wires: readonly { readonly name: string; readonly width: number; readonly value: string }[];
  /** What an element's step adds to the exponent, by type, where types differ; the last stands for all others. */
  readonly steps: readonly { readonly width: number; readonly cases: readonly { label: string; step: string }[] }[];
  readonly exponent: { readonly width: number; readonly value: string };
  readonly scale: string;
}

/** `{nan, exp[8:0], sig[3:0]}`, with the fields that exist. */
export function scaleLayout({ exponentBits, significandBits }: ScaleFields): string {
  const significand = significandBits > 0 ? `, sig[${significandBits - 1}:0]` : '';
  return `{nan, exp[${exponentBits - 1}:0]${significand}}`;
}

export function scaleModule({ config }: DesignCore, port: OperandPort, blocks: BlockArithmetic): ScaleView {
  const { letter, role, typeBits } = port;
  const { scales } = blocks;
  const fields = blocks[letter];
  const name = `${config.name}_scale_${letter}`;
  const differ = fields.steps.some((step) => step !== 0);
  const power = scales.fractionBits === 0;
  const [exponentName, exponentBits] = power ? ['code_i', scales.bits] : ['place', scales.exponentBits];
  const exponent = zeroExtend(exponentName, exponentBits, fields.exponentBits);
  const stepBits = bitsFor(Math.max(...fields.steps));
  const stepped = differ ? `${exponent} + ${zeroExtend('step', stepBits, fields.exponentBits)}` : exponent;
  const exact = 2 ** scales.stepExponent;
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/blocks/scale.v',
    title: `Decoder of the scales of the ${role} port: code${differ ? ' and type' : ''} to ${scaleLayout(fields)}.`,
    ports: [
      input('code_i', scales.bits, `${scales.name} code`),
      ...(differ && typeBits > 0 ? [input('type_i', typeBits, typeMeaning(port))] : []),
      output('scale_o', fields.bits, scaleLayout(fields)),
    ],
    instances: letter === 'a' ? config.rows : config.cols,
    value: power
      ? `A code c is 2^(c - ${-scales.stepExponent}); ${scales.nan} is NaN`
      : `A scale is sig * 2^exp, in steps of ${exact}, with 0 <= sig < ${2 ** fields.significandBits}`,
    ...(power ? { nan: '&code_i', wires: [] } : floatScale(scales)),
    steps: differ
      ? [
          {
            width: stepBits,
            cases: fields.steps.map((step, i) => ({
              label: i === fields.steps.length - 1 ? 'default' : literal(typeBits, i),
              step: literal(stepBits, step),
            })),
          },
        ]
      : [],
    scale: `{nan, exponent${power ? '' : ', significand'}}`,
    exponent: { width: fields.exponentBits, value: stepped },
  };
}

/** A float with subnormals; codes beyond the greatest one, those with the sign set among them, are NaN. */
function floatScale({ bits, exponentBits, fractionBits }: BlockArithmetic['scales']) {
  const top = exponentBits + fractionBits;
  const field = slice('code_i', bits, top - 1, fractionBits);
  const fraction = slice('code_i', bits, fractionBits - 1, 0);
  return {
    nan: `${slice('code_i', bits, bits - 1, top)} | (&${slice('code_i', bits, top - 1, 0)})`,
    wires: [
      { name: 'normal', width: 1, value: `|${field}` },
      { name: 'place', width: exponentBits, value: `${field} - ${zeroExtend('normal', 1, exponentBits)}` },
      { name: 'significand', width: fractionBits + 1, value: `{normal, ${fraction}}` },
    ],
  };
}
