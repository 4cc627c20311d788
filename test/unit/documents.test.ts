import { describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../gen/config/parse.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { type Design, elaborate } from '../../gen/elaborate/design.js';
import { renderAll } from '../../gen/generate.js';

function documents(raw: RawConfiguration): { design: Design; text: (path: string) => string } {
  const design = elaborate(validateConfiguration(raw));
  const files = new Map(renderAll(design).map(({ path, text }) => [path, text]));
  return {
    design,
    text: (path) => {
      const text = files.get(path);
      if (text === undefined) throw new Error(`no ${path} among ${[...files.keys()].join(' ')}`);
      return text;
    },
  };
}

describe('the datasheet', () => {
  const { design, text } = documents({ rows: 8, cols: 5, drain: 'double', stall: 'enable' });
  const sheet = text('datasheet.md');

  it('has every port of the top with its width', () => {
    for (const { name, direction, width } of design.top.ports) {
      expect(sheet).toContain(`| \`${name}\` | ${direction} | ${width} |`);
    }
  });

  it('has latency, period and utilisation of this design', () => {
    expect(sheet).toContain(
      '| last beat in to first row out, tiles of K >= 8 | ROWS + COLS + PIPELINE + 2 | 16 cycles |',
    );
    expect(sheet).toContain('| one tile to the next | max(K, ROWS) |');
    expect(sheet).toContain('| 64 | 64 | 100.0 % |');
  });

  it('has the proof of the accumulators and the cost of every type', () => {
    expect(sheet).toContain('-4194304 .. 4194304, which takes 24 bits');
    for (const { type } of design.accumulator.contributions)
      expect(sheet).toMatch(new RegExp(`\\| ${type} \\| -?\\d+ \\.\\. \\d+ \\|`));
  });

  it('has all candidates of the operand format, the chosen one first', () => {
    const rows = sheet.split('\n').filter((line) => /^\| (none|2\^\d) \|/.test(line));
    expect(rows.length).toBe(design.candidates.length);
    expect(rows[0]).toContain('| 2^2 | yes | 1+2+4 | 1+2+3 | 7 | 3 |');
  });

  it('has the values of every type', () => {
    expect(sheet).toContain('| uflint4 | 0 1 2 3 4 5 6 7 64 32 16 24 8 10 12 14 |');
  });

  it('says how this design stalls, and when it wraps', () => {
    expect(sheet).toContain('every register before it has an enable');
    expect(documents({}).text('datasheet.md')).toContain('one clock gate, `ant_16x16_clock_gate`');
    const wraps = documents({ accumulatorBits: 16, overflow: 'wrap' }).text('datasheet.md');
    expect(wraps).toContain('wrap modulo 2^16');
  });
});

describe('diagrams', () => {
  it.each([
    {},
    { rows: 1, cols: 1 },
    { rows: 2, cols: 3, drain: 'double' },
    { weights: ['int4'], activations: ['int4'] },
  ])('%j are well-formed SVG with this design in them', (raw) => {
    const { design, text } = documents(raw);
    for (const path of ['block-diagram.svg', 'timing.svg']) {
      const svg = text(path);
      expect(svg.match(/<svg/g)?.length).toBe(svg.match(/<\/svg>/g)?.length);
      expect(svg).not.toMatch(/undefined|NaN/);
      expect(/<!--\n([\s\S]*?)-->/.exec(svg)?.[1]).not.toContain('--');
    }
    expect(text('block-diagram.svg')).toContain(`${design.config.rows} rows x ${design.config.cols} columns of PEs`);
    expect(text('timing.svg')).toContain(`${design.timing.latency.cycles} cycles from the last beat in`);
    expect(text('timing.svg').includes('_type_i')).toBe(design.a.typeBits > 0);
  });
});

describe('constraints', () => {
  it('cover every stream port once, and treat reset and clock gate as this design has them', () => {
    const { design, text } = documents({ reset: 'async' });
    const sdc = text('ant_16x16.sdc');
    for (const { name } of design.top.ports.filter(({ name }) => !/^(clk|rst)/.test(name))) {
      expect(sdc.match(new RegExp(`get_ports \\{?${name}[\\[\\]]`, 'g'))?.length, name).toBe(1);
    }
    expect(sdc).toContain('The reset is asynchronous');
    expect(sdc).toContain('set_input_delay $IO_DELAY -clock clk [get_ports rst_ni]');
    expect(sdc).toContain('set_clock_gating_check');
    const other = documents({ stall: 'enable' }).text('ant_16x16.sdc');
    expect(other).not.toContain('set_clock_gating_check');
    expect(other).toContain('set_input_delay $IO_DELAY -clock clk [get_ports rst_ni]');
  });
});
