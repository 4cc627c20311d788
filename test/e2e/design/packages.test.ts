import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { benderFiles, type CoreTarget, coreTarget, openlaneConfig, packagedIn } from '../../support/packages.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-packages-'));

function packaged(raw: RawConfiguration) {
  const { folder, design } = packagedIn(mkdtempSync(join(out, 'design-')), raw);
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  return { folder, read, name: design.config.name, top: design.top.name };
}

const ARRAY = packaged({ rows: 2, cols: 3 });
const FPGA = packaged({ rows: 2, cols: 2, target: 'fpga', ports: 'axis' });
const DOT = packaged({ arch: 'dot', lanes: 4 });
const REQUANTISER = packaged({ arch: 'requantise', lanes: 2 });
const ENGINE = packaged({
  engine: true,
  rows: 2,
  cols: 2,
  activationKib: 1,
  weightKib: 1,
  constantKib: 1,
  outputKib: 1,
});
const ALL = { ARRAY, FPGA, DOT, REQUANTISER, ENGINE };

/** The files of a target, copied to an empty folder as FuseSoC does it: what is not listed is not there. */
function workRoot(folder: string, { files }: CoreTarget): { readonly root: string; readonly verilog: string[] } {
  const root = mkdtempSync(join(out, 'root-'));
  const verilog = files.flatMap(({ path, type, copyTo = join('src', path) }) => {
    mkdirSync(dirname(join(root, copyTo)), { recursive: true });
    copyFileSync(join(folder, path), join(root, copyTo));
    return /erilogSource/.test(type) ? [copyTo] : [];
  });
  return { root, verilog };
}

const listed = (value: string | readonly string[] | undefined): string[] =>
  value === undefined || typeof value === 'string' ? [] : [...value];

describe('from the targets of the FuseSoC core alone', () => {
  it.each(Object.entries(ALL))('Icarus runs the test bench: %s', async (_, { folder, read, name }) => {
    const target = coreTarget(read(`${name}.core`), 'sim');
    const { root, verilog } = workRoot(folder, target);
    const options = listed(target.tools.icarus?.iverilog_options);
    await execa('iverilog', [...options, '-s', target.toplevel, '-o', 'sim', ...verilog], { cwd: root });
    const { stdout } = await execa('vvp', ['sim'], { cwd: root });
    expect(stdout).toMatch(new RegExp(`^PASS ${name}: `, 'm'));
  });

  it.each(Object.entries(ALL))('Verilator lints it without a word: %s', async (_, { folder, read, name }) => {
    const target = coreTarget(read(`${name}.core`), 'lint');
    const { root, verilog } = workRoot(folder, target);
    const options = listed(target.tools.verilator?.verilator_options);
    expect(target.tools.verilator?.mode).toBe('lint-only');
    const { all } = await execa('verilator', ['--lint-only', ...options, '--top-module', target.toplevel, ...verilog], {
      ...{ cwd: root, all: true },
    });
    expect(all).toBe('');
  });

  it('a file left out of the core is missed', async () => {
    const { folder, read, name } = ARRAY;
    const target = coreTarget(read(`${name}.core`).replace(/^ +- rtl\/\w+_pe\.v\n/m, ''), 'sim');
    const { root, verilog } = workRoot(folder, target);
    const { exitCode } = await execa('iverilog', ['-g2005', '-s', target.toplevel, '-o', 'sim', ...verilog], {
      ...{ cwd: root, reject: false },
    });
    expect(exitCode).not.toBe(0);
  });
});

it.each(Object.entries(ALL))('Yosys elaborates the files of Bender: %s', async (_, { folder, read, top }) => {
  const files = benderFiles(read('Bender.yml')).join(' ');
  const script = `read_verilog ${files}; hierarchy -check -top ${top}; proc; check -assert`;
  const { exitCode, stderr } = await execa('yosys', ['-q', '-p', script], { cwd: folder, reject: false });
  expect([exitCode, stderr]).toEqual([0, '']);
});

/** What a Makefile gives a variable. */
async function makeVariable(makefile: string, variable: string, env: Record<string, string> = {}): Promise<string[]> {
  const text = `include ${makefile}\nprint: ; @echo $(${variable})\n`;
  const { stdout } = await execa('make', ['-s', '-f', '-', 'print'], { input: text, cwd: out, env });
  return stdout.split(' ');
}

