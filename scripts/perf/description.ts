import { z } from 'zod';
import type { Layer, Network } from './layer.js';
import { NETWORKS } from './networks/index.js';

const size = z.int().min(1);
const pair = z.union([size, z.tuple([size, size])]);
const name = z.string().min(1);
const bits = size.max(16).optional();

/** A layer as a file describes it. Sides are one number for squares, or height and width. */
const layer = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('convolution'),
      name,
      inChannels: size,
      outChannels: size,
      groups: size.default(1),
      kernel: pair,
      stride: size.default(1),
      input: pair,
      output: pair,
      bits,
    })
    .superRefine(requireOutput),
  z.strictObject({ kind: z.literal('linear'), name, rows: size.default(1), inFeatures: size, outFeatures: size, bits }),
  z.strictObject({ kind: z.literal('attention'), name, count: size, m: size, k: size, n: size, bits }),
]);

/** No more outputs than with padding all around, and no fewer than with none: else a number is mistyped. */
function requireOutput(
  {
    kernel,
    stride,
    input,
    output,
  }: Readonly<Record<'kernel' | 'input' | 'output', z.output<typeof pair>>> & {
    readonly stride: number;
  },
  context: z.RefinementCtx,
): void {
  const [k, from, to] = [kernel, input, output].map((value) => (typeof value === 'number' ? [value, value] : value));
  for (const axis of [0, 1] as const) {
    const [reach, size, given] = [k?.[axis] ?? 1, from?.[axis] ?? 1, to?.[axis] ?? 1];
    const least = Math.max(Math.floor((size - reach) / stride) + 1, 1);
    const most = Math.floor((size + reach - 2) / stride) + 1;
    if (given >= least && given <= most) continue;
    const message = `${given} outputs: a kernel of ${reach} with stride ${stride} makes ${least} to ${most} of ${size} inputs`;
    context.addIssue({ code: 'custom', path: ['output'], message });
    return;
  }
}

/** A network as a file describes it: `builder` for one that the project builds, or its layers. */
export const NETWORK = z.union([
  z.strictObject({ builder: z.enum([...NETWORKS.keys()] as [string, ...string[]]) }),
  z.strictObject({ name, layers: z.array(layer).min(1) }).refine(uniqueNames, 'layers must have different names'),
]);

export type NetworkDescription = z.output<typeof NETWORK>;

function uniqueNames({ layers }: { readonly layers: readonly { readonly name: string }[] }): boolean {
  return new Set(layers.map((one) => one.name)).size === layers.length;
}

/** A network, and the widths of those of its layers that have one of their own. */
export interface DescribedNetwork {
  readonly network: Network;
  readonly bits: ReadonlyMap<string, number>;
}

/** The network that a file describes. */
export function describedNetwork(description: NetworkDescription): DescribedNetwork {
  if ('builder' in description) {
    const build = NETWORKS.get(description.builder) as () => Network;
    return { network: build(), bits: new Map() };
  }
  const own = description.layers.flatMap((one) => (one.bits === undefined ? [] : [[one.name, one.bits] as const]));
  return { network: { name: description.name, layers: description.layers.map(layerOf) }, bits: new Map(own) };
}

function layerOf({ bits: _, ...described }: z.output<typeof layer>): Layer {
  if (described.kind !== 'convolution') return described;
  const side = (value: z.output<typeof pair>) =>
    typeof value === 'number' ? { height: value, width: value } : { height: value[0], width: value[1] };
  const { kernel, input, output, ...rest } = described;
  return { ...rest, kernel: side(kernel), input: side(input), output: side(output) };
}
