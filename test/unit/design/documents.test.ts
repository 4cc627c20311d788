import { describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { renderAll } from '../../../gen/design/generate.js';
import { buildManifest } from '../../../gen/design/manifest.js';
import { NO_PACKAGES } from '../../../gen/design/package/choose.js';
import { describeDesign } from '../../../gen/design/summary.js';
import { arrayInfoOfDesign, tileShape } from '../../../gen/golden/reference.js';
import { tileBeats } from '../../../gen/golden/streams.js';
import { randomSource, randomTile } from '../../../gen/golden/vectors.js';
import { type Design, elaborate } from '../../../gen/rtl/design.js';

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

/** A section of a datasheet: from its title to the next one's. */
const sectionOf = (sheet: string, title: string): string =>
  new RegExp(`^## ${title}\\n[\\s\\S]*?(?=^## |$(?![\\s\\S]))`, 'm').exec(sheet)?.[0] ?? '';

const titlesOf = (sheet: string): string[] => [...sheet.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title);

describe('the datasheet', () => {
  const { design, text } = documents({ rows: 8, cols: 5, stall: 'enable' });
  const sheet = text('datasheet.md');

  it('begins with what drives the design, and ends with what is inside', () => {
    const titles = ['Words', 'Instantiate', 'Example', 'Files', 'Ports', 'Reset', 'Values', 'Latency and throughput'];
    const inside = ['Stalls', 'Operands', 'Accumulators', 'Modules', 'Parameters'];
    expect(titlesOf(sheet)).toEqual([...titles, ...inside]);
    for (const title of titlesOf(sheet)) expect(sectionOf(sheet, title).split('\n').length, title).toBeGreaterThan(3);
    expect(sheet).not.toMatch(/\n\n\n|undefined|\[object/);
  });

  it('defines the words of its first page', () => {
    const words = (text: string): string[] =>
      [...sectionOf(text, 'Words').matchAll(/^\| ([a-z ]+) \|/gm)].map(([, word = '']) => word);
    expect(words(sheet)).toEqual(['word', 'code', 'beat', 'lane', 'tile', 'reduction step', 'least step']);
    expect(words(documents({ rows: 4, cols: 4, clusterRows: 2 }).text('datasheet.md'))).toContain('cluster');
  });

  it('says how long the reset is, and what of it the design needs', () => {
    const needs = (raw: RawConfiguration): string | undefined =>
      /This design needs (\d)\./.exec(sectionOf(documents(raw).text('datasheet.md'), 'Reset'))?.[1];
    expect(sectionOf(sheet, 'Reset')).toContain(' 4 ');
    expect([{}, { reset: 'async' }, { stall: 'enable' }, { stall: 'enable', reset: 'async' }].map(needs)).toEqual([
      '2',
      '1',
      '1',
      '1',
    ]);
  });

  it('has every port of the top with its width', () => {
    for (const { name, direction, width } of design.top.ports) {
      expect(sheet).toContain(`| \`${name}\` | ${direction} | ${width} |`);
    }
  });

  it('has latency, period and utilisation of this design', () => {
    expect(sheet).toMatch(/^\| .*\bK >= 8 \| COLS \+ PIPELINE \+ 4 \| 10 cycles \|$/m);
    expect(sheet).toContain(' | max(K, ROWS) |');
    expect(sheet).toContain('| 64 | 64 | 100.0 % |');
  });

  it('has the proof of the accumulators and the cost of every type', () => {
    expect(sheet).toContain('- 24 bits');
    expect(sheet).toMatch(/\bmaxK = 1024\b.* -4194304 \.\. 4194304\b/);
    for (const { type } of design.accumulator.contributions)
      expect(sheet).toMatch(new RegExp(`\\| ${type} \\| -?\\d+ \\.\\. \\d+ \\|`));
  });

  it('has all candidates of the operand format, the chosen one first', () => {
    const rows = sheet.split('\n').filter((line) => /^\| (none|2\^\d) \|/.test(line));
    expect(rows.length).toBe(design.candidates.length);
    expect(rows[0]).toContain('| 2^3 | yes | 1+1+4 | 1+2+3 | 7 | 2 |');
  });

  it('has the values of every type', () => {
    expect(sheet).toContain('| uflint4 | 1 | 0 .. 64 | 0 1 2 3 4 5 6 7 64 32 16 24 8 10 12 14 |');
  });

  it('names the clock gate where there is one, and the modulus where results wrap', () => {
    expect(sheet).not.toContain('clock_gate');
    expect(documents({}).text('datasheet.md')).toContain('_clock_gate`');
    const wraps = documents({ accumulatorBits: 16, overflow: 'wrap' }).text('datasheet.md');
    expect(wraps).toContain('modulo 2^16');
  });
});

describe('real values', () => {
  /** Steps as OCP defines the formats: the smallest subnormal number. */
  const STEPS: Record<string, number> = {
    e2m1: 0.5,
    e3m2: 1 / 16,
    e2m3: 1 / 8,
    e4m3: 1 / 512,
    e5m2: 1 / 65536,
    int8: 1,
  };
  const raw = { pe: 'float', activations: ['e2m1', 'e4m3', 'int8', 'e3m2'], weights: ['e2m1', 'e5m2', 'e2m3'] };
  const { design, text } = documents(raw);
  const sheet = text('datasheet.md');
  const { numericTypes, results } = buildManifest(design, []);

  it('stand in the datasheet with the step of each type, and of a result for each pair', () => {
    for (const [name, step] of Object.entries(STEPS)) {
      const shown = new RegExp(`^\\| ${name} \\| (?:2\\^-?\\d+ = )?([^|]+) \\|`, 'm').exec(sheet)?.[1];
      expect(Number(shown), name).toBe(step);
    }
    expect(sheet).toContain('| e2m1 | 2^-1 = 0.5 | -6 .. 6 | 0 0.5 1 1.5 2 3 4 6 -0 -0.5 -1 -1.5 -2 -3 -4 -6 |');
    expect(sheet).toContain('| -448 .. 448 |');
    expect(sheet).toContain('| -57344 .. 57344 |');
    const pairs = sheet.split('\n').filter((line) => /^\| \w+ \|( 2\^-\d+ = [\d.e-]+ \|){3}$/.test(line));
    expect(
      pairs.map((line) =>
        line
          .split('|')
          .slice(2, -1)
          .map((cell) => Number(cell.split('=')[1])),
      ),
    ).toEqual(raw.activations.map((a) => raw.weights.map((w) => (STEPS[a] as number) * (STEPS[w] as number))));
  });

  it('stand in the manifest for every code of every type', () => {
    expect(numericTypes.map(({ name }) => name)).toEqual(['e2m1', 'e4m3', 'int8', 'e3m2', 'e5m2', 'e2m3']);
    for (const { name, bits, step, stepExponent, steps, values } of numericTypes) {
      expect([step, 2 ** stepExponent], name).toEqual([STEPS[name], STEPS[name]]);
      expect([steps.length, values.length], name).toEqual([2 ** bits, 2 ** bits]);
      values.forEach((value, code) => {
        expect(Number(value) + 0, `${name} ${code}`).toBe(Number(steps[code]) * step);
      });
    }
    const [e2m1, e4m3] = numericTypes;
    expect(e2m1?.values).toEqual('0 0.5 1 1.5 2 3 4 6 -0 -0.5 -1 -1.5 -2 -3 -4 -6'.split(' '));
    expect([e4m3?.float, e4m3?.values[0x7e], e4m3?.values[0x7f], e4m3?.steps[0xff]]).toEqual([
      { exponentBits: 4, fractionBits: 3, bias: 7 },
      '448',
      'NaN',
      'NaN',
    ]);
    expect(results).toEqual({ encoding: 'binary32', bits: 32, lanes: 16 });
  });

  it('of types of 8-bit modes stand there, too', () => {
    const { design } = documents({ rows: 2, cols: 2, wideActivations: ['int8'], wideWeights: ['uint8'] });
    const types = new Map(buildManifest(design, []).numericTypes.map((type) => [type.name, type]));
    expect(types.get('int8')?.values[0x80]).toBe('-128');
    expect(types.get('uint8')?.values[0xff]).toBe('255');
    expect(documents({ rows: 2, cols: 2 }).text('datasheet.md')).not.toMatch(/2\^-\d+ = /);
  });
});

describe('the datasheet of 8-bit integers', () => {
  const wide = { rows: 6, cols: 4, wideActivations: ['int8', 'uint8'], wideWeights: ['int8'] };
  const { design, text } = documents(wide);
  const sheet = text('datasheet.md');
  const stays = documents({ ...wide, dataflow: 'ws' });
  const staysSheet = stays.text('datasheet.md');

  it('has the counts of every kind of tile as the reference model has them', () => {
    for (const { design: each } of [{ design }, stays]) {
      expect(each.tileModes.map(({ aWide, wWide }) => [aWide, wWide])).toEqual([
        [false, false],
        [false, true],
        [true, false],
        [true, true],
      ]);
      for (const { aWide, wWide, ...kind } of each.tileModes) {
        const info = arrayInfoOfDesign(each);
        const shape = tileShape(info, { k: 97, aWide, wWide });
        const tile = randomTile(randomSource(1), info, {
          k: 97,
          a: { type: 0, wide: aWide },
          w: { type: 0, wide: wWide },
        });
        expect([kind.resultRows ?? 97, kind.resultCols, kind.terms ?? 97]).toEqual([
          shape.rows,
          shape.cols,
          shape.terms,
        ]);
        expect([kind.aCodes, kind.wCodes]).toEqual([shape.aLanes, shape.wLanes]);
        expect(tileBeats(info, tile).weightBeats).toBe(shape.weightRows * kind.weightRepeats);
        expect(kind.macsPerCycle).toBe(shape.aLanes * shape.wLanes);
      }
    }
    expect(sheet).toContain('| 1 | 0 | 3 | 4 | 3 | 4 | K | 12 |\n| 1 | 1 | 3 | 2 | 3 | 2 | K | 6 |');
    expect(staysSheet).toContain('| 1 | 0 | 3 | 4 | M | 4 | 3 | 12 |\n| 1 | 1 | 3 | 2 | M | 2 | 3 | 6 |');
  });

  it('says where codes and results lie, and when rows leave', () => {
    expect(sheet).toContain('of 8 bits: row r at [r*8 +: 8] (3 of them)');
    expect(sheet).toContain('of 8 bits: column c at [c*8 +: 8] (2 of them)');
    const section = sectionOf(sheet, '8-bit integers');
    expect(section).toContain('Result c leaves on lane 2c; lane 2c + 1 is 0');
    expect(section).toContain('3 rows leave');
    expect(sectionOf(sheet, 'Ports')).toMatch(/row 5 \(8-bit activations: row 2\)/);
    expect(sheet).toContain('| the same, 8-bit activations | one less | 4 cycles |');
    expect(sectionOf(staysSheet, '8-bit integers')).toContain('beats 2r and 2r + 1');
    expect(sectionOf(staysSheet, '8-bit integers')).not.toContain('3 rows');
  });

  it('has the values of the 8-bit types, and whole products told apart from those of a PE', () => {
    expect(sheet).toContain('| int8 | 1 | -128 .. 127 | 0 1 2 ... 127 -128 -127 ... -1 |');
    expect(sheet).toContain('| uint8 | 1 | 0 .. 255 | 0 1 2 ... 255 |');
    expect(sectionOf(sheet, 'Operands')).toContain('8-bit integer');
  });

  it('proves accumulators with half as many products where an activation takes two rows', () => {
    const section = sectionOf(staysSheet, 'Partial sums');
    expect(section).toMatch(/ 4 bits .*ROWS = 6\b.* -49152 \.\. /);
    expect(section).toMatch(/ 8 bits .*-32640 \.\. 32385.*ROWS\/2 = 3\b.* -97920 \.\. 97155/);
    expect(section).not.toContain('modulo');
    const { cases, terms } = buildManifest(stays.design, []).accumulator;
    expect(terms).toBe(6);
    expect(cases.map((each) => [each.pairsOfRows, each.terms, each.sum.least])).toEqual([
      [false, 6, '-49152'],
      [true, 3, '-97920'],
    ]);
  });

  it('stands in the header of the top, the manifest and the summary, and nowhere without such types', () => {
    expect(text(design.top.file)).toMatch(/With a_wide_i .*[\s\S]*With w_wide_i/);
    expect(stays.text(stays.design.top.file)).toContain('comes twice, in beats 2r and 2r + 1');
    expect(buildManifest(design, []).tileModes.map(({ macsPerCycle }) => macsPerCycle)).toEqual([24, 12, 12, 6]);
    expect(describeDesign(design, { folder: '.', files: [], removed: [], packages: NO_PACKAGES })).toMatch(
      /\b8 bits\b.*: int8 uint8[\s\S]*\b8-bit activations and weights: 6/,
    );
    const plain = documents({ rows: 6, cols: 4 });
    for (const path of ['datasheet.md', plain.design.top.file]) expect(plain.text(path)).not.toMatch(/[aw]_wide|8.bit/);
  });
});

describe('the datasheet of other designs', () => {
  const sheetOf = (raw: RawConfiguration): string => documents(raw).text('datasheet.md');
  const parametersOf = (raw: RawConfiguration): string[] =>
    sectionOf(sheetOf(raw), 'Parameters')
      .split('\n')
      .flatMap((line) => /^\| (\w+) \| [^|]/.exec(line)?.[1] ?? [])
      .slice(1);

  it('lists the parameters that count, all with a value', () => {
    const keys = {
      array: parametersOf({}),
      stays: parametersOf({ dataflow: 'ws' }),
      float: parametersOf({ pe: 'float' }),
    };
    const dot = parametersOf({ arch: 'dot' });
    for (const key of ['maxK', 'busSegment', 'wideWeights']) expect(keys.array).toContain(key);
    expect(keys.array).toContain('lanes');
    expect(keys.array).not.toContain('tree');
    expect(keys.stays).toContain('lanes');
    for (const key of ['maxK', 'busSegment', 'tree']) expect(keys.stays).not.toContain(key);
    for (const key of ['overflow', 'clusterRows', 'wideWeights', 'lanes']) expect(keys.float).not.toContain(key);
    for (const key of ['clusterRows', 'dataflow', 'busSegment']) expect(dot).not.toContain(key);
    for (const key of ['lanes', 'tree', 'maxK']) expect(dot).toContain(key);
    expect(sheetOf({})).toContain('| wideActivations | none |');
  });

  it('counts beats and reduction steps of dot-product units apart', () => {
    const sheet = sheetOf({ arch: 'dot', rows: 8, cols: 8, lanes: 64, maxK: 1000 });
    expect(sheet).toContain('K = B * 64');
    expect(sheet).toContain('| 64 | 1 | 100.0 % |\n| 576 | 9 | 100.0 % |\n| 1000 | 16 | 97.7 % |');
    expect(sheet).not.toMatch(/tiles? of K/);
    expect(titlesOf(sheet)).toContain('Pipeline');
    expect(titlesOf(sheetOf({}))).not.toContain('Pipeline');
    const { design } = documents({ arch: 'dot', pipeline: 5 });
    expect(describeDesign(design, { folder: '.', files: [], removed: [], packages: NO_PACKAGES })).toMatch(
      /K <= 2047 products[\s\S]*B cycles for B beats of 16 products/,
    );
    expect(sheetOf({ arch: 'dot', pipeline: 5 })).toContain(
      'codes (input register), operands (behind the decoders), products of significands (behind the multipliers), products',
    );
  });

  it('says beforehand where Icarus takes minutes', () => {
    const papers = ({ text, design }: ReturnType<typeof documents>) => [
      text('datasheet.md'),
      text(`tb/${design.config.name}_tb.v`),
    ];
    for (const text of papers(documents({ rows: 33, cols: 32 })))
      expect(text).toContain('Icarus Verilog takes minutes');
    for (const text of papers(documents({ rows: 4, cols: 4 }))) expect(text).not.toContain('takes minutes');
  });

  it('says one of one, and has no delay lines around a single PE', () => {
    const { text, design } = documents({ rows: 1, cols: 1 });
    expect(text('datasheet.md')).toContain('one exact integer:');
    expect(text('datasheet.md')).not.toMatch(/\b1 (rows|cycles|integers)/);
    expect(text('rtl/ant_1x1_array.v')).not.toContain('_delay');
    // The register of the bus, and the one in which the lower part of a sum waits.
    expect(design.delayLines.map(({ stages }) => stages)).toEqual([1, 1]);
    expect(
      documents({ rows: 1, cols: 2 })
        .text('rtl/ant_1x2_array.v')
        .match(/ant_1x2_delay #/g)?.length,
    ).toBe(3);
  });

  it('gives a reason for the operand format that is true of the types', () => {
    const encodings = (raw: RawConfiguration): number =>
      sectionOf(sheetOf(raw), 'Operands')
        .split('\n')
        .filter((line) => /^\| (none|2\^\d) \|/.test(line)).length;
    const plain = { activations: ['uint4'], weights: ['uint4'] };
    expect(sectionOf(sheetOf(plain), 'Operands')).not.toMatch(/base \* |\bexp\[/);
    expect(sectionOf(sheetOf({}), 'Operands')).toMatch(/sig \* \d\^exp/);
    expect(encodings(plain)).toBe(1);
    expect(encodings({ activations: ['int4'], weights: ['int4'] })).toBeGreaterThan(1);
  });

  it('counts from the first row of a tile to its last as between two clock edges', () => {
    expect(sheetOf({ rows: 4, cols: 2 })).toContain(' | ROWS - 1 | 3 cycles |');
    expect(sheetOf({ dataflow: 'ws' })).toContain(' | M - 1 | M - 1 cycles |');
  });

  it('says how many beats a tile of weights must have', () => {
    const { text, design } = documents({ dataflow: 'ws', rows: 5, cols: 2 });
    expect(sectionOf(text('datasheet.md'), 'Ports')).toContain('exactly 5 beats');
    const meaning = (port: string) => design.top.ports.find(({ name }) => name === port)?.meaning;
    expect(meaning('w_valid_i')).toMatch(/\bweights\b.*\brow 0\b/);
    expect(meaning('a_valid_i')).toMatch(/\bactivations\b(?!.*\brow 0\b)/);
    expect(meaning('out_valid_o')).not.toContain('row 0');
  });

  it('says what an asynchronous reset and a clock gate ask for', () => {
    const { text, design } = documents({ reset: 'async' });
    expect(sectionOf(text('datasheet.md'), 'Reset')).toMatch(/asynchronous.*release/);
    expect(design.top.ports[1]?.meaning).toMatch(/asynchronous.*\bclk_i\b/);
    for (const name of [`\`${design.config.name}_no_gate.f\``, '`--target fpga`', '`--scan`'])
      expect(text('datasheet.md')).toContain(name);
    for (const cell of ['sky130_fd_sc_hd__sdlclkp', 'sky130_fd_sc_hd__dlclkp', '--target fpga', '--clock-gate bufgce'])
      expect(text('rtl/ant_clock_gate.v')).toContain(cell);
    expect(sheetOf({ scan: true })).toContain('| `test_en_i` | input | 1 |');
    expect(sheetOf({ stall: 'enable' })).not.toMatch(/test_en_i|no_gate/);
  });
});

describe('diagrams', () => {
  it.each([
    {},
    { rows: 1, cols: 1 },
    { rows: 2, cols: 3, busSegment: 1 },
    { rows: 4, cols: 3, clusterRows: 2 },
    { weights: ['int4'], activations: ['int4'] },
  ])('%j are well-formed SVG with this design in them', (raw) => {
    const { design, text } = documents(raw);
    for (const path of ['block-diagram.svg', 'timing.svg']) {
      const svg = text(path);
      expect(svg.match(/<svg/g)?.length).toBe(svg.match(/<\/svg>/g)?.length);
      expect(svg).not.toMatch(/undefined|NaN/);
      expect(/<!--\n([\s\S]*?)-->/.exec(svg)?.[1]).not.toContain('--');
    }
    expect(text('block-diagram.svg')).toMatch(
      new RegExp(`${design.config.rows} rows? x ${design.config.cols} columns? of PEs`),
    );
    expect(text('timing.svg')).toContain(`>${design.timing.latency.cycles} cycles`);
    expect(text('timing.svg').includes('_type_i')).toBe(design.a.typeBits > 0);
  });
});

describe('constraints', () => {
  it('cover every stream port once, and treat reset and clock gate as this design has them', () => {
    const { design, text } = documents({ reset: 'async' });
    const sdc = text(`${design.config.name}.sdc`);
    for (const { name } of design.top.ports.filter(({ name }) => !/^(clk|rst)/.test(name))) {
      expect(sdc.match(new RegExp(`get_ports \\{?${name}[\\[\\]]`, 'g'))?.length, name).toBe(1);
    }
    expect(sdc).toContain('The reset is asynchronous');
    expect(sdc).toContain('set_input_delay $IO_DELAY -clock clk [get_ports rst_ni]');
    expect(sdc).toMatch(/^set_clock_gating_check .*\[get_cells u_clock_gate\/\*\]$/m);
    const other = documents({ stall: 'enable', name: 'other' }).text('other.sdc');
    expect(other).not.toContain('set_clock_gating_check');
    expect(other).toContain('set_input_delay $IO_DELAY -clock clk [get_ports rst_ni]');
  });
});
