import type { DesignCore } from '../design-core.js';
import { input, type ModuleView, output } from '../module.js';
import { clock, enablePorts } from '../ports.js';
import { type ShiftView, shiftRegister } from '../register.js';
import { type BlockArithmetic, hasSpecials, mayBeInfinite } from './arithmetic.js';
import { flagsOf } from './special.js';

/** What follows the products of a block that are no numbers: one for each unit, beside its sum. */
export interface SpecialsView extends ModuleView {
  readonly enable: boolean;
  readonly lanes: number;
  /** Of the flags of all lanes, those of one kind side by side. */
  readonly gathered: readonly { readonly name: string; readonly select: string }[];
  /** Of the products of all lanes. */
  readonly products: readonly { readonly name: string; readonly value: string }[];
  /** What is kept of a block, with what comes of a beat. */
  readonly kept: readonly {
    readonly name: string;
    readonly delay: readonly ShiftView[];
    readonly arriving: string;
  }[];
  readonly counted: string;
}

/** @param depth Cycles from operands to the sum of a block, which the flags of a beat wait, too, but for the last. */
export function specialsModule(core: DesignCore, blocks: BlockArithmetic, depth: number): SpecialsView | undefined {
  if (!hasSpecials(blocks)) return undefined;
  const { config } = core;
  const { lanes } = config;
  const infinite = mayBeInfinite(blocks);
  const sides = (['a', 'w'] as const).map((letter) => ({ letter, flags: flagsOf(blocks, letter) }));
  const name = `${config.name}_specials`;
  const enable = config.stall === 'enable';
  const has = (side: 'a' | 'w', flag: string): boolean => flagsOf(blocks, side).includes(flag);
  const nan = [
    ...(has('a', 'nan') ? ['a_nan'] : []),
    ...(has('w', 'nan') ? ['w_nan'] : []),
    ...(infinite ? ['(a_infinite & w_zero)', '(w_infinite & a_zero)'] : []),
  ].join(' | ');
  const flags = [
    { name: 'nan', products: 'nan' },
    ...(infinite
      ? [
          { name: 'plus', products: 'infinite & ~negative' },
          { name: 'minus', products: 'infinite & negative' },
        ]
      : []),
  ];
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/blocks/specials.v',
    title: 'Products of a block that are no numbers.',
    ports: [
      clock,
      ...enablePorts(config),
      input('add_i', 1, 'the sum of the block takes the beat that reaches it'),
      input('first_i', 1, 'it is the first of its block'),
      ...sides
        .filter((side) => side.flags.length > 0)
        .map((side) =>
          input(
            `${side.letter}_i`,
            lanes * side.flags.length,
            `${side.letter === 'a' ? 'activations' : 'weights'}, lane l at [l*${side.flags.length} +: ${side.flags.length}]: ${side.flags.join(', ')}`,
          ),
        ),
      output('nan_o', 1, 'a product of the block is NaN'),
      ...(infinite
        ? [output('plus_o', 1, 'a product is +infinity'), output('minus_o', 1, 'a product is -infinity')]
        : []),
    ],
    instances: config.rows * config.cols,
    enable,
    lanes,
    gathered: sides.flatMap((side) =>
      side.flags.map((flag, i) => {
        const low = side.flags.length - 1 - i;
        const place = side.flags.length === 1 ? 'l' : `l*${side.flags.length}${low > 0 ? `+${low}` : ''}`;
        const port = `${side.letter}_i`;
        // A port of one bit has no places.
        return { name: `${side.letter}_${flag}`, select: lanes * side.flags.length === 1 ? port : `${port}[${place}]` };
      }),
    ),
    products: [
      { name: 'nan', value: nan },
      ...(infinite
        ? [
            { name: 'infinite', value: '(a_infinite | w_infinite) & ~nan' },
            { name: 'negative', value: 'a_negative ^ w_negative' },
          ]
        : []),
    ],
    kept: flags.map(({ name: flag, products }) => {
      const any = products.includes(' ') ? `|(${products})` : `|${products}`;
      const delay = depth > 1 ? [shiftRegister(`${flag}_beat_q`, depth - 1, any)] : [];
      return { name: flag, delay, arriving: delay[0]?.last ?? `(${any})` };
    }),
    counted: enable ? 'en_i & add_i' : 'add_i',
  };
}
