import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import type { ComparisonReport } from '../../../scripts/sweep/compare/report.js';
import { runProgram } from '../../support/program.js';

/** A library of an inverter, a buffer (ABC needs one), a NAND, two flip-flops and the latch of a clock gate. */
const LIBRARY = `library (toy) {
  cell (INV) { area : 1; pin (A) { direction : input; } pin (Y) { direction : output; function : "A'"; } }
  cell (BUF) { area : 2; pin (A) { direction : input; } pin (Y) { direction : output; function : "A"; } }
  cell (NAND) { area : 2; pin (A) { direction : input; } pin (B) { direction : input; }
    pin (Y) { direction : output; function : "(A B)'"; } }
${[
  ['DFF', 'C'],
  ['DFFN', "C'"],
]
  .map(
    ([name, clock]) => `  cell (${name}) { area : 10; ff (IQ, IQN) { clocked_on : "${clock}"; next_state : "D"; }
    pin (D) { direction : input; } pin (C) { direction : input; clock : true; }
    pin (Q) { direction : output; function : "IQ"; } }`,
  )
  .join('\n')}
  cell (LATCHN) { area : 6; latch (IQ, IQN) { enable : "C'"; data_in : "D"; }
    pin (D) { direction : input; } pin (C) { direction : input; clock : true; }
    pin (Q) { direction : output; function : "IQ"; } }
}
`;

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-compare-'));
afterAll(() => rmSync(root, { recursive: true }));

const liberty = join(root, 'toy.lib');
const record = join(root, 'record.json');
const page = join(root, 'page.md');
const PAGE = ['begin: toy', 'end: toy', 'begin: published', 'end: published']
  .map((mark) => `<!-- ${mark} -->\n`)
  .join('');
writeFileSync(liberty, LIBRARY);

const compare = (...args: string[]) => runProgram('area', ['--compare', ...args]);

describe('npm run area -- --compare', () => {
  it('measures a kind and an option, records them, and finds an area that grew', { tags: 'rest' }, async () => {
    writeFileSync(page, PAGE);
    const selection = ['--size', '2', '--lanes', '1,2', '--only', 'stall_enable', '--liberty', liberty];
    const run = await compare(...selection, '--record', record, '--write', page, '--prove', '--json');
    expect(run.exitCode, run.stderr).toBe(EXIT.done);
    const report: ComparisonReport = JSON.parse(run.stdout);
    expect(readFileSync(record, 'utf8').trim()).toBe(run.stdout);

    expect(report.proof).toMatchObject({ simulated: 0 });
    expect(report.proof?.proved).toBeGreaterThan(20);
    expect(readFileSync(page, 'utf8')).toMatch(
      new RegExp(`^- netlists: ${report.proof?.proved} proved\\b[^\\d]*$`, 'm'),
    );

    const [ant] = report.kinds;
    if (ant === undefined) throw new Error('the reference must have been measured');
    expect(ant.measured.core).toBeGreaterThan(4 * ant.measured.pe);
    expect(report.isoArea.map(({ pes }) => pes)).toEqual([4, 4]);
    // Two lanes have two multipliers and one accumulator.
    const [, twoLanes] = report.kinds;
    expect(twoLanes).toMatchObject({ kind: 'ant', lanes: 2 });
    expect(twoLanes?.measured.pe).toBeGreaterThan(ant.measured.pe);
    expect(twoLanes?.perProduct).toBeLessThan(ant.perProduct);
    expect(twoLanes?.perEightBitProduct).toBeCloseTo(4 * (twoLanes?.perProduct ?? 0), 6);
    // An enable is a multiplexer before each flip-flop, of three NANDs; the accumulator alone has 24.
    expect(report.options.map(({ option }) => option)).toEqual(['stall_enable']);
    expect(report.options[0]?.pe).toBeGreaterThan(24 * 3);
    expect(report.command).toBe(
      'npm run area -- --compare --size 2 --lanes 1,2 --only ant,stall_enable --liberty toy.lib --prove',
    );
    expect(readFileSync(page, 'utf8')).toContain(`- command: \`${report.command}\``);
    expect(readFileSync(page, 'utf8')).toContain('| ANT, decoder | 28 |');

    const smaller = { ...ant, measured: { ...ant.measured, pe: ant.measured.pe / 1.04 } };
    writeFileSync(record, JSON.stringify({ ...report, kinds: [smaller] }));
    const grown = await compare('--check', record, '--liberty', liberty, '--only', 'ant');
    expect(grown.exitCode, grown.stderr).toBe(EXIT.checkFailed);
    expect(grown.stdout).toMatch(/^3 .*\b1 grew\b.*\b3 %.*\b0 shrank/m);
    expect(grown.stdout).toMatch(/grew:\n {2}ant: PE: .* GE, recorded .*, 4\.0 %$/);
  });

  it('refuses what cannot be, before anything is measured', async () => {
    const run = await compare('--size', '5', '--only', 'int5');
    expect(run.exitCode).toBe(EXIT.badRequest);
    expect(run.stderr).toContain('2 problems');
    expect(run.stderr).toMatch(/--only: .*: int4$/m);

    writeFileSync(page, 'no marks');
    const unmarked = await compare('--liberty', liberty, '--write', page);
    expect(unmarked.exitCode).toBe(EXIT.badRequest);
    expect(unmarked.stderr).toContain('<!-- begin: toy -->');

    const nowhere = await compare('--record', join(root, 'absent', 'record.json'));
    expect(nowhere.exitCode).toBe(EXIT.badRequest);
    expect(existsSync(join(root, 'absent'))).toBe(false);
  });
});
