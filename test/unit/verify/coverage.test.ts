import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { coverageOf, readCounts } from '../../../scripts/verify/coverage/modules.js';
import { coveragePoints } from '../../../scripts/verify/coverage/points.js';
import { coverageLines } from '../../../scripts/verify/coverage/report.js';

const HEAD = '# SystemC::Coverage-3\n';
const counted = (page: string, line: number, name: string, count: number, file = '/design/rtl/pe.v'): string => {
  const fields = { f: file, l: line, n: 5, page: `${page}/ant_pe`, o: name, h: 'TOP.ant' };
  return `C '${Object.entries(fields)
    .map(([key, value]) => `\u0001${key}\u0002${value}`)
    .join('')}' ${count}\n`;
};

describe('counts of a simulation', () => {
  it('are of lines, of branches and of bits', () => {
    const text =
      HEAD +
      counted('v_line', 3, 'block', 7) +
      counted('v_branch', 4, 'else', 0) +
      counted('v_toggle', 5, 'acc_q[1]', 2);
    expect(coveragePoints(text)).toEqual([
      { kind: 'line', file: '/design/rtl/pe.v', line: 3, name: 'block at 5', count: 7 },
      { kind: 'line', file: '/design/rtl/pe.v', line: 4, name: 'else at 5', count: 0 },
      { kind: 'bit', file: '/design/rtl/pe.v', line: 5, name: 'acc_q[1]', count: 2 },
    ]);
  });

  it.each([
    ['another head', `# Coverage\n${counted('v_line', 3, 'block', 7)}`],
    ['another page', HEAD + counted('v_user', 3, 'block', 7)],
    ['no line', HEAD + counted('v_line', 0, 'block', 7)],
    ['other text', `${HEAD}counts: 3\n`],
  ])('are not read from a file with %s', (_, text) => {
    expect(() => coveragePoints(text)).toThrow(expect.objectContaining({ exitCode: EXIT.toolBroken }));
  });
});

describe('coverage of modules', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ant-rtl-coverage-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, ...lines: readonly string[]): void =>
    writeFileSync(join(folder, name), HEAD + lines.join(''));
  const none = (): boolean => false;
  const design = { folder: '/design', modules: [{ name: 'ant_pe', file: 'rtl/pe.v' }] };

  it('takes all simulations together', () => {
    write('1.counts', counted('v_toggle', 5, 'acc_q[0]', 2), counted('v_toggle', 5, 'acc_q[1]', 0));
    write('2.counts', counted('v_toggle', 5, 'acc_q[0]', 0), counted('v_toggle', 5, 'acc_q[1]', 3));
    expect(coverageOf(design, readCounts(folder), none)).toMatchObject([{ bits: { reached: 2, all: 2 }, missed: [] }]);
  });

  it('takes no change of a bit for one that the first evaluation makes, but each line that it runs', () => {
    const lines = [
      counted('v_toggle', 5, 'one', 1),
      counted('v_toggle', 6, 'clk', 1),
      counted('v_line', 7, 'block', 1),
    ];
    write('1.first', ...lines);
    write(
      '1.counts',
      counted('v_toggle', 5, 'one', 1),
      counted('v_toggle', 6, 'clk', 9),
      counted('v_line', 7, 'block', 1),
    );
    const [module] = coverageOf(design, readCounts(folder), none);
    expect(module).toMatchObject({ lines: { reached: 1, all: 1 }, bits: { reached: 1, all: 2 } });
    expect(module?.missed.map(({ name }) => name)).toEqual(['one']);
  });

  it('counts no bit that is constant in the design', () => {
    write('1.counts', counted('v_toggle', 5, 'acc_q[0]', 0), counted('v_toggle', 5, 'acc_q[1]', 0));
    const covered = coverageOf(design, readCounts(folder), ({ name }) => name === 'acc_q[0]');
    expect(covered).toMatchObject([
      { bits: { reached: 0, all: 1 }, missed: [{ name: 'acc_q[1]' }], constant: [{ name: 'acc_q[0]' }] },
    ]);
  });

  it('is refused where nothing was counted of the design', () => {
    write('1.counts', counted('v_toggle', 5, 'acc_q[0]', 2, '/harness.v'));
    expect(() => coverageOf(design, readCounts(folder), none)).toThrow(
      expect.objectContaining({ exitCode: EXIT.toolBroken }),
    );
  });

  it('tells what was not reached by file and line, the bits of a signal together', () => {
    const bits = [0, 1, 2, 3, 5].map((bit) => counted('v_toggle', 5, `acc_q[${bit}]`, bit === 2 ? 1 : 0));
    write('1.counts', ...bits, counted('v_toggle', 4, 'test_en_i', 0), counted('v_branch', 9, 'else', 0));
    const modules = coverageOf(design, readCounts(folder), none);
    const missed = coverageLines([{ name: 'ant', folder: '/design', modules }]).filter((line) => line.includes('rtl/'));
    expect(missed.map((line) => line.split(/ +/).slice(-1).join(' '))).toEqual(['test_en_i', 'acc_q[5,3,1:0]', '5']);
    expect(missed.map((line) => /pe\.v:(\d+)/.exec(line)?.[1])).toEqual(['4', '5', '9']);
  });
});
