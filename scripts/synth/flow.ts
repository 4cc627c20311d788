import type { Flow } from './flow-names.js';
import { LEGALISE } from './gates.js';
import { MAP_LATCHES } from './latch.js';
import { netlistModule } from './netlist.js';
import type { AreaItem } from './plan.js';

/** Names of the files of a synthesis run, in its folder. */
export const SYNTHESIS_FILES = {
  library: 'library.lib',
  registers: 'registers.json',
  cells: 'cells.json',
  area: 'area.txt',
  levels: 'levels.txt',
  netlist: 'netlist.v',
} as const;

/**
 * How ABC maps to a library: Yosys' own script with ABC's mapper for area (`amap`) in place of the one for delay (`&nf`),
 * 4 to 14 % smaller on PEs.
 */
const ABC_MAPPING: readonly string[] = [
  ...['strash', '&get -n', '&fraig -x', '&put', 'scorr', 'dc2', 'dretime', 'strash', 'dch -f', 'amap -m'],
];

/** The delay of the mapped netlist, and the delay once more with buffers and sized gates, which `restore` takes back. */
const ABC_DELAYS: readonly string[] = [
  'stime -p',
  ...['backup', 'topo', 'buffer -c', 'upsize', 'dnsize', 'stime -p', 'restore'],
];

/** ABC commands as an argument of Yosys' `abc -script`, in which commas are spaces. */
const abcScript = (commands: readonly string[]): string => `+${commands.join(';').replaceAll(' ', ',')}`;

/** What a netlist is mapped to. */
export type Mapping =
  | { readonly to: 'generic gates' }
  /** `delays`: the library has delays, without which ABC breaks down when it is asked for a path. */
  | { readonly to: 'library'; readonly delays: boolean };

/** The commands that read an item, with its parameters. */
export function designLines({
  module,
  files,
  parameters,
  boxes = [],
}: Pick<AreaItem, 'module' | 'files' | 'parameters' | 'boxes'>): readonly string[] {
  const settings = Object.entries(parameters).map(([name, value]) => `-set ${name} ${value}`);
  return [
    ...(boxes.length > 0 ? [`read_verilog -lib ${boxes.map(({ file }) => file).join(' ')}`] : []),
    `read_verilog ${files.join(' ')}`,
    ...(settings.length > 0 ? [`chparam ${settings.join(' ')} ${module}`] : []),
    `hierarchy -check -top ${module}`,
  ];
}

/**
 * The Yosys script that synthesises an item for least area, to the cells of a library or to generic gates.
 * Flip-flops with an enable become plain ones with a multiplexer first: newer releases of Yosys would use a library's
 * enable flip-flops and older ones not, and areas would depend on the release.
 */
export function synthesisScript(
  { module, files, parameters, boxes = [] }: Pick<AreaItem, 'module' | 'files' | 'parameters' | 'boxes'>,
  flow: Flow,
  mapping: Mapping,
): string {
  const { library, registers, cells, area, levels, netlist } = SYNTHESIS_FILES;
  const withLibrary = mapping.to === 'library';
  const map =
    mapping.to === 'library'
      ? [
          `dfflibmap -liberty ${library}`,
          MAP_LATCHES,
          `abc -liberty ${library} -script ${abcScript([...ABC_MAPPING, ...(mapping.delays ? ABC_DELAYS : [])])}`,
        ]
      : ['abc -g cmos'];
  return [
    ...designLines({ module, files, parameters, boxes }),
    `synth -flatten${flow === 'noalumacc' ? ' -noalumacc' : ''}`,
    `tee -q -o ${registers} stat -json`,
    LEGALISE,
    ...map,
    'opt_clean -purge',
    // Black boxes keep what drives them, and are gone when the rest is counted.
    ...boxes.map((box) => `delete t:*${box.module}*`),
    `tee -q -o ${cells} stat -json`,
    withLibrary ? `tee -q -o ${area} stat -liberty ${library}` : `tee -q -o ${levels} ltp -noff`,
    `rename -top ${netlistModule({ module, parameters })}`,
    `write_verilog -noattr -noexpr ${netlist}`,
    '',
  ].join('\n');
}

/** The flow as a report shows it, for any module. */
export function shownFlow(flow: Flow, mapping: Mapping): string {
  return synthesisScript({ module: '<module>', files: ['<files>'], parameters: {} }, flow, mapping);
}
