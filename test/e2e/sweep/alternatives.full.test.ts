/** @module-tag rest */
import { expect, it } from 'vitest';
import { type Alternative, ALTERNATIVES } from '../../../scripts/sweep/notebook/alternatives/list.js';
import { proveAlternative } from '../../../scripts/sweep/notebook/alternatives/prove.js';
import { generatedPe, readAlternative } from '../../../scripts/sweep/notebook/alternatives/sources.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';

const PROVED = ALTERNATIVES.filter(({ operands }) => operands !== 'not proved');

/** Its proof takes minutes. */
const HARD = 'int8_twos_complement';

const expectToBeProved = async (name: string, each: Alternative): Promise<void> => {
  const yosys = await findYosys({ ...process.env, ANT_RTL_YOSYS: 'native' });
  await expect(proveAlternative(yosys, generatedPe(each.of), each, readAlternative(name))).resolves.toBeUndefined();
};

const proved = '%s is proved equal to the generated PE';
const named = PROVED.map((each) => [each.name, each] as const);
it.each(named.filter(([name]) => name !== HARD))(proved, expectToBeProved);
it.each(named.filter(([name]) => name === HARD))(proved, { tags: 'long' }, expectToBeProved);
