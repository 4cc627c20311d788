import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../../gen/base/errors.js';
import { validateConfiguration } from '../../../../gen/config/validate.js';
import { buildManifest } from '../../../../gen/design/manifest.js';
import { elaborate } from '../../../../gen/rtl/design.js';
import { placementsOf } from '../../../../scripts/synth/fpga/place.js';
import { peTarget } from '../../../../scripts/synth/fpga/subject.js';
import { areaItems } from '../../../../scripts/synth/plan.js';
import type { Yosys } from '../../../../scripts/tools/yosys/interface.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-place-'));
afterAll(() => rmSync(root, { recursive: true }));

const manifest = buildManifest(elaborate(validateConfiguration({ rows: 1, cols: 1, name: 'd' })), []);
mkdirSync(join(root, 'rtl'));
writeFileSync(join(root, 'rtl/d_pe.v'), '');

/** A Yosys that maps every PE to 5 LUTs. */
const yosys: Yosys = {
  identity: { name: 'Yosys', version: '0.23', build: 'native' },
  fingerprint: 'none',
  execute: async () => ({
    exitCode: 0,
    log: '',
    files: {
      'ports.json': JSON.stringify({
        modules: {
          d_pe: {
            ports: {
              clk_i: { direction: 'input', bits: [1] },
              a_i: { direction: 'input', bits: [2] },
              a_o: { direction: 'output', bits: [3] },
            },
          },
        },
      }),
      'netlist.json': '{}',
      'cells.json': JSON.stringify({ design: { num_cells_by_type: { SB_LUT4: 5 } } }),
    },
  }),
};

function placeWith(script: string) {
  const path = join(mkdtempSync(join(root, 'bin-')), 'nextpnr-ice40');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return placementsOf({
    ...{ folder: root, yosys, dsp: false, progress: () => {}, targets: [peTarget(areaItems(manifest))] },
    place: { what: ['pe'], device: 'hx8k', seeds: 1 },
    nextpnr: { name: 'nextpnr', path, version: '0.9' },
  });
}

describe('place and route fails', () => {
  it.each([
    [
      'where nextpnr breaks down',
      'echo ERROR: no luck; exit 255',
      EXIT.toolBroken,
      /exit code 255.*5 LUTs[\s\S]*no luck/,
    ],
    [
      'where nextpnr writes another report',
      'echo done; while [ "$1" != --report ]; do shift; done; echo "{}" > "$2"',
      EXIT.toolBroken,
      /: fmax[\s\S]*:\n\s+done/,
    ],
    ['where nextpnr writes none', 'echo done', EXIT.toolBroken, /^nextpnr .*\breport\b[\s\S]*:\n\s+done/],
    [
      'where the module has no room',
      'echo "Info: 	         ICESTORM_LC:  9000/ 7680   117%"; exit 255',
      EXIT.badRequest,
      /\bd_pe\b.*\biCE40HX8K\b.*\b9000\b.*\b7680\b/,
    ],
    [
      'where the module has too much memory',
      'echo "Info: ICESTORM_LC:  90/ 7680  1%"; echo "Info: ICESTORM_RAM:  40/  32  125%"; exit 255',
      EXIT.badRequest,
      /\b40 of 32 block RAMs;/,
    ],
  ])('%s', async (_, script, exitCode, message) => {
    await expect(placeWith(script)).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });
  });
});
