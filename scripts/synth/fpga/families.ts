import type { CellCounts } from '../gates.js';
import { type Resources, scaleResources, sumResources } from './resources.js';

/** How Yosys maps to a family of FPGAs, and what the cells it leaves take up. */
interface FamilyDescription {
  readonly title: string;
  /** Inputs of a look-up table; adaptive ones split. */
  readonly lutInputs: number;
  /** Yosys' command, without pads and clock buffers: the module is part of a larger design. */
  readonly command: string;
  /** Whether Yosys infers DSP blocks: only if an option asks for it, unless one forbids it, or never. */
  readonly dsp: { readonly option: string; readonly when: 'asks' | 'forbids' } | 'never';
  /** Yosys' own simulation models of the cells. */
  readonly models: readonly string[];
  /** Every cell that may be left, by its name, with what it takes up. */
  readonly cells: readonly (readonly [name: RegExp, takes: Partial<Resources>])[];
}

const LUT = { luts: 1 } as const;
const FLIP_FLOP = { flipFlops: 1 } as const;
const DSP = { dsps: 1 } as const;
const BLOCK_RAM = { blockRams: 1 } as const;
/** Constants, and multiplexers that join look-up tables and take none themselves. */
const NOTHING = {} as const;

/** The families that designs are measured on, by the name of Yosys' `synth_` command. */
export const FAMILIES = {
  ice40: {
    title: 'Lattice iCE40',
    lutInputs: 4,
    command: 'synth_ice40',
    dsp: { option: '-dsp', when: 'asks' },
    models: ['+/ice40/cells_sim.v'],
    cells: [
      [/^SB_LUT4$/, LUT],
      // The sum of a carry is a LUT of its own.
      [/^SB_CARRY$/, { carryBits: 1 }],
      [/^SB_DFFN?E?(S|R|SS|SR)?$/, FLIP_FLOP],
      [/^SB_MAC16$/, DSP],
      [/^SB_RAM40_4K(NR|NW|NRNW)?$/, BLOCK_RAM],
    ],
  },
  ecp5: {
    title: 'Lattice ECP5',
    lutInputs: 4,
    command: 'synth_ecp5',
    dsp: { option: '-nodsp', when: 'forbids' },
    models: ['+/ecp5/cells_sim.v'],
    cells: [
      [/^LUT4$/, LUT],
      // Both LUTs of a slice with the carry between them.
      [/^CCU2C$/, { luts: 2, carryBits: 2 }],
      [/^TRELLIS_FF$/, FLIP_FLOP],
      [/^(PFUMX|L6MUX21)$/, NOTHING],
      [/^MULT18X18D$/, DSP],
      [/^(DP16KD|PDPW16KD)$/, BLOCK_RAM],
      // Two slices of RAM, and one that writes.
      [/^TRELLIS_DPR16X4$/, { luts: 6 }],
    ],
  },
  xilinx: {
    title: 'Xilinx 7 series',
    lutInputs: 6,
    command: 'synth_xilinx -family xc7 -flatten -noiopad -noclkbuf -nosrl',
    dsp: { option: '-nodsp', when: 'forbids' },
    models: ['+/xilinx/cells_sim.v'],
    cells: [
      [/^(LUT[1-6]|INV)$/, LUT],
      // What is added is formed in LUTs of their own.
      [/^CARRY4$/, { carryBits: 4 }],
      [/^FD[RSCP]E(_1)?$/, FLIP_FLOP],
      [/^MUXF[78]$/, NOTHING],
      [/^DSP48E1$/, DSP],
      [/^RAMB36E1$/, BLOCK_RAM],
      [/^RAMB18E1$/, { blockRams: 0.5 }],
      // RAM in LUTs, one for each port of a bit.
      [/^RAM(16|32|64)X1D$/, { luts: 2 }],
      [/^RAM128X1D$/, { luts: 4 }],
      [/^RAM(32|64)M$/, { luts: 4 }],
    ],
  },
  gowin: {
    title: 'Gowin',
    lutInputs: 4,
    command: 'synth_gowin -noiopads',
    dsp: 'never',
    models: ['+/gowin/cells_sim.v'],
    cells: [
      [/^(LUT[1-4]|INV)$/, LUT],
      // A LUT in another mode.
      [/^ALU$/, { luts: 1, carryBits: 1 }],
      [/^DFFN?[SRPC]?E?$/, FLIP_FLOP],
      [/^(MUX2_LUT[5-8]|GND|VCC)$/, NOTHING],
      [/^(SP|SPX9|SDPB|SDPX9B|DPB|DPX9B)$/, BLOCK_RAM],
    ],
  },
  nexus: {
    title: 'Lattice Nexus',
    lutInputs: 4,
    command: 'synth_nexus -noiopad',
    dsp: { option: '-nodsp', when: 'forbids' },
    models: ['+/nexus/cells_sim.v'],
    cells: [
      [/^(LUT4|INV)$/, LUT],
      // Both LUTs of a slice, joined by a multiplexer or a carry.
      [/^WIDEFN9$/, { luts: 2 }],
      [/^CCU2$/, { luts: 2, carryBits: 2 }],
      [/^FD1P3[BDIJ]X$/, FLIP_FLOP],
      [/^(VHI|VLO)$/, NOTHING],
      [/^MULT(9X9|18X18|18X36|36X36)$/, DSP],
      [/^(DP16K|PDP16K|PDPSC16K)_MODE$/, BLOCK_RAM],
    ],
  },
  intel_alm: {
    title: 'Intel Cyclone V',
    lutInputs: 6,
    command: 'synth_intel_alm -family cyclonev -noiopad -noclkbuf',
    dsp: { option: '-nodsp', when: 'forbids' },
    models: ['alm', 'dff', 'dsp'].map((part) => `+/intel_alm/common/${part}_sim.v`),
    cells: [
      [/^(MISTRAL_ALUT[2-6]|MISTRAL_NOT)$/, LUT],
      [/^MISTRAL_ALUT_ARITH$/, { luts: 1, carryBits: 1 }],
      [/^MISTRAL_FF$/, FLIP_FLOP],
      [/^MISTRAL_MUL(9X9|18X18|27X27)$/, DSP],
      [/^MISTRAL_M10K$/, BLOCK_RAM],
    ],
  },
} as const satisfies Record<string, FamilyDescription>;

export type Family = keyof typeof FAMILIES;

export const FAMILY_NAMES = Object.keys(FAMILIES) as Family[];

export const familyDescription = (family: Family): FamilyDescription => FAMILIES[family];

/** Yosys' command for a family, with DSP blocks allowed or not. */
export function familyCommand(family: Family, dsp: boolean): string {
  const { command, dsp: inference } = familyDescription(family);
  if (inference === 'never') return command;
  return (inference.when === 'asks') === dsp ? `${command} ${inference.option}` : command;
}

/** The resources of a netlist's cells, or the names of cells that the family's table lacks. */
export function resourcesOf(
  family: Family,
  cells: CellCounts,
): { readonly resources: Resources } | { readonly unknown: readonly string[] } {
  const { cells: table } = familyDescription(family);
  const entries = Object.entries(cells).map(([name, count]) => ({
    name,
    count,
    takes: table.find(([pattern]) => pattern.test(name))?.[1],
  }));
  const unknown = entries.filter(({ takes }) => takes === undefined).map(({ name }) => name);
  if (unknown.length > 0) return { unknown };
  return { resources: sumResources(entries.map(({ count, takes }) => scaleResources(takes ?? {}, count))) };
}
