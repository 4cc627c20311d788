import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign } from '../../../gen/design/manifest.js';
import { requireTool } from '../../../scripts/tools/find.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-gate-'));
afterAll(() => rmSync(root, { recursive: true }));

const TYPES = { activations: ['int4'], weights: ['int4'], maxK: 16 };
const design = (raw: RawConfiguration, out = root): string =>
  generate(validateConfiguration({ rows: 2, cols: 2, ...TYPES, ...raw }), out).folder;

beforeAll(async () => {
  await Promise.all([requireTool('iverilog'), requireTool('verilator'), requireTool('yosys')]);
  for (const raw of [{ name: 'one' }, { name: 'two', pipeline: 2, scan: true }, { name: 'dots', arch: 'dot' }])
    design(raw);
  design({ name: 'buffered', clockGate: 'bufgce' });
});

const run = (program: string, args: string[], cwd = root) => execa(program, args, { cwd, all: true, reject: false });

/** The Verilog files of a list, from the folder above the design's. */
function filesOf(name: string, list = `${name}.f`): string[] {
  const lines = readFileSync(join(root, name, list), 'utf8').split('\n');
  return lines.filter((line) => line.endsWith('.v')).map((line) => `${name}/${line}`);
}

function file(name: string, text: string): string {
  writeFileSync(join(root, name), text);
  return name;
}

const LINT = ['--lint-only', '-Wall'];

/** What three front ends say of files, which is nothing. */
async function complaints(files: readonly string[], top: string): Promise<string> {
  const script = `read_verilog ${files.join(' ')}; hierarchy -check -top ${top}; proc; check -assert`;
  const runs = [
    await run('verilator', [...LINT, '--top-module', top, ...files]),
    await run('iverilog', ['-g2005', '-Wall', '-o', '/dev/null', '-s', top, ...files]),
    await run('yosys', ['-q', '-p', script]),
  ];
  for (const { exitCode, all } of runs) expect(exitCode, all).toBe(0);
  return runs.map(({ all }) => all).join('');
}

/** A parent of the tops of two designs. */
function parent(name: string, timescale = ''): string {
  const instance = (top: string, more = ''): string =>
    `  ${top} u_${top} (.clk_i(clk_i), .rst_ni(rst_ni), .in_valid_i(1'b0), .in_ready_o(out_o[${more ? 0 : 1}]), .in_last_i(1'b0),
    .a_data_i(8'd0), .w_data_i(8'd0), .out_valid_o(), .out_ready_i(1'b1), .out_last_o(), .out_data_o()${more});`;
  return file(
    `${name}.v`,
    `${timescale}
module ${name} (input wire clk_i, input wire rst_ni, input wire scan_i, output wire [1:0] out_o);
  /* verilator lint_off PINCONNECTEMPTY */
${instance('one_array')}
${instance('two_array', ', .test_en_i(scan_i)')}
endmodule
`,
  );
}

