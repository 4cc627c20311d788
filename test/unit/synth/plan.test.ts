import { describe, expect, it } from 'vitest';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { buildManifest, type Manifest } from '../../../gen/design/manifest.js';
import { elaborate } from '../../../gen/rtl/design.js';
import { shownFlow, synthesisScript } from '../../../scripts/synth/flow.js';
import { areaItems, itemKey } from '../../../scripts/synth/plan.js';
import {
  type Netlist,
  readStructure,
  type Structure,
  structureProblems,
  structureScript,
} from '../../../scripts/synth/structure.js';

function manifestOf(configuration: Record<string, unknown>): Manifest {
  return buildManifest(elaborate(validateConfiguration(configuration)), []);
}

const manifest = manifestOf({ rows: 3, cols: 5, name: 'd' });
const item = (name: string, of = manifest) => areaItems(of).filter(({ module }) => module === name);

describe('the items of a design', () => {
  it('are all modules but the array and its core, each with the files it needs', () => {
    const modules = new Set(areaItems(manifest).map(({ module }) => module));
    const others = manifest.modules.map(({ name }) => name).filter((name) => !['d_core', 'd_array'].includes(name));
    expect([...modules].sort()).toEqual(others.sort());
    expect(item('d_pe')[0]).toMatchObject({ files: ['rtl/d_pe.v'], role: 'pe', instances: 15, parameters: {} });
  });

  it('count decoders per row and per column, with their type decoders inside', () => {
    const [decoder] = item('d_decode_a');
    expect(decoder).toMatchObject({ role: 'decoder', instances: 3, partOfOther: false });
    expect(decoder?.files.at(-1)).toBe('rtl/d_decode_a.v');
    expect(decoder?.files).toHaveLength(6);
    expect(item('d_decode_w')[0]?.files).toHaveLength(4);
    expect(item('d_decode_int4')[0]).toMatchObject({ role: 'type decoder', partOfOther: true, instances: 8 });
  });

  it('count the delay lines in stages, and synthesise equal ones once', () => {
    const lines = item('d_delay');
    expect(lines.map(({ parameters, instances }) => [parameters.WIDTH, parameters.DEPTH, instances])).toEqual([
      [4, 1, 3],
      [3, 1, 2],
      [4, 1, 10],
      [2, 1, 4],
      [manifest.accumulator.bits, 1, 5],
      [14, 1, 5],
      [manifest.accumulator.bits, 1, 10],
    ]);
    expect(new Set(lines.map(itemKey)).size).toBe(5);
  });

  it('hold no delay line but the registers behind the bus where the array has a single PE', () => {
    expect(item('d_delay', manifestOf({ rows: 1, cols: 1, name: 'd' }))).toMatchObject([
      { instances: 1, parameters: { WIDTH: 24 } },
      { instances: 1, parameters: { WIDTH: 14 } },
    ]);
  });
});

describe('the items of a design with clusters of PEs', () => {
  const clustered = manifestOf({ rows: 4, cols: 6, clusterRows: 2, clusterCols: 3, name: 'd' });

  it('are tiles with their PEs inside', () => {
    expect(item('d_cluster', clustered)).toMatchObject([
      { role: 'pe', instances: 4, partOfOther: false, files: ['rtl/d_pe.v', 'rtl/d_cluster.v'] },
    ]);
    expect(item('d_pe', clustered)).toMatchObject([{ role: 'pe of a cluster', instances: 24, partOfOther: true }]);
  });

  it('have the widths of the partial sums that leave the tiles', () => {
    const stays = manifestOf({ rows: 8, cols: 6, clusterRows: 2, clusterCols: 3, dataflow: 'ws', name: 'd' });
    const counts = (name: string) =>
      item(name, stays).map(({ parameters, instances }) => [parameters.SUM_BITS, instances]);
    expect(counts('d_cluster')).toEqual([
      [15, 2],
      [16, 2],
      [17, 4],
    ]);
    expect(counts('d_pe')).toEqual([
      [15, 12],
      [16, 12],
      [17, 24],
    ]);
  });

  it('have as many delay-line stages as tiles ask for', () => {
    const lines = item('d_delay', clustered);
    expect(lines.map(({ parameters, instances }) => [parameters.WIDTH, instances])).toEqual([
      [4, 2],
      [3, 1],
      [4, 3],
      [2, 1],
      [6 * 24, 2],
      [14, 12],
      [24, 6],
    ]);
    expect(new Set(lines.map(({ label }) => label)).size).toBe(lines.length);
    const one = item('d_delay', manifestOf({ rows: 2, cols: 2, clusterRows: 2, clusterCols: 2, name: 'd' }));
    expect(one).toMatchObject([
      { parameters: { WIDTH: 4 * 24 }, instances: 1 },
      { parameters: { WIDTH: 14 }, instances: 4 },
    ]);
  });

  it('are counted in the elaborated array, whatever Yosys calls a tile with parameters', () => {
    const [open] = structureScript(clustered).split('\n').slice(1);
    expect(open).toContain('rtl/d_cluster.v');
    expect(open).not.toContain('rtl/d_pe.v');
    const cell = (type: string) => ({ type, parameters: {} });
    const names = ['d_cluster', "$paramod\\d_cluster\\SUM_BITS=s32'00001111", '$paramod$0123456789abcdef\\d_cluster'];
    const netlist: Netlist = {
      modules: {
        d_array: { cells: Object.fromEntries(names.map((name, i) => [`t${i}`, cell(name)])) },
        ...Object.fromEntries(names.map((name) => [name, { cells: { one: cell('d_pe'), two: cell('d_pe') } }])),
        d_pe: { cells: {} },
      },
    };
    expect(readStructure(netlist, clustered).instances).toEqual({ d_cluster: 3, d_pe: 6 });
  });
});

