import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import type { AreaReport, Size } from '../../../scripts/synth/report.js';
import { runProgram } from '../../support/program.js';

export const root = mkdtempSync(join(tmpdir(), 'ant-rtl-area-'));
afterAll(() => rmSync(root, { recursive: true }));

export let original = '';
beforeAll(() => {
  const types = { activations: ['int4', 'flint4'], weights: ['int4'], maxK: 16 };
  original = generate(validateConfiguration({ rows: 2, cols: 3, name: 'tiny', ...types }), root).folder;
});

/** A fresh copy of the design. */
export function copy(): string {
  const folder = join(mkdtempSync(join(root, 'copy-')), 'tiny');
  cpSync(original, folder, { recursive: true });
  return folder;
}

export const area = (args: string[], env: Record<string, string> = {}) => runProgram('area', args, { env, all: true });

export const reportOf = (folder: string): AreaReport => JSON.parse(readFileSync(join(folder, 'area.json'), 'utf8'));

/** A library of an inverter, a buffer (ABC needs one), a NAND, two flip-flops and a latch, with areas that are easy to add up. */
const LIBRARY = (
  cells: readonly string[] = ['inverter', 'buffer', 'nand', 'positive', 'negative', 'latch'],
): string => {
  const gate = (name: string, size: number, inputs: string[], fn: string): string =>
    `cell (${name}) { area : ${size}; ${inputs.map((pin) => `pin (${pin}) { direction : input; }`).join(' ')}
      pin (Y) { direction : output; function : "${fn}"; } }`;
  const register = (name: string, clock: string): string =>
    `cell (${name}) { area : 10; ff (IQ, IQN) { clocked_on : "${clock}"; next_state : "D"; }
      pin (D) { direction : input; } pin (C) { direction : input; clock : true; }
      pin (Q) { direction : output; function : "IQ"; } }`;
  const all: Record<string, string> = {
    inverter: gate('INV', 1, ['A'], "A'"),
    buffer: gate('BUF', 2, ['A'], 'A'),
    nand: gate('NAND', 2, ['A', 'B'], "(A B)'"),
    positive: register('DFF', 'C'),
    negative: register('DFFN', "C'"),
    latch: `cell (LATCH) { area : 6; latch (IQ, IQN) { enable : "G"; data_in : "D"; }
      pin (D) { direction : input; } pin (G) { direction : input; clock : true; }
      pin (Q) { direction : output; function : "IQ"; } }`,
  };
  return `library (toy) { ${cells.map((name) => all[name]).join('\n')} }\n`;
};

export function libraryFile(cells?: string[]): string {
  const file = join(mkdtempSync(join(root, 'library-')), 'toy.lib');
  writeFileSync(file, LIBRARY(cells));
  return file;
}

/** A folder to put on the search path, with `yosys` a script of the test's. */
export function fakeYosys(script: string): string {
  const place = mkdtempSync(join(root, 'bin-'));
  writeFileSync(join(place, 'yosys'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(place, 'yosys'), 0o755);
  return place;
}

/** How far apart two sizes are, as a part of the first. */
const apart = (x: Size, y: Size): number => Math.abs(y.gateEquivalents / x.gateEquivalents - 1);

/** An environment in which no Yosys is on the search path. */
export const noYosys = () => ({ PATH: mkdtempSync(join(root, 'bin-')), ANT_RTL_YOSYS: '' });

/** Yosys in WebAssembly gives the same report as the native one, but for the noise between releases. */
export async function expectSameInWasm(where: Record<string, string>, args: readonly string[]): Promise<void> {
  const folders = [copy(), copy()] as const;
  const native = await area(['--design', folders[0], ...args], { ANT_RTL_YOSYS: 'native' });
  const wasm = await area(['--design', folders[1], ...args], where);
  expect(native.exitCode, native.all).toBe(EXIT.done);
  expect(wasm.exitCode, wasm.all).toBe(EXIT.done);
  const [x, y] = [reportOf(folders[0]), reportOf(folders[1])];
  expect(x.tool.build).toBe('native');
  expect(y.tool).toMatchObject({ build: 'WebAssembly', package: expect.stringContaining('@yowasp/yosys') });
  expect([y.flows, y.library, y.structure]).toEqual([x.flows, x.library, x.structure]);
  expect(y.whole.flipFlopBits).toBe(x.whole.flipFlopBits);
  expect(apart(x.whole, y.whole)).toBeLessThan(0.03);
  expect(apart(x.pe, y.pe)).toBeLessThan(0.05);
  expect(y.criticalPath.kind).toBe(x.criticalPath.kind);
  expect(['delay', 'levels', 'unknown']).toContain(x.criticalPath.kind);
}
