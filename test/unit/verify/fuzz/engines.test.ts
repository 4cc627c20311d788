import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../../gen/base/errors.js';
import { ENGINE_KEYS, validateEngine } from '../../../../gen/config/engine.js';
import { Memory } from '../../../../gen/golden/engine/memory.js';
import { simulate } from '../../../../gen/golden/engine/simulate.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { elaborateEngine } from '../../../../gen/rtl/engine/engine.js';
import { slowJob } from '../../../../scripts/verify/engine/engine.js';
import { randomLayers } from '../../../../scripts/verify/engine/layers.js';
import { ENGINES } from '../../../../scripts/verify/fuzz/engines.js';
import { randomEngine } from '../../../../scripts/verify/fuzz/random-engine.js';

describe('random configurations of engines', () => {
  const COUNT = 400;
  const drawn = Array.from({ length: COUNT }, (_, seed) => randomEngine(randomSource(seed)));

  it('are accepted or refused by a ConfigurationError, and most are accepted', () => {
    const accepted = drawn.filter((raw) => {
      try {
        validateEngine(raw);
        return true;
      } catch (error) {
        if (error instanceof ConfigurationError) return false;
        throw error;
      }
    });
    expect(accepted.length).toBeGreaterThan(0.6 * COUNT);
    expect(accepted.length).toBeLessThan(COUNT);
    for (const raw of accepted.slice(0, 20)) expect(() => ENGINES.validate(raw)).not.toThrow();
  });

  it('have at least two values of each parameter, and the same for the same seed', () => {
    expect(randomEngine(randomSource(7))).toEqual(drawn[7]);
    for (const key of ENGINE_KEYS.filter((each) => each !== 'engine')) {
      expect(new Set(drawn.map((raw) => JSON.stringify(raw[key]))).size, key).toBeGreaterThan(1);
    }
  });

  it('have a command each', () => {
    for (const raw of drawn) expect(ENGINES.command(raw)).toMatch(/^npm run gen -- --engine --rows \d+ --cols \d+/);
    expect(ENGINES.command({ engine: true, rows: 4, cols: 2 })).toBe('npm run gen -- --engine --rows 4 --cols 2');
  });
});

describe('random programs', () => {
  const SMALLEST = { rows: 4, cols: 4, activationKib: 1, weightKib: 1, constantKib: 1, outputKib: 1 };
  const machineOf = (raw: object) => elaborateEngine(validateEngine({ engine: true, ...raw })).machine;

  it.each([SMALLEST, { rows: 16, cols: 8, lanes: 2 }])(
    'of layers that take parts of the buffers in turn are well ordered: %j',
    (raw) => {
      const machine = machineOf(raw);
      const random = randomSource(3);
      let waits = 0;
      for (let i = 0; i < 60; i++) {
        const parts = 1 + (i % 2);
        const { memory, start, bases, commands } = randomLayers(machine, random, 5, { parts });
        const all = new Memory();
        all.set(0, memory);
        // Throws where one command overwrites what another one still needs.
        expect(simulate(machine, all, { start, bases }).error).toBe('none');
        const own = commands.filter((each) => each.name === 'load' && each.wait_store === 1).length;
        const layers = commands.filter((each) => each.name === 'load' && each.signal_compute === 1).length;
        expect(own).toBe(Math.max(0, layers - parts));
        waits += own;
      }
      expect(waits).toBeGreaterThan(100);
    },
  );

  it('run on buses of every kind', () => {
    const machine = machineOf(SMALLEST);
    const random = randomSource(5);
    const program = randomLayers(machine, random, 1);
    const buses = Array.from({ length: 300 }, () => slowJob(program, random).bus);
    for (const order of [0, 1, 2]) expect(buses.some((bus) => bus.order === order)).toBe(true);
    for (const channel of [0, 1, 2, 3, 4])
      expect(new Set(buses.map(({ waits }) => waits[channel])).size).toBeGreaterThan(50);
    expect(Math.max(...buses.map(({ latency }) => latency))).toBeGreaterThan(280);
    expect(Math.min(...buses.map(({ latency }) => latency))).toBe(1);
    expect(Math.max(...buses.map(({ grant }) => grant))).toBeGreaterThan(80);
  });
});
