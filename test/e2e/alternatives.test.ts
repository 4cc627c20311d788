import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALTERNATIVES_DESIGN, equalityScript } from '../../gen/area/alternatives.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { elaborate } from '../../gen/elaborate/design.js';
import { renderAll } from '../../gen/generate.js';
import { findYosys } from '../../scripts/lib/yosys.js';

const NAME = 'up_down_counter';
const FOLDER = join(import.meta.dirname, '../../docs/microarchitecture');

describe('the proof that an alternative equals the generated PE', () => {
  const module = `${ALTERNATIVES_DESIGN.name}_pe`;
  const generated = renderAll(elaborate(validateConfiguration(ALTERNATIVES_DESIGN))).find(
    ({ path }) => path === `rtl/${module}.v`,
  );
  const text = readFileSync(join(FOLDER, `${NAME}.v`), 'utf8');
  const outcome = async (alternative: string) => {
    const script = equalityScript({ file: 'pe.v', module }, { file: 'a.v', module: NAME });
    const yosys = await findYosys({ ...process.env, ANT_RTL_YOSYS: 'native' });
    return yosys.execute(script, { 'pe.v': generated?.text ?? '', 'a.v': alternative }, []);
  };

  it('holds', async () => {
    const { exitCode, log } = await outcome(text);
    expect(exitCode, log).toBe(0);
    expect(log).toContain('Induction step proven');
  });

  it.each([
    ['a bit of the sum', 'acc_q <= drain_q ? acc_i : sum', 'acc_q <= drain_q ? acc_i : {sum[23:1], ~sum[0]}'],
    ['an operand on its way out', 'assign a_o = a_q;', 'assign a_o = {a_q[6:1], a_q[1]};'],
    ['the drain', 'drain_q ? acc_i', '!drain_q ? acc_i'],
  ])('fails where %s is wrong', async (_, right, wrong) => {
    expect(text).toContain(right);
    const { exitCode, log } = await outcome(text.replace(right, wrong));
    expect(exitCode, log).not.toBe(0);
    expect(log).toMatch(/proof did fail|model found: FAIL|ERROR/);
  });
});
