import { describe, expect, it } from 'vitest';
import { criticalOf } from '../../../scripts/synth/path.js';
import { readDelays, readLevels } from '../../../scripts/synth/path-log.js';

/** What Yosys 0.23 and 0.55 print, but for the lines that do not matter here. */
const LOG = `3.23. Executing ABC pass (technology mapping using ABC).
ABC: + strash 
6. Executing ABC pass (technology mapping using ABC).

6.1. Extracting gate netlist of module \`\\d_pe' to \`<abc-temp-dir>/input.blif'..
ABC: + &put 
ABC: + stime -p 
ABC: WireLoad = "none"  Gates =    226 (  0.9 %)   Cap =  5.4 ff (  4.0 %)   Area =     1502.69 ( 88.9 %)   Delay =  7038.56 ps  ( 15.9 %)               
ABC: Path  0 --      35 : 0    1 pi                       A =   0.00  Df =   0.0   -0.0 ps  S =   0.0 ps  Cin =  0.0 ff  Cout =   4.5 ff  Cmax =   0.0 ff  G =    0  
ABC: Path  1 --     129 : 2   34 sky130_fd_sc_hd__xor2_1  A =   8.76  Df =1737.9-1203.0 ps  S =2330.3 ps  Cin =  4.4 ff  Cout = 122.9 ff  Cmax =  76.9 ff  G = 2721  
ABC: Path  2 --     288 : 4    1 sky130_fd_sc_hd__o31ai_1 A =   7.51  Df =7038.6  -96.6 ps  S = 110.1 ps  Cin =  2.4 ff  Cout =   0.0 ff  Cmax =  47.6 ff  G =    0  
ABC: Start-point = pi34 (\\w_q [5]).  End-point = po15 ($0\\acc_q[23:0] [23]).
ABC: + backup 
ABC: + stime -p 
ABC: WireLoad = "none"  Gates =    229 (  2.2 %)   Cap =  6.0 ff (  8.3 %)   Area =     1662.84 ( 79.0 %)   Delay =   773.00 ps  ( 35.4 %)               
ABC: Path  0 --      49 : 0    3 pi                       A =   0.00  Df =   0.0   -0.0 ps  S =   0.0 ps  Cin =  0.0 ff  Cout =  38.6 ff  Cmax =   0.0 ff  G =    0  
ABC: Path  1 --      89 : 2    2 sky130_fd_sc_hd__nand2_8 A =  20.02  Df = 773.0  -11.2 ps  S =  37.0 ps  Cin = 17.1 ff  Cout =   5.4 ff  Cmax = 933.8 ff  G =   30  
ABC: Start-point = pi772 (\\out_ready_i).  End-point = po2 ($auto$rtlil.cc:2560:MuxGate$527).
ABC: + restore 
ABC: + write_blif <abc-temp-dir>/output.blif 

7. Executing OPT_CLEAN pass (remove unused cells and wires).
`;

const WIRES = `6. Executing ABC pass (technology mapping using ABC).
Extracted 0 gates and 0 wires to a netlist network with 0 inputs and 0 outputs.
Don't call ABC as there is nothing to map.
Removing temp directory.
`;

describe('the critical path in a log of ABC', () => {
  it('is read with its delay and its ends as the Verilog names them', () => {
    expect(readDelays(LOG)).toEqual({
      path: {
        kind: 'delay',
        leastArea: { ps: 7038.56, from: 'w_q[5]', to: 'acc_q[23]' },
        buffered: { ps: 773, from: 'out_ready_i', to: 'a register' },
      },
    });
  });

  it('is read beyond gate 99, whose number leaves no space', () => {
    const step = (number: string, ps: number): string =>
      `ABC: Path${number} --      89 : 2    2 sky130_fd_sc_hd__nand2_8 A =  20.02  Df =${ps.toFixed(1)}  -11.2 ps  S =  37.0 ps  Cin = 17.1 ff`;
    const steps = Array.from({ length: 118 }, (_, i) => step(String(i + 3).padStart(3), 7100 + i)).join('\n');
    const last = 'Start-point = pi34';
    const long = LOG.replace(`ABC: ${last}`, `${steps}\nABC: ${last}`).replace('7038.56', '7217.00');
    expect(long).toContain('\nABC: Path120 -- ');
    expect(readDelays(long)).toMatchObject({ path: { leastArea: { ps: 7217, from: 'w_q[5]' } } });
  });

  it('starts at the register of an output that has its name', () => {
    const path = { from: 'the register of w_o[5]', to: 'acc_q[23]' };
    expect(readDelays(LOG.replace('w_q [5]', 'w_o [5]'))).toMatchObject({ path: { leastArea: path } });
  });

  it('is none where there is nothing to map, in the last pass alone', () => {
    expect(readDelays(WIRES)).toEqual({ path: { kind: 'wires' } });
    expect(readDelays(WIRES + LOG)).toMatchObject({ path: { kind: 'delay' } });
    expect(readDelays(LOG + WIRES)).toEqual({ path: { kind: 'wires' } });
  });

  const without = (line: RegExp): string => {
    const changed = LOG.replace(line, '');
    expect(changed).not.toBe(LOG);
    return changed;
  };
  const changed = (from: string | RegExp, to: string): string => {
    const text = LOG.replace(from, to);
    expect(text).not.toBe(LOG);
    return text;
  };

  it.each([
    ['the log is empty', () => '', /\b0\b.*\b2\b/],
    ['ABC did not run', () => 'something else\n', /\b0\b.*\b2\b/],
    ['one of the delays is missing', () => without(/ABC: \+ backup[\s\S]*/), /\b1\b.*\b2\b/],
    ['there are three', () => changed('ABC: + backup ', 'ABC: + stime -p '), /\b3\b.*\b2\b/],
    ['the line of the delay is missing', () => without(/ABC: WireLoad.*\n/), /: ABC: Path {2}0/],
    ['the log stops before it', () => without(/ABC: WireLoad.*79\.0[\s\S]*/), /stime/],
    ['the delay is no number', () => changed('7038.56', '    nan'), / nan ps/],
    ['the delay is in another item', () => changed('7038.56 ps', '7.04 ns'), /7\.04 ns/],
    ['wires are counted', () => changed('WireLoad = "none"', 'WireLoad = "Small"'), /WireLoad = "Small"/],
    ['the delay is zero', () => changed(' 7038.56', '    0.00'), /\b0 ps\b.*\b226\b/],
    ['there are no gates', () => changed('Gates =    226', 'Gates =      0'), /\b7038\.56 ps\b.*\b0\b/],
    ['a step is missing', () => without(/ABC: Path {2}1.*\n/), /\bsteps\b/],
    ['the last step is missing', () => without(/ABC: Path {2}2.*\n/), /\b1737\.9 ps\b.*\b7038\.56 ps\b/],
    ['a step reads differently', () => changed('Df =1737.9', 'Dx =1737.9'), /\bgates\b/],
    ['the ends are missing', () => without(/ABC: Start-point.*\n/), /\bends\b/],
    ['there was nothing to map and yet a delay', () => LOG + WIRES.split('\n').slice(1).join('\n'), /\bnothing\b/],
  ])('is a problem where %s', (_, log, problem) => {
    expect(readDelays(log())).toEqual({ problem: expect.stringMatching(problem) });
  });
});

