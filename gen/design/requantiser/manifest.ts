import { z } from 'zod';
import { GENERATOR } from '../../base/version.js';
import { REQUANTISER_PARAMETERS, type RequantiserConfiguration, requantiserHash } from '../../config/requantiser.js';
import type { RequantiserShape } from '../../golden/requantise-vectors.js';
import { numericType } from '../../numerics/types/table.js';
import type { RequantiserDesign } from '../../rtl/requantise/design.js';
import type { SignedRange } from '../../rtl/requantise/widths.js';
import { RESET_EDGES } from '../../rtl/reset.js';
import {
  kindOf,
  loadManifest,
  MANIFEST,
  type ManifestKind,
  moduleEntries,
  readManifest,
  sha256,
  streamPortsOf,
} from '../manifest.js';
import type { RenderedFile } from '../rendered-file.js';

export const REQUANTISER_KIND = 'requantiser';

const range = z.object({ least: z.string(), greatest: z.string(), bits: z.int() });

/** `manifest.json` of a requantiser's folder. Integers that may exceed 2^53 are decimal text. */
export const REQUANTISER_MANIFEST = z.object({
  kind: z.literal(REQUANTISER_KIND),
  ...{ generator: z.string(), license: z.string(), command: z.string(), configurationSha256: z.string() },
  configuration: REQUANTISER_PARAMETERS.required({ name: true }),
  ...{ top: z.string(), compileOrder: z.array(z.string()) },
  files: MANIFEST.shape.files,
  modules: MANIFEST.shape.modules,
  reset: MANIFEST.shape.reset,
  streamPorts: MANIFEST.shape.streamPorts,
  /** A selector's value is the place of its type. */
  types: z.array(z.string()),
  /** The fields of a beat: one of each lane, or one for all. */
  fields: z.array(z.object({ name: z.string(), port: z.string(), bits: z.int(), perLane: z.boolean() })),
  codeBits: z.int(),
  /** All values of the steps of the data path. None overflows. */
  widths: z.object({
    ...{ biased: range, product: range, addend: range.nullable(), scaled: range },
    /** Of the encoder's input: twice the value, saturated where no type tells more apart. */
    doubledBits: z.int(),
  }),
  /** Cycles from a beat in to its codes out, without stalls. A beat may follow in every cycle. */
  latency: z.int(),
});

export type RequantiserManifest = z.output<typeof REQUANTISER_MANIFEST> & {
  readonly configuration: RequantiserConfiguration;
};

const rangeText = ({ least, greatest, bits }: SignedRange) => ({
  least: String(least),
  greatest: String(greatest),
  bits,
});

export function buildRequantiserManifest(
  design: RequantiserDesign,
  files: readonly RenderedFile[],
): RequantiserManifest {
  const { config, widths, modules } = design;
  const { biased, product, addend, scaled, doubledBits, codeBits } = widths;
  return {
    kind: REQUANTISER_KIND,
    ...{ generator: GENERATOR, license: 'Apache-2.0', command: design.command, configurationSha256: design.hash },
    configuration: config,
    ...{ top: design.top.name, compileOrder: modules.map(({ file }) => file) },
    files: files.map(({ path, text }) => ({ path, sha256: sha256(text) })),
    modules: moduleEntries(modules),
    reset: { asynchronous: config.reset === 'async', edges: RESET_EDGES, leastEdges: 1 },
    streamPorts: streamPortsOf(design.ports),
    types: config.types,
    fields: design.fields.map(({ name, port, bits, perLane }) => ({ name, port, bits, perLane })),
    codeBits,
    widths: {
      biased: rangeText(biased),
      product: rangeText(product),
      addend: addend && rangeText(addend),
      scaled: rangeText(scaled),
      doubledBits,
    },
    latency: design.latency,
  };
}

const KIND: ManifestKind<RequantiserManifest> = {
  schema: REQUANTISER_MANIFEST as z.ZodType<RequantiserManifest>,
  hashOf: ({ configuration }) => requantiserHash(configuration),
  title: 'a requantiser',
};

/** Whether a folder holds a requantiser. @throws UserError when it holds no manifest. */
export const holdsRequantiser = (folder: string): boolean => kindOf(readManifest(folder)) === REQUANTISER_KIND;

/** The manifest of a requantiser's folder, after checking that the folder is whole. @throws UserError as `loadDesign`. */
export const loadRequantiser = (folder: string): RequantiserManifest => loadManifest(folder, KIND);

/** What the reference model needs of a requantiser. */
export function shapeOf({
  configuration,
  widths,
  codeBits,
}: Pick<RequantiserManifest, 'configuration' | 'codeBits'> & {
  readonly widths: { readonly doubledBits: number };
}): RequantiserShape {
  const { types, lanes, rounding, clip, sumBits, biasBits, multiplierBits, addendBits, shiftBits } = configuration;
  return {
    types: types.map(numericType),
    ...{ lanes, rounding, clip, sumBits, biasBits, multiplierBits, addendBits, shiftBits, codeBits },
    boundBits: widths.doubledBits - 1,
  };
}
