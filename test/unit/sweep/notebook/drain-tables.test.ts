import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CORE_FORMS,
  DRAIN_FORMS,
  ENERGY_FORMS,
  formName,
  formOptions,
  SIZES,
} from '../../../../scripts/sweep/notebook/figures/drain-forms.js';
import {
  coreTable,
  type DrainRecord,
  drainAreas,
  drainsTable,
  energyTable,
} from '../../../../scripts/sweep/notebook/figures/drain-tables.js';
import type { PowerReport } from '../../../../scripts/power/report.js';
import type { AreaReport } from '../../../../scripts/synth/report.js';
import { cellsOf } from '../../../support/text.js';

const RECORD: DrainRecord = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../docs/drains.json'), 'utf8'));

const path = { kind: 'delay', leastArea: { ps: 5000 }, buffered: { ps: 4000 } };
const row = (role: string, label: string, each: number) => ({
  ...{ role, label, path, partOfOther: false },
  total: { gateEquivalents: each, flipFlopBits: 0 },
});

/** An array of `size` x `size` PEs of 300 and a lane's 200 GE per lane, with 20 of skew and 40 of de-skew per PE. */
const report = (size: number, lanes = 1): AreaReport => {
  const pes = size * size;
  const modules = [
    row('pe', 'd_pe', pes * (300 + 200 * lanes)),
    row('delay', 'd_delay (skew of the weights, 4 bit)', pes * 15),
    row('delay', 'd_delay (skew of the weight types, 2 bit)', pes * 5),
    row('delay', 'd_delay (de-skew of the results, 24 bit)', pes * 40),
    { ...row('type decoder', 'd_decode_int4', pes * 1000), partOfOther: true },
  ];
  return {
    ...{ rows: size, cols: size, modules },
    whole: { gateEquivalents: pes * (360 + 200 * lanes), flipFlopBits: 0 },
    proof: { limitSeconds: 1, modules: [{ label: 'm', netlist: 'n', seconds: 1, outcome: { result: 'proved' } }] },
  } as unknown as AreaReport;
};

const rowsOf = (table: string): string[][] =>
  table
    .split('\n')
    .slice(2)
    .filter((line) => line.startsWith('|'))
    .map(cellsOf);

describe('the recorded drains', () => {
  it('are three drains in all sizes with both libraries, double beyond single', () => {
    expect(RECORD.areas.length).toBe(3 * SIZES.length * 2);
    for (const { drain, size, library, areas } of RECORD.areas) {
      expect(areas.whole).toBeGreaterThan(areas.pe + areas.skew + areas.deskew);
      const single = RECORD.areas.find((row) => row.drain === 'single' && row.size === size && row.library === library);
      if (drain !== 'single') expect(areas.whole).toBeGreaterThan(single?.areas.whole ?? Number.NaN);
    }
  });
});

describe('the tables of the ways out', () => {
  it('take areas per MAC apart, delay lines by what they are for', () => {
    const areas = { pe: 250, skew: 5, deskew: 10, whole: 290, leastArea: 5000, buffered: 4000 };
    expect(drainAreas(report(8, 4), 4)).toEqual({ ...areas, pe: 275 });
  });

  it('give the area of a MAC that works, by the period of the tiles', () => {
    const whole = { pe: 100, skew: 0, deskew: 0, whole: 100, leastArea: 1, buffered: 1 };
    const record: DrainRecord = {
      ...{ commit: 'c0ffee', energies: [] },
      areas: (['single', 'double', 'bus'] as const).map((drain) => ({
        ...{ drain, size: 64, library: 'sky130' as const, areas: whole },
      })),
    };
    const rows = rowsOf(
      drainsTable(
        record,
        SIZES.map((size) => report(size)),
        'sky130',
      ),
    );
    expect(rows.length).toBe(SIZES.length + 3);
    const of = (way: string) => rows.find(([, each]) => each?.startsWith(way));
    expect(of('single')).toEqual(['64 x 64', 'single (c0ffee)', '100', '0', '0', '500', '200', '125', '111', '103']);
    expect(of('double')?.slice(5)).toEqual(['400', '100', '100', '100', '100']);
    const bus = rows.filter(([, way]) => way === '**read-out bus**');
    expect(bus.map(([size]) => size)).toEqual(SIZES.map((size) => `${size} x ${size}`));
    expect(bus[0]).toEqual(['4 x 4', '**read-out bus**', '500', '20', '40', '560', '560', '560', '560', '560']);
    expect(Number(bus.at(-1)?.[5]?.replace(',', ''))).toBeGreaterThanOrEqual(4 * 560);
  });

  it('compare the forms of the array with double drain', () => {
    const rows = rowsOf(
      coreTable(
        RECORD,
        CORE_FORMS.map(({ size, lanes }) => report(size, lanes)),
        'osu018',
      ),
    );
    expect(rows.length).toBe(3 + CORE_FORMS.length);
    const double = RECORD.areas.find((row) => row.drain === 'double' && row.size === 64 && row.library === 'osu018');
    const share = (whole: number): string => (whole / (double?.areas.whole ?? Number.NaN)).toFixed(2);
    expect(rows.map((cells) => cells[7])).toContain('1.00');
    expect(rows.filter(([, lanes]) => lanes === '4').map((cells) => cells.slice(2))).toEqual(
      ['1 x 1', '1 x 2', '1 x 4'].map((u) => [u, '275', '5.0', '10.0', '290', share(290), '4,000', '5,000']),
    );
    const none = { commit: '', areas: [], energies: [] };
    expect(() => coreTable(none, [], 'osu018')).toThrow(/double/);
  });

  it('compare energies with those of double drain', () => {
    const part = (internal: number) => ({ internal, switching: 0, leakage: 0 });
    const of = (clock: number) => ({
      registers: part(0.5),
      combinational: part(0.25),
      clock: part(clock),
      inputs: part(0),
    });
    const energies = (['single', 'double'] as const).map((drain, i) => ({
      ...{ drain, library: 'sky130' as const, energy: { pe: 3 + i, clock: 2 + i, whole: 5 * (i + 1) } },
    }));
    const record: DrainRecord = { commit: 'c0ffee', areas: [], energies };
    const reports = ENERGY_FORMS.map(() => ({ pe: of(1), whole: of(4) }) as unknown as PowerReport);
    expect(rowsOf(energyTable(record, reports, 'sky130'))).toEqual([
      ['single (c0ffee)', '1', '2.000', '3.000', '5.000', '0.50'],
      ['double (c0ffee)', '1', '3.000', '4.000', '10.000', '1.00'],
      ...['1', '2', '4'].map((lanes) => ['read-out bus', lanes, '1.000', '1.750', '4.750', '0.48']),
    ]);
    expect(() => energyTable(record, reports, 'osu018')).toThrow(/double/);
  });

  it('are of designs whose names and options differ', () => {
    const forms = [...new Map([...DRAIN_FORMS, ...CORE_FORMS].map((form) => [formName(form), form])).values()];
    expect(new Set(forms.map(formOptions)).size).toBe(forms.length);
    expect(forms.length).toBe(SIZES.length + 8);
  });
});
