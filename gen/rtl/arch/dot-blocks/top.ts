import type { BlockArithmetic } from '../../blocks/arithmetic.js';
import { scaleLayout } from '../../blocks/scale.js';
import { flagsOf, type SpecialView, specialBits } from '../../blocks/special.js';
import type { DesignCore } from '../../design-core.js';
import { type InstanceView, instance } from '../../instance.js';
import type { ModuleView } from '../../module.js';
import { counted } from '../../render/counted.js';
import type { Streams } from '../../streams.js';
import { type DotParts, type DotTopView, dotTop } from '../dot/top.js';
import { blockStages } from './stages.js';

/** The modules that the top instantiates. */
export interface BlockParts extends DotParts {
  readonly scales: Readonly<Record<'a' | 'w', ModuleView>>;
  readonly special: readonly SpecialView[];
  readonly specials: ModuleView | undefined;
  readonly scaler: ModuleView;
}

export interface BlockTopView extends DotTopView {
  readonly elements: number;
  readonly beats: string;
  readonly scaleBits: number;
  readonly sumBits: number;
  readonly unitStages: number;
  readonly sides: readonly SideView[];
  /** What follows products that are no numbers: a list of one or none. */
  readonly specials: readonly (InstanceView & { readonly wires: readonly string[] })[];
  readonly scaler: InstanceView;
}

/** The scales of the rows, or of the columns. */
interface SideView {
  readonly label: string;
  readonly index: string;
  readonly count: string;
  readonly scaleParameter: string;
  /** What stands before the second of both. */
  readonly separator: string;
  readonly scale: InstanceView & { readonly bits: number; readonly layout: string };
  readonly delay: string;
  readonly specials: readonly (InstanceView & { readonly bits: number })[];
}

export function blockTop(core: DesignCore, blocks: BlockArithmetic, streams: Streams, parts: BlockParts): BlockTopView {
  const { config } = core;
  const { rows, cols, lanes } = config;
  const { unit } = blockStages(config.pipeline);
  const title = `Dot-product units for blocks, ${rows} x ${cols} of ${lanes} lanes: results[r][c] = sum over the blocks of scales times products.`;
  const top = dotTop({ ...core, config: { ...config, pipeline: unit } }, streams, parts, {
    title,
    control: { open_o: 'take_first' },
    unit: { acc_o: 'sum' },
  });
  const common: Readonly<Record<string, string>> = { clk_i: top.clk, en_i: 'run' };
  const side = (letter: 'a' | 'w'): SideView => {
    const [index, count] = letter === 'a' ? ['r', 'ROWS'] : ['c', 'COLS'];
    const upper = letter.toUpperCase();
    const scale: Readonly<Record<string, string>> = {
      code_i: `${letter}_scale[${index}*SCALE_BITS +: SCALE_BITS]`,
      ...{ type_i: `${letter}_type`, scale_o: 'decoded' },
    };
    const bits = flagsOf(blocks, letter).length;
    const codeBits = bits > 0 ? specialBits(core[letter], blocks) : 0;
    const special: Readonly<Record<string, string>> = {
      code_i: `${letter}_code[(${index}*LANES+l)*${upper}_BITS +: ${codeBits === core[letter].codeBits ? `${upper}_BITS` : codeBits}]`,
      ...{ type_i: `${letter}_type`, flags_o: bits === 1 ? 'flags[l]' : `flags[l*${bits} +: ${bits}]` },
    };
    return {
      ...{ label: `g_${letter}_scale`, index, count, scaleParameter: `${upper}_SCALE_BITS` },
      separator: letter === 'a' ? '' : '\n',
      scale: {
        ...instance(parts.scales[letter], (port) => scale[port]),
        bits: blocks[letter].bits,
        layout: scaleLayout(blocks[letter]),
      },
      delay: top.modules.delay as string,
      specials: parts.special
        .filter(({ name }) => name.endsWith(`_${letter}`))
        .map((module) => ({ ...instance(module, (port) => special[port]), bits })),
    };
  };
  const specials: Readonly<Record<string, string>> = {
    ...common,
    ...{ first_i: 'add_first', a_i: 'g_a_scale[r].flags', w_i: 'g_w_scale[c].flags' },
  };
  const scaler: Readonly<Record<string, string>> = {
    ...common,
    ...{ first_i: 'take_first', a_scale_i: 'g_a_scale[r].scale', w_scale_i: 'g_w_scale[c].scale' },
    acc_o: 'results[(r*COLS+c)*ACC_BITS +: ACC_BITS]',
  };
  const outputsOf = ({ ports }: ModuleView): string[] =>
    ports.filter(({ direction }) => direction === 'output').map(({ name }) => name.replace(/_o$/, ''));
  return {
    ...top,
    template: 'rtl/arch/dot-blocks/dot.v',
    elements: blocks.elements,
    beats: counted(blocks.elements / lanes, 'beat'),
    scaleBits: blocks.scales.bits,
    sumBits: blocks.sums.bits,
    unitStages: unit,
    sides: [side('a'), side('w')],
    specials: parts.specials
      ? [{ ...instance(parts.specials, (port) => specials[port]), wires: outputsOf(parts.specials) }]
      : [],
    scaler: instance(parts.scaler, (port) => scaler[port]),
  };
}