/** Models of the macros, by the meaning that their ports have. */
const macroModels = (blackBoxes: string): string =>
  [...blackBoxes.matchAll(/module (\w+_(\d+)x(\d+)(?:x(\d+))?) \(([\s\S]*?)\);\nendmodule/g)]
    .map(([, name, words, bits, lanes = '1', ports = '']) => {
      const laneBits = Number(bits) / Number(lanes);
      const writes = Array.from({ length: Number(lanes) }, (_, l) => {
        const part = `[${l * laneBits} +: ${laneBits}]`;
        return `if (write_i[${l}]) memory[write_address_i]${part} <= write_data_i${part};`;
      });
      return `module ${name} (${ports.replace('output wire', 'output reg')});
  reg [${Number(bits) - 1}:0] memory [0:${Number(words) - 1}];
  always @(posedge clk_i) begin
    if (read_i) read_data_o <= memory[read_address_i];
    ${writes.join('\n    ').replaceAll(lanes === '1' ? 'write_i[0]' : '\0', 'write_i')}
  end
endmodule
`;
    })
    .join('\n');

describe('flows for ASICs', () => {
  it.each(Object.entries(ALL))(
    'OpenROAD-flow-scripts and OpenLane have the same files, all there: %s',
    async (_, design) => {
      const { folder, read } = design;
      const files = await makeVariable(join(folder, 'orfs/config.mk'), 'VERILOG_FILES');
      for (const file of files) expect(existsSync(file), file).toBe(true);
      const inFolder = files.map((file) => file.replace(`${folder}/orfs/../`, ''));
      expect(inFolder).toEqual(openlaneConfig(read('openlane/config.json')).verilog);
      const [constraint = ''] = await makeVariable(join(folder, 'orfs/config.mk'), 'SDC_FILE');
      expect(existsSync(constraint)).toBe(true);
    },
  );

  it('the memories of an engine are macros: as many instances as it has large memories', async () => {
    const { folder, read, name, top } = ENGINE;
    const { verilog, blackBoxes } = openlaneConfig(read('openlane/config.json'));
    const report = join(out, 'stat.txt');
    const script = `read_verilog ${[...verilog, ...blackBoxes].join(' ')}; hierarchy -check -top ${top}; tee -q -o ${report} stat -top ${top}`;
    await execa('yosys', ['-q', '-p', script], { cwd: folder });
    const [, hierarchy = ''] = readFileSync(report, 'utf8').split('=== design hierarchy ===');
    const counted = [...hierarchy.matchAll(/^ +(\w+_ram_\d+x\w+) +(\d+)$/gm)].map(([, macro = '', count]) => [
      macro,
      Number(count),
    ]);
    const memories: readonly { instances: number; words: number; bits: number; lanes: number }[] = JSON.parse(
      read('manifest.json'),
    ).memories;
    const expected: Record<string, number> = {};
    for (const { instances, words, bits, lanes } of memories.filter((each) => each.words * each.bits >= 4096)) {
      const macro = `${name}_ram_${words}x${bits}${lanes === 1 ? '' : `x${lanes}`}`;
      expected[macro] = (expected[macro] ?? 0) + instances;
    }
    expect(Object.keys(expected).length).toBeGreaterThan(2);
    expect(Object.fromEntries(counted)).toEqual(expected);
  });

  it('an engine with macros in the place of its memories passes its test bench, with a broken macro it does not', async () => {
    const { folder, read, name } = ENGINE;
    const { verilog, blackBoxes } = openlaneConfig(read('openlane/config.json'));
    const models = macroModels(read(blackBoxes[0] ?? ''));
    const run = async (text: string) => {
      const file = join(mkdtempSync(join(out, 'models-')), 'models.v');
      writeFileSync(file, text);
      const sim = join(dirname(file), 'sim');
      await execa('iverilog', ['-g2005', '-s', `${name}_tb`, '-o', sim, ...verilog, file, `tb/${name}_tb.v`], {
        cwd: folder,
      });
      return execa('vvp', [sim], { cwd: folder, reject: false });
    };
    expect((await run(models)).stdout).toMatch(new RegExp(`^PASS ${name}: `, 'm'));
    const broken = await run(
      models.replaceAll('read_data_o <= memory[read_address_i]', 'read_data_o <= ~memory[read_address_i]'),
    );
    expect([broken.exitCode, broken.stdout.includes('PASS')]).toEqual([1, false]);
  });
});

