import { describe, expect, it } from 'vitest';
import {
  ENGINE_KEYS,
  engineCommand,
  engineHash,
  isEngine,
  requantiseLanesOf,
  validateEngine,
  wordsOf,
} from '../../../gen/config/engine.js';
import { parseConfiguration } from '../../../gen/config/parse.js';
import { flagsOf } from '../../support/text.js';

const engine = (raw: object = {}) => validateEngine({ engine: true, ...raw });

describe('the configuration of an engine', () => {
  it('has defaults for all but its kind', () => {
    const config = engine();
    expect(config).toMatchObject({
      rows: 16,
      cols: 16,
      busBits: 128,
      requantiseLanes: 'auto',
      name: 'ant_engine_16x16',
    });
    expect(Object.keys(config).sort()).toEqual([...ENGINE_KEYS].sort());
    expect(wordsOf(config)).toEqual({ activation: 4096, weight: 8192, constant: 512, output: 4096 });
  });

  it.each([
    {},
    { rows: 4, cols: 4 },
    { lanes: 4, rows: 8, cols: 8, busBits: 256, activationKib: 16, activations: ['int8', 'flint4'], rounding: 'even' },
    { requantiseLanes: 2, reset: 'async', name: 'mine', maxK: 4608 },
  ])('is what its command gives: %j', (raw) => {
    const config = engine(raw);
    const command = engineCommand(config);
    expect(command).toMatch(/^npm run gen -- --engine --rows \d+ --cols \d+/);
    const again = { ...parseConfiguration(flagsOf(command)), engine: true };
    expect(isEngine(again)).toBe(true);
    expect(validateEngine(again)).toEqual(config);
    expect(engineHash(validateEngine(again))).toBe(engineHash(config));
  });

  it('has lanes of the requantiser for reductions of 64 steps, as far as they have columns and codes', () => {
    const lanes = (raw: object): number => requantiseLanesOf(engine(raw));
    expect(lanes({})).toBe(4);
    expect(lanes({ rows: 4, cols: 4 })).toBe(1);
    expect(lanes({ rows: 8, cols: 8, lanes: 4 })).toBe(4);
    expect(lanes({ rows: 2, cols: 128, lanes: 8 })).toBe(8);
  });

  it('has another name for other parameters', () => {
    const names = [{}, { busBits: 64 }, { outputKib: 16 }, { rows: 8 }].map((raw) => engine(raw).name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    [{ rows: 6 }, /rows: given 6; .*power of two.*: 8$/m],
    [{ cols: 1000 }, /cols.*: 128$/m],
    [{ busBits: 48 }, /busBits.*: (32|64)$/m],
    [{ busBits: 16 }, /busBits.*: 32$/m],
    [{ addressBits: 24 }, /addressBits.*: 32$/m],
    [{ activations: ['e2m1'] }, /activations: given "e2m1"; .*: u?int4$/m],
    [{ weights: ['flint8'] }, /weights.*: flint4$/m],
    [{ weights: [] }, /weights/],
    [{ activations: ['upot4', 'int8'] }, /activations: given "upot4"; .*: u?pot4$|: uint4$/m],
    [{ weights: ['int4'] }, /weights: given int4; .*: int4,int8$/m],
    [{ activations: ['uint8'] }, /activations: given uint8; .*: uint8,int4$/m],
    [{ requantiseLanes: 16 }, /requantiseLanes.*: 8$/m],
    [{ requantiseLanes: 3 }, /requantiseLanes.*: [24]$/m],
    [{ requantiseLanes: 4, rows: 4 }, /requantiseLanes.*: 2$/m],
    [{ rows: 64, activationKib: 2 }, /activationKib: given 2; two tiles.*: 4$/m],
    [{ rows: 128, cols: 128, outputKib: 8 }, /outputKib.*: 32$/m],
    [
      { rows: 2, cols: 2, weightKib: 128 },
      /weightKib: given 128; commands address 65536 words, of 1 byte each.*: 64$/m,
    ],

    [{ dataflow: 'ws' }, /dataflow: given "ws"; .*an engine/],
    [{ drain: 'double' }, /drain: given "double"; .*an engine/],
    [{ name: 'a'.repeat(60) }, /name: .*: a{59}$/m],
    [{ name: 'module' }, /name: .*\bmodule_engine$/m],
    [{ name: 'small' }, /name: .*\bsmall_engine$/m],
    [{ outputkib: 3 }, /outputkib: .*: outputKib$/m],
  ])('refuses %j', (raw, problem) => {
    expect(() => engine(raw)).toThrow(problem);
  });
});
