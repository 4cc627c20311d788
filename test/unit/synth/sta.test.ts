import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { buildManifest, type Manifest } from '../../../gen/design/manifest.js';
import { elaborate } from '../../../gen/rtl/design.js';
import { readSta } from '../../../scripts/synth/sta/log.js';
import { staScript } from '../../../scripts/synth/sta/script.js';
import { linkedItems, topProblems, topScript } from '../../../scripts/synth/sta/top.js';

/** Printed by OpenSTA 2.0.17 for a 4 x 4 array with SkyWater's cells. */
const LOG = readFileSync(new URL('../../data/logs/opensta-2.0.17.log', import.meta.url), 'utf8');

describe('the log of OpenSTA', () => {
  it('gives the worst path of all groups, and the least period', () => {
    const path = { from: 'u_output/tail_valid_q', to: 'u_clock_gate/_3_/D', group: 'clk', cells: 4 };
    expect(readSta(LOG)).toEqual({
      result: {
        slackPs: expect.closeTo(-1316.745, 2),
        path: { ...path, slackPs: expect.closeTo(-1316.7, 3) },
        minimumPs: expect.closeTo(5633.545, 2),
        minimumPath: { ...path, slackPs: 0 },
      },
    });
  });

  const without = (text: string | RegExp): string => {
    const changed = LOG.replace(text, '');
    expect(changed).not.toBe(LOG);
    return changed;
  };

  it('may warn of the library', () => {
    expect(readSta(`Warning: library.lib, line 9 default_operating_condition x not found.\n${LOG}`)).toEqual(
      readSta(LOG),
    );
  });

  it.each([
    ['it is empty', () => '', /slack.*period/],
    ['it stops', () => LOG.slice(0, 2000), /period/],
    ['the slack is missing', () => without(/ANT-RTL slack .*\n/), /slack.*period/],
    ['there is an error', () => `Error: check.tcl, 5 no such file\n${LOG}`, /Error: check\.tcl/],
    [
      'a cell is not linked',
      () => `Warning: top.v line 3, module x not found. Creating black box.\n${LOG}`,
      /black box/,
    ],
    ['a report of paths is missing', () => without('ANT-RTL path\n'), /\b1\b.*\b2\b/],
    ['the worst path is missing', () => without(/Startpoint: u_output[\s\S]*?ANT-RTL end/), /\b1219\.7 ps\b/],
    ['a slack reads differently', () => LOG.replaceAll('slack (VIOLATED)', 'slack'), /Startpoint/],
    ['it is of hold checks', () => LOG.replaceAll('Path Type: max', 'Path Type: min'), /\bsetup\b/],
    [
      'the slack at the least period is not 0',
      () => LOG.replace(' 0.0000   slack (MET)', ' 0.2000   slack (MET)'),
      /period.*\b200 ps\b/,
    ],
    ['the slack is no number', () => LOG.replace('-1.3167450835714853', 'INF'), /slack.*period/],
  ])('is a problem where %s', (_, log, problem) => {
    expect(readSta(log())).toEqual({ problem: expect.stringMatching(problem) });
  });
});

describe('the script for OpenSTA', () => {
  const job = { library: 'l.lib', netlists: ['a.v', 'top.v'], top: 'd_array', period: 2.5 };

  it('reads the constraints of the design, or has a clock alone', () => {
    const lines = staScript({ ...job, constraints: 'd.sdc' }).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'read_liberty l.lib',
      'read_verilog a.v',
      'read_verilog top.v',
      'link_design d_array',
    ]);
    expect(lines).toContain('  uplevel #0 [list source d.sdc]');
    expect(staScript({ ...job, constraints: undefined })).toContain('create_clock -name clk -period $CLOCK_PERIOD');
  });
});

function manifestOf(configuration: Record<string, unknown>): Manifest {
  return buildManifest(elaborate(validateConfiguration({ name: 'd', ...configuration })), []);
}

describe('the netlist around the modules', () => {
  const array = manifestOf({ rows: 2, cols: 3 });
  const stays = manifestOf({ rows: 4, cols: 2, dataflow: 'ws' });
  const cellsOf = (manifest: Manifest): Record<string, number> => {
    const widths = linkedItems(manifest).map(({ module, parameters, instances }): [string, number] => {
      const suffix = parameters.SUM_BITS === undefined ? '' : `_sum_bits${parameters.SUM_BITS}`;
      return [`${module}${suffix}`, instances];
    });
    return Object.fromEntries(widths);
  };

  it('has black boxes for all modules but the delay lines', () => {
    const [blackBoxes, open] = topScript(array).split('\n');
    expect(blackBoxes).toMatch(/^read_verilog -lib .*rtl\/d_pe\.v/);
    expect(blackBoxes).not.toContain('decode_int4');
    expect(open).toBe('read_verilog rtl/d_delay.v rtl/d_core.v rtl/d_array.v');
  });

  it('names PEs by the width of their partial sums', () => {
    const lines = topScript(stays)
      .split('\n')
      .filter((line) => line.startsWith('chtype'));
    expect(lines.length).toBeGreaterThan(1);
    expect(lines[0]).toMatch(/^chtype -set d_pe_sum_bits(\d+) t:d_pe r:SUM_BITS=\1 %i$/);
  });

  it('is right with the instances of the manifest, and wrong with others', () => {
    for (const manifest of [array, stays]) expect(topProblems(cellsOf(manifest), manifest)).toEqual([]);
    expect(topProblems({ ...cellsOf(array), d_pe: 5 }, array)).toEqual([
      expect.stringMatching(/\bd_pe\b.*\b6\b.*\b5\b/),
    ]);
    expect(topProblems({ ...cellsOf(array), $_DFF_P_: 5, cell: 3 }, array)).toEqual([
      expect.stringMatching(/^\$_DFF_P_ /),
    ]);
  });
});