describe('the clock gate', () => {
  /** The gate beside a clock: enables change at any time, and what passes is compared with whole high phases. */
  const bench = (module: string): string => `\`timescale 1ns / 1ps
module gate_tb;
  reg clk = 1'b0;
  reg en = 1'b0;
  reg test_en = 1'b0;
  wire gated;
  ${module} dut (.clk_i(clk), .en_i(en), .test_en_i(test_en), .clk_o(gated));
  reg open;  // what was enabled when the clock rose
  reg [7:0] random = 8'h5a;
  integer rises = 0;
  integer wrong = 0;
  integer seen = 0;
  always @(posedge gated) seen = seen + 1;
  always begin
    #4 random = {random[6:0], random[7] ^ random[5] ^ random[4] ^ random[3]};
    {en, test_en} = {random[0], random[1] & random[2]};
    #1 open = en | test_en;
    clk = 1'b1;
    rises = rises + (open ? 1 : 0);
    #1 if (gated !== open) wrong = wrong + 1;
    #1 {en, test_en} = ~{en, test_en};
    #2 if (gated !== open) wrong = wrong + 1;
    #1 clk = 1'b0;
    #1 if (gated !== 1'b0) wrong = wrong + 1;
    if ($time > 2000) begin
      $display("%0d wrong, %0d of %0d", wrong, seen, rises);
      $finish;
    end
  end
endmodule
`;

  it.each([
    ['one', 'ant_clock_gate'],
    ['buffered', 'ant_clock_gate_bufgce'],
  ])('of design %s passes whole high phases, and none that was not enabled', { tags: 'rest' }, async (name, module) => {
    const gate = `${name}/rtl/${module}.v`;
    const files = [gate, file(`${module}_tb.v`, bench(module))];
    const compiled = await run('iverilog', ['-g2005', '-Wall', '-o', `${module}.vvp`, ...files]);
    expect(compiled.all).toBe('');
    const icarus = await run('vvp', [`${module}.vvp`]);
    expect(icarus.stdout).toMatch(/^0 wrong, (\d\d+) of \1$/m);
    const built = await run('verilator', [
      '--binary',
      '--timing',
      '-Mdir',
      `${module}_dir`,
      ...files,
      '--top-module',
      'gate_tb',
    ]);
    expect(built.exitCode, built.all).toBe(0);
    const verilated = await run(join(root, `${module}_dir`, 'Vgate_tb'), []);
    expect(verilated.stdout.split('\n')[0]).toBe(icarus.stdout.split('\n')[0]);
    // A gate without its latch lets changes of the enable through.
    const text = readFileSync(join(root, gate), 'utf8');
    const loose = file('loose.v', text.replace('clk_i & enable_q', 'clk_i & (en_i | test_en_i)'));
    await run('iverilog', ['-g2005', '-o', 'loose.vvp', loose, files[1] as string]);
    expect((await run('vvp', ['loose.vvp'])).stdout).toMatch(/^[1-9]\d* wrong/m);
  });

  it('is a latch in synthesis, and BUFGCE where that is asked for', async () => {
    const cells = async (path: string, top: string): Promise<string> =>
      (await run('yosys', ['-p', `read_verilog ${path}; proc; opt; stat; hierarchy -top ${top}`])).stdout;
    expect(await cells('one/rtl/ant_clock_gate.v', 'ant_clock_gate')).toMatch(/\$dlatch +1\n/);
    const buffered = await cells('buffered/rtl/ant_clock_gate_bufgce.v', 'ant_clock_gate_bufgce');
    expect(buffered).toMatch(/BUFGCE +1\n/);
    expect(buffered).not.toMatch(/\$dlatch/);
  });

  it('runs the clock while the test enable is high, whatever the output does, and not otherwise', async () => {
    const scan = `\`timescale 1ns / 1ps
module scan_tb;
  reg clk = 1'b0;
  reg rst_n = 1'b0;
  reg test_en = 1'b0;
  integer rises = 0;
  wire out_valid;
  two_array dut (.clk_i(clk), .rst_ni(rst_n), .test_en_i(test_en), .in_valid_i(rst_n), .in_ready_o(), .in_last_i(1'b1),
    .a_data_i(8'd1), .w_data_i(8'd1), .out_valid_o(out_valid), .out_ready_i(1'b0), .out_last_o(), .out_data_o());
  always #5 clk = ~clk;
  always @(posedge dut.clk_array) rises = rises + 1;
  initial begin
    #52 rst_n = 1'b1;
    #500 rises = 0;
    #200 $display("waiting %0d, valid %b", rises, out_valid);
    test_en = 1'b1;
    rises = 0;
    #200 $display("testing %0d", rises);
    $finish;
  end
endmodule
`;
    const files = [...filesOf('two'), file('scan_tb.v', scan)];
    const compiled = await run('iverilog', ['-g2005', '-Wall', '-o', 'scan.vvp', ...files]);
    expect(compiled.all).toBe('');
    expect((await run('vvp', ['scan.vvp'])).stdout).toMatch(/^waiting 0, valid 1\ntesting 20$/m);
  });

  it('has no port and a constant where no scan is asked for', () => {
    expect(readFileSync(join(root, 'one/rtl/one_array.v'), 'utf8')).toContain(".test_en_i(1'b0)");
    expect(loadDesign(join(root, 'one')).clockGate).toEqual({
      module: 'ant_clock_gate',
      file: 'rtl/ant_clock_gate.v',
      fileListWithout: 'one_no_gate.f',
      testEnable: null,
    });
    expect(loadDesign(join(root, 'two')).clockGate?.testEnable).toBe('test_en_i');
  });
});

