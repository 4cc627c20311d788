import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../../gen/config/parse.js';
import {
  isRequantiser,
  REQUANTISER_KEYS,
  requantiserCommand,
  requantiserHash,
  validateRequantiser,
} from '../../../gen/config/requantiser.js';
import { flagsOf } from '../../support/text.js';

describe('the configuration of a requantiser', () => {
  it('has defaults for all but its kind', () => {
    const config = validateRequantiser({ arch: 'requantise' });
    expect(config).toMatchObject({ lanes: 4, sumBits: 24, multiplierBits: 16, shiftBits: 6, name: 'requantise_4' });
    expect(Object.keys(config).sort()).toEqual([...REQUANTISER_KEYS].sort());
  });

  it.each([
    {},
    { lanes: 8, types: ['int8', 'pot8'], rounding: 'even', clip: 'bounds' },
    { pipeline: 0, addendBits: 0, reset: 'async', name: 'mine' },
  ])('is what its command gives: %j', (raw) => {
    const config = validateRequantiser({ arch: 'requantise', ...raw });
    const again = parseConfiguration(flagsOf(requantiserCommand(config)));
    expect(isRequantiser(again)).toBe(true);
    expect(validateRequantiser(again)).toEqual(config);
    expect(requantiserHash(validateRequantiser(again))).toBe(requantiserHash(config));
  });

  it.each([
    [{ types: ['int9'] }, /types.*: int8$/m],
    [{ types: ['i4b2'] }, /types/],
    [{ types: [] }, /types/],
    [{ types: ['int4', 'int4'] }, /types/],
    [{ lanes: 0 }, /lanes: given 0; .*: 1$/m],
    [{ sumBits: 100 }, /sumBits: given 100; .*: 48$/m],
    [{ rounding: 'evne' }, /rounding.*: even$/m],
    [{ types: ['flint4'], rounding: 'even' }, /rounding.*: up$/m],
    [{ addendBits: 1 }, /addendBits.*: 2$/m],
    [{ rows: 4 }, /rows/],
    [{ shiftBit: 4 }, /shiftBit: .*: shiftBits$/m],
  ])('refuses %j', (raw, problem) => {
    expect(() => validateRequantiser({ arch: 'requantise', ...raw })).toThrow(problem);
  });
});
