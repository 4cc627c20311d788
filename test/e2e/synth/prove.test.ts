import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign, type Manifest } from '../../../gen/design/manifest.js';
import { simulateNetlist } from '../../../scripts/synth/equivalence/gate-level.js';
import { netlistFiles, prove } from '../../../scripts/synth/equivalence/prove.js';
import { type MappedNetlist, netlistModule } from '../../../scripts/synth/netlist.js';
import { areaItems } from '../../../scripts/synth/plan.js';
import type { AreaReport } from '../../../scripts/synth/report.js';
import { synthesise } from '../../../scripts/synth/synthesise.js';
import { findProgram } from '../../../scripts/tools/find.js';
import type { Yosys } from '../../../scripts/tools/yosys/interface.js';
import { findYosys, runYosys } from '../../../scripts/tools/yosys/yosys.js';
import type { TestBudget } from '../../../scripts/verify/budget.js';
import { quickBudget } from '../../../scripts/verify/quick.js';
import { timedLibrary } from '../../support/liberty.js';
import { runProgram } from '../../support/program.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-prove-'));
afterAll(() => rmSync(root, { recursive: true }));

const yosys = (build: string): Promise<Yosys> => findYosys({ ...process.env, ANT_RTL_YOSYS: build });

const area = (args: string[], env: Record<string, string> = {}) =>
  runProgram('area', args, { env: { ANT_RTL_YOSYS: 'native', ...env }, all: true });

let folder = '';
let manifest: Manifest;
let pe: MappedNetlist;
beforeAll(async () => {
  const raw = { rows: 1, cols: 1, activations: ['int3'], weights: ['int3'], maxK: 4, stall: 'enable', name: 'little' };
  folder = generate(validateConfiguration(raw), root).folder;
  manifest = loadDesign(folder);
  const item = areaItems(manifest).find(({ role }) => role === 'pe');
  if (item === undefined) throw new Error('no PE');
  const native = await yosys('native');
  const { netlist } = await synthesise({ yosys: native, folder, library: undefined }, item, 'alumacc');
  pe = { item, flow: 'alumacc', name: item.module, text: netlist };
});

/** A netlist with one of its gates changed for another. */
function broken(netlist: MappedNetlist): MappedNetlist {
  const text = netlist.text.replace('\\$_XOR_ ', '\\$_XNOR_ ');
  expect(text).not.toBe(netlist.text);
  return { ...netlist, text };
}

