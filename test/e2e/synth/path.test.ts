import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { synthesise } from '../../../scripts/synth/synthesise.js';
import type { Yosys } from '../../../scripts/tools/yosys/interface.js';
import { CHAIN, describeCriticalPath, expectNetlistsToStay, itemOf, library, root, yosys } from './path.js';

describeCriticalPath('native');

describe('asking for the critical path', () => {
  it('leaves netlist and area of a module of each role as they are', async () => {
    const count = await expectNetlistsToStay((items) => [...new Map(items.map((item) => [item.role, item])).values()]);
    expect(count).toBeGreaterThan(2);
  });

  it('fails with what ABC printed where that is not understood', async () => {
    const native = await yosys('native');
    const changed: Yosys = {
      ...native,
      execute: async (...job) => {
        const outcome = await native.execute(...job);
        return { ...outcome, log: outcome.log.replaceAll('Delay =', 'Time =') };
      },
    };
    const failing = synthesise({ yosys: changed, folder: root, library }, itemOf('chain', CHAIN), 'alumacc');
    await expect(failing).rejects.toMatchObject({
      exitCode: EXIT.toolBroken,
      message: expect.stringMatching(/\bchain, alumacc: [\s\S]*:\n[\s\S]*Time =/),
    });
  });
});
