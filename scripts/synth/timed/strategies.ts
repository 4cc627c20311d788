import type { Flow } from '../flow-names.js';
import { LEGALISE } from '../gates.js';
import { MAP_LATCHES } from '../latch.js';
import { netlistModule } from '../netlist.js';
import type { AreaItem } from '../plan.js';

/** Yosys' own optimisations before it maps. */
const OPTIMISE = 'strash;&get,-n;&fraig,-x;&put;scorr;dc2;dretime;strash';
const MAP = 'dch;map,-B,0.9,-D,{ps}';
/** Buffers, then larger gates on slow paths and smaller ones elsewhere. */
const SIZE = 'topo;buffer,-c;upsize,-D,{ps};dnsize,-D,{ps}';

/**
 * Ways for ABC to map a module for a period, from the smallest netlists to the fastest. None is the best for every module
 * and period, so that all are tried; `{ps}` is the delay aimed at, and commas are spaces.
 */
export const STRATEGIES = {
  least: `+${OPTIMISE};dch,-f;amap,-m;${SIZE};stime,-p`,
  small: `+${OPTIMISE};&get,-n;&dch,-f;&nf;&put;${SIZE};stime,-p`,
  balanced: `+${OPTIMISE};${MAP};${SIZE};stime,-p`,
  fast: `+strash;${MAP};${SIZE};stime,-p`,
} as const;

export type Strategy = keyof typeof STRATEGIES;

export const STRATEGY_NAMES = Object.keys(STRATEGIES) as Strategy[];

/** One mapping of an item: by which strategy, for which delay. */
export interface Mapping {
  readonly strategy: Strategy;
  readonly ps: number;
}

/** Files of one mapping, in the folder of its run. */
export interface MappingFiles {
  readonly log: string;
  readonly cells: string;
  readonly area: string;
  readonly netlist: string;
}

export function mappingFiles({ strategy, ps }: Mapping): MappingFiles {
  const name = `${strategy}_${ps}`;
  return { log: `${name}.log`, cells: `${name}.cells.json`, area: `${name}.area.txt`, netlist: `${name}.v` };
}

export const TIMED_FILES = { library: 'library.lib', registers: 'registers.json', driver: 'driver.constr' } as const;

/**
 * Text of the file that tells ABC what drives a module's inputs and the outputs of its registers: a small buffer stands in
 * for a register. Without, they would drive whatever hangs on them, and nothing would be buffered behind a register.
 */
export const driverConstraint = (buffer: string): string => `set_driving_cell ${buffer}\n`;

/** All mappings for the delays aimed at. */
export const mappingsFor = (delays: readonly number[]): Mapping[] =>
  delays.flatMap((ps) => STRATEGY_NAMES.map((strategy) => ({ strategy, ps })));

/** How items are mapped. */
export interface TimedFlow {
  readonly flow: Flow;
  readonly mappings: readonly Mapping[];
  /** Whether the file with what drives the inputs is there. */
  readonly driven: boolean;
}

/** The Yosys script that synthesises an item once and maps it in every way asked for. */
export function timedScript(
  { module, files, parameters }: Pick<AreaItem, 'module' | 'files' | 'parameters'>,
  { flow, mappings, driven }: TimedFlow,
): string {
  const { library, registers, driver } = TIMED_FILES;
  const constraint = driven ? ` -constr ${driver}` : '';
  const settings = Object.entries(parameters).map(([name, value]) => `-set ${name} ${value}`);
  return [
    `read_verilog ${files.join(' ')}`,
    ...(settings.length > 0 ? [`chparam ${settings.join(' ')} ${module}`] : []),
    `hierarchy -check -top ${module}`,
    `synth -flatten${flow === 'noalumacc' ? ' -noalumacc' : ''}`,
    `tee -q -o ${registers} stat -json`,
    LEGALISE,
    `dfflibmap -liberty ${library}`,
    MAP_LATCHES,
    `rename -top ${netlistModule({ module, parameters })}`,
    'design -save synthesised',
    ...mappings.flatMap((mapping) => {
      const { log, cells, area, netlist } = mappingFiles(mapping);
      return [
        'design -load synthesised',
        `tee -q -o ${log} abc -liberty ${library}${constraint} -script ${abcScript(mapping)}`,
        'opt_clean -purge',
        `tee -q -o ${cells} stat -json`,
        `tee -q -o ${area} stat -liberty ${library}`,
        `write_verilog -noattr -noexpr -simple-lhs ${netlist}`,
      ];
    }),
    '',
  ].join('\n');
}

const abcScript = ({ strategy, ps }: Mapping): string => STRATEGIES[strategy].replaceAll('{ps}', String(ps));
