import { describe, expect, it } from 'vitest';
import { ConfigurationError, type Problem } from '../../../gen/base/errors.js';
import { BASELINE_NAMES } from '../../../gen/config/baselines.js';
import { configurationSchema, PE_NAMES } from '../../../gen/config/parameters.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { numericType } from '../../../gen/numerics/types/table.js';

function problems(raw: RawConfiguration): readonly Problem[] {
  try {
    validateConfiguration(raw);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('a baseline', () => {
  const NONE = { wideActivations: [], wideWeights: [] };
  it.each([
    ['int4', { activations: ['int4'], weights: ['int4'], ...NONE }],
    ['int8', { activations: ['int8'], weights: ['int8'], ...NONE }],
    [
      'fused',
      {
        activations: ['int4', 'uint4'],
        weights: ['int4'],
        wideActivations: ['int8', 'uint8'],
        wideWeights: ['int8'],
      },
    ],
    ['biscaled', { activations: ['bi6s2'], weights: ['bi6s2'], ...NONE }],
    ['fp8', { activations: ['e3m4'], weights: ['e3m4'], ...NONE }],
    ['olaccel', { activations: ['int8', 'int4'], weights: ['int4'], ...NONE }],
  ])('%s stands for its types, and nothing else', (pe, types) => {
    const { name: _, ...rest } = validateConfiguration({});
    expect(validateConfiguration({ pe })).toEqual({ ...rest, ...types, name: `${pe}_16x16` });
  });

  it('is known to the schema of configurations, and all are in the list above', () => {
    expect(BASELINE_NAMES).toEqual(['int4', 'int8', 'fused', 'biscaled', 'fp8', 'olaccel']);
    expect(PE_NAMES).toEqual(['int', 'float', ...BASELINE_NAMES]);
    expect(configurationSchema()).toMatchObject({ properties: { pe: { enum: PE_NAMES } } });
  });

  it('takes its own types and all other parameters', () => {
    const given = { pe: 'int8', weights: ['int8'], wideWeights: [], rows: 4, dataflow: 'ws', pipeline: 2 };
    expect(validateConfiguration(given)).toMatchObject({ name: 'int8_ws_4x16_p2', pe: 'int', rows: 4, pipeline: 2 });
    expect(validateConfiguration({ pe: 'int4', name: 'mine' }).name).toBe('mine');
    expect(validateConfiguration({ pe: 'int4', arch: 'dot', lanes: 8 }).name).toBe('int4_dot_1x1x8');
  });

  it('refuses other types, all at once and beside other problems', () => {
    const given = { pe: 'int8', activations: ['flint4'], wideWeights: ['int8'], weights: ['int8'], rows: 0 };
    expect(problems(given)).toEqual([
      expect.objectContaining({ key: 'rows' }),
      { key: 'activations', given: 'flint4', rule: expect.stringContaining('int8'), nearest: 'int8' },
      { key: 'wideWeights', given: 'int8', rule: expect.stringContaining('none') },
    ]);
    expect(problems({ pe: 'fused', wideActivations: [] }).map(({ key }) => key)).toEqual(['wideActivations']);
  });

  it('that is misspelt is told the nearest', () => {
    expect(problems({ pe: 'olacel' })).toEqual([expect.objectContaining({ key: 'pe', nearest: 'olaccel' })]);
  });
});

describe('a two-scale integer', () => {
  it('is its integer, or its integer times 2^shift', () => {
    const type = numericType('bi3s2');
    expect(type.bits).toBe(4);
    expect(Array.from({ length: 16 }, (_, code) => type.decode(code))).toEqual(
      [0, 1, 2, 3, -4, -3, -2, -1, 0, 4, 8, 12, -16, -12, -8, -4].map(BigInt),
    );
  });
});
