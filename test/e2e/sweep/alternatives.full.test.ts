/** @module-tag rest */
import { expect, it } from 'vitest';
import { ALTERNATIVES } from '../../../scripts/sweep/notebook/alternatives/list.js';
import { proveAlternative } from '../../../scripts/sweep/notebook/alternatives/prove.js';
import { generatedPe, readAlternative } from '../../../scripts/sweep/notebook/alternatives/sources.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';

const PROVED = ALTERNATIVES.filter(({ operands }) => operands !== 'not proved');

it.each(PROVED.map((each) => [each.name, each] as const))(
  '%s is proved equal to the generated PE',
  async (name, each) => {
    const yosys = await findYosys({ ...process.env, ANT_RTL_YOSYS: 'native' });
    await expect(proveAlternative(yosys, generatedPe(each.of), each, readAlternative(name))).resolves.toBeUndefined();
  },
);
