import { expect, it } from 'vitest';
import type { TextFiles, Yosys } from '../../../../scripts/tools/yosys/interface.js';
import { rememberingYosys } from '../../../../scripts/tools/yosys/remember.js';

/** A Yosys that counts its runs. */
function counting(files: TextFiles = {}): { yosys: Yosys; runs: () => number } {
  let runs = 0;
  const execute = async (): ReturnType<Yosys['execute']> => ({ exitCode: 0, log: String(++runs), files });
  return { yosys: { identity: { name: 'Yosys', version: '0.23', build: 'native' }, execute }, runs: () => runs };
}

it('runs a script once on the same Verilog, whatever its comments say', async () => {
  const { yosys, runs } = counting();
  const remembering = rememberingYosys(yosys);
  const log = async (files: TextFiles, script = 'synth', wanted = ['x']): Promise<string> =>
    (await remembering.execute(script, files, wanted)).log;

  expect(await log({ 'a.v': '// one\nwire a;' })).toBe('1');
  expect(await log({ 'a.v': '  // two\nwire a;' })).toBe('1');
  expect(runs()).toBe(1);

  const others: TextFiles[] = [
    { 'a.v': '// one\nwire b;' },
    { 'a.v': '// one\n\nwire a;' },
    { 'b.v': '// one\nwire a;' },
    { 'a.v': 'wire a; // one' },
    { 'a.v': '// synopsys translate_off\nwire a;' },
    { 'a.v': '/*\n// one\nwire a;' },
    { 'a.v': '/*\n// one */\nwire a;' },
    { 'a.v': '// one\nwire a;', 'library.lib': '// one' },
    { 'a.v': '// one\nwire a;', 'library.lib': '// two' },
  ];
  for (const files of others) await log(files);
  expect(runs()).toBe(1 + others.length);
  await log({ 'a.v': '// one\nwire a;' }, 'synth -flatten');
  await log({ 'a.v': '// one\nwire a;' }, 'synth', ['y']);
  expect(runs()).toBe(3 + others.length);
  expect(remembering.identity).toBe(yosys.identity);
});

it('keeps no long results: those of large arrays would fill the memory', async () => {
  for (const [length, expected] of [
    [1000, 1],
    [2 ** 21, 2],
  ] as const) {
    const { yosys, runs } = counting({ 'structure.json': ' '.repeat(length) });
    const remembering = rememberingYosys(yosys);
    await remembering.execute('json', {}, []);
    await remembering.execute('json', {}, []);
    expect(runs()).toBe(expected);
  }
});
