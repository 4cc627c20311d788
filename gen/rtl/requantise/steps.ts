import type { RequantiserConfiguration } from '../../config/requantiser.js';
import { literal, replicate, slice, zeroExtend } from '../verilog.js';
import { requantiserStages } from './stages.js';
import { type LaneConfiguration, plus, type RequantiserWidths, times } from './widths.js';

interface Wire {
  readonly width: number;
  readonly name: string;
  readonly value: string;
}

interface Load {
  readonly width: number;
  readonly name: string;
  readonly next: string;
}

/** A step of the data path: what it computes, and the registers behind it, if it has any. */
export interface Step {
  readonly text: string;
  readonly wires: readonly Wire[];
  readonly registers: readonly Load[];
  /** A list of the registers, or none where there are none. */
  readonly clocked: readonly { readonly loads: readonly Load[] }[];
}

/** A signal with its width. */
interface Signal {
  readonly name: string;
  readonly width: number;
}

const step = (text: string, wires: readonly Wire[], registers: readonly Load[]): Step => ({
  ...{ text, wires, registers },
  clocked: registers.length > 0 ? [{ loads: registers }] : [],
});

/** A register that holds a signal, where a stage is registered; and what the signal is called behind it. */
function held(isRegistered: boolean, signals: readonly Signal[]): { registers: Load[]; signals: Signal[] } {
  if (!isRegistered) return { registers: [], signals: [...signals] };
  const registers = signals.map(({ name, width }) => ({ width, name: `${name.replace(/_i$/, '')}_q`, next: name }));
  return { registers, signals: registers.map(({ name, width }) => ({ name, width })) };
}

const sign = ({ name, width }: Signal): string => slice(name, width, width - 1, width - 1);

const signExtend = (signal: Signal, to: number): string =>
  signal.width === to ? signal.name : `{${replicate(to - signal.width, sign(signal))}, ${signal.name}}`;

/** The steps from a sum to what the encoder takes: `encoded`, and `exact` where halves are rounded to even. */
export function dataPath(config: LaneConfiguration, widths: RequantiserWidths): Step[] {
  const stages = requantiserStages(config.pipeline);
  const { multiplierBits: factorBits, addendBits } = config;
  const biased: Signal = { name: 'biased', width: widths.biased.bits };
  const multiplier: Signal = { name: 'multiplier_i', width: factorBits };
  const addend: Signal[] = addendBits > 0 ? [{ name: 'addend_i', width: addendBits }] : [];
  const behindBias = held(stages.biased, [biased, multiplier, ...addend]);
  const [sum, factor, second] = behindBias.signals as [Signal, Signal, Signal | undefined];
  const products = productsOf(sum, factor, second, config, widths);
  const behindProducts = held(
    stages.products,
    products.map(({ signal }) => signal),
  );
  const scaled: Signal = { name: 'scaled', width: widths.scaled.bits };
  const terms = behindProducts.signals.map((signal, i) => {
    const places = products[i]?.places ?? 0;
    const wide = signExtend(signal, scaled.width - places);
    return places === 0 ? wide : `{${wide}, ${literal(places, 0)}}`;
  });
  const behindScaled = held(stages.scaled, [scaled]);
  const shifter = shifterWires(behindScaled.signals[0] as Signal, config, widths);
  const doubled: Signal = { name: 'doubled', width: widths.doubledBits };
  const exact: Signal[] = config.rounding === 'even' ? [{ name: 'exact', width: 1 }] : [];
  const behindShifter = held(stages.doubled, [doubled, ...exact]);
  const [value, isExact] = behindShifter.signals as [Signal, Signal | undefined];
  return [
    step('The bias of the channel.', [{ ...biased, value: addition(config, biased.width) }], behindBias.registers),
    step(
      productText(products.length),
      products.flatMap(({ wires }) => wires),
      behindProducts.registers,
    ),
    step('Their sum.', [{ ...scaled, value: terms.join(' + ') }], behindScaled.registers),
    step(
      'Shift to the right, one place less than is asked for. Below zero all bits are inverted meanwhile.',
      shifter,
      behindShifter.registers,
    ),
    step('Bounds.', boundWires(value, isExact, config), []),
  ];
}

const addition = ({ sumBits, biasBits }: RequantiserConfiguration, to: number): string =>
  `${signExtend({ name: 'sum_i', width: sumBits }, to)} + ${signExtend({ name: 'bias_i', width: biasBits }, to)}`;

const productText = (count: number): string =>
  `${count > 1 ? 'Products' : 'The product'} with unsigned multipliers: without the sign, and less the multiplier at its place.`;

/** A product, and how many places to the left it counts. */
interface Product {
  readonly signal: Signal;
  readonly places: number;
  readonly wires: readonly Wire[];
}

function productsOf(
  sum: Signal,
  factor: Signal,
  addend: Signal | undefined,
  { pipeline, multiplierBits, addendIsProduct }: LaneConfiguration,
  widths: RequantiserWidths,
): Product[] {
  const half = Math.ceil(multiplierBits / 2);
  const joined = addendIsProduct && addend !== undefined && widths.addend !== null ? addend : undefined;
  const part = (name: string, high: number, low: number): Product => {
    const [width, places] = [high - low + 1, low];
    const piece: Signal = { name: slice(factor.name, factor.width, high, low), width };
    const range = times(widths.biased, width);
    // A product that comes is added to the lower one.
    if (joined === undefined || widths.addend === null || low > 0) return product(name, sum, piece, range.bits, places);
    return product(name, sum, piece, plus(range, widths.addend).bits, places, joined);
  };
  const products = requantiserStages(pipeline).products
    ? [part('low_product', half - 1, 0), part('high_product', multiplierBits - 1, half)]
    : [part('product', multiplierBits - 1, 0)];
  if (addend === undefined || widths.addend === null || joined !== undefined) return products;
  const multiplier = { name: 'addend_multiplier_i', width: multiplierBits };
  return [...products, product('addend_product', addend, multiplier, widths.addend.bits, 0)];
}

