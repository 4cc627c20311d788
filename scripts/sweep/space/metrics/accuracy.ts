import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { mistakesError } from '../../../../gen/base/errors.js';
import { nearWord } from '../../../../gen/base/suggest.js';
import { sha256 } from '../../../../gen/design/manifest.js';
import type { NumericType } from '../../../../gen/numerics/types/numeric-type.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { measure } from '../../../network/accuracy/measure.js';
import { trainedFile, trainedNetwork, trainedNetworks } from '../../../network/accuracy/networks.js';
import { fashionFingerprint, fashionMnist, heldOut } from '../../../network/onnx/fashion.js';
import { loadRuntime } from '../../../network/onnx/session.js';
import { FAMILIES } from '../../../network/quantise/families.js';
import type { QuantiseOptions } from '../../../network/quantise/options.js';
import { quantiseOptionsIn } from '../../../network/quantise/request.js';
import type { SpaceDesign } from '../designs.js';
import type { SpaceMetric } from '../metric.js';
import { nameInExpressions } from './names.js';

const SETTINGS = z.strictObject({
  /** Networks of models/. */
  networks: z.array(z.string()).min(1),
  /** Test images; all without. */
  images: z.int().min(1).max(10_000).optional(),
  /** Measure on the training images that trained no network, instead of test images. */
  heldOut: z.boolean().default(false),
  /** Training images to calibrate on. */
  calibration: z.int().min(1).max(60_000).default(256),
  /** Options of `npm run quantize`; the types are those of the design. */
  options: z.string().default(''),
});

type Settings = z.output<typeof SETTINGS>;

interface Opened {
  readonly settings: Settings;
  readonly options: QuantiseOptions;
  readonly identity: unknown;
}

const PERCENT = { unit: '%', range: { least: 0, most: 100 }, rises: true } as const;

/** Accuracy of networks with the types of a design's ports, as `npm run accuracy` measures it. */
export const ACCURACY: SpaceMetric<Settings, Opened> = {
  settings: SETTINGS,

  async open(settings) {
    const known = trainedNetworks();
    const unknown = settings.networks.filter((name) => !known.includes(name));
    if (unknown.length > 0) {
      throw mistakesError(
        unknown.map((name) => {
          const nearest = nearWord(name, known);
          return `there is no network ${name} in models/; there are ${known.join(', ')}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
        }),
      );
    }
    const runtime = await loadRuntime();
    const files = settings.networks.map((name) => sha256(readFileSync(trainedFile(name))));
    return {
      settings,
      options: quantiseOptionsIn(settings.options, 'options'),
      identity: { settings, files, images: fashionFingerprint(), runtime: runtime.env.versions },
    };
  },

  values: ({ settings: { networks } }) =>
    Object.fromEntries(
      networks.flatMap((name) => [
        [`accuracy.${nameInExpressions(name)}`, PERCENT],
        [`likeFloat.${nameInExpressions(name)}`, PERCENT],
      ]),
    ),

  identity: ({ identity }) => identity,

  provenance: ({ settings: { images, heldOut, calibration, options } }) =>
    `${images ?? 'all'} ${heldOut ? 'images held out' : 'test images'} of Fashion-MNIST, ${calibration} to calibrate on${options === '' ? '' : `, ${options}`}`,

  /** Sums are exact: nothing but the types matters. */
  basis: ({ configuration: { activations, weights, ...rest } }) => ({
    ...{ activations, weights },
    ...('wideActivations' in rest && { wideActivations: rest.wideActivations, wideWeights: rest.wideWeights }),
  }),

  problem(space, { options }) {
    const { a, w } = portsOf(space);
    const widest = [a, w].map((types) => Math.max(...types.map(({ bits }) => bits)));
    const wide = options.wide.length > 0 || options.budget !== undefined;
    if (narrowest(a) !== narrowest(w)) return 'networks are quantised for ports of one width';
    if (wide && widest.some((bits) => bits < 8)) return 'its options give layers 8 bits, which a port does not take';
    return undefined;
  },

  async measure(space, { settings, options }, { progress }) {
    const { networks, images, calibration } = settings;
    const test = settings.heldOut ? heldOut(images) : fashionMnist('t10k', images);
    const samples = fashionMnist('train', calibration).images;
    const ports = portsOf(space);
    const bits = narrowest(ports.a);
    const named = [...new Set([...ports.a, ...ports.w])].filter((type) => type.bits === bits).map(({ name }) => name);
    const scheme = { name: 'sweep', options: { ...options, bits, families: [...FAMILIES, ...named], ports } };
    const values: Record<string, number> = {};
    for (const name of networks) {
      const subject = { name, model: trainedNetwork(name), calibration: samples, test };
      const [, row] = await measure(subject, [scheme], progress);
      values[`accuracy.${nameInExpressions(name)}`] = row?.top1 ?? Number.NaN;
      values[`likeFloat.${nameInExpressions(name)}`] = row?.likeFloat ?? Number.NaN;
    }
    return values;
  },
};

const narrowest = (types: readonly NumericType[]): number => Math.min(...types.map(({ bits }) => bits));

/** The types of a design's ports, 8-bit ones on pairs of lanes among them. */
function portsOf({ kind, configuration }: SpaceDesign): {
  readonly a: readonly NumericType[];
  readonly w: readonly NumericType[];
} {
  const types = (names: readonly string[]): NumericType[] => names.map(numericType);
  const { activations, weights } = configuration;
  if (kind === 'engine') return { a: types(activations), w: types(weights) };
  return {
    a: types([...activations, ...configuration.wideActivations]),
    w: types([...weights, ...configuration.wideWeights]),
  };
}
