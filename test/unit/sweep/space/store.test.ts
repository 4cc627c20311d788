import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { claimsOf, thisMachine } from '../../../../scripts/sweep/space/claims.js';
import { keptResults, resultKey, resultStore, UnkeptError } from '../../../../scripts/sweep/space/store.js';

const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('results that are kept', () => {
  const of = { metric: 'area', design: { rows: 8 } };
  const key = resultKey(of);
  const result = { values: { area: 5, criticalPath: null }, seconds: 1.5 };
  const file = (at: string): string => join(at, 'results', key.slice(0, 2), `${key}.json`);
  const kept = (name: string): string => {
    const at = join(folder, name);
    resultStore(at).set(key, of, result);
    return at;
  };

  it('are found again, by all that they depend on', () => {
    const at = kept('again');
    expect(resultStore(at).get(key)).toMatchObject(result);
    expect(resultStore(at).get(resultKey({ ...of, design: { rows: 16 } }))).toBeUndefined();
  });

  it('count as not there where they are half written, changed, or those of another', () => {
    const at = kept('damaged');
    const whole = readFileSync(file(at), 'utf8');
    const other = resultKey({ metric: 'fpga' });
    const damages: Record<string, string> = {
      empty: '',
      half: whole.slice(0, whole.length / 2),
      another: whole.replace(key, other),
      'of another design': whole.replace('"rows":8', '"rows":9'),
      'no numbers': whole.replace(':5', ':"5"'),
    };
    for (const [what, text] of Object.entries(damages)) {
      expect(text, what).not.toBe(whole);
      writeFileSync(file(at), text);
      expect(resultStore(at).get(key), what).toBeUndefined();
    }
    resultStore(at).set(key, of, result);
    expect(resultStore(at).get(key)).toMatchObject(result);
  });

  it('are refused in a folder of another form, or of other things, which stay', () => {
    const at = kept('form');
    writeFileSync(join(at, 'sweep.json'), '{"form":0}');
    expect(() => resultStore(at)).toThrow(/another form/);
    writeFileSync(join(at, 'sweep.json'), '{"for');
    expect(() => resultStore(at)).toThrow(/another form/);
    expect(existsSync(file(at))).toBe(true);
    const foreign = join(folder, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'thesis.txt'), '');
    expect(() => resultStore(foreign)).toThrow(/thesis\.txt/);
    expect(readdirSync(foreign)).toEqual(['thesis.txt']);
  });

  it('are looked up without a folder being made, or a foreign one being taken', () => {
    const at = kept('looked-up');
    expect(keptResults(at).get(key)).toMatchObject(result);
    const none = join(folder, 'none');
    expect(keptResults(none).get(key)).toBeUndefined();
    expect(existsSync(none)).toBe(false);
    const foreign = join(folder, 'others');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'thesis.txt'), '');
    expect(() => keptResults(foreign)).toThrow(/thesis\.txt/);
  });

  it('are told where they cannot be kept', () => {
    const at = kept('full');
    rmSync(join(at, 'results'), { recursive: true });
    writeFileSync(join(at, 'results'), '');
    expect(() => resultStore(at).set(key, of, result)).toThrow(UnkeptError);
    expect(() => resultStore(join(import.meta.filename, 'in-a-file'))).toThrow(UnkeptError);
  });
});

describe('claims', () => {
  const at = join(folder, 'claims');
  mkdirSync(at);
  const claim = (key: string, content: object | string, secondsAgo = 0): void => {
    writeFileSync(join(at, key), typeof content === 'string' ? content : JSON.stringify(content));
    const when = new Date(Date.now() - 1000 * secondsAgo);
    utimesSync(join(at, key), when, when);
  };
  const LAST_PID = 2 ** 22 + 1;

  it('are held by one program at a time', () => {
    const [one, other] = [claimsOf(at), claimsOf(at)];
    expect([one.take('a'), other.take('a'), one.take('a'), other.take('b')]).toEqual([true, false, false, true]);
    one.release('a');
    expect(other.take('a')).toBe(true);
    other.end();
    expect(readdirSync(at)).toEqual([]);
  });

  it('are free where who had them is gone', () => {
    const there = { host: 'elsewhere', pid: 1, began: '1' };
    claim('dead', { host: thisMachine(), pid: LAST_PID, began: '5' });
    claim('reused', { host: thisMachine(), pid: process.pid, began: 'another time' });
    claim('silent', there, 600);
    claim('damaged', '{"host":');
    claim('alive', there, 1);
    // Another machine of the same name.
    claim('namesake', { host: `${thisMachine()}x`, pid: LAST_PID, began: '5' }, 1);
    // Files that are there for a moment only: of a program that writes one now, and of one that was killed.
    claim('alive.1', '', 1);
    claim('alive.2', '', 600);
    const claims = claimsOf(at);
    expect(readdirSync(at)).toEqual(['alive', 'alive.1', 'namesake']);
    claim('dead', { host: thisMachine(), pid: LAST_PID, began: '5' });
    expect(['dead', 'reused', 'silent', 'damaged', 'alive'].map((key) => claims.take(key))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    claims.end();
    expect(readdirSync(at)).toEqual(['alive', 'alive.1', 'namesake']);
  });
});
