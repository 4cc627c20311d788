/** @module-tag rest */
import { existsSync } from 'node:fs';
import { it } from 'vitest';
import { expectSameInWasm, libraryFile } from './area.js';

const OSU018 = '/usr/share/qflow/tech/osu018/osu018_stdcells.lib';

it('npm run area gives the same in WebAssembly as natively with a library', () =>
  expectSameInWasm({ ANT_RTL_YOSYS: 'wasm' }, ['--liberty', existsSync(OSU018) ? OSU018 : libraryFile()]));
