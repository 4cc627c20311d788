/** @module-tag rest */
import { expect, it } from 'vitest';
import { describeCriticalPath, expectNetlistsToStay } from './path.js';

describeCriticalPath('wasm');

it("asking for the critical path leaves every module's netlist and area as they are", async () => {
  expect(await expectNetlistsToStay((items) => items)).toBeGreaterThan(8);
});
