import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PowerReport } from '../../../../scripts/power/report.js';
import { busTable } from '../../../../scripts/sweep/notebook/figures/bus-table.js';
import { type DrainRecord, drainAreas } from '../../../../scripts/sweep/notebook/figures/drain-areas.js';
import {
  AIMED_FORMS,
  BUS_FORMS,
  CORE_FORMS,
  DRAIN_FORMS,
  ENERGY_FORMS,
  formName,
  formOptions,
  SIZES,
} from '../../../../scripts/sweep/notebook/figures/drain-forms.js';
import {
  coreTable,
  drainsTable,
  energyTable,
  goalsTable,
} from '../../../../scripts/sweep/notebook/figures/drain-tables.js';
import type { AreaReport } from '../../../../scripts/synth/report.js';
import type { PeriodReport } from '../../../../scripts/synth/timed/report.js';
import { cellsOf } from '../../../support/text.js';

const RECORD: DrainRecord = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../docs/drains.json'), 'utf8'));

const path = { kind: 'delay', leastArea: { ps: 5000 }, buffered: { ps: 4000 } };
const row = (role: string, label: string, each: number) => ({
  ...{ role, label, module: label.split(' ')[0], path, partOfOther: false },
  total: { gateEquivalents: each, flipFlopBits: 0 },
});

/** An array of `size` x `size` PEs of 300 and a lane's 200 GE per lane, with 20 of skew, 12 of buses, 40 of de-skew, 16 of output per PE. */
const report = (size: number, lanes = 1): AreaReport => {
  const pes = size * size;
  const modules = [
    row('pe', 'd_pe', pes * (300 + 200 * lanes)),
    row('delay', 'd_delay (skew of the weights, 4 bit)', pes * 15),
    row('delay', 'd_delay (skew of the weight types, 2 bit)', pes * 5),
    row('delay', 'd_delay (de-skew of the results, 24 bit)', pes * 40),
    row('delay', 'd_delay (registers of the buses, 24 bit)', pes * 8),
    row('delay', 'd_delay (lower parts of sums, 13 bit)', pes * 4),
    row('periphery', 'd_output', pes * 16),
    { ...row('type decoder', 'd_decode_int4', pes * 1000), partOfOther: true },
  ];
  return {
    ...{ design: 'd', rows: size, cols: size, modules },
    whole: { gateEquivalents: pes * (400 + 200 * lanes), flipFlopBits: 0 },
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
    const areas = { pe: 275, skew: 5, buses: 3, deskew: 10, output: 4, whole: 300, leastArea: 5000, buffered: 4000 };
    expect(drainAreas(report(8, 4), 4)).toEqual(areas);
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
    const bus = rows.filter(([, way]) => way === '**bus**');
    expect(bus.map(([size]) => size)).toEqual(SIZES.map((size) => `${size} x ${size}`));
    expect(bus[0]).toEqual(['4 x 4', '**bus**', '500', '20', '40', '600', '600', '600', '600', '600']);
    expect(Number(bus.at(-1)?.[5]?.replace(',', ''))).toBeGreaterThanOrEqual(4 * 600);
  });

  it('compare the forms of the array with double drain', () => {
    const rows = rowsOf(
      coreTable(
        RECORD,
        CORE_FORMS.map(({ rows, lanes }) => report(rows, lanes)),
        'osu018',
      ),
    );
    expect(rows.length).toBe(3 + CORE_FORMS.length);
    const double = RECORD.areas.find((row) => row.drain === 'double' && row.size === 64 && row.library === 'osu018');
    const share = (whole: number): string => (whole / (double?.areas.whole ?? Number.NaN)).toFixed(3);
    expect(rows.find(([way]) => way?.startsWith('double'))?.slice(5)).toEqual(expect.arrayContaining(['', '1.000']));
    const parts = ['275.0', '5.0', '3.0', '10.0', '4.0', '3.0'];
    expect(rows.filter(([, lanes]) => lanes === '4').map((cells) => cells.slice(2))).toEqual(
      ['1 x 1', '1 x 2', '2 x 2'].map((u) => [u, ...parts, '300.0', share(300), '4,000', '5,000']),
    );
    const none = { commit: '', areas: [], energies: [] };
    expect(() => coreTable(none, [], 'osu018')).toThrow(/double/);
  });

  it('say of each goal whether it is reached, and by how much it is missed', () => {
    const reports = (['osu018', 'sky130'] as const).flatMap(() =>
      AIMED_FORMS.map(({ form }) => report(64, form.lanes)),
    );
    const rows = rowsOf(goalsTable(RECORD, reports, ['osu018', 'sky130']));
    const double = RECORD.areas.find((row) => row.drain === 'double' && row.size === 64 && row.library === 'osu018');
    const limit = 0.7 * (double?.areas.whole ?? Number.NaN);
    const over = ((600 / limit - 1) * 100).toFixed(1);
    expect(rows.length).toBe(17);
    expect(rows[3]?.[0]).toBe('array, 4 lanes, clusters of 2 x 2: 0.42 of double drain');
    expect(rows[0]?.slice(1)).toEqual(['osu018', `${limit.toFixed(1)} GE`, '600.0 GE', `no, ${over} % over`]);
    expect(rows[4]?.slice(2)).toEqual(['4,313 ps', '4,000 ps', 'yes']);
    expect(rows.at(-1)).toEqual(['PE, 1 lane', 'sky130', '525.0 GE', '500.0 GE', 'yes']);
  });

  it('tell what limits arrays whose buses are long', () => {
    const checked = (minimumPs: number, from = 'x', to = 'y/D') => ({ minimumPs, minimumPath: { from, to } });
    const swap = 'u_core.g_row[63].g_col[0].swap_out';
    const wholes = [checked(4780, swap, 'u_core.g_row[63].g_col[0].u_pe/_533_/D'), checked(6331, swap), checked(5000)];
    const reports = BUS_FORMS.map((_, i) => ({
      ...{ design: 'd', rows: 64, cols: 2, proof: report(4).proof },
      modules: [row('delay', 'd_delay (registers of the buses, 24 bit)', 128 * 12)],
      sta: { pe: checked(4775), whole: wholes[Math.min(i, 2)] },
    })) as unknown as PeriodReport[];
    const rows = rowsOf(busTable(reports));
    expect(rows[0]).toEqual(['1', '8', '71', '12.0', '4.78', '4.78', 'a PE']);
    expect(rows[1]).toEqual(['1', '16', '67', '12.0', '4.78', '6.33', 'the bus']);
    expect(rows[2]?.at(-1)).toBe('x to y/D');
    expect(rows.length).toBe(BUS_FORMS.length);
    expect(() => busTable(reports.map(({ sta: _, ...rest }) => rest))).toThrow(/checks/);
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
      ['single (c0ffee)', '1', '2.000', '3.000', '5.000', '1.00', '0.50'],
      ['double (c0ffee)', '1', '3.000', '4.000', '10.000', '2.00', '1.00'],
      ...['1', '2', '4'].map((lanes) => ['**bus**', lanes, '1.000', '1.750', '4.750', '0.95', '0.48']),
    ]);
    expect(() => energyTable(record, reports, 'osu018')).toThrow(/single/);
  });

  it('are of designs whose names and options differ', () => {
    const all = [...DRAIN_FORMS, ...CORE_FORMS, ...BUS_FORMS];
    const forms = [...new Map(all.map((form) => [formName(form), form])).values()];
    expect(new Set(forms.map(formOptions)).size).toBe(forms.length);
    expect(forms.length).toBe(SIZES.length + CORE_FORMS.length - 1 + BUS_FORMS.length);
  });
});
