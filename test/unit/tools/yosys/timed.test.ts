import { expect, it } from 'vitest';
import type { Yosys } from '../../../../scripts/tools/yosys/interface.js';
import { timed } from '../../../../scripts/tools/yosys/timed.js';

it('counts what is remembered as long as it took', async () => {
  const yosys = (tookSeconds?: number): Yosys => ({
    identity: { name: 'Yosys', version: '0.23', build: 'native' },
    fingerprint: '1',
    execute: async () => ({
      exitCode: 0,
      log: 'done',
      files: {},
      ...(tookSeconds === undefined ? {} : { tookSeconds }),
    }),
  });
  const twice = async (one: Yosys): Promise<string> => {
    const { log } = await one.execute('a', {}, []);
    return log + (await one.execute('b', {}, [])).log;
  };
  const remembered = await timed(yosys(100), twice);
  expect(remembered.value).toBe('donedone');
  expect(Math.floor(remembered.seconds)).toBe(200);
  expect((await timed(yosys(), twice)).seconds).toBeLessThan(10);
});