/** A number in two's complement times an unsigned one, and what is added to that. */
function product(
  name: string,
  factor: Signal,
  multiplier: Signal,
  bits: number,
  places: number,
  added?: Signal,
): Product {
  const magnitude = factor.width - 1;
  const unsigned: Signal = { name: `${name}_unsigned`, width: added ? bits : magnitude + multiplier.width };
  const low = slice(factor.name, factor.width, magnitude - 1, 0);
  const high = bits - magnitude;
  const taken = `${multiplier.name} & ${replicate(multiplier.width, sign(factor))}`;
  const grouped = high === multiplier.width ? `(${taken})` : zeroExtend(taken, multiplier.width, high);
  const above = unsigned.width - magnitude;
  const upper = zeroExtend(slice(unsigned.name, unsigned.width, unsigned.width - 1, magnitude), above, high);
  const factors = [
    zeroExtend(low, magnitude, unsigned.width),
    zeroExtend(multiplier.name, multiplier.width, unsigned.width),
  ];
  return {
    signal: { name, width: bits },
    places,
    wires: [
      { ...unsigned, value: `${factors.join(' * ')}${added ? ` + ${signExtend(added, bits)}` : ''}` },
      { width: high, name: `${name}_upper`, value: `${upper} - ${grouped}` },
      { width: bits, name, value: `{${name}_upper, ${slice(unsigned.name, unsigned.width, magnitude - 1, 0)}}` },
    ],
  };
}

/**
 * The shifter. Of each step only the bits that can reach the result are kept; what lies above them and is not 0 tells that the
 * value is beyond the range of all types.
 */
function shifterWires(scaled: Signal, config: RequantiserConfiguration, widths: RequantiserWidths): Wire[] {
  const window = widths.doubledBits - 1;
  const even = config.rounding === 'even';
  const below: Signal = { name: 'below', width: 1 };
  let from: Signal = { name: 'by_0', width: scaled.width };
  const wires: Wire[] = [
    { ...below, value: sign(scaled) },
    {
      ...from,
      value: `{${slice(scaled.name, scaled.width, scaled.width - 2, 0)}, 1'd0} ^ ${replicate(from.width, 'below')}`,
    },
  ];
  const over: string[] = [];
  const lost: string[] = [];
  for (let bit = config.shiftBits - 1; bit >= 0; bit--) {
    const places = 2 ** bit;
    const asked = config.shiftBits === 1 ? 'shift_i' : `shift_i[${bit}]`;
    const width = Math.min(from.width, window + places - 1);
    const to: Signal = { name: `by_${places}`, width };
    const left = from.width - places;
    const shifted =
      left <= 0
        ? literal(width, 0)
        : zeroExtend(
            slice(from.name, from.width, Math.min(from.width, width + places) - 1, places),
            Math.min(left, width),
            width,
          );
    wires.push({ ...to, value: `${asked} ? ${shifted} : ${slice(from.name, from.width, width - 1, 0)}` });
    if (from.width > width) over.push(`(~${asked} & ${anyOf(from, from.width - 1, width)})`);
    if (left > width) over.push(anyOf(from, from.width - 1, width + places));
    const dropped = Math.min(places, from.width);
    const zeros = `${slice(from.name, from.width, dropped - 1, 0)} ^ ${replicate(dropped, 'below')}`;
    if (even) lost.push(`(${asked} & (|(${zeros})))`);
    from = to;
  }
  const saturates = over.length > 0;
  if (saturates) wires.push({ width: 1, name: 'over', value: over.join('\n      | ') });
  if (even) wires.push({ width: 1, name: 'exact', value: `~(${lost.join('\n      | ')})` });
  const size = zeroExtend(from.name, from.width, window);
  const saturated = saturates ? `(${size} | ${replicate(window, 'over')})` : size;
  wires.push({
    width: widths.doubledBits,
    name: 'doubled',
    value: `{below, ${saturated} ^ ${replicate(window, 'below')}}`,
  });
  return wires;
}

/** Whether any of some bits is 1. */
const anyOf = ({ name, width }: Signal, high: number, low: number): string =>
  high === low ? slice(name, width, high, low) : `(|${slice(name, width, high, low)})`;

function boundWires(value: Signal, exact: Signal | undefined, { clip }: RequantiserConfiguration): Wire[] {
  const { name, width } = value;
  const told: Wire[] = exact === undefined ? [] : [{ width: 1, name: 'encoded_exact', value: exact.name }];
  const encoded = (text: string): Wire => ({ width, name: 'encoded', value: text });
  switch (clip) {
    case 'none':
      return [encoded(name), ...told];
    case 'relu':
      return [encoded(`${name} & ${replicate(width, `~(relu_i & ${sign(value)})`)}`), ...told];
    case 'bounds':
      return [
        { width, name: 'low', value: "{low_i, 1'd0}" },
        { width, name: 'high', value: "{high_i, 1'd0}" },
        { width, name: 'raised', value: `($signed(${name}) < $signed(low)) ? low : ${name}` },
        encoded('($signed(raised) > $signed(high)) ? high : raised'),
        ...told,
      ];
  }
}
