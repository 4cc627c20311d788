import { describe, expect, it } from 'vitest';
import { readDelay } from '../../../scripts/synth/path-log.js';
import type { AreaItem } from '../../../scripts/synth/plan.js';
import { type Candidate, chooseCandidate, paretoFront } from '../../../scripts/synth/timed/choose.js';
import { curvePlot } from '../../../scripts/synth/timed/plot.js';
import { renderCurveText, renderPeriodMarkdown, renderPeriodText } from '../../../scripts/synth/timed/render.js';
import {
  buildPeriodReport,
  type CurveReport,
  curveAims,
  curvePoints,
  NO_TARGET,
  periodMissed,
} from '../../../scripts/synth/timed/report.js';
import { mappingFiles, mappingsFor, STRATEGY_NAMES, timedScript } from '../../../scripts/synth/timed/strategies.js';

const candidate = (ps: number | null, area: number, rest: Partial<Candidate> = {}): Candidate => ({
  ...{ flow: 'alumacc', strategy: 'fast', aim: 1000 },
  size: { gateEquivalents: area / 2, area, flipFlopBits: 3 },
  path: ps === null ? null : { ps, from: 'a_q', to: 'b_q' },
  ...rest,
});

/** Those of the default PE with SkyWater's cells, Yosys 0.23. */
const SKYWATER = [
  candidate(5557.21, 2369.77),
  candidate(2048.73, 3090.46),
  candidate(2835.08, 2949.08),
  candidate(4417.51, 2491.14),
  candidate(2400.67, 2686.33),
  candidate(3439.78, 2509.91),
];

describe('the netlist for a period', () => {
  it('is the smallest that meets it', () => {
    expect(chooseCandidate(SKYWATER, 2500).path?.ps).toBe(2400.67);
    expect(chooseCandidate(SKYWATER, 2400.67).path?.ps).toBe(2400.67);
    expect(chooseCandidate(SKYWATER, 4000).path?.ps).toBe(3439.78);
    expect(chooseCandidate(SKYWATER, 10_000).path?.ps).toBe(5557.21);
  });

  it('is the fastest where none does, and any of a module without logic', () => {
    expect(chooseCandidate(SKYWATER, 2000).path?.ps).toBe(2048.73);
    expect(chooseCandidate([candidate(null, 80)], 1).size.area).toBe(80);
    expect(() => chooseCandidate([], 1)).toThrow('no netlist');
  });
});

