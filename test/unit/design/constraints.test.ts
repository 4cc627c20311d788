import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { renderConstraints } from '../../../gen/design/constraints.js';
import { elaborate } from '../../../gen/rtl/design.js';
import { configurationOf } from '../../../scripts/sweep/variants/designs.js';
import { DEFAULT_SELECTION, selectionOf } from '../../../scripts/sweep/variants/request.js';

const constraints = (raw: Record<string, unknown>): string =>
  renderConstraints(elaborate(validateConfiguration(raw)), { generator: 'g', hash: 'h', command: 'c' }).text;

const periodOf = (text: string): number => Number(/^ {2}set CLOCK_PERIOD ([\d.]+)$/m.exec(text)?.[1]);

/** The critical paths of docs/variants.md, in ps, by the name of the variant. */
function measured(): Map<string, number> {
  const page = readFileSync(new URL('../../../docs/variants.md', import.meta.url), 'utf8');
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const column = rows.find((cells) => cells[1] === 'variant')?.indexOf('critical path, ps') ?? -1;
  const paths = rows.map((cells): [string, number] => [
    cells[1] ?? '',
    Number(/^([\d,]+) \(/.exec(cells[column] ?? '')?.[1]?.replaceAll(',', '')),
  ]);
  return new Map(paths.filter(([, ps]) => Number.isFinite(ps)));
}

it('has a default period that every measured variant meets with a quarter to spare', () => {
  const paths = measured();
  const { variants, ...size } = selectionOf({ ...DEFAULT_SELECTION });
  const checked = variants.flatMap((variant) => {
    const ps = paths.get(variant.name);
    if (ps === undefined) return [];
    const period = periodOf(constraints({ ...configurationOf(variant, size) }));
    expect(1000 * period, variant.name).toBeGreaterThanOrEqual(1.25 * ps);
    return [variant.name];
  });
  expect(checked.length).toBeGreaterThan(12);
});

it('holds a test enable at 0, and checks the gate that is a latch and an AND, not a buffer', () => {
  expect(constraints({ scan: true })).toContain('set_case_analysis 0 [get_ports test_en_i]');
  expect(constraints({})).not.toContain('test_en_i');
  expect(constraints({})).toMatch(/^set_clock_gating_check .*u_clock_gate/m);
  expect(constraints({ ports: 'axis' })).toMatch(
    /^set_clock_gating_check .*\[get_cells u_design\/u_clock_gate\/\*\]$/m,
  );
  expect(constraints({ clockGate: 'bufgce' })).not.toContain('set_clock_gating_check');
  expect(constraints({ stall: 'enable' })).not.toContain('clock_gate');
});