/** Runs a vendor's script in tclsh, in which the vendor's commands only tell that they were called. */
async function tclCalls(script: string, commands: readonly string[], prelude = ''): Promise<string[][]> {
  const recorders = commands.map((command) => `proc ${command} {args} { puts [list ${command} {*}$args]; return "" }`);
  const { stdout } = await execa('tclsh', [], {
    input: `${recorders.join('\n')}\n${prelude}\nsource {${script}}\n`,
    cwd: out,
  });
  return stdout.split('\n').map((line) => line.split(' '));
}

describe('scripts of vendors, read by Tcl with the commands of the tool replaced', () => {
  it.each([
    ['FPGA', FPGA],
    ['ENGINE', ENGINE],
  ] as const)('Vivado: %s', async (_, { folder, name, read, top }) => {
    const script = join(folder, `vivado/${name}.tcl`);
    const names = ['create_project', 'add_files', 'set_property', 'launch_runs', 'wait_on_run', 'open_run'];
    const reports = ['report_utilization', 'report_timing_summary', 'get_filesets', 'get_files', 'get_runs'];
    const calls = await tclCalls(script, [...names, ...reports], 'set argc 0\nset argv {}');
    const added = calls.filter(([command]) => command === 'add_files').map((words) => words.at(-1) ?? '');
    for (const file of added) expect(existsSync(file), file).toBe(true);
    const inFolder = added.map((file) => file.replace(`${folder}/`, ''));
    const { compileOrder } = JSON.parse(read('manifest.json'));
    expect(inFolder).toEqual([...compileOrder, `vivado/${name}.xdc`, `tb/${name}_tb.v`]);
    expect(calls.map((words) => words.join(' '))).toContain(`set_property top ${top} `.trimEnd().concat(' {}'));
  });

  it.each([
    ['FPGA', FPGA],
    ['ENGINE', ENGINE],
  ] as const)('Quartus: %s', async (_, { folder, name, read, top }) => {
    const script = join(folder, `quartus/${name}.tcl`);
    const names = ['project_new', 'set_global_assignment', 'set_instance_assignment', 'execute_flow', 'project_close'];
    const prelude = 'set quartus(args) {}\nrename package own_package\nproc package {args} {}';
    const calls = await tclCalls(script, names, prelude);
    const values = (key: string) =>
      calls.filter((words) => words[0] === 'set_global_assignment' && words[2] === key).map((words) => words[3] ?? '');
    const { compileOrder } = JSON.parse(read('manifest.json'));
    expect(values('VERILOG_FILE').map((file) => file.replace(`${folder}/`, ''))).toEqual(compileOrder);
    expect(values('SDC_FILE')).toEqual([join(folder, `${name}.sdc`)]);
    expect(values('TOP_LEVEL_ENTITY')).toEqual([top]);
    const pins = calls.filter(([command]) => command === 'set_instance_assignment').map((words) => words.at(-1));
    expect(pins).toContain('rst_ni');
    expect(pins).not.toContain('clk_i');
  });
});

it('Yosys and nextpnr place and route a design for an iCE40 from its Makefile', { tags: 'rest' }, async () => {
  const { folder } = FPGA;
  await execa('make', ['-C', 'lattice'], { cwd: folder });
  expect(readFileSync(join(folder, 'lattice/build/ice40.asc'), 'utf8')).toMatch(/^\.device 8k$/m);
  const { fmax, utilization } = JSON.parse(readFileSync(join(folder, 'lattice/build/ice40-report.json'), 'utf8'));
  expect(Object.values<{ achieved: number }>(fmax)[0]?.achieved).toBeGreaterThan(20);
  expect(utilization.ICESTORM_LC.used).toBeGreaterThan(300);
});

