import { describe, expect, it } from 'vitest';
import { HARDWARE_TYPES } from '../../../gen/numerics/types/table.js';
import { typeDecoder } from '../../../gen/rtl/decoder/type.js';
import { type ExponentRadix, type OperandEncoding, operandFields } from '../../../gen/rtl/operand.js';
import { renderTemplate } from '../../../gen/rtl/render/templates.js';

const FORMS: OperandEncoding[] = (['none', 1, 2, 3, 4, 8] as ExponentRadix[]).flatMap((radixLog2) =>
  [false, true].filter((fold) => !fold || radixLog2 !== 'none').map((foldMinimum) => ({ radixLog2, foldMinimum })),
);

describe.each(FORMS)('decoders of all types, radixLog2 $radixLog2, minimum folded $foldMinimum', (encoding) => {
  it.each(HARDWARE_TYPES)('$name: assigns each of its outputs once, and nothing else', (type) => {
    const view = typeDecoder('x', type, encoding, 1);
    const text = renderTemplate(view.template, { ...view, generator: 'g', hash: 'h', command: 'c' });
    const assigned = [...text.matchAll(/assign (\w+_o)\s*=/g)].map(([, name]) => name);
    const outputs = view.ports.filter(({ direction }) => direction === 'output').map(({ name }) => name);
    expect(assigned.sort()).toEqual([...outputs].sort());
    expect(outputs.includes('exp_o')).toBe(operandFields([type], encoding).exponentBits > 0);
  });
});
