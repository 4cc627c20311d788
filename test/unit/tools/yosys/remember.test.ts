import { describe, expect, it } from 'vitest';
import type { RunTerms, Yosys, YosysOutcome } from '../../../../scripts/tools/yosys/interface.js';
import { memoryStore, rememberingYosys } from '../../../../scripts/tools/yosys/remember.js';

/** A Yosys that counts its runs in its logs, and the terms of them. */
function counting(change: Partial<YosysOutcome> = {}): { yosys: Yosys; terms: RunTerms[] } {
  const terms: RunTerms[] = [];
  const execute: Yosys['execute'] = async (_script, _inputs, _wanted, given = {}) => {
    const run = terms.push(given);
    return { exitCode: 0, log: String(run), files: {}, ...change };
  };
  return { yosys: { identity: { name: 'Yosys', version: '0.23', build: 'native' }, fingerprint: '1', execute }, terms };
}

/** How often a Yosys is run where the same is asked twice. */
async function runsOf(change: Partial<YosysOutcome>, terms?: RunTerms, wanted: readonly string[] = []) {
  const counted = counting(change);
  const remembering = rememberingYosys(counted.yosys, memoryStore());
  for (let i = 0; i < 2; i++) await remembering.execute('script', {}, wanted, terms);
  return counted.terms.length;
}

describe('a Yosys that remembers', () => {
  it('runs what is asked twice once, and says how long that took', async () => {
    const { yosys, terms } = counting();
    const remembering = rememberingYosys(yosys, memoryStore());
    const first = await remembering.execute('script', { 'a.v': '// one\nwire a;' }, []);
    const second = await remembering.execute('script', { 'a.v': '// two\nwire a;' }, []);
    expect(first).toEqual({ exitCode: 0, log: '1', files: {} });
    expect(second).toEqual({ ...first, tookSeconds: expect.any(Number) });
    expect((await remembering.execute('other', { 'a.v': 'wire a;' }, [])).log).toBe('2');
    expect(terms).toHaveLength(2);
    expect(remembering.identity).toBe(yosys.identity);
  });

  it('runs what is asked twice at a time once, and for another limit by itself', async () => {
    const { yosys, terms } = counting();
    const remembering = rememberingYosys(yosys, memoryStore());
    const limits = [1, 1, 2, undefined, undefined];
    await Promise.all(limits.map((cpuSeconds) => remembering.execute('script', {}, [], { cpuSeconds })));
    expect(terms.map(({ cpuSeconds }) => cpuSeconds)).toEqual([1, 2, undefined]);
  });

  it('asks another build itself', async () => {
    const [store, one, other] = [memoryStore(), counting(), counting()];
    await rememberingYosys(one.yosys, store).execute('script', {}, []);
    await rememberingYosys({ ...other.yosys, fingerprint: '2' }, store).execute('script', {}, []);
    expect([one.terms.length, other.terms.length]).toEqual([1, 1]);
  });

  it('remembers what comes out the same another time only', async () => {
    expect(await runsOf({})).toBe(1);
    expect(await runsOf({ exitCode: 1 })).toBe(2);
    expect(await runsOf({}, {}, ['x'])).toBe(2);
    expect(await runsOf({ files: { x: '' } }, {}, ['x'])).toBe(1);
    // A run with a limit is remembered where it is known to have an answer.
    expect(await runsOf({}, { cpuSeconds: 5 })).toBe(2);
    const answered = (log: string): boolean => log === 'proved';
    expect(await runsOf({ log: 'proved' }, { cpuSeconds: 5, answered })).toBe(1);
    expect(await runsOf({ log: 'out of time' }, { cpuSeconds: 5, answered })).toBe(2);
    expect(await runsOf({ log: 'proved', exitCode: 137 }, { cpuSeconds: 5, answered })).toBe(2);
  });

  it('forgets a run that broke down', async () => {
    const { yosys, terms } = counting();
    let broken = true;
    const execute: Yosys['execute'] = async (...job) => {
      if (broken) throw new Error('broken');
      return yosys.execute(...job);
    };
    const remembering = rememberingYosys({ ...yosys, execute }, memoryStore());
    await expect(remembering.execute('script', {}, [])).rejects.toThrow('broken');
    broken = false;
    await remembering.execute('script', {}, []);
    expect(terms).toHaveLength(1);
  });

  it('keeps no long results in memory: those of large arrays would fill it', async () => {
    expect(await runsOf({ files: { 'structure.json': ' '.repeat(1000) } })).toBe(1);
    expect(await runsOf({ files: { 'structure.json': ' '.repeat(2 ** 21) } })).toBe(2);
  });
});