describe('npm run area -- --prove', () => {
  it("proves every netlist, with a library's own models and reset, and keeps them", async () => {
    const library = join(root, 'toy.lib');
    writeFileSync(library, timedLibrary());
    const run = await area(['--design', folder, '--prove', '--netlists', '--json', '--liberty', library]);
    expect(run.exitCode, run.all).toBe(EXIT.done);
    const { proof, modules } = JSON.parse(run.stdout) as AreaReport;
    const results = proof?.modules.map(({ outcome }) => outcome.result) ?? [];
    expect(results.length).toBeGreaterThanOrEqual(6);
    expect(new Set(results)).toEqual(new Set(['proved']));
    expect(proof?.modules.map(({ label }) => label).sort()).toEqual(
      [...new Set(modules.map(({ label }) => label))].sort(),
    );
    const registers = modules.find(({ role }) => role === 'pe')?.size.flipFlopBits;
    expect(proof?.modules.find(({ netlist }) => netlist === 'little_pe')?.outcome).toMatchObject({ registers });
    const kept = readFileSync(join(folder, 'area', 'netlist', 'little_pe.v'), 'utf8');
    expect(kept).toMatch(/^\/\/ Netlist of little_pe[\s\S]*^module little_pe\([\s\S]*^ {2}NAND /m);
    expect(readFileSync(join(folder, 'area.md'), 'utf8')).toMatch(/^## .*netlists$/m);
  });

  it('fails, and says where, when netlists are not what the RTL is', async () => {
    const place = mkdtempSync(join(root, 'bin-'));
    const real = findProgram('yosys');
    const change = "[ -f gate.json ] || [ ! -f netlist.v ] || sed -i 's/\\$_XOR_ /$_XNOR_ /' netlist.v";
    writeFileSync(join(place, 'yosys'), `#!/bin/sh\n${real} "$@"\ncode=$?\n${change}\nexit $code\n`);
    chmodSync(join(place, 'yosys'), 0o755);
    const run = await area(['--design', folder, '--prove'], { PATH: `${place}:${process.env.PATH}` });
    expect(run.exitCode, run.all).toBe(EXIT.checkFailed);
    expect(run.stdout).toMatch(/little_pe +[\d.]+ +DIFFERENT .*\bABC\b.* \S+/);
    expect(run.stdout).toMatch(/little_control +\d+ +[\d.]+ +proved/);
  });
});

describe.each(['native', 'wasm'])('the proof of one netlist, %s', (build) => {
  it('holds, and finds a gate that was changed', async () => {
    const request = { folder, yosys: await yosys(build), limitSeconds: 60 };
    expect(await prove(pe, netlistFiles(pe, undefined), request)).toMatchObject({ result: 'proved' });
    const changed = broken(pe);
    expect(await prove(changed, netlistFiles(changed, undefined), request)).toMatchObject({
      result: 'different',
      outputs: expect.arrayContaining([expect.stringMatching(/\S/)]),
    });
  });
});

describe('a netlist whose nets are not driven once each', () => {
  const provedWith = async (change: (text: string) => string) => {
    const text = change(pe.text);
    expect(text).not.toBe(pe.text);
    const request = { folder, yosys: await yosys('native'), limitSeconds: 60 };
    return prove({ ...pe, text }, netlistFiles({ text }, undefined), request);
  };
  const adding = (line: string) => (text: string) => text.replace('endmodule', `  ${line}\nendmodule`);

  it.each([
    ["a register's output, which a gate drives too", '\\$_NOT_ bad (.A(swap_i), .Y(a_o[1]));', 'a_o[1]'],
    ["a register's output that is another input", 'assign a_o[1] = swap_i;', 'swap_i'],
    ["a register's output that is a constant", "assign a_o[1] = 1'b0;", 'constant 0'],
    ['two inputs that are one', 'assign swap_i = en_i;', 'swap_i'],
    ['an input, which a gate drives', '\\$_NOT_ bad (.A(swap_i), .Y(a_i[0]));', 'a_i[0]'],
  ])('is refused: %s', async (_, line, net) => {
    expect(await provedWith(adding(line))).toMatchObject({
      result: 'conflicting',
      nets: expect.arrayContaining([expect.stringContaining(net)]),
    });
  });

  it.each([
    ['x', "1'hx"],
    ['z', "1'hz"],
    ['a net that nothing drives', 'nothing_'],
  ])('may be anything where it is %s', async (_, value) => {
    const tied = /(?<=\$_(?:AND|NAND|OR|NOR|XOR|XNOR)_ +\S+ \(\n {4}\.A\()[^)]+/;
    expect(await provedWith((text) => text.replace(tied, value))).toMatchObject({ result: 'different' });
    const unused = `\\$_NOT_ idle (.A(${value}), .Y(idle_));`;
    expect(await provedWith(adding(unused))).toMatchObject({ result: 'proved' });
  });
});

describe('the simulation of a netlist that is not proved', () => {
  const simulate = async (netlist: MappedNetlist, budget?: TestBudget) =>
    simulateNetlist({
      ...{ folder, manifest, netlist, files: netlistFiles(netlist, undefined), why: 'not decided' },
      cells: 'gates',
      yosys: await yosys('native'),
      ...(budget ? { budget } : {}),
    });

  it('passes with the vectors of verify, and finds a gate that was changed', { tags: 'rest' }, async () => {
    const budget = quickBudget(join(root, 'quick'));
    const passed = await simulate(pe, budget);
    expect(passed).toMatchObject({ result: 'simulated', why: 'not decided' });
    expect(passed.result === 'simulated' && passed.vectors).toBeGreaterThan(100);
    expect(await simulate(broken(pe), budget)).toMatchObject({
      result: 'failed simulation',
      failure: expect.stringMatching(/^PE, clock edge \d+/),
    });
  });

  it('is one of the instances with its parameters, and finds a gate that was changed there', {
    tags: 'rest',
  }, async () => {
    const budget = quickBudget(join(root, 'quick'));
    const raw = { rows: 2, cols: 1, activations: ['int2'], weights: ['int2'], dataflow: 'ws', name: 'stays' };
    const stays = generate(validateConfiguration(raw), root).folder;
    const design = { folder: stays, manifest: loadDesign(stays) };
    const [item] = areaItems(design.manifest).filter(({ role }) => role === 'pe');
    if (item === undefined) throw new Error('no PE');
    // Only the upper PE has such sums, so that the units' bench does not hold it.
    expect(item.parameters.SUM_BITS).toBeLessThan(design.manifest.accumulator.bits);
    const native = await yosys('native');
    const { netlist: text } = await synthesise({ ...design, yosys: native, library: undefined }, item, 'alumacc');
    const netlist = { item, flow: 'alumacc', name: netlistModule(item), text } as const;
    const simulation = (changed: MappedNetlist) =>
      simulateNetlist({
        ...{ ...design, yosys: native, netlist: changed, files: netlistFiles(changed, undefined) },
        ...{ cells: 'gates', why: 'not decided', budget },
      });
    expect(await simulation(netlist)).toMatchObject({ result: 'simulated', why: 'not decided' });
    expect(await simulation(broken(netlist))).toMatchObject({
      result: 'failed simulation',
      failure: expect.stringMatching(/^array, /),
    });
  });

  it('is none for a delay line of one stage, which stays open', async () => {
    const netlist = { ...pe, item: { ...pe.item, role: 'delay' as const } };
    expect(await simulate(netlist)).toEqual({
      result: 'open',
      why: expect.stringContaining('not decided; not simulated'),
    });
  });
});

describe('a job with a limit', () => {
  // A product and the sum of its rows: no engine of ABC tells in seconds that they are the same.
  const product = `module gold(input [19:0] a, b, output [39:0] y);
  assign y = a * b;
endmodule
module gate(input [19:0] a, b, output [39:0] y);
  assign y = ${Array.from({ length: 20 }, (_, i) => `({20'd0, a & {20{b[${19 - i}]}}} << ${19 - i})`).join(' + ')};
endmodule
`;
  const script = (gate: string): string => `read_verilog product.v
prep
miter -equiv -flatten gold ${gate} miter
hierarchy -top miter
flatten
techmap
abc -script +strash;&get,-n;&cec,-m,-T,60
`;
  const job = { title: 'a product', inputs: { 'product.v': product }, outputs: [], cpuSeconds: 3 };

  it('ends when ABC has used it up, and says so', async () => {
    const run = await runYosys(await yosys('native'), { ...job, script: script('gate') });
    expect(run.outOfTime).toBe(true);
  });

  it('is a job like any other before', async () => {
    const run = await runYosys(await yosys('native'), { ...job, script: script('gold') });
    expect(run.outOfTime).toBe(false);
    expect(run.log).toContain('Networks are equivalent');
  });

  it('fails where Yosys fails for another reason', async () => {
    const run = runYosys(await yosys('native'), { ...job, script: 'read_verilog none.v\n' });
    await expect(run).rejects.toMatchObject({ exitCode: EXIT.toolBroken });
  });
});