describe('a cell of the technology', () => {
  /** The cell as a library's models have it, and the module that the head of the gate's file shows. */
  function replacement(): string {
    const head = readFileSync(join(root, 'one/rtl/ant_clock_gate.v'), 'utf8');
    const [instance] = /sky130_fd_sc_hd__sdlclkp_1 u_cell \(.*\);/.exec(head) ?? [];
    return file(
      'my_gate.v',
      `\`timescale 1ns / 1ps
module sky130_fd_sc_hd__sdlclkp_1 (output wire GCLK, input wire SCE, input wire GATE, input wire CLK);
  reg state;
  always @(CLK, GATE, SCE) if (!CLK) state <= GATE | SCE;
  assign GCLK = CLK & state;
endmodule

module ant_clock_gate (input wire clk_i, input wire en_i, input wire test_en_i, output wire clk_o);
  ${instance}
endmodule
`,
    );
  }

  it('must pass on the clock in the same time step, as the test bench sees, unless inputs change later', async () => {
    design({ name: 'square', rows: 4, cols: 4 });
    const cell = readFileSync(join(root, replacement()), 'utf8');
    const gates = [
      cell,
      cell.replace('assign GCLK =', 'assign #0.1 GCLK ='),
      cell.replace('assign GCLK =', 'reg late;\n  assign GCLK = late;\n  always @(CLK, state) late <='),
    ];
    expect(new Set(gates).size).toBe(3);
    const verdicts: string[][] = [];
    for (const text of gates) {
      const gate = file('late_gate.v', text);
      const files = [...filesOf('square', 'square_no_gate.f'), gate, 'square/tb/square_tb.v'];
      const compiled = await run('iverilog', ['-g2005', '-Wall', '-o', 'late.vvp', ...files]);
      expect(compiled.all).toBe('');
      const runs = [[], ['+falling']].map((plus) => run('vvp', ['late.vvp', '+folder=square', ...plus]));
      verdicts.push((await Promise.all(runs)).map(({ stdout }) => /^(PASS|FAIL) /m.exec(stdout)?.[1] ?? ''));
    }
    expect(verdicts).toEqual([
      ['PASS', 'PASS'],
      ['FAIL', 'PASS'],
      ['FAIL', 'PASS'],
    ]);
  });

  it.each(['one', 'two', 'dots'])(
    'takes the place of the gate of %s by its second list of files alone',
    async (name) => {
      const files = [...filesOf(name, `${name}_no_gate.f`), replacement(), `${name}/tb/${name}_tb.v`];
      const compiled = await run('iverilog', ['-g2005', '-Wall', '-o', 'cell.vvp', ...files]);
      expect(compiled.all).toBe('');
      expect((await run('vvp', ['cell.vvp', `+folder=${name}`])).stdout).toContain(`PASS ${name}: `);
      const args = ['-g2005', '-o', '/dev/null', ...filesOf(name), replacement()];
      expect((await run('iverilog', args)).exitCode).not.toBe(0);
    },
  );
});

