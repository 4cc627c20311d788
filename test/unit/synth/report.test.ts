import { describe, expect, it } from 'vitest';
import type { CriticalPath } from '../../../scripts/synth/path.js';
import type { AreaItem } from '../../../scripts/synth/plan.js';
import { renderMarkdown, renderText } from '../../../scripts/synth/render.js';
import { type AreaFindings, buildReport, type Synthesis } from '../../../scripts/synth/report.js';

const item = (rest: Partial<AreaItem>): AreaItem => ({
  label: 'd_pe',
  module: 'd_pe',
  files: [],
  parameters: {},
  role: 'pe',
  instances: 4,
  partOfOther: false,
  ...rest,
});
const levels = (count: number): CriticalPath => ({ kind: 'levels', levels: count, from: 'x', to: 'y' });
const delay = (leastArea: number, buffered: number): CriticalPath => ({
  kind: 'delay',
  leastArea: { ps: leastArea, from: 'a_i', to: 'a register' },
  buffered: { ps: buffered, from: 'w_q[1]', to: 'acc_q[2]' },
});
const synthesis = (gateEquivalents: number, flipFlopBits = 0, area?: number): Synthesis => ({
  path: levels(gateEquivalents),
  size: { gateEquivalents, flipFlopBits, ...(area === undefined ? {} : { area }) },
  cells: { $_NAND_: gateEquivalents },
});

const findings: AreaFindings = {
  generator: 'ant-rtl 0',
  design: 'd',
  top: 'd_array',
  configurationSha256: 'c0ffee',
  names: { whole: 'array', size: '2 x 2', one: 'PE', multipliers: 'PEs' },
  rows: 2,
  cols: 2,
  lanes: 1,
  tool: { name: 'Yosys', version: '0.23', build: 'native' },
  library: null,
  flows: { alumacc: 'synth\n', noalumacc: 'synth -noalumacc\n' },
  items: [
    { item: item({}), result: { alumacc: synthesis(120, 10), noalumacc: synthesis(100, 10) } },
    {
      item: item({ label: 'd_decode_a', module: 'd_decode_a', role: 'decoder', instances: 2 }),
      result: { alumacc: synthesis(25), noalumacc: synthesis(25) },
    },
    {
      item: item({ label: 'd_decode_int4', module: 'd_decode_int4', role: 'type decoder', partOfOther: true }),
      result: { alumacc: synthesis(5), noalumacc: synthesis(6) },
    },
    {
      item: item({ label: 'd_control', module: 'd_control', role: 'periphery', instances: 1 }),
      result: { alumacc: synthesis(50, 3), noalumacc: synthesis(51, 3) },
    },
  ],
  structure: { instances: {}, delayStages: {}, ownLogic: { $and: 1 } },
  warnings: [],
};

