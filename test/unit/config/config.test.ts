import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, type Problem } from '../../../gen/base/errors.js';
import { configurationHash, reproduceCommand } from '../../../gen/config/identity.js';
import { namingFile } from '../../../gen/config/origin.js';
import { configurationSchema, flagOf, PARAMETER_KEYS, parameterMeta } from '../../../gen/config/parameters.js';
import { parseConfiguration } from '../../../gen/config/parse.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { elaborate } from '../../../gen/rtl/design.js';

function problems(raw: RawConfiguration): readonly Problem[] {
  try {
    elaborate(validateConfiguration(raw));
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('every rule, with a bad value', () => {
  const cases: [RawConfiguration, string, string | undefined][] = [
    [{ rows: 0 }, 'rows', '1'],
    [{ rows: -3 }, 'rows', '1'],
    [{ rows: 2.5 }, 'rows', '3'],
    [{ rows: 'four' }, 'rows', '16'],
    [{ rows: 5000 }, 'rows', '1024'],
    [{ cols: 0 }, 'cols', '1'],
    [{ cols: null }, 'cols', '16'],
    [{ maxK: 0 }, 'maxK', '1'],
    [{ maxK: 1e9 }, 'maxK', String(2 ** 24)],
    [{ activations: ['flimt4'] }, 'activations', 'flint4'],
    [{ activations: [] }, 'activations', 'int4,flint4,pot4,uint4,uflint4'],
    [{ activations: 'int4' }, 'activations', 'int4,flint4,pot4,uint4,uflint4'],
    [{ weights: ['int4', 'int4'] }, 'weights', 'int4'],
    [{ weights: ['INT4'] }, 'weights', 'int4'],
    [{ weights: ['flint2'] }, 'weights', 'flint3'],
    [{ weights: ['int9'] }, 'weights', 'int8'],
    [{ activations: ['uint16'] }, 'activations', 'uint8'],
    [{ weights: ['int'] }, 'weights', 'int4'],
    [{ weights: ['fling'] }, 'weights', 'flint4'],
    [{ weights: ['e4m3'] }, 'weights', 'e3m2'],
    [{ activations: ['ue5m2', 'int4'] }, 'activations', 'ue3m2'],
    [{ pe: 'flaot' }, 'pe', 'float'],
    [{ pe: 'float', accumulatorBits: 24 }, 'accumulatorBits', '32'],
    [{ pe: 'float', accumulatorBits: 40 }, 'accumulatorBits', '32'],
    [{ pe: 'float', overflow: 'wrap' }, 'overflow', 'exact'],
    [{ pe: 'float', activations: ['pot4', 'upot8'] }, 'activations', 'pot4'],
    [{ pe: 'float', activations: ['pot7'], weights: ['ue7m1', 'int4'] }, 'weights', 'int4'],
    [{ pe: 'float', activations: ['e5m2'], weights: ['pot4'], pipeline: 3 }, 'pipeline', '2'],
    [{ accumulatorBits: 1 }, 'accumulatorBits', '2'],
    [{ accumulatorBits: 65 }, 'accumulatorBits', '64'],
    [{ accumulatorBits: 'wide' }, 'accumulatorBits', 'auto'],
    [{ accumulatorBits: 23 }, 'accumulatorBits', '24'],
    [{ accumulatorBits: 13, overflow: 'wrap' }, 'accumulatorBits', '14'],
    [{ overflow: 'exct' }, 'overflow', 'exact'],
    [{ busSegment: 0 }, 'busSegment', '1'],
    [{ wideActivations: ['int8'], busSegment: 3 }, 'busSegment', '4'],
    [{ rows: 12, wideActivations: ['int8'], clusterRows: 3 }, 'clusterRows', '2'],
    [{ pipeline: 4 }, 'pipeline', '3'],
    [{ pipeline: 9 }, 'pipeline', '3'],
    [{ arch: 'dot', pipeline: 9 }, 'pipeline', '5'],
    [{ arch: 'dot', wideActivations: ['int8'] }, 'wideActivations', 'none'],
    [{ arch: 'dot', rows: 3, cols: 3, wideWeights: ['int8'] }, 'wideWeights', 'none'],
    [{ pe: 'float', wideActivations: ['int8'] }, 'wideActivations', 'none'],
    [{ pipeline: 0 }, 'pipeline', '1'],
    [{ pipeline: 3, activations: ['int4'], weights: ['int4'] }, 'pipeline', '2'],
    [{ stall: 'enabled' }, 'stall', 'enable'],
    [{ reset: 'asynchronous' }, 'reset', 'async'],
    [{ target: 'fgpa' }, 'target', 'fpga'],
    [{ name: '4x4' }, 'name', 'x4'],
    [{ name: 'a/b' }, 'name', 'a_b'],
    [{ name: '../up' }, 'name', 'up'],
    [{ activations: ['upot8'] }, 'activations', undefined],
    [{ rowz: 4 }, 'rowz', 'rows'],
  ];

  it.each(cases)('%j', (raw, key, nearest) => {
    const [problem, ...more] = problems(raw);
    expect(more).toEqual([]);
    expect(problem?.key).toBe(key);
    expect(problem?.rule).not.toBe('');
    expect(problem?.nearest).toBe(nearest);
  });

  it('says of clusters of PEs what they cannot be combined with', () => {
    const rule = (raw: RawConfiguration) => problems({ ...raw, clusterRows: 2 })[0]?.rule;
    expect(rule({ arch: 'dot', rows: 2 })).toMatch(/with arch dot:/);
    expect(rule({ pe: 'float' })).toMatch(/with pe float:/);
  });

  it('says what chose a parameter that nobody gave', () => {
    const rule = (raw: RawConfiguration) => problems({ clockGate: 'bufgce', ...raw })[0]?.rule;
    expect(rule({ target: 'fpga' })).toMatch(/target fpga .*--stall gate/);
    expect(rule({ stall: 'enable' })).not.toMatch(/target/);
    expect(problems({ clockGate: 'bufgce', target: 'fpga', stall: 'gate' })).toEqual([]);
  });

  it('shows a list in place of one value as a list', () => {
    expect(problems({ rows: [2] })[0]?.given).toBe('[2]');
    expect(problems({ reset: ['async'] })[0]?.given).toBe('["async"]');
  });

  it('shows the bound of a too narrow accumulator', () => {
    expect(problems({ accumulatorBits: 20 })[0]?.rule).toContain('-4194304 to 4194304');
  });

  it('sends types with NaN to the floating-point PE', () => {
    expect(problems({ weights: ['e4m3'] })[0]?.rule).toContain('pe: float');
    expect(problems({ weights: ['e4m3'], pe: 'float' })).toEqual([]);
    const all = problems({ rows: 0, weights: ['e4m3', 'nothing'] }).map(({ key, given }) => [key, given]);
    expect(all).toEqual([
      ['rows', '0'],
      ['weights', '"nothing"'],
      ['weights', 'e4m3'],
    ]);
  });

  it('says what became of a parameter of an older version', () => {
    for (const raw of [{ drain: 'double' }, parseConfiguration({ drain: 'bus' })]) {
      const [problem, ...more] = problems(raw);
      expect(more).toEqual([]);
      expect(problem).toMatchObject({ key: 'drain', rule: expect.stringMatching(/\bbus\b.*max\(K, ROWS\)/) });
      expect(problem?.nearest).toBeUndefined();
    }
  });

  it('reports all problems at once', () => {
    expect(problems({ rows: 0, cols: 0, weights: ['x', 'y'], reset: '?' }).map(({ key }) => key)).toEqual([
      'rows',
      'cols',
      'weights',
      'weights',
      'reset',
    ]);
  });
});

describe('configurations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('come from JSON and YAML files; flags win', () => {
    const json = file('a.json', '{"rows": 3, "weights": ["int8"]}');
    const yaml = file('a.yaml', 'rows: 3\nweights: [int8]\n');
    for (const path of [json, yaml]) {
      const config = validateConfiguration(parseConfiguration({ rows: '5', activations: 'int4, flint4' }, path));
      expect(config).toMatchObject({ rows: 5, cols: 16, weights: ['int8'], activations: ['int4', 'flint4'] });
      expect(config.name).toMatch(/^ant_5x16_/);
    }
  });

  it('may be JSON indented with tabs, of the same keys in different objects', () => {
    const path = file('tabs.json', '{\n\t"rows": 2,\n\t"$schema": {"rows": 3}\n}');
    expect(parseConfiguration({}, path)).toEqual({ rows: 2 });
  });

  it('may give lists of types as the command line does, and none of the wide ones', () => {
    const yaml = file('text.yaml', 'weights: int4\nactivations: int4, flint4\nwideWeights: none\n');
    const expected = { weights: ['int4'], activations: ['int4', 'flint4'], wideWeights: [] };
    expect(parseConfiguration({}, yaml)).toEqual(expected);
    expect(parseConfiguration({ wideWeights: 'none' })).toEqual({ wideWeights: [] });
    expect(new Ajv2020().compile(configurationSchema())({ weights: 'int4' })).toBe(true);
  });

  it('have problems that name the file they come from, unless a flag gave the value', () => {
    const path = file('bad-values.yaml', 'rows: 0\ncols: 0\n');
    const flags = { cols: '-1' };
    const raw = parseConfiguration(flags, path);
    const validate = () => namingFile({ raw, flags, file: path }, () => validateConfiguration(raw));
    expect(validate).toThrow(new RegExp(`rows \\(in ${path}\\): given 0;[\\s\\S]*\\n  cols: given -1`));
  });

  it.each([
    ['two.yaml', 'rows: 4\n---\nrows: 5\n', /two\.yaml .*\b2\b.*---/],
    ['missing.json', undefined, /missing\.json.*ENOENT/],
    ['bad.json', '{', /bad\.json .*\bjson\b/],
    ['twice.json', '{"rows": 4,\n\t"rows": 5}', /twice\.json .*unique/],
    ['twice.yaml', 'rows: 4\nrows: 5', /twice\.yaml .*unique/],
    ['bad.yaml', 'rows: [', /bad\.yaml .*\byaml\b/],
    ['list.json', '[]', /list\.json .*\bobject\b/],
    ['config.toml', 'rows = 4', /config\.toml.*\.json/],
  ])('%s is refused', (name, text, message) => {
    const path = text === undefined ? join(folder, name) : file(name, text);
    expect(() => parseConfiguration({}, path)).toThrow(message);
  });

  it('have a JSON Schema that accepts what validation accepts', () => {
    const validate = new Ajv2020().compile(configurationSchema());
    expect(validate({ rows: 4, weights: ['flint4'], accumulatorBits: 'auto' })).toBe(true);
    for (const bad of [{ rows: 0 }, { weights: ['flimt4'] }, { reset: 'x' }, { unknown: 1 }, { maxK: 1.5 }]) {
      expect(validate(bad), JSON.stringify(bad)).toBe(false);
      expect(problems(bad)).not.toEqual([]);
    }
  });

  it('have a description, a rule and a flag for every parameter', () => {
    for (const key of PARAMETER_KEYS) {
      expect(parameterMeta(key).description.length).toBeGreaterThan(10);
      expect(parameterMeta(key).rule).toMatch(/^must be/);
    }
    expect(flagOf('accumulatorBits')).toBe('--accumulator-bits');
  });

  it('for an FPGA have its stalls and trees, unless others are given, and a command that says no more', () => {
    const array = validateConfiguration({ target: 'fpga' });
    expect(array).toMatchObject({ stall: 'enable', tree: 'columns', reset: 'sync' });
    expect(elaborate(array).command).toBe('npm run gen -- --rows 16 --cols 16 --target fpga');
    expect(validateConfiguration({ target: 'fpga', arch: 'dot' })).toMatchObject({ stall: 'enable', tree: 'adders' });
    const gated = validateConfiguration({ target: 'fpga', arch: 'dot', stall: 'gate', tree: 'columns' });
    expect(gated).toMatchObject({ stall: 'gate', tree: 'columns' });
    const command = reproduceCommand(gated);
    expect(command).toContain('--target fpga --tree columns --stall gate');
    expect(validateConfiguration({ target: 'asic' })).toEqual(validateConfiguration({}));
    expect(validateConfiguration({ target: 'fpga', pe: 'int8' })).toMatchObject({ stall: 'enable', weights: ['int8'] });
  });

  it('are identified by a hash and by the command that reproduces them', () => {
    const [one, two] = [validateConfiguration({ rows: 4 }), validateConfiguration({ rows: 4, busSegment: 2 })];
    expect(configurationHash(one)).not.toBe(configurationHash(two));
    expect(reproduceCommand(two).split(' -- ')).toEqual(['npm run gen', '--rows 4 --cols 16 --bus-segment 2']);
    const flags = { rows: '4', cols: '16', busSegment: '2' };
    expect(configurationHash(validateConfiguration(parseConfiguration(flags)))).toBe(configurationHash(two));
  });
});
