import { UserError } from '../../gen/base/errors.js';
import type { Accelerator } from './accelerator.js';
import type { Corrections } from './corrections.js';
import type { Layer, Network } from './layer.js';
import type { LayerBits } from './problem.js';

/**
 * Bit widths of the published comparison: for each network and accelerator one character per layer, a digit, or `-` for a
 * layer that the comparison leaves out. Products of attention are left out for all, and have none.
 */
export type BitLists = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A layer that counts, with the widths of its codes. */
export interface PlannedLayer {
  readonly layer: Layer;
  readonly bits: LayerBits;
}

/** Width in which results leave where the next layer is not known. */
const LAST_RESULT_BITS = 16;

/** What the widths of a layer are chosen by. */
export interface BitSources {
  readonly lists: BitLists;
  /** Widths that belong to the network's layers, by name: those of its quantisation. */
  readonly own?: ReadonlyMap<string, number>;
}

/**
 * The layers of a network that an accelerator runs, with the widths of their codes: the layer's own, else those of the
 * comparison's list, else by the accelerator's rules.
 *
 * @throws UserError when a list does not fit the network, or a layer is wider than the accelerator's units.
 */
export function plannedLayers(
  network: Network,
  accelerator: Accelerator,
  sources: BitSources,
  corrections: Corrections,
): PlannedLayer[] {
  const counted = countedLayers(network, accelerator, sources, corrections);
  const problem = tooWide(network, accelerator, counted);
  if (problem !== undefined) throw new UserError(`${problem}; choose other accelerators with --accelerators`);
  return counted.map(({ layer, bits }, i) => ({
    layer,
    bits: { operands: bits, results: counted[i + 1]?.bits ?? LAST_RESULT_BITS },
  }));
}

/** Why an accelerator cannot run a network: layers wider than its units. Undefined where it can. */
export function widthProblem(
  network: Network,
  accelerator: Accelerator,
  sources: BitSources,
  corrections: Corrections,
): string | undefined {
  return tooWide(network, accelerator, countedLayers(network, accelerator, sources, corrections));
}

interface CountedLayer {
  readonly layer: Layer;
  readonly bits: number;
}

function countedLayers(
  network: Network,
  accelerator: Accelerator,
  { lists, own }: BitSources,
  corrections: Corrections,
): CountedLayer[] {
  const listed = listOf(network, accelerator, lists);
  const counted: CountedLayer[] = [];
  const plain = network.layers.filter(({ kind }) => kind !== 'attention');
  for (const layer of network.layers) {
    const at = plain.indexOf(layer);
    const digit = listed?.[at];
    if (layer.kind === 'attention' && !corrections.attention) continue;
    if (digit === '-' && !corrections.patches) continue;
    const bits = own?.get(layer.name) ?? (digit === undefined || digit === '-' ? undefined : Number(digit));
    counted.push({ layer, bits: bits ?? ruled(accelerator, layer, at, plain.length) });
  }
  return counted;
}

function listOf(network: Network, { name, precision }: Accelerator, lists: BitLists): string | undefined {
  const list = precision.list === undefined ? undefined : lists[network.name]?.[precision.list];
  const layers = network.layers.filter(({ kind }) => kind !== 'attention').length;
  if (list !== undefined && list.length !== layers) {
    throw new UserError(`${name}: the list of bit widths for ${network.name} has ${list.length} layers, not ${layers}`);
  }
  return list;
}

/** The width by the accelerator's rules. */
function ruled({ precision }: Accelerator, { kind }: Layer, index: number, count: number): number {
  const { bits, first = bits, last = bits, attention = bits } = precision;
  if (kind === 'attention') return attention;
  if (index === 0) return first;
  return index === count - 1 ? last : bits;
}

function tooWide(network: Network, { name, array }: Accelerator, layers: readonly CountedLayer[]): string | undefined {
  const wide = layers.filter(({ bits }) => bits > array.maxBits);
  if (wide.length === 0) return undefined;
  const list = wide.map(({ layer, bits }) => `${layer.name} (${bits} bits)`).join(', ');
  return `${name} takes codes of at most ${array.maxBits} bits; ${network.name} needs more: ${list}`;
}
