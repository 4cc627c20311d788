import type { Design } from '../../rtl/design.js';
import type { Identity } from '../../rtl/render/identity.js';
import type { CocotbBench } from '../package/cocotb-bench.js';
import { buildStimulus } from './stimulus.js';

/** What a bench in Python plays into an array or dot-product units: the vectors of the Verilog bench. */
export function arrayBench(design: Design, identity: Identity): CocotbBench {
  const { config, facts, accumulator, ports } = design;
  const { streams, laneBits } = buildStimulus(design, identity);
  const lanes = facts.tile.rowsPerBeat * config.cols;
  return {
    ...{ kind: 'streams', ports, inputs: streams },
    results: { lanes, bits: accumulator.bits, fileBits: laneBits },
  };
}
