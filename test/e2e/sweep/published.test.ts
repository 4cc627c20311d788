import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { measuredCircuit } from '../../../scripts/sweep/published/measure.js';
import { circuitRow } from '../../../scripts/sweep/published/report.js';
import type { PublishedCircuit } from '../../../scripts/sweep/published/source.js';
import { wasmYosys } from '../../../scripts/tools/yosys/wasm.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';
import { runProgram } from '../../support/program.js';

const temporary = () => mkdtempSync(join(tmpdir(), 'ant-rtl-published-'));

/** A dot product that is none of the published ones, of the ports of one: its bench serves. */
const DOT = `
module dot_int #(parameter bit_width = 2, parameter k = 3, parameter sum = 2 * bit_width + $clog2(k)) (
  input logic signed [k-1:0][bit_width-1:0] i_vec_a, i_vec_b,
  output logic signed [sum-1:0] o_dp
);
  always_comb begin
    o_dp = 0;
    for (int i = 0; i < k; i++) o_dp = o_dp + sum'($signed(i_vec_a[i])) * sum'($signed(i_vec_b[i]));
  end
endmodule`;

const CIRCUIT: PublishedCircuit = {
  name: 'dot',
  source: {
    repository: 'no/body',
    licence: 'none',
    files: [{ path: 'dot.sv', commit: '' }],
    edited: 'none',
  },
  what: '',
  top: 'dot_int',
  parameters: { bit_width: 4, k: 4 },
  products: 4,
  operands: 'int4 x int4',
  accumulatorBits: null,
  lacks: '',
  bench: { file: 'dot_int.v', parameters: { BITS: 4, K: 4 } },
};

async function measured(text: string) {
  const [sources, scratch] = [temporary(), temporary()];
  const file = join(sources, 'no/body/dot.sv');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const metric = measuredCircuit(sources, await wasmYosys());
  const yosys = await findYosys();
  const tools = { yosys, library: undefined, proofSeconds: undefined, scratch, progress: () => {} };
  return metric({ name: CIRCUIT.name, circuit: CIRCUIT }, tools);
}

describe('npm run published', () => {
  it('simulates a circuit of others, with its parameters, and measures it', async () => {
    const found = await measured(DOT);
    expect(found).toMatchObject({ checked: 1000, pe: undefined, whole: { path: { kind: 'levels' } } });
    const { whole, flipFlops } = circuitRow(CIRCUIT, found);
    expect(whole).toBeGreaterThan(80);
    expect(whole).toBeLessThan(250);
    expect(flipFlops).toBe(0);
  });

  it('fails where the circuit computes something else', async () => {
    await expect(measured(DOT.replace('o_dp + sum', 'o_dp - sum'))).rejects.toMatchObject({
      exitCode: EXIT.checkFailed,
      message: expect.stringMatching(/^dot: dot_int\.v: checked 1000 wrong \d+$/),
    });
  });

  it('names the files that are missing', async () => {
    const { exitCode, stderr } = await runProgram('published', ['--sources', temporary(), '--only', 'ita_int8']);
    expect(exitCode).toBe(EXIT.badRequest);
    expect(stderr).toMatch(/\/pulp-platform\/ITA\/src\/ita_dotp\.sv .*\b6a0bad56477bd42033506e18e471f9f202542fc9\b/);
  });
});