describe('a curve', () => {
  it('has the netlists that are not both larger and slower than another', () => {
    expect(paretoFront(SKYWATER).map(({ path }) => path?.ps)).toEqual([2048.73, 2400.67, 3439.78, 4417.51, 5557.21]);
    expect(paretoFront([candidate(2, 5), candidate(2, 4), candidate(3, 4)]).map(({ size }) => size.area)).toEqual([4]);
    expect(() => curvePoints([candidate(null, 80)])).toThrow(/logic/);
  });

  it('aims at delays up to the slowest netlist', () => {
    expect(curveAims(1000, 3)).toEqual([200, 447, 1000]);
  });

  it('is drawn with every point and every design', async () => {
    const curve = (design: string, pipeline: number, points: Candidate[]) => ({
      ...{ design, pipeline, command: 'npm run gen', module: `${design}_pe`, configurationSha256: 'abc' },
      ...{ flow: 'synth', aims: [200, 1000], tried: points.length, points: curvePoints(paretoFront(points)) },
    });
    const report: CurveReport = {
      generator: 'g',
      tool: { name: 'Yosys', version: '0.23', build: 'native' },
      library: { file: 'l.lib', sha256: 'abc', name: 'sky', nand2: { cell: 'nand2', area: 2 } },
      curves: [
        curve('one', 1, SKYWATER),
        curve(
          'two',
          2,
          SKYWATER.slice(0, 2).map((candidate) => ({ ...candidate, aim: NO_TARGET })),
        ),
      ],
    };
    const svg = await curvePlot(report);
    expect(svg).toContain('>one</text>');
    expect(svg).toContain('>two</text>');
    expect(svg.match(/aria-roledescription="point"|<path[^>]*d="M[\d.]+,0A/g)?.length).toBeGreaterThanOrEqual(7);
    expect(svg).not.toMatch(/NaN|undefined/);
    const text = renderCurveText(report);
    expect(text.split('\n').filter((line) => line.startsWith('one '))).toHaveLength(6);
    expect(text).toMatch(/\bone_pe\b.*\b5\b.*\b6\b/);
    expect(text).toMatch(/^one .*fast, alumacc, .*\b1,000 ps$/m);
    expect(text).toMatch(/^two .*fast, alumacc, [^\d]*$/m);
  });
});

const item = (rest: Partial<AreaItem>): AreaItem => ({
  ...{ label: 'd_x', module: 'd_x', files: [], parameters: {}, role: 'periphery', instances: 1, partOfOther: false },
  ...rest,
});

describe('the report of a period', () => {
  const report = (periodPs: number, marginPs: number) =>
    buildPeriodReport(
      {
        ...{
          generator: 'g',
          design: 'd',
          top: 'd_array',
          configurationSha256: 'abc',
          names: { whole: 'array', size: '2 x 3', one: 'PE', multipliers: 'PEs' },
        },
        ...{ rows: 2, cols: 3, lanes: 1, structure: { checked: true, ownLogic: {} } },
        tool: { name: 'Yosys', version: '0.23', build: 'native' },
        library: { file: 'l.lib', sha256: 'abc', name: 'sky', nand2: { cell: 'nand2', area: 2 } },
      },
      { periodPs, marginPs },
      {
        flow: 'synth',
        items: [
          { item: item({ label: 'd_pe', module: 'd_pe', role: 'pe', instances: 6 }), candidates: SKYWATER },
          { item: item({ label: 'd_delay', role: 'delay', instances: 4 }), candidates: [candidate(null, 80)] },
        ],
        warnings: [],
      },
    );

  it('adds up the chosen netlists and gives what is left of the period', () => {
    const { modules, whole, perMac, met } = report(3000, 500);
    expect(met).toBe(true);
    expect(modules.map(({ slackPs }) => slackPs)).toEqual([99.33, null]);
    expect(whole.area).toBeCloseTo(6 * 2686.33 + 4 * 80, 5);
    expect(perMac.area).toBeCloseTo((6 * 2686.33 + 320) / 6, 5);
    expect(renderPeriodText(report(3000, 500))).toMatch(/^period +3\.000 ns, 0\.500 ns .*: met$/m);
  });

  it('says that a period is missed, and where', () => {
    const missed = report(2400, 400);
    expect(missed.met).toBe(false);
    expect(renderPeriodMarkdown(missed)).toMatch(/MISSED[\s\S]*-0\.049 ns .*\bd_pe, a_q to b_q/);
  });

  it('leaves the verdict to OpenSTA where it was asked', () => {
    const path = { from: 'a_q', to: 'u_pe/_9_/D', group: 'clk', slackPs: -12, cells: 7 };
    const whole = { slackPs: -12, path, minimumPs: 3012, minimumPath: { ...path, slackPs: 0 } };
    const sta = {
      tool: { name: 'OpenSTA', version: '2.0.17' },
      whole,
      pe: { module: 'd_pe', ...whole },
      scripts: [],
    } as const;
    const [met, missed] = [report(3000, 500), report(2400, 400)];
    expect([met, missed].map(periodMissed)).toEqual([false, true]);
    const late = { ...met, sta };
    expect(periodMissed(late)).toBe(true);
    expect(renderPeriodText(late)).toMatch(
      /OpenSTA 2\.0\.17: MISSED\nwhole, slack +-0\.012 ns: a_q to u_pe\/_9_\/D \(clk, 7 cells\)/,
    );
    const early = { ...missed, sta: { ...sta, whole: { ...whole, slackPs: 0 } } };
    expect(periodMissed(early)).toBe(false);
    expect(renderPeriodText(early)).toContain('OpenSTA 2.0.17: met');
  });
});

describe('the flow for a period', () => {
  const mappings = mappingsFor([2500, 3000]);
  const itemOf = { module: 'd_pe', files: ['rtl/d_pe.v'], parameters: { SUM_BITS: 18 } };

  it('synthesises once and maps in every way for every period', () => {
    const lines = timedScript(itemOf, { flow: 'noalumacc', mappings, driven: true }).split('\n');
    expect(lines.filter((line) => line.startsWith('synth'))).toEqual(['synth -flatten -noalumacc']);
    expect(lines).toContain('rename -top d_pe_sum_bits18');
    const abc = lines.filter((line) => line.includes(' abc '));
    expect(abc).toHaveLength(2 * STRATEGY_NAMES.length);
    expect(abc.every((line) => line.includes('-constr driver.constr'))).toBe(true);
    expect(timedScript(itemOf, { flow: 'alumacc', mappings, driven: false })).not.toContain('-constr');
    expect(abc.filter((line) => line.includes('-D,2500'))).toHaveLength(STRATEGY_NAMES.length);
    expect(abc.every((line) => line.endsWith(';stime,-p') && !line.includes('{ps}'))).toBe(true);
  });

  it('writes to files of their own', () => {
    const files = mappings.flatMap((mapping) => Object.values(mappingFiles(mapping)));
    expect(new Set(files).size).toBe(files.length);
  });
});

/** What ABC prints in Yosys 0.23, but for the lines that do not matter here. */
const LOG = `
7. Executing ABC pass (technology mapping using ABC).
ABC: + dnsize -D 2500 
ABC: + stime -p 
ABC: WireLoad = "none"  Gates =    427 ( 13.8 %)   Cap =  4.4 ff (  0.8 %)   Area =     1900.57 ( 96.7 %)   Delay =  2400.67 ps  ( 14.8 %)               
ABC: Path  0 --      35 : 0    1 pi                       A =   0.00  Df =   0.0   -0.0 ps  S =   0.0 ps  Cin =  0.0 ff  Cout =   4.5 ff  Cmax =   0.0 ff  G =    0  
ABC: Path  1 --     129 : 2   34 sky130_fd_sc_hd__xor2_1  A =   8.76  Df =2400.7-1203.0 ps  S =2330.3 ps  Cin =  4.4 ff  Cout = 122.9 ff  Cmax =  76.9 ff  G = 2721  
ABC: Start-point = pi34 (\\w_q [5]).  End-point = po15 ($0\\acc_q[23:0] [23]).
ABC: + write_blif <abc-temp-dir>/output.blif 
`;

describe('the log of a mapping', () => {
  it('gives its one delay', () => {
    expect(readDelay(LOG)).toEqual({ path: { ps: 2400.67, from: 'w_q[5]', to: 'acc_q[23]' } });
    expect(readDelay("1. Executing ABC pass.\nDon't call ABC as there is nothing to map.\n")).toEqual({ path: null });
  });

  it.each([
    ['there is none', LOG.replace('ABC: + stime -p ', ''), /\b0\b.*\bone\b/],
    ['there are two', LOG.replace('ABC: + dnsize -D 2500 ', 'ABC: + stime -p '), /\b2\b.*\bone\b/],
    ['it stops', LOG.slice(0, 105), /\bstime\b/],
    ['it is none and yet there is one', `${LOG}Don't call ABC as there is nothing to map.\n`, /\bnothing\b/],
  ])('is a problem where %s', (_, log, problem) => {
    expect(readDelay(log)).toEqual({ problem: expect.stringMatching(problem) });
  });
});
