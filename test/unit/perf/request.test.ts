import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { EXIT, type UserError } from '../../../gen/base/errors.js';
import { formatNpyArray } from '../../../gen/base/npy.js';
import { CORRECTION_NAMES } from '../../../scripts/perf/corrections.js';
import { bitLists, COSTS_FILE, comparedAccelerators, ownDescriptions, readCosts } from '../../../scripts/perf/data.js';
import { describedNetwork, NETWORK } from '../../../scripts/perf/description.js';
import { macsOf } from '../../../scripts/perf/layer.js';
import { plannedLayers } from '../../../scripts/perf/layers.js';
import { ownAccelerators, ownConfiguration } from '../../../scripts/perf/own.js';
import { modelReport } from '../../../scripts/perf/report.js';
import { type ModelFlags, ofNetworks, requestOf } from '../../../scripts/perf/request.js';

const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-request-'));
const [SAMPLES, POINTER] = [join(folder, 'samples.npy'), join(folder, 'pointer.dat')];
writeFileSync(SAMPLES, formatNpyArray([1, 2], Float32Array.of(1, 2)));
writeFileSync(POINTER, 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 123456\n');

it('gives sizes to the network that they name', () => {
  const networks = ['d/a.onnx', 'ViT', 'b.c.onnx'];
  expect([...ofNetworks('--shape', networks, ['a:x=1x3', 'b.c:y=2', 'a:z=4'])]).toEqual([
    ['d/a.onnx', ['x=1x3', 'z=4']],
    ['b.c.onnx', ['y=2']],
  ]);
  expect([...ofNetworks('--shape', ['a.onnx'], ['x=1x3', '1x3', 'a:y=2', 'layer:0=5'])]).toEqual([
    ['a.onnx', ['x=1x3', '1x3', 'y=2', 'layer:0=5']],
  ]);
});

const flags = (some: Partial<ModelFlags>): ModelFlags => ({ samples: '64', ...some });

describe('requests', () => {
  it.each<[string, Partial<ModelFlags>, RegExp]>([
    ['a misspelt network', { networks: 'VGG61' }, /\bVGG61\b.*\bVGG16\b/],
    ['a misspelt accelerator', { accelerators: 'BitFuson' }, /\bBitFuson\b.*\bBitFusion\b/],
    ['a misspelt correction', { only: 'kernel' }, /\bkernel\b.*\bkernels\b/],
    ['a baseline that is not there', { baseline: 'X' }, /^--baseline X: /],
    ['no number', { samples: 'many' }, /--samples: given many/],
    ['costs without --own', { costs: 'x.json' }, /--costs\b.*--own\b/],
    ['lanes without --own', { lanes: '2' }, /--lanes\b.*--own\b/],
    ['lanes that no own design has', { own: true, lanes: '3' }, /--lanes: given 3\b.*\b1, 2, 4$/],
    ['lanes of designs that are named', { own: true, lanes: '1', accelerators: 'INT8' }, /--lanes\b.*--accelerators\b/],
    ['two beginnings', { only: 'kernels', corrected: true }, /--only\b.*--corrected|--corrected\b.*--only/],
    ['corrections beside the effects of all', { effects: true, corrected: true }, /--effects\b/],
    ['Markdown of anything but the effects', { markdown: true }, /--markdown\b.*--effects\b/],
    ['a misspelt own design', { own: true, accelerators: 'INT8-N5' }, /\bINT8-N5\b.*\bINT8-N2\b.*\?$/],
    ['an own design among the others', { accelerators: 'INT8' }, /\bINT8\b.*--own\b/],
    ['a file that is not there', { networks: 'none.onnx' }, /none\.onnx/],
    ['samples instead of a network', { networks: SAMPLES }, /samples\.npy is a NumPy file; networks are \.onnx files/],
    ['a pointer instead of a network', { networks: POINTER }, /pointer\.dat is a Git LFS pointer/],
    ['sizes without a file', { networks: 'ViT', shape: ['x=1x3'] }, /^--shape x=1x3: .*\.onnx\b/],
    ['sizes of none of two files', { networks: 'a.onnx,b.onnx', shape: ['x=1x3'] }, /as in a:x=1x3; they are a, b$/],
    ['a network twice', { networks: 'ViT,ViT' }, /\bViT\b/],
    ['no network', { networks: ',' }, /^--networks\b/],
  ])('refuses %s', async (_, some, message) => {
    const error: UserError = await requestOf(flags(some)).then(
      () => expect.fail('it was accepted'),
      (reason) => reason,
    );
    expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(EXIT.badRequest);
  });

  it('holds figures against the published ones only where they are comparable', async () => {
    const comparable = async (some: Partial<ModelFlags>): Promise<boolean> =>
      (await requestOf(flags(some))).asPublished;
    expect(await comparable({})).toBe(true);
    for (const other of [{ corrected: true }, { samples: '1' }, { networks: 'ViT' }, { own: true }]) {
      expect(await comparable(other)).toBe(false);
    }
  });

  it.each<[string, Partial<ModelFlags>, string, RegExp]>([
    ['the published ones', {}, 'BiScaled', /^BiScaled .*\b6 bits; wide needs more: b \(8 bits\)$/],
    ["the project's own", { own: true }, 'INT6', /^INT6 .*\b6 bits; wide needs more: b \(8 bits\)$/],
  ])('leave out accelerators that are too narrow for a network, of %s', async (_, some, narrow, reason) => {
    const layers = ['a', 'b'].map((name, i) => ({
      ...{ kind: 'linear', name, rows: 1, inFeatures: 8, outFeatures: 4 },
      bits: 4 + 4 * i,
    }));
    const networks = join(folder, 'wide.json');
    writeFileSync(networks, JSON.stringify({ name: 'wide', layers }));
    const request = await requestOf(flags({ ...some, networks }));
    const names = request.accelerators.map(({ name }) => name);
    expect(names).not.toContain(narrow);
    expect(request.unable).toContainEqual(expect.stringMatching(reason));
    const all = await requestOf(flags({ ...some, networks: 'VGG16' }));
    expect(all.unable).toEqual([]);
    expect(names.length + request.unable.length).toBe(all.accelerators.length);
    expect(all.accelerators.map(({ name }) => name)).toContain(narrow);
    expect(request.sizings.map(({ accelerator }) => accelerator.name)).toEqual(some.own ? names : []);
    // All that are left can run it; one that is named has to.
    expect(() => modelReport(request)).not.toThrow();
    const named = await requestOf(flags({ ...some, networks, accelerators: narrow }));
    expect(() => modelReport(named)).toThrow(/^\w+ .*\b6 bits.*--accelerators$/);
  });

  it('switches corrections on and off', async () => {
    const on = async (some: Partial<ModelFlags>): Promise<string[]> => {
      const { corrections } = await requestOf(flags(some));
      return CORRECTION_NAMES.filter((name) => corrections[name]);
    };
    expect(await on({})).toEqual([]);
    expect(await on({ corrected: true })).toEqual(CORRECTION_NAMES);
    expect(await on({ only: 'spills,kernels' })).toEqual(['kernels', 'spills']);
    expect(await on({ without: 'means' })).toEqual(CORRECTION_NAMES.filter((name) => name !== 'means'));
  });
});

describe('described networks', () => {
  it("are the project's own or lists of layers", () => {
    const conv = { kind: 'convolution', name: 'c', inChannels: 4, outChannels: 6, kernel: 3, input: 8, output: [8, 6] };
    const parsed = NETWORK.parse({ name: 'net', layers: [{ ...conv, groups: 2, bits: 6 }] });
    const { network, bits } = describedNetwork(parsed);
    expect(network.layers.map(macsOf)).toEqual([2 * 6 * 9 * 48]);
    expect([...bits]).toEqual([['c', 6]]);
    expect(describedNetwork(NETWORK.parse({ builder: 'ViT' })).network.name).toBe('ViT');
    expect(NETWORK.safeParse({ name: 'net', layers: [conv, conv] }).success).toBe(false);
    expect(NETWORK.safeParse({ builder: 'AlexNet' }).success).toBe(false);
    const outputs = (output: number | [number, number]) =>
      NETWORK.safeParse({
        name: 'net',
        layers: [{ ...conv, kernel: 3, stride: 1, input: 12, output }],
      }).error?.issues.map(({ message }) => message);
    expect(outputs(10)).toBeUndefined();
    expect(outputs([14, 12])).toBeUndefined();
    for (const wrong of [100, 2, [12, 15] as [number, number]]) {
      expect(outputs(wrong)).toEqual([expect.stringMatching(/makes 10 to 14 of 12 inputs$/)]);
    }
  });

  it('have their own widths before those of the rules, which an accelerator has to take', () => {
    const [antOs, , , , biScaled] = comparedAccelerators();
    if (!antOs || !biScaled) throw new Error('accelerators are missing');
    const linear = { kind: 'linear' as const, rows: 1, inFeatures: 4, outFeatures: 4 };
    const network = { name: 'net', layers: ['a', 'b', 'c'].map((name) => ({ ...linear, name })) };
    const off = Object.fromEntries(CORRECTION_NAMES.map((name) => [name, false])) as never;
    const widths = (own: [string, number][], accelerator = antOs) =>
      plannedLayers(network, accelerator, { lists: bitLists(), own: new Map(own) }, off).map(({ bits }) => bits);
    expect(widths([['b', 8]])).toEqual([
      { operands: 8, results: 8 },
      { operands: 8, results: 8 },
      { operands: 8, results: 16 },
    ]);
    expect(widths([]).map(({ operands }) => operands)).toEqual([8, 4, 8]);
    expect(() => widths([['b', 8]], biScaled)).toThrow(/^BiScaled .*\b6 bits\b.*\bnet\b.*\bb \(8 bits\);/);
  });
});

describe('own designs', () => {
  const costs = readCosts(COSTS_FILE);
  const published = { name: 'the published core', leakage: 60_000, dynamic: 280_000 };
  const measured = ownDescriptions().filter(({ name }) => costs.designs[name] !== undefined);
  const all = () => ownAccelerators(measured, costs, { published, energies: {} }, 'ANT-OS');

  test('have costs of their size, and arrays of the same area: another column would be too much', () => {
    const budget = costs.designs['ANT-OS']?.gateEquivalents ?? 0;
    expect(all().length).toBeGreaterThanOrEqual(7);
    for (const { accelerator, gatesPerMac } of all()) {
      const { rows, cols, lanes, maxBits, minBits } = accelerator.array;
      const pack = Math.floor(maxBits / minBits) ** 2;
      const column = rows * pack * lanes * gatesPerMac;
      expect(cols * column, accelerator.name).toBeLessThanOrEqual(budget * 1.000001);
      expect((cols + 1) * column, accelerator.name).toBeGreaterThan(budget);
    }
  });

  test('have PEs of several lanes in an N-th of the rows: as many multipliers', () => {
    const by = new Map(ownDescriptions().map((own) => [own.name, ownConfiguration(own)]));
    expect([...by.values()].filter(({ lanes }) => lanes === 1)).toHaveLength(7);
    expect([...by.keys()]).toEqual(expect.arrayContaining(['ANT-OS-N2', 'ANT-WS-N4', 'INT4-8-N2', 'INT8-N4']));
    for (const [name, { rows, cols, lanes }] of by) {
      expect(rows * cols * lanes, name).toBe(64 * 64);
      expect(name.endsWith(`-N${lanes}`), name).toBe(lanes > 1);
    }
    expect(by.get('INT8-N4')).toMatchObject({ rows: 16, cols: 64, lanes: 4, activations: ['int8', 'uint8'] });
  });

  test('have given energies, else as many times the published one as was measured, else by area', () => {
    const energies = { INT8: { picojoules: 0.5, source: 'a measurement' } };
    const pico: Readonly<Record<string, number>> = { 'ANT-OS': 20, INT6: 25, INT8: 40 };
    const designs = Object.entries(costs.designs).map(([name, { picojoulesPerMac: _, ...design }]) => {
      const measured = pico[name];
      return [name, measured === undefined ? design : { ...design, picojoulesPerMac: measured }] as const;
    });
    const mixed = { ...costs, designs: Object.fromEntries(designs), energies: 'somehow' };
    const sized = ownAccelerators(measured, mixed, { published, energies }, 'ANT-OS');
    const by = new Map(sized.map((one) => [one.accelerator.name, one]));
    expect(by.get('ANT-OS')?.accelerator.core.dynamic).toBeCloseTo(280_000, 6);
    // 0.5 pJ at 500 MHz.
    expect(by.get('INT8')?.accelerator.core.dynamic).toBeCloseTo(250_000, 6);
    expect(by.get('INT8')?.energyFrom).toBe('a measurement');
    // One PE of INT6, where the published unit is four.
    expect(by.get('INT6')?.accelerator.core.dynamic).toBeCloseTo((280_000 / 4) * (25 / 20), 6);
    expect(by.get('INT6')?.energyFrom).toMatch(
      /^the published core, 1\.25 .*\b25\.00 pJ per MAC, ANT-OS 20\.00 \(somehow\)$/,
    );
    expect(by.get('FLOAT8')?.energyFrom).toMatch(/^estimate/);
  });

  test('follow a given energy of the one they are measured by, and refuse energies of no design', () => {
    const designs = Object.entries(costs.designs).map(([name, design]) => [name, { ...design, picojoulesPerMac: 10 }]);
    const same = { ...costs, designs: Object.fromEntries(designs) };
    const energies = { 'ANT-OS': { picojoules: 0.2, source: 'a chip' } };
    const sized = ownAccelerators(measured, same, { published, energies }, 'ANT-OS');
    const int6 = sized.find(({ accelerator }) => accelerator.name === 'INT6');
    expect(int6?.accelerator.core.dynamic).toBeCloseTo(100_000, 6);
    expect(int6?.energyFrom).toMatch(/^ANT-OS \(a chip\), 1\.00 /);
    const unknown = { INT99: { picojoules: 1, source: 'x' } };
    expect(() => ownAccelerators(measured, same, { published, energies: unknown }, 'ANT-OS')).toThrow(
      /^--energies: .*\bINT99\b/,
    );
  });

  test('are refused without costs, or with those of another size', () => {
    const { 'ANT-WS': _, ...others } = costs.designs;
    const wrong = { ...costs, designs: others };
    expect(() => ownAccelerators(measured, wrong, { published, energies: {} }, 'ANT-OS')).toThrow(/\bANT-WS\b/);
    const [first] = ownDescriptions();
    if (!first) throw new Error('no designs');
    const resized = [{ ...first, design: { ...first.design, rows: 32 } }];
    expect(() => ownAccelerators(resized, costs, { published, energies: {} }, 'ANT-OS')).toThrow(/\bANT-OS\b/);
    expect(ownConfiguration(first).wideActivations).toEqual(['int8', 'uint8']);
  });
});
