import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { diskStore } from '../../../../scripts/tools/yosys/disk-store.js';
import type { Yosys } from '../../../../scripts/tools/yosys/interface.js';
import { rememberingYosys } from '../../../../scripts/tools/yosys/remember.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-store-'));
afterAll(() => rmSync(root, { recursive: true }));

const newFolder = (): string => mkdtempSync(join(root, 'store-'));

const noProblem = (what: string): void => {
  throw new Error(what);
};

const [KEY, OTHER] = ['ab'.repeat(32), 'cd'.repeat(32)] as const;
const OUTCOME = { log: 'done', files: { 'netlist.v': 'module µ;'.repeat(1000) }, tookSeconds: 1.5 };

/** The files of a store. */
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

it('keeps outcomes from one program to the next, compressed, and counts', async () => {
  const folder = newFolder();
  const store = diskStore(folder, noProblem);
  expect(await store.get(KEY)).toBeUndefined();
  await store.set(KEY, OUTCOME);
  const next = diskStore(folder, noProblem);
  expect(await next.get(KEY)).toEqual(OUTCOME);
  expect(await next.get(OTHER)).toBeUndefined();
  expect([store.counts(), next.counts()]).toEqual([
    { asked: 1, found: 0 },
    { asked: 2, found: 1 },
  ]);
  const [file = ''] = filesOf(folder);
  expect(statSync(file).size).toBeLessThan(1000);
});

it('takes nothing from a damaged or strange file, and writes it again', async () => {
  const folder = newFolder();
  const store = diskStore(folder, noProblem);
  await store.set(KEY, OUTCOME);
  const [file = ''] = filesOf(folder);
  const whole = readFileSync(file);
  const flipped = Buffer.from(whole);
  flipped[40] = (flipped[40] ?? 0) ^ 1;
  const json = (entry: object): Buffer => gzipSync(JSON.stringify(entry));
  for (const damaged of [
    Buffer.alloc(0),
    whole.subarray(0, whole.length - 20),
    flipped,
    gzipSync('{'),
    json({ key: KEY, ...OUTCOME, files: { 'netlist.v': 1 } }),
    json({ key: OTHER, ...OUTCOME }),
    json({ key: KEY, log: '' }),
  ]) {
    writeFileSync(file, damaged);
    expect(await store.get(KEY)).toBeUndefined();
    await store.set(KEY, OUTCOME);
    expect(await store.get(KEY)).toEqual(OUTCOME);
  }
});

it("takes no other netlist's outcome, also where its file has another's name", async () => {
  const folder = newFolder();
  const logs: string[] = [];
  const yosys: Yosys = {
    identity: { name: 'Yosys', version: '0.23', build: 'native' },
    fingerprint: '1',
    execute: async (_, inputs) => {
      logs.push(inputs['netlist.v'] ?? '');
      return { exitCode: 0, log: inputs['netlist.v'] === 'right' ? 'equivalent' : 'different', files: {} };
    },
  };
  const prove = async (netlist: string): Promise<string> => {
    const remembering = rememberingYosys(yosys, diskStore(folder, noProblem));
    const terms = { cpuSeconds: 5, answered: () => true };
    return (await remembering.execute('cec', { 'netlist.v': netlist }, [], terms)).log;
  };
  expect(await prove('right')).toBe('equivalent');
  const [right = ''] = filesOf(folder);
  expect(await prove('wrong')).toBe('different');
  const wrong = filesOf(folder).find((file) => file !== right) ?? '';
  expect([await prove('right'), await prove('wrong')]).toEqual(['equivalent', 'different']);
  expect(logs).toEqual(['right', 'wrong']);
  renameSync(right, wrong);
  expect(await prove('wrong')).toBe('different');
  expect(logs).toEqual(['right', 'wrong', 'wrong']);
});

it('serves several programs at a time', async () => {
  const folder = newFolder();
  const stores = [1, 2, 3].map(() => diskStore(folder, noProblem));
  const keys = [KEY, OTHER];
  await Promise.all(keys.flatMap((key) => stores.map((store) => store.set(key, { ...OUTCOME, log: key }))));
  for (const key of keys) expect(await stores[0]?.get(key)).toEqual({ ...OUTCOME, log: key });
  expect(filesOf(folder)).toHaveLength(2);
});

it('says once what it cannot write, and refuses a folder that it cannot make', async () => {
  const folder = newFolder();
  const problems: string[] = [];
  const store = diskStore(folder, (what) => problems.push(what));
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  await store.set(KEY, OUTCOME);
  await store.set(OTHER, OUTCOME);
  expect(problems).toEqual([expect.stringContaining(`results of Yosys in ${folder}`)]);
  expect(await store.get(KEY)).toBeUndefined();
  expect(() => diskStore(join(folder, 'below'), noProblem)).toThrow(UserError);
});
