import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loneItem } from '../../synth/equivalence/lone.js';
import { FLOWS } from '../../synth/flow-names.js';
import type { CriticalPath } from '../../synth/path.js';
import { keptFlow, type Size } from '../../synth/report.js';
import { synthesise } from '../../synth/synthesise.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../../tools/pool.js';
import type { TextFiles, Yosys } from '../../tools/yosys/interface.js';
import type { Metric, Subject, Tools } from '../study.js';
import { elaborated } from './elaborate.js';
import { sourceTexts } from './read.js';
import { simulated } from './simulate.js';
import type { PublishedCircuit, PublishedModule } from './source.js';

/** A published circuit that is measured. */
export interface CircuitSubject extends Subject {
  readonly circuit: PublishedCircuit;
}

/** The smaller netlist of a module, flattened, by the flows of the area report. */
export interface MeasuredModule {
  readonly size: Size;
  readonly path: CriticalPath;
}

/** What was measured of a published circuit. */
export interface MeasuredCircuit {
  readonly whole: MeasuredModule;
  readonly pe: MeasuredModule | undefined;
  /** Results compared with integer arithmetic, none of them wrong. */
  readonly checked: number;
}

const VERILOG = 'elaborated.v';

async function smallest(
  folder: string,
  { top }: PublishedModule,
  { yosys, library }: Pick<Tools, 'yosys' | 'library'>,
): Promise<MeasuredModule> {
  const item = loneItem(top, VERILOG);
  const [alumacc, noalumacc] = await mapLimit(FLOWS, TOOLS_AT_A_TIME, (flow) =>
    synthesise({ yosys, folder, library }, item, flow),
  );
  if (alumacc === undefined || noalumacc === undefined) throw new Error('a flow gave nothing');
  const { size, path } = { alumacc, noalumacc }[keptFlow({ alumacc, noalumacc })];
  return { size, path };
}

/**
 * Simulates and synthesises published circuits.
 *
 * @param sources Folder of the sources.
 * @param reader Yosys that reads them.
 */
export const measuredCircuit =
  (sources: string, reader: Yosys): Metric<CircuitSubject, MeasuredCircuit> =>
  async ({ circuit }, tools) => {
    const texts: TextFiles = sourceTexts(sources, circuit.source);
    const written = async (module: PublishedModule, part: string): Promise<string> => {
      const folder = join(tools.scratch, circuit.name, part);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, VERILOG), await elaborated(reader, texts, module));
      return folder;
    };
    tools.progress('reading');
    const folder = await written(circuit, 'whole');
    const { module } = circuit.bench;
    const simulation = module ? await written(module, 'simulation') : folder;
    tools.progress('simulating');
    const checked = await simulated(circuit, join(simulation, VERILOG), simulation);
    tools.progress('synthesis');
    const whole = await smallest(folder, circuit, tools);
    const { pe } = circuit;
    return { whole, checked, pe: pe && (await smallest(await written(pe, 'pe'), pe, tools)) };
  };
