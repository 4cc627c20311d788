import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../gen/base/errors.js';
import { FAMILY_NAMES } from '../../../scripts/synth/fpga/families.js';
import { type AreaFlags, areaCommand } from '../../../scripts/synth/request.js';

const design = ['d'];

function problemsOf(flags: Partial<AreaFlags>): string[] {
  try {
    areaCommand({ design, ...flags });
  } catch (error) {
    if (error instanceof ConfigurationError)
      return error.problems.map(({ key, given = '' }) => `${key} ${given}`.trimEnd());
    throw error;
  }
  return [];
}

describe('the command line of npm run area', () => {
  it('asks for cells, with a library or without', () => {
    expect(areaCommand({ design })).toEqual({
      ...{ kind: 'cells', folder: 'd', liberty: undefined },
      ...{ netlists: false, proveLimit: undefined },
    });
    expect(areaCommand({ design, liberty: 'l', netlists: true })).toMatchObject({ liberty: 'l', netlists: true });
  });

  it('asks for proofs, with a limit in seconds', () => {
    expect(areaCommand({ design, prove: true })).toMatchObject({ proveLimit: 120 });
    expect(areaCommand({ design, prove: true, proveLimit: '7' })).toMatchObject({ proveLimit: 7 });
    for (const flags of [
      { period: '1', liberty: 'l' },
      { curve: true, liberty: 'l' },
      { fpga: 'ecp5', dsp: true },
    ]) {
      expect(areaCommand({ design, ...flags, prove: true })).toMatchObject({ proveLimit: 120 });
      expect(problemsOf({ ...flags, prove: true, proveLimit: '0' })).toEqual(['--prove-limit "0"']);
    }
    expect(problemsOf({ prove: true, proveLimit: '0.5' })).toEqual(['--prove-limit "0.5"']);
    expect(problemsOf({ proveLimit: '5' })).toEqual(['--prove-limit 5']);
  });

  it('asks for families, devices and seeds of FPGAs', () => {
    expect(areaCommand({ design, fpga: 'ice40, ecp5,ice40', place: 'array,pe', seeds: '3' })).toEqual({
      kind: 'fpga',
      folder: 'd',
      families: ['ice40', 'ecp5'],
      dsp: false,
      place: { what: ['array', 'pe'], device: 'hx8k', seeds: 3, bitstream: false },
      proveLimit: undefined,
    });
    expect(areaCommand({ design, fpga: FAMILY_NAMES.join(',') })).toMatchObject({ place: undefined });
    expect(areaCommand({ design, fpga: 'ice40', place: 'engine', bitstream: true })).toMatchObject({
      place: { what: ['engine'], bitstream: true },
    });
  });

  it('asks for a period in nanoseconds', () => {
    expect(areaCommand({ design, liberty: 'l', period: '2.5', margin: '0.4' })).toEqual({
      ...{ kind: 'period', folder: 'd', liberty: 'l', netlists: false, sta: false },
      ...{ periodPs: 2500, marginPs: 400, proveLimit: undefined },
    });
    expect(areaCommand({ design, liberty: 'l', period: '2' })).toMatchObject({ marginPs: 0 });
  });

  it('asks for curves of several designs', () => {
    expect(areaCommand({ design: ['a', 'b'], liberty: 'l', curve: true, module: 'pe' })).toEqual({
      ...{ kind: 'curve', folders: ['a', 'b'], liberty: 'l' },
      ...{ module: 'pe', plot: undefined, proveLimit: undefined },
    });
  });

  it.each<[Partial<AreaFlags>, string[]]>([
    [
      { fpga: 'ecp,ice40,gowin', dsp: true, liberty: 'l', place: 'pes', device: 'x', seeds: '0' },
      ['--liberty l', '--fpga "ecp"', '--dsp gowin', '--place "pes"', '--device "x"', '--seeds "0"'],
    ],
    [{ fpga: 'ecp5', place: 'pe' }, ['--place pe']],
    [
      { fpga: 'ice40', device: 'hx8k', seeds: '2', bitstream: true },
      ['--device hx8k', '--seeds 2', '--bitstream true'],
    ],
    [{ fpga: 'ice40', place: 'pe,engine', bitstream: true }, ['--bitstream pe,engine']],
    [{ dsp: true, place: 'pe' }, ['--dsp', '--place pe']],
    [{ period: '2' }, ['--liberty']],
    [{ period: 'x', margin: '-1', liberty: 'l' }, ['--period "x"', '--margin "-1"']],
    [{ period: '0', liberty: 'l' }, ['--period "0"']],
    [{ period: '1', margin: '1', liberty: 'l' }, ['--margin 1']],
    [{ margin: '1', liberty: 'l' }, ['--margin 1']],
    [{ sta: true, liberty: 'l' }, ['--sta']],
    [{ curve: true, period: '1', netlists: true, liberty: 'l' }, ['--netlists', '--period 1']],
    [{ curve: true, liberty: 'l', plot: 'no/such/folder/p.svg' }, ['--plot no/such/folder/p.svg']],
    [{ design: ['a', 'b'], plot: 'p' }, ['--plot p', '--design a, b']],
  ])('is refused with every problem at once: %j', (flags, problems) => {
    expect(problemsOf(flags)).toEqual(problems);
  });

  it('is refused without words on the value of an option that has none', () => {
    const message = (flags: Partial<AreaFlags>) => expect(() => areaCommand({ design, ...flags }));
    message({ dsp: true }).toThrow(/\n {2}--dsp: (?!given).*--fpga\b/);
    message({ period: '2' }).toThrow(/\n {2}--liberty: (?!given).*--period\b/);
    message({ margin: '1' }).toThrow(/\n {2}--margin: given 1; .*--period\b/);
  });
});
