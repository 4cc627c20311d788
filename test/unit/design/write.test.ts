import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate, renderAll } from '../../../gen/design/generate.js';
import { loadDesign, sha256 } from '../../../gen/design/manifest.js';
import { writeDesign } from '../../../gen/design/write.js';
import { elaborate } from '../../../gen/rtl/design.js';

const config = validateConfiguration({ rows: 2, cols: 3, name: 'small' });
let out: string;

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'ant-rtl-write-'));
});

describe('a design folder', () => {
  it('is the same to the byte when generated twice, and holds no trace of machine or time', () => {
    const first = renderAll(elaborate(config));
    const second = renderAll(elaborate(validateConfiguration({ name: 'small', cols: 3, rows: 2 })));
    expect(second).toEqual(first);
    expect(first.length).toBeGreaterThan(10);
    for (const { text } of first) expect(text).not.toContain(process.cwd());
  });

  it('states generator, configuration, command and licence at the head of every file', () => {
    const { folder, files } = generate(config, out);
    const manifest = loadDesign(folder);
    for (const { path } of files.filter(({ path }) => path.endsWith('.v') && path !== 'rtl/ant_clock_gate.v')) {
      const head = readFileSync(join(folder, path), 'utf8').slice(0, 800);
      for (const part of [
        manifest.generator,
        manifest.configurationSha256,
        manifest.command,
        'Apache-2.0',
        'do not edit',
      ]) {
        expect(head, path).toContain(part);
      }
    }
  });

  it('has a manifest that lists every file with its hash', () => {
    const { folder, files } = generate(config, out);
    const manifest = loadDesign(folder);
    expect(manifest.files.map(({ path }) => path).sort()).toEqual(
      files
        .map(({ path }) => path)
        .filter((path) => path !== 'manifest.json')
        .sort(),
    );
    expect(manifest.compileOrder.at(-1)).toBe('rtl/small_array.v');
    for (const { path, sha256: hash } of manifest.files) expect(sha256(readFileSync(join(folder, path)))).toBe(hash);
  });

  it('replaces an older one and leaves nothing else behind', () => {
    const { folder } = generate(config, out);
    writeFileSync(join(folder, 'area.json'), '{}');
    generate(config, out);
    expect(existsSync(join(folder, 'area.json'))).toBe(false);
    expect(readdirSync(out)).toEqual(['small']);
  });

  it('replaces one of another configuration only where asked, and says which file tells and what differs', () => {
    const { folder } = generate(config, out);
    const before = readFileSync(join(folder, 'manifest.json'), 'utf8');
    const other = validateConfiguration({ rows: 2, cols: 3, reset: 'async', name: 'small' });
    expect(() => generate(other, out)).toThrow(
      new RegExp(`^${join(folder, 'manifest.json')} .*reset: "sync" .*"async" .*--name.*--out.*--replace`, 's'),
    );
    expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe(before);
    generate(other, out, { replace: true });
    expect(loadDesign(folder).configuration.reset).toBe('async');
    writeFileSync(join(folder, 'todo.txt'), 'mine');
    expect(() => generate(config, out, { replace: true })).toThrow('todo.txt');
  });

  it('replaces one of an earlier version: of a parameter that it lacks, where that has its default now', () => {
    const { folder } = generate(config, out);
    const file = join(folder, 'manifest.json');
    const edit = (change: (configuration: Record<string, unknown>) => void): void => {
      const manifest = JSON.parse(readFileSync(file, 'utf8'));
      change(manifest.configuration);
      writeFileSync(file, JSON.stringify(manifest));
    };
    edit((configuration) => delete configuration.reset);
    generate(config, out);
    expect(loadDesign(folder).configuration.reset).toBe('sync');
    edit((configuration) => Object.assign(configuration, { gone: 3 }));
    expect(() => generate(config, out)).toThrow(/gone: 3 there/);
  });

  it('is written where a symbolic link leads, which stays', () => {
    mkdirSync(join(out, 'elsewhere'));
    symlinkSync('elsewhere', join(out, 'small'));
    const { folder } = generate(config, out);
    expect(lstatSync(folder).isSymbolicLink()).toBe(true);
    loadDesign(join(out, 'elsewhere'));
    generate(config, out);
    expect(readdirSync(out).sort()).toEqual(['elsewhere', 'small']);
    rmSync(join(out, 'elsewhere'), { recursive: true });
    expect(() => generate(config, out)).toThrow(/link/);
    expect(readdirSync(out)).toEqual(['small']);
  });

  it('never replaces a folder that is no design, or a file', () => {
    mkdirSync(join(out, 'small'));
    writeFileSync(join(out, 'small', 'thesis.tex'), 'thesis');
    expect(() => generate(config, out)).toThrow(join(out, 'small'));
    expect(readFileSync(join(out, 'small', 'thesis.tex'), 'utf8')).toBe('thesis');
    rmSync(join(out, 'small'), { recursive: true });
    writeFileSync(join(out, 'small'), 'a file');
    expect(() => generate(config, out)).toThrow(join(out, 'small'));
  });

  it.runIf(process.platform === 'linux')('says what it cannot write, where the system denies what exists', () => {
    // Node's recursive mkdir never returns here.
    expect(() => generate(config, '/proc/ant-rtl')).toThrow(/^cannot write \/proc\/ant-rtl\/small: ENOENT/);
  });

  it('makes the folders above it, and says which is a file', () => {
    const { folder } = generate(config, join(out, 'deep', 'er'));
    expect(folder).toBe(join(out, 'deep', 'er', 'small'));
    writeFileSync(join(out, 'file'), '');
    expect(() => generate(config, join(out, 'file', 'below'))).toThrow(/^cannot write .*ENOTDIR/);
  });

  it('never drops what the generator did not write', () => {
    const { folder } = generate(config, out);
    mkdirSync(join(folder, 'notes'));
    writeFileSync(join(folder, 'todo.txt'), 'mine');
    mkdirSync(join(folder, 'area'));
    writeFileSync(join(folder, 'area', 'mine.txt'), 'mine');
    writeFileSync(join(folder, 'rtl', 'my_gate.v'), 'mine');
    expect(() => generate(config, out)).toThrow(/: area\/mine\.txt, notes, rtl\/my_gate\.v, todo\.txt;/);
    expect(readFileSync(join(folder, 'todo.txt'), 'utf8')).toBe('mine');
    expect(readFileSync(join(folder, 'rtl', 'my_gate.v'), 'utf8')).toBe('mine');
  });

  it('never drops what somebody changed', () => {
    const { folder } = generate(config, out);
    const file = join(folder, 'rtl', 'small_pe.v');
    writeFileSync(file, 'mine');
    expect(() => generate(config, out)).toThrow(/: rtl\/small_pe\.v \([^,]*\);/);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    rmSync(file);
    generate(config, out);
    expect(readFileSync(file, 'utf8')).toContain('module small_pe');
  });

  it('drops what the documented commands leave there', () => {
    const { folder } = generate(config, out);
    const left = [
      'area.json',
      'period.md',
      'area/netlist/small_pe.v',
      'period/netlist/small_pe.v',
      'sim',
      'sim_dir/a/b.o',
      'small_tb.vcd',
    ];
    for (const path of left) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), '');
    }
    const { removed } = generate(config, out);
    for (const path of left) expect(existsSync(join(folder, path)), path).toBe(false);
    expect([...removed].sort()).toEqual([
      'area.json',
      'area/netlist/',
      'period.md',
      'period/netlist/',
      'sim',
      'sim_dir/',
      'small_tb.vcd',
    ]);
    expect(generate(config, out).removed).toEqual([]);
  });

  it('keeps waveforms of other names', () => {
    const { folder } = generate(config, out);
    writeFileSync(join(folder, 'other_tb.vcd'), '');
    expect(() => generate(config, out)).toThrow(/: other_tb\.vcd;/);
  });

  it('never lies in the folder of another design, but beside a manifest of something else', () => {
    const { folder } = generate(config, out);
    for (const inside of [folder, join(folder, 'rtl', 'deeper')])
      expect(() => generate(config, inside)).toThrow(`--out: ${folder} `);
    writeFileSync(join(out, 'manifest.json'), '{"name": "web app"}');
    generate(config, out);
  });

  it('stays as it was when writing fails half way', () => {
    const { folder } = generate(config, out);
    const before = readFileSync(join(folder, 'manifest.json'), 'utf8');
    const files = [
      { path: 'rtl/one.v', text: 'new' },
      { path: 'rtl/one.v/two.v', text: 'cannot be written below a file' },
    ];
    expect(() => writeDesign(folder, files, { configuration: config, replace: false })).toThrow('cannot write');
    expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe(before);
    expect(readdirSync(out)).toEqual(['small']);
  });

  it('cannot be written below a file', () => {
    writeFileSync(join(out, 'file'), '');
    expect(() => generate(config, join(out, 'file'))).toThrow('cannot write');
  });
});

