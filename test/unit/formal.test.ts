import { describe, expect, it } from 'vitest';
import { outcomeText } from '../../scripts/formal/render.js';
import { holds, type PropertyOutcome, readBmc, readInputs, readPdr } from '../../scripts/formal/verdict.js';

describe('what ABC says of an output', () => {
  it.each([
    [{ reach: 'never', frames: 5 }, 'ABC: Invariant F[5] : 206 clauses\nABC: Property proved.  Time =     0.20 sec\n'],
    [{ reach: 'never' }, 'ABC: Property proved.  Time =     0.20 sec\n'],
    [{ reach: 'ever', cycle: 3 }, 'ABC: Output 0 of miter "netlist" was asserted in frame 3.  Time = 0.01 sec\n'],
    [
      { reach: 'unknown', cycles: 0 },
      'ABC: Reached timeout (3 seconds) in frame 308.\nABC: Property UNDECIDED.  Time = 3\n',
    ],
    [{ reach: 'unknown', cycles: 0 }, 'ABC: Invariant F[5] : 206 clauses\n'],
    [{ reach: 'unknown', cycles: 0 }, 'Property proved.\n'],
    [{ reach: 'unknown', cycles: 0 }, ''],
  ])('is %o by pdr', (reach, log) => {
    expect(readPdr(log)).toMatchObject(reach);
  });

  it.each([
    [
      { reach: 'unknown', cycles: 20 },
      'ABC: No output asserted in 20 frames. Resource limit reached (conf limit 0).\n',
    ],
    [{ reach: 'ever', cycle: 1 }, 'ABC: Output 0 of miter "netlist" was asserted in frame 1. Time = 0.01 sec\n'],
    [{ reach: 'unknown', cycles: 0 }, 'ABC: nothing\n'],
  ])('is %o by bmc3', (reach, log) => {
    expect(readBmc(log)).toMatchObject(reach);
  });

  it('is an input of a cycle in the trace of sat', () => {
    const line = (time: string, name: string, bits: string) => `  ${time} ${name}    0    0    ${bits}\n`;
    const log = line('   1', '\\a_i', '1') + line('   2', '\\a_i', '01') + line('   2', '\\clk_i', '0');
    expect(readInputs(log, 1)).toEqual(['a_i 01']);
    expect(readInputs(line('', '\\code_i', '1100'), undefined)).toEqual(['code_i 1100']);
  });
});

describe('a property', () => {
  const outcomes: [PropertyOutcome, boolean, boolean, RegExp][] = [
    [{ result: 'proved', by: 'x', frames: 2, covered: 1 }, true, true, /^proved by x, .*\b2$/],
    [{ result: 'bounded', by: 'x', cycles: 9, covered: 1 }, false, true, /^BOUNDED.*\b9 cycles/],
    [{ result: 'undecided', why: 'no time' }, false, true, /^NOT DECIDED: no time/],
    [{ result: 'violated', by: 'x', cycle: 4, inputs: ['a 1'] }, false, false, /^VIOLATED in cycle 4 .*a 1/],
    [{ result: 'vacuous', by: 'x' }, false, false, /^VACUOUS/],
  ];
  it.each(outcomes)('%o', (outcome, passes, whenAllowed, text) => {
    const result = { module: 'm', property: 'p', statement: 's', outcome, seconds: 1 };
    expect(holds(result, new Set())).toBe(passes);
    expect(holds(result, new Set(['m.p']))).toBe(whenAllowed);
    expect(outcomeText(outcome)).toMatch(text);
  });
});