describe('two designs in one chip', () => {
  it('are compiled together by their lists of files: the gate counts once', async () => {
    const files = [...filesOf('one'), ...filesOf('two'), parent('chip', '`timescale 1ns / 1ps')];
    expect(await complaints(files, 'chip')).toBe('');
    // Without the guard the second copy of the gate is an error.
    const unguarded = readFileSync(join(root, 'two/rtl/ant_clock_gate.v'), 'utf8').replace(
      /^`(ifndef|define|endif).*$/gm,
      '',
    );
    const twice = files.map((path) => (path === 'two/rtl/ant_clock_gate.v' ? file('twice.v', unguarded) : path));
    expect((await run('iverilog', ['-g2005', '-o', '/dev/null', ...twice])).exitCode).not.toBe(0);
  });

  it('have the same file of the gate, to the byte', () => {
    const gate = (name: string) => readFileSync(join(root, name, 'rtl/ant_clock_gate.v'), 'utf8');
    expect(gate('one')).toContain('Generated by ');
    for (const name of ['two', 'dots']) expect(gate(name)).toBe(gate('one'));
    expect(gate('one')).not.toMatch(/\bone\b_|sha256/);
  });

  it('share no name but that of the gate', () => {
    const names = (name: string) => loadDesign(join(root, name)).modules.map((module) => module.name);
    expect(names('one').filter((name) => names('two').includes(name))).toEqual(['ant_clock_gate']);
  });
});

describe('the datasheet', () => {
  it.each(['one', 'dots', 'buffered'])(
    'of %s has a line for Yosys, for its folder and for others',
    { tags: 'rest' },
    async (name) => {
      const sheet = readFileSync(join(root, name, 'datasheet.md'), 'utf8');
      const [, script = ''] = /^ {4}yosys -p "(.*)"$/m.exec(sheet) ?? [];
      const synthesised = (cwd: string, text: string) => run('yosys', ['-q', '-p', `${text}; check -assert`], cwd);
      const here = await synthesised(join(root, name), script);
      expect(here.exitCode, here.all).toBe(0);
      expect(sheet).toContain('`FOLDER/rtl/*.v`');
      const elsewhere = await synthesised(root, script.replace('rtl/*.v', `${name}/rtl/*.v`));
      expect(elsewhere.exitCode, elsewhere.all).toBe(0);
      expect((await synthesised(root, script)).exitCode).not.toBe(0);
    },
  );
});

describe('the lists of files', () => {
  it('are taken from another folder by -F of Verilator, and not by -f', async () => {
    const args = (flag: string) => [...LINT, flag, 'one/one.f', '--top-module', 'one_array'];
    const [whole, wrong] = [await run('verilator', args('-F')), await run('verilator', args('-f'))];
    expect([whole.exitCode, whole.all]).toEqual([0, '']);
    expect(wrong.exitCode).not.toBe(0);
  });
});

describe('a time scale', () => {
  it.each(['1ns / 1ps', '1ps / 1fs'])('of %s in a parent gives no warning', async (scale) => {
    const chip = parent('timed', `\`timescale ${scale}`);
    for (const files of [
      [chip, ...filesOf('one'), ...filesOf('two')],
      [...filesOf('one'), ...filesOf('two'), chip],
    ])
      expect(await complaints(files, 'timed')).toBe('');
  });

  it('is one on the command line of Verilator where the parent has none', async () => {
    const files = [parent('bare_chip'), ...filesOf('one'), ...filesOf('two'), '--top-module', 'bare_chip'];
    expect((await run('verilator', [...LINT, ...files])).all).toContain('TIMESCALEMOD');
    const given = await run('verilator', [...LINT, '--timescale', '1ns/1ps', ...files]);
    expect([given.exitCode, given.all]).toEqual([0, '']);
  });

  it('that some of the files lack is a warning', async () => {
    const bare = filesOf('one').map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return path.endsWith('_pe.v') ? file('bare.v', text.replace(/^`timescale.*$/m, '')) : path;
    });
    const pe = bare.indexOf('bare.v');
    const first = ['bare.v', ...bare.slice(0, pe), ...bare.slice(pe + 1)];
    expect((await run('verilator', [...LINT, ...first, '--top-module', 'one_array'])).all).toContain('TIMESCALEMOD');
    expect((await run('iverilog', ['-g2005', '-Wall', '-o', '/dev/null', ...first])).all).toContain('timescale');
  });
});
