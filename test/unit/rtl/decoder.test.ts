import { describe, expect, it } from 'vitest';
import { HARDWARE_TYPES } from '../../../gen/numerics/types/table.js';
import { typeDecoder } from '../../../gen/rtl/decoder/type.js';
import { type ExponentUnit, type OperandForm, operandFields } from '../../../gen/rtl/operand.js';
import { renderTemplate } from '../../../gen/rtl/render/templates.js';

const FORMS: OperandForm[] = (['none', 1, 2, 4, 8] as ExponentUnit[]).flatMap((unit) =>
  [false, true].filter((fold) => !fold || unit !== 'none').map((foldMinimum) => ({ unit, foldMinimum })),
);

describe.each(FORMS)('decoders of all types, unit $unit, minimum folded $foldMinimum', (form) => {
  it.each(HARDWARE_TYPES)('$name: assigns each of its outputs once, and nothing else', (type) => {
    const view = typeDecoder('x', type, form, 1);
    const text = renderTemplate(view.template, { ...view, generator: 'g', hash: 'h', command: 'c' });
    const assigned = [...text.matchAll(/assign (\w+_o)\s*=/g)].map(([, name]) => name);
    const outputs = view.ports.filter(({ direction }) => direction === 'output').map(({ name }) => name);
    expect(assigned.sort()).toEqual([...outputs].sort());
    expect(outputs.includes('exp_o')).toBe(operandFields([type], form).exponentBits > 0);
  });
});