it('CMake and Verilator build the test bench and run it', { tags: 'rest' }, async () => {
  const { folder, name } = FPGA;
  const build = ['-S', 'cmake', '-B', 'cmake/build'];
  await execa('cmake', build, { cwd: folder });
  await execa('cmake', ['--build', 'cmake/build'], { cwd: folder });
  const { stdout } = await execa('cmake/build/simulation', [`+folder=${folder}`], { cwd: folder });
  expect(stdout).toMatch(new RegExp(`^PASS ${name}: `, 'm'));
  const elsewhere = await execa('cmake/build/simulation', [], { cwd: join(folder, 'cmake'), reject: false });
  expect(elsewhere.exitCode).not.toBe(0);
});

describe('the cocotb bench', () => {
  it.each(Object.entries(ALL))(
    'is Python, and its Makefile has the whole design: %s',
    async (_, { folder, read, name, top }) => {
      const check = 'import ast, sys; [ast.parse(open(f).read()) for f in sys.argv[1:]]';
      const files = [`cocotb/test_${name}.py`, 'cocotb/vectors.py'];
      await execa('python3', ['-c', check, ...files], { cwd: folder });
      const tools = mkdtempSync(join(out, 'tools-'));
      writeFileSync(join(tools, 'cocotb-config'), `#!/bin/sh\necho ${tools}\n`);
      chmodSync(join(tools, 'cocotb-config'), 0o755);
      writeFileSync(join(tools, 'Makefile.sim'), '');
      const env = { PATH: `${tools}${delimiter}${process.env.PATH}` };
      const makefile = join(folder, 'cocotb/Makefile');
      const sources = await makeVariable(makefile, 'VERILOG_SOURCES', env);
      const { compileOrder } = JSON.parse(read('manifest.json'));
      expect(sources.map((file) => file.replace(`${folder}/cocotb/../`, ''))).toEqual(compileOrder);
      expect(await makeVariable(makefile, 'TOPLEVEL', env)).toEqual([top]);
    },
  );

  it('reads the vectors as the Verilog bench does: each port of each beat', async () => {
    const { folder, name } = FPGA;
    const stub = mkdtempSync(join(out, 'stub-'));
    // What the bench imports, so that its tables can be read without cocotb. Nothing is simulated.
    writeFileSync(join(stub, 'cocotb.py'), 'test = lambda **k: lambda f: f\n');
    const program = `
import sys, types, json
sys.path[:0] = ["${stub}", "${folder}/cocotb"]
sys.dont_write_bytecode = True
clock = types.ModuleType("cocotb.clock"); clock.Clock = None
triggers = types.ModuleType("cocotb.triggers"); triggers.FallingEdge = triggers.ReadOnly = None
sys.modules["cocotb.clock"], sys.modules["cocotb.triggers"] = clock, triggers
import cocotb
bench = __import__("test_${name}")
words = bench.read_words("${folder}/tb/stimulus.hex")
ports = bench.INPUTS[0][3]
print(json.dumps([{name: bench.port_value(word, pieces) for name, pieces in ports} for word in words]))
`;
    const { stdout } = await execa('python3', ['-c', program]);
    const lines = readFileSync(join(folder, 'tb/stimulus.hex'), 'utf8')
      .split('\n')
      .filter((line) => /^[01]_/.test(line));
    const expected = lines.map((line) => {
      // in_last, a_type, w_type, a_data, w_data: two codes of 4 bits each.
      const [last = 0, aType = 0, wType = 0, a = 0, w = 0] = line
        .split('_')
        .map((digits) => Number.parseInt(digits, 16));
      return { s_axis_in_tdata: a + 256 * w, s_axis_in_tuser: aType + 8 * wType, s_axis_in_tlast: last };
    });
    expect(expected.length).toBeGreaterThan(50);
    expect(JSON.parse(stdout)).toEqual(expected);
    const cut = join(stub, 'cut.hex');
    writeFileSync(cut, '// nothing\n0_1\n');
    const run = await execa('python3', ['-c', `from vectors import read_words; read_words("${cut}")`], {
      ...{ cwd: join(folder, 'cocotb'), reject: false, env: { PYTHONDONTWRITEBYTECODE: '1' } },
    });
    expect(run.stderr).toContain('cut short');
  });
});