const LEVELS = `
7. Executing LTP pass (find longest path).

Longest topological path in d_output (length=2):
    0: \\tail_valid_q
    1: \\run_o (via $abc$918$auto$blifparse.cc:386:parse_blif$919)
    2: $abc$918$auto$rtlil.cc:2560:MuxGate$917 (via $abc$918$auto$blifparse.cc:386:parse_blif$1314)
   ff: \\tail_data_q [95] (via $auto$ff.cc:266:slice$420)
`;

describe('the critical path that Yosys finds', () => {
  it('is read with its gates and its ends', () => {
    const path = { kind: 'levels', levels: 2, from: 'tail_valid_q', to: 'tail_data_q[95]' };
    expect(readLevels(LEVELS, 'd_output')).toEqual({ path });
    expect(readLevels(LEVELS.replace(/ +ff.*\n/, ''), 'd_output')).toEqual({ path: { ...path, to: 'a register' } });
  });

  it('is none where its length is 0', () => {
    const text = 'Longest topological path in d_delay (length=0):\n    0: \\q_o [3]\n';
    expect(readLevels(text, 'd_delay')).toEqual({ path: { kind: 'wires' } });
  });

  it.each([
    ['nothing was printed', '', /\bd_output\b/],
    ['it is of another module', LEVELS.replace('d_output', 'd_pe'), /\bd_output\b.*\bd_pe\b/],
    ['a step is missing', LEVELS.replace(/ +1: .*\n/, ''), /: +2: /],
    ['the last step is missing', LEVELS.replace(/ +2: .*\n/, ''), /\b2 steps\b.*\b2 gates\b/],
    ['there is a loop', `${LEVELS}Warning: Detected loop at \\x\n`, /: +ff: /],
    ['there are two modules', LEVELS + LEVELS.trim().split('\n').slice(2).join('\n'), /: +ff: /],
  ])('is a problem where %s', (_, text, problem) => {
    expect(readLevels(text, 'd_output')).toEqual({ problem: expect.stringMatching(problem) });
  });
});

describe('the critical path of an array', () => {
  const path = (leastArea: number, buffered: number) =>
    ({
      kind: 'delay',
      leastArea: { ps: leastArea, from: 'a', to: 'b' },
      buffered: { ps: buffered, from: 'c', to: 'd' },
    }) as const;
  const wires = { module: 'd_delay', path: { kind: 'wires' } } as const;

  it('is the longest of its modules, each figure for itself', () => {
    const modules = [wires, { module: 'd_pe', path: path(70, 50) }, { module: 'd_output', path: path(90, 8) }];
    expect(criticalOf(modules)).toEqual({
      kind: 'delay',
      leastArea: { module: 'd_output', ps: 90, from: 'a', to: 'b' },
      buffered: { module: 'd_pe', ps: 50, from: 'c', to: 'd' },
    });
  });

  it('is none where no module has logic, and unknown where one is', () => {
    expect(criticalOf([wires])).toEqual({ kind: 'wires' });
    const unknown = { module: 'd_pe', path: { kind: 'unknown' } } as const;
    expect(criticalOf([wires, { module: 'd_output', path: path(1, 1) }, unknown])).toEqual({ kind: 'unknown' });
  });
});