describe('buildReport', () => {
  const report = buildReport(findings);

  it('keeps the smaller synthesis, and the usual flow where they are equal', () => {
    expect(report.modules.map(({ flow }) => flow)).toEqual(['noalumacc', 'alumacc', 'alumacc', 'alumacc']);
    expect(report.modules[0]).toMatchObject({
      size: { gateEquivalents: 100 },
      otherFlow: { gateEquivalents: 120 },
      total: { gateEquivalents: 400, flipFlopBits: 40 },
    });
  });

  it('adds up area times instances, without the parts of other modules', () => {
    expect(report.whole).toEqual({ gateEquivalents: 500, flipFlopBits: 43 });
    expect(report.perMac).toEqual({ gateEquivalents: 125, flipFlopBits: 10.75 });
    expect(report.pe).toEqual({ gateEquivalents: 100, flipFlopBits: 10 });
    expect(report.decoders).toEqual({ gateEquivalents: 50, flipFlopBits: 0, share: 0.1 });
    const shares = report.modules.filter(({ partOfOther }) => !partOfOther).map(({ share }) => share);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  });

  it('chooses by area where there is a library', () => {
    const library = { file: 'l.lib', sha256: 'f00', name: 'l', nand2: { cell: 'N', area: 3 } };
    const result = { alumacc: synthesis(10, 1, 30), noalumacc: synthesis(9, 1, 27) };
    const { modules, whole, gateEquivalent } = buildReport({
      ...findings,
      library,
      items: [{ item: item({}), result }],
    });
    expect(modules[0]?.flow).toBe('noalumacc');
    expect(whole).toEqual({ gateEquivalents: 36, area: 108, flipFlopBits: 4 });
    expect(gateEquivalent).toMatch(/\bN of l\.lib\b/);
  });

  it('gives the critical path of the flow that is kept, and the longest of all modules with its name', () => {
    expect(report.modules[0]).toMatchObject({ path: { levels: 100 }, otherPath: { levels: 120 } });
    expect(report.criticalPath).toEqual({ kind: 'levels', levels: 100, from: 'x', to: 'y', module: 'd_pe' });
  });

  it('says where the sum was not checked', () => {
    expect(buildReport({ ...findings, structure: undefined }).structure).toMatchObject({ checked: false });
  });
});

describe('the report', () => {
  const report = buildReport({ ...findings, warnings: ['Warning: odd.'] });
  const library = { file: 'l.lib', sha256: 'f00', name: 'lib', nand2: { cell: 'N', area: 3 } };
  const withLibrary = buildReport({
    ...findings,
    library,
    items: [{ item: item({}), result: { alumacc: synthesis(10, 1, 30), noalumacc: synthesis(9, 1, 27) } }],
  });

  it.each([
    ['for a terminal', renderText],
    ['as a page', renderMarkdown],
  ])('%s has every module and where the figures come from', (_, render) => {
    const text = render(report);
    for (const { label } of report.modules) expect(text).toContain(label);
    expect(text).toContain('(d_decode_int4)');
    expect(text).toContain('Yosys 0.23 (native)');
    expect(text).toContain('c0ffee');
    expect(text).toContain(report.gateEquivalent);
    expect(text).not.toContain('area, all');
    expect(render(withLibrary)).toContain('l.lib (lib), sha256 f00');
    expect(render(withLibrary)).toContain('area, all');
    expect(text).not.toMatch(/undefined|NaN/);
  });

  const withPaths = (...paths: CriticalPath[]) => {
    const items = findings.items.map(({ item }, i) => {
      const part = { ...synthesis(10, 1), path: paths[i] ?? ({ kind: 'wires' } as const) };
      return { item, result: { alumacc: part, noalumacc: part } };
    });
    return buildReport({ ...findings, items });
  };

  it.each([
    ['for a terminal', renderText],
    ['as a page', renderMarkdown],
  ])('%s has critical paths with their item, their module and what they leave out', (_, render) => {
    expect(render(report)).toMatch(/\b100 .*\bd_pe, x to y\b/);
    const timed = render(withPaths(delay(7000.4, 5000.6), delay(9000, 800)));
    expect(timed).toMatch(/\b5,001 ps .*\bd_pe, w_q\[1\] to acc_q\[2\]/);
    expect(timed).toMatch(/\b9,000 ps .*\bd_decode_a, a_i to /);
    for (const text of [render(report), timed]) expect(text).toMatch(/clock-to-output.*setup.*wires/);
    expect(timed).toMatch(/d_control.* none .*none/);
    expect(render(withPaths({ kind: 'unknown' }))).toMatch(/\bcritical path\b.*\bunknown\b/);
    expect(render(withPaths())).toMatch(/\bcritical path\b.*\bnone\b/);
  });

  it('as a page has the scripts and the warnings', () => {
    expect(renderMarkdown(report)).toContain('synth -noalumacc');
    expect(renderMarkdown(report)).toContain('`Warning: odd.`');
    expect(renderText(report)).toMatch(/\b1 warning/);
  });
});
