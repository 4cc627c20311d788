import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_NAMES, parsePackages } from '../../../gen/config/packages.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import {
  benderFiles,
  childText,
  coreTarget,
  elements,
  ipxactProblems,
  openlaneConfig,
  packagedIn,
  parseXml,
} from '../../support/packages.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-packages-'));

const DESIGNS: readonly RawConfiguration[] = [
  { rows: 2, cols: 3 },
  { rows: 2, cols: 2, ports: 'axis', target: 'fpga' },
  { dataflow: 'ws', rows: 2, cols: 2, ports: 'axis' },
  { rows: 2, cols: 2, scan: true },
  { arch: 'dot', rows: 1, cols: 2, lanes: 4, target: 'fpga' },
  { arch: 'requantise' },
  { engine: true, rows: 4, cols: 4, outputKib: 1 },
];

const packaged = (raw: RawConfiguration) => {
  const { folder, design, files, packages } = packagedIn(mkdtempSync(join(out, 'design-')), raw);
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  const { name } = design.config;
  const manifest = JSON.parse(read('manifest.json'));
  return { folder, name, read, manifest, files, packages, top: design.top };
};

describe.each(DESIGNS)('packages of %j', (raw) => {
  const { folder, name, read, manifest, packages, top } = packaged(raw);
  const order: string[] = manifest.compileOrder;
  const gate: string | undefined = manifest.clockGate?.file;
  const inOrder = (files: readonly string[]): string[] => order.filter((file) => files.includes(file));

  it('are files of the manifest, which tells how to write them anew', () => {
    const listed: string[] = manifest.files.map(({ path }: { path: string }) => path);
    expect(listed).toEqual(expect.arrayContaining([`${name}.core`, 'Bender.yml', `ipxact/${name}.xml`]));
    expect(manifest.command).toMatch(/ --package all$/);
    expect(packages.names.length + packages.leftOut.length).toBe(PACKAGE_NAMES.length);
    expect(packages.leftOut.map((each) => each.name)).toEqual(
      gate === undefined ? [] : ['vivado', 'quartus', 'lattice'],
    );
    expect(read(`rtl/${top.name}.v`)).not.toContain('--package');
  });

  it('FuseSoC: each target has the whole design; one flag leaves out the clock gate', () => {
    const core = read(`${name}.core`);
    for (const target of ['default', 'lint', 'sim', 'synth']) {
      const { files } = coreTarget(core, target);
      const paths = files.map(({ path }) => path);
      expect(inOrder(paths)).toEqual(order);
      for (const path of paths) expect(existsSync(join(folder, path)), path).toBe(true);
    }
    expect(coreTarget(core, 'default').toplevel).toBe(manifest.top);
    const own = coreTarget(core, 'default', ['own_clock_gate']).files.map(({ path }) => path);
    expect(own).toEqual(order.filter((file) => file !== gate));
    const bench = coreTarget(core, 'sim').files.filter(({ path }) => path.startsWith('tb/'));
    expect(bench.map(({ path }) => path)).toEqual(
      manifest.files.map(({ path }: { path: string }) => path).filter((path: string) => path.startsWith('tb/')),
    );
  });

  it('Bender: the whole design, with the bench in simulation alone', () => {
    const text = read('Bender.yml');
    expect(benderFiles(text)).toEqual(order);
    expect(benderFiles(text, ['own_clock_gate'])).toEqual(order.filter((file) => file !== gate));
    expect(benderFiles(text, ['simulation'])).toEqual([...order, `tb/${name}_tb.v`]);
  });

  it('IP-XACT: well-formed, in order, with the ports, files and buses of the design', () => {
    const component = parseXml(read(`ipxact/${name}.xml`));
    expect(ipxactProblems(component)).toEqual([]);
    const ports = elements(component, 'port').map((port) => {
      const [vector] = elements(port, 'vector');
      const width = vector === undefined ? 1 : Number(childText(vector, 'left')) + 1;
      const [wire] = elements(port, 'wire');
      return [childText(port, 'name'), wire && childText(wire, 'direction'), width];
    });
    expect(ports).toEqual(
      top.ports.map((port) => [port.name, port.direction === 'input' ? 'in' : 'out', Number(port.width)]),
    );
    const files = elements(component, 'file').map((file) => posix.join('ipxact', childText(file, 'name') ?? ''));
    expect(inOrder(files)).toEqual(order);
    for (const file of files) expect(existsSync(join(folder, file)), file).toBe(true);
    const buses = elements(component, 'busInterface').map((bus) => childText(bus, 'name'));
    const expected = top.ports.flatMap(
      ({ name: port }) => /^(\w+_(?:axis|axil|axi)(?:_[a-z]+(?=_t))?)_/.exec(port)?.[1] ?? [],
    );
    expect(buses).toEqual([...new Set(expected)]);
    const physical = elements(component, 'physicalPort').map((port) => childText(port, 'name'));
    for (const port of physical) expect(top.ports.map((each) => each.name)).toContain(port);
    const bussed = top.ports.filter((port) => expected.some((bus) => port.name.startsWith(`${bus}_`)));
    for (const { name: port } of bussed) expect(physical).toContain(port);
  });

  it('OpenLane: the design, memories as macros', () => {
    const { top: named, verilog, constraints, macros, blackBoxes } = openlaneConfig(read('openlane/config.json'));
    expect(named).toBe(manifest.top);
    for (const path of [...verilog, ...constraints, ...blackBoxes])
      expect(existsSync(join(folder, path)), path).toBe(true);
    const replaced = order.filter((file) => !verilog.includes(file));
    expect(replaced).toEqual(raw.engine === true ? [`rtl/${name}_ram_1r1w.v`] : []);
    expect(verilog.length).toBe(order.length);
    const large = (manifest.memories ?? []).filter(
      ({ words, bits }: { words: number; bits: number }) => words * bits >= 4096,
    );
    const sizes = large.map(({ words, bits, lanes }: { words: number; bits: number; lanes: number }) =>
      [words, bits, ...(lanes === 1 ? [] : [lanes])].join('x'),
    );
    expect(new Set(macros)).toEqual(new Set(sizes.map((size: string) => `${name}_ram_${size}`)));
    for (const macro of macros) expect(read(blackBoxes[0] ?? '')).toMatch(new RegExp(`^module ${macro} \\(`, 'm'));
  });

  it('constraints of the flows take the period from the flow, and are otherwise the own ones', () => {
    const rest = (text: string): string =>
      text.slice(text.indexOf('create_clock')).replace(/\n# The clock of everything[\s\S]*/, '');
    const own = read(`${name}.sdc`);
    expect(read(`openlane/${name}.sdc`)).toContain('set CLOCK_PERIOD $::env(CLOCK_PERIOD)\n');
    expect(read('orfs/constraint.sdc')).toMatch(/^set clk_period [\d.]+$/m);
    for (const path of [`openlane/${name}.sdc`, 'orfs/constraint.sdc']) {
      expect(rest(read(path)).trim()).toBe(rest(own).trim());
      expect(read(path)).not.toContain('set_clock_gating_check');
    }
  });
});

describe('the list of packages', () => {
  it('is in the order of the table, once each; all is all', () => {
    expect(parsePackages('cmake, fusesoc,cmake')).toEqual(['fusesoc', 'cmake']);
    expect(parsePackages('fusesoc,all')).toBe('all');
    expect(parsePackages(undefined)).toEqual([]);
  });

  it('names every unknown one, with the nearest', () => {
    const parse = () => parsePackages('fuzesoc,nothing,vivado,quartu');
    expect(parse).toThrow(/"fuzesoc".*fusesoc$/m);
    expect(parse).toThrow(/"quartu".*quartus$/m);
    expect(parse).toThrow(/"nothing"/);
    expect(() => parsePackages(' , ')).toThrow(/must name packages/);
  });

  it('refuses FPGAs for a gated clock, naming each, and writes nothing', () => {
    const folder = mkdtempSync(join(out, 'refused-'));
    const write = () => packagedIn(folder, { rows: 2, cols: 2 }, ['fusesoc', 'vivado', 'lattice']);
    expect(write).toThrow(/given vivado; .*--target fpga, or --clock-gate bufgce\n.*given lattice; .*--target fpga$/);
    expect(existsSync(join(folder, 'ant_2x2'))).toBe(false);
    expect(() => packagedIn(folder, { rows: 2, cols: 2, clockGate: 'bufgce' }, ['vivado'])).not.toThrow();
    expect(() => packagedIn(folder, { rows: 2, cols: 2, clockGate: 'bufgce' }, ['orfs', 'quartus'])).toThrow(
      /given orfs; .*--clock-gate latch.*\n.*given quartus/,
    );
  });

  it('is none by default: nothing of a design depends on packages', () => {
    const [plain, more] = [[], ['bender']] as const;
    const texts = (names: typeof plain | typeof more) =>
      new Map(
        packagedIn(mkdtempSync(join(out, 'design-')), { rows: 2, cols: 2 }, names).files.map((file) => [
          file.path,
          file.text,
        ]),
      );
    const [without, withOne] = [texts(plain), texts(more)];
    expect([...withOne.keys()].filter((path) => !without.has(path))).toEqual(['Bender.yml']);
    for (const [path, text] of without) if (path !== 'manifest.json') expect(withOne.get(path), path).toBe(text);
  });
});

it('what the flows leave in the folder goes when the design is written anew; other files are kept from that', () => {
  const parent = mkdtempSync(join(out, 'left-'));
  const { folder } = packagedIn(parent, { rows: 2, cols: 2 });
  const leave = (path: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
  };
  for (const path of ['lattice/build/ice40.json', 'cmake/build/a/b', 'openlane/runs/x/y', 'cocotb/sim_build/z'])
    leave(path);
  const { removed } = packagedIn(parent, { rows: 2, cols: 2 });
  expect([...removed].sort()).toEqual(['cmake/build/', 'cocotb/sim_build/', 'lattice/build/', 'openlane/runs/']);
  leave('lattice/pins.pcf');
  expect(() => packagedIn(parent, { rows: 2, cols: 2 })).toThrow(/lattice\/pins\.pcf/);
});

describe('the checks of packages', () => {
  const { name, read } = packaged({ rows: 2, cols: 2, ports: 'axis' });
  const xml = read(`ipxact/${name}.xml`);

  it('see an element out of order, missing, unknown or empty, and text that is no XML', () => {
    const problems = (text: string) => ipxactProblems(parseXml(text));
    const swapped = xml.replace(/(<ipxact:vendor>.*)\n(\s*<ipxact:library>.*)/, '$2\n$1');
    expect(problems(swapped)).toEqual(['/component: out of order']);
    expect(problems(xml.replace(/<ipxact:version>.*/, ''))).toEqual(['/component: no version!']);
    expect(problems(xml.replaceAll('ipxact:left', 'ipxact:lefft'))[0]).toMatch(/\blefft\b/);
    expect(problems(xml.replace(/(<ipxact:name>)s_axis_in</, '$1<'))).toEqual([expect.stringMatching(/name is empty/)]);
    expect(() => parseXml(xml.replace('</ipxact:model>', ''))).toThrow(/closes/);
    expect(() => parseXml(xml.replace('AMBA4"', 'AMBA4'))).toThrow(/no XML/);
    expect(() => parseXml(xml.replace('ANT:', 'A & B'))).toThrow(/bare &/);
  });

  it('see a core whose target names a fileset that is not there, or a key of no core', () => {
    const core = read(`${name}.core`);
    expect(() => coreTarget(core.replace(/^ {2}bench:$/m, '  banch:'), 'sim')).toThrow('no fileset bench');
    expect(() => coreTarget(core.replace(/toplevel/g, 'top_level'), 'sim')).toThrow();
    expect(() => coreTarget(core.replace('CAPI=2:', 'CAPI=1:'), 'sim')).toThrow(/CAPI=2/);
  });
});
