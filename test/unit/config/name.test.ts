import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../gen/base/errors.js';
import { configurationHash, reproduceCommand } from '../../../gen/config/identity.js';
import type { Configuration } from '../../../gen/config/parameters.js';
import { PARAMETER_KEYS, parameterMeta } from '../../../gen/config/parameters.js';
import { parseConfiguration } from '../../../gen/config/parse.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { domainOf } from '../../../scripts/verify/fuzz/domains.js';
import { randomConfiguration } from '../../../scripts/verify/fuzz/random.js';

const HASHED = /_[0-9a-f]{6}$/;

describe('the name of a design that is given none', () => {
  it.each([
    [{}, 'ant_16x16'],
    [{ dataflow: 'ws' }, 'ant_ws_16x16'],
    [{ arch: 'dot' }, 'ant_dot_1x1x16'],
    [{ pe: 'float' }, 'ant_float_16x16'],
    [{ busSegment: 4 }, 'ant_16x16_bus4'],
    [{ clusterRows: 2, clusterCols: 4 }, 'ant_16x16_c2x4'],
    [{ target: 'fpga' }, 'ant_16x16_fpga'],
    [{ target: 'fpga', stall: 'gate' }, 'ant_16x16_fpga_gate'],
    [{ scan: true }, 'ant_16x16_scan'],
    [{ clockGate: 'bufgce' }, 'ant_16x16_bufgce'],
    [{ pe: 'int8' }, 'int8_16x16'],
    [{ activations: ['int8'], weights: ['int8'] }, 'int8_16x16'],
    [{ pe: 'int4', arch: 'dot', lanes: 8 }, 'int4_dot_1x1x8'],
    [{ dataflow: 'ws', pipeline: 2, stall: 'enable' }, 'ant_ws_16x16_p2_enable'],
  ])('%j: %s', (raw, name) => {
    expect(validateConfiguration(raw).name).toBe(name);
  });

  it('ends with a hash where words do not say all, or would be many', () => {
    expect(validateConfiguration({ activations: ['int4'] }).name).toMatch(HASHED);
    expect(validateConfiguration({ pe: 'float', activations: ['int8'], weights: ['int8'] }).name).toMatch(HASHED);
    const many = { pipeline: 2, stall: 'enable', reset: 'async', maxK: 64 };
    expect(validateConfiguration(many).name).toMatch(/^ant_16x16_[0-9a-f]{6}$/);
  });

  it('tells every value of every parameter from its default', () => {
    for (const key of PARAMETER_KEYS.filter((each) => each !== 'name')) {
      const values = domainOf(key).representatives.filter(
        (value) => JSON.stringify(value) !== JSON.stringify(parameterMeta(key).fallback),
      );
      const names = values.flatMap((value) => nameOf({ [key]: value }) ?? []);
      expect(names).not.toContain('ant_16x16');
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('is another for every configuration, of many at random', () => {
    const configurations = new Map<string, Configuration>();
    for (let seed = 0; seed < 5_000; seed++) {
      const { name: _, ...raw } = randomConfiguration(randomSource(seed));
      const configuration = validated(raw);
      if (configuration) configurations.set(configurationHash({ ...configuration, name: '' }), configuration);
    }
    expect(configurations.size).toBeGreaterThan(3_750);
    const names = new Set([...configurations.values()].map(({ name }) => name));
    expect(names.size).toBe(configurations.size);
  });

  it('needs no --name in the command that generates the design anew', () => {
    for (let seed = 0; seed < 200; seed++) {
      const { name: _, ...raw } = randomConfiguration(randomSource(seed));
      const configuration = validated(raw);
      if (!configuration) continue;
      const [, ...options] = reproduceCommand(configuration).split(' --');
      const pairs = options.slice(1).map((option) => option.split(' '));
      const flags = Object.fromEntries(pairs.map(([flag = '', value = true]) => [camel(flag), value]));
      expect(flags).not.toHaveProperty('name');
      expect(validateConfiguration(parseConfiguration(flags))).toEqual(configuration);
    }
  });
});

const camel = (flag: string): string => flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function validated(raw: Record<string, unknown>): Configuration | undefined {
  try {
    return validateConfiguration(raw);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

const nameOf = (raw: Record<string, unknown>): string | undefined => validated(raw)?.name;