describe('a synthesis script', () => {
  const GATES = { to: 'generic gates' } as const;
  const LIBRARY = { to: 'library', delays: false } as const;
  const DELAYS = { to: 'library', delays: true } as const;

  it('sets parameters before it elaborates, and maps to what was asked for', () => {
    const [line] = item('d_delay');
    if (line === undefined) throw new Error('no delay line');
    const script = synthesisScript(line, 'alumacc', LIBRARY).split('\n');
    expect(script.slice(0, 3)).toEqual([
      'read_verilog rtl/d_delay.v',
      'chparam -set WIDTH 4 -set DEPTH 1 d_delay',
      'hierarchy -check -top d_delay',
    ]);
    expect(script).toContainEqual(expect.stringMatching(/^abc -liberty library\.lib -script \S+$/));
    expect(synthesisScript(line, 'alumacc', GATES)).toContain('abc -g cmos');
    expect(synthesisScript(line, 'alumacc', GATES)).not.toContain('liberty');
  });

  it('asks for the critical path: of ABC where the library has delays, of Yosys without a library', () => {
    const abc = (script: string): string => script.split('\n').find((line) => line.startsWith('abc ')) ?? '';
    expect(abc(shownFlow('alumacc', DELAYS))).toMatch(/;amap,-m;stime,-p;backup;.*;stime,-p;restore$/);
    expect(abc(shownFlow('alumacc', LIBRARY))).toMatch(/^abc -liberty library\.lib .*;amap,-m$/);
    expect(shownFlow('alumacc', GATES)).toContain('ltp -noff');
    expect(shownFlow('alumacc', DELAYS)).not.toContain('ltp');
  });

  it('differs between the flows in alumacc alone', () => {
    expect(shownFlow('noalumacc', LIBRARY).replace(' -noalumacc', '')).toBe(shownFlow('alumacc', LIBRARY));
    expect(shownFlow('noalumacc', LIBRARY)).not.toBe(shownFlow('alumacc', LIBRARY));
  });
});

describe('the structure of an array', () => {
  const right: Structure = {
    instances: {
      ...Object.fromEntries(areaItems(manifest).map(({ module, instances }) => [module, instances])),
      d_delay: 25,
    },
    delayStages: { 4: 13, 3: 2, 2: 4, [manifest.accumulator.bits]: 15, 14: 5 },
    ownLogic: { $and: 1 },
  };

  it('is read with only the port decoders and the array open', () => {
    const [closed, open] = structureScript(manifest).split('\n');
    expect(open).toBe('read_verilog rtl/d_decode_a.v rtl/d_decode_w.v rtl/d_core.v rtl/d_array.v');
    expect(closed).toContain('rtl/d_pe.v');
    expect(closed).not.toContain('_array');
  });

  it('is counted through all levels of a netlist', () => {
    const cell = (type: string, parameters: Record<string, unknown> = {}) => ({ type, parameters });
    const netlist: Netlist = {
      modules: {
        d_array: {
          cells: {
            x: cell('d_decode_a'),
            y: cell('d_decode_a'),
            z: cell('$and', { A_WIDTH: '1' }),
            line: cell('d_delay', { WIDTH: '0100', DEPTH: '0011' }),
            last: cell('d_delay', { WIDTH: 4, DEPTH: 2 }),
          },
        },
        d_decode_a: { cells: { one: cell('d_decode_int4'), mux: cell('$mux') } },
        d_decode_int4: { cells: {} },
        d_delay: { cells: {} },
      },
    };
    expect(readStructure(netlist, manifest)).toEqual({
      instances: { d_decode_a: 2, d_decode_int4: 2, d_delay: 2 },
      delayStages: { 4: 5 },
      ownLogic: { $and: 1 },
    });
  });

  it('is right where it is what the manifest says', () => {
    expect(structureProblems(right, manifest)).toEqual([]);
  });

  it.each([
    ['a PE is missing', { ...right, instances: { ...right.instances, d_pe: 14 } }, '\\bd_pe: 15 .* 14'],
    ['a module is not in the manifest', { ...right, instances: { ...right.instances, extra: 1 } }, 'of extra: 0 .* 1'],
    ['a delay line is too long', { ...right, delayStages: { ...right.delayStages, 4: 14 } }, '4-bit .*: 13 .* 14'],
    ['the array holds a register', { ...right, ownLogic: { $and: 1, $dff: 1 } }, '\\$dff cells .*: 0 .* 1'],
    ['the gate of in_ready_o is gone', { ...right, ownLogic: {} }, '\\$and cells .*: 1 .* 0'],
  ])('is wrong where %s', (_, structure, text) => {
    const problems = structureProblems(structure, manifest);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(text));
  });
});