describe('loading a design', () => {
  it('refuses a folder that is missing, half written, or no design', () => {
    expect(() => loadDesign(join(out, 'nowhere'))).toThrow(join(out, 'nowhere'));
    expect(() => loadDesign(out)).toThrow(/manifest\.json/);
    const { folder } = generate(config, out);
    const manifest = join(folder, 'manifest.json');
    expect(() => loadDesign(manifest)).toThrow(new RegExp(`^${manifest} .*: ${folder}$`));
    expect(() => loadDesign(join(folder, 'datasheet.md'))).toThrow(/datasheet\.md (?!.*: )/);
  });

  it('refuses files that were changed or removed since', () => {
    const { folder } = generate(config, out);
    writeFileSync(join(folder, 'rtl/small_pe.v'), '// edited');
    rmSync(join(folder, 'rtl/small_delay.v'));
    expect(() => loadDesign(folder)).toThrow(/small_delay\.v\b.*missing\b.*\n.*small_pe\.v\b.*changed/);
  });

  it('refuses a manifest that is broken or of another kind', () => {
    const { folder } = generate(config, out);
    writeFileSync(join(folder, 'manifest.json'), '{"rows": 2');
    expect(() => loadDesign(folder)).toThrow(/manifest\.json .*\bJSON\b/);
    writeFileSync(join(folder, 'manifest.json'), '{"rows": 2}');
    expect(() => loadDesign(folder)).toThrow(/manifest\.json .*\bmanifest\b/);
  });
});
