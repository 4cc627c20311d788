import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { numericType } from '../../../../gen/numerics/types/table.js';
import type { Accelerator } from '../../../perf/accelerator.js';
import { engineAround } from '../../../perf/accelerator.js';
import { acceleratorAround, noModelOf, publishedCore } from '../../../perf/around.js';
import { CORRECTED } from '../../../perf/corrections.js';
import { isFileName, readMemory } from '../../../perf/data.js';
import type { DescribedNetwork } from '../../../perf/description.js';
import { Evaluator } from '../../../perf/evaluate.js';
import { widthProblem } from '../../../perf/layers.js';
import { multipliersOf } from '../../../perf/machine.js';
import { openNetwork } from '../../../perf/open-network.js';
import { ofNetworks } from '../../../perf/request.js';
import type { SpaceDesign } from '../designs.js';
import type { SpaceMetric } from '../metric.js';
import { NOT_NEGATIVE, SHARE } from '../range.js';
import { nameInExpressions } from './names.js';

const bits = z.int().min(1).max(16);

const SETTINGS = z.strictObject({
  /** Names, descriptions, .onnx files, folders of `npm run quantize`. */
  networks: z.array(z.string()).min(1),
  /** Of a batch. */
  samples: z.int().min(1).default(1),
  /** Widths of codes where the network has none of its own; `bits` is the design's narrowest without. */
  bits: bits.optional(),
  first: bits.optional(),
  last: bits.optional(),
  attention: bits.optional(),
  /** A description of buffers and DRAM; that of the published comparison without. */
  memory: z.string().optional(),
  /** MHz; the memory's without. */
  frequency: z.number().positive().optional(),
  /** Cycles after which the memory of an engine answers. */
  latency: z.int().min(0).default(100),
  /** Of .onnx files, as for `npm run model`. */
  shape: z.array(z.string()).default([]),
  fix: z.array(z.string()).default([]),
});

type Settings = z.output<typeof SETTINGS>;

interface Opened {
  readonly settings: Settings;
  readonly networks: readonly { readonly name: string; readonly described: DescribedNetwork }[];
  readonly memory: Accelerator['memory'];
}

/** Cycles of networks, as `npm run model -- --corrected` finds them; of engines by the compiler's cycle model. */
export const MODEL: SpaceMetric<Settings, Opened> = {
  settings: SETTINGS,

  async open(settings, folder) {
    const files = settings.networks.map((name) =>
      isFileName(name) || existsSync(resolve(folder, name)) ? resolve(folder, name) : name,
    );
    const [shapes, fixed] = [ofNetworks('shape', files, settings.shape), ofNetworks('fix', files, settings.fix)];
    const networks = await Promise.all(
      files.map((name) => openNetwork(name, { shapes: shapes.get(name), fixed: fixed.get(name) })),
    );
    const memory = readMemory(settings.memory === undefined ? undefined : resolve(folder, settings.memory));
    const { frequency } = settings;
    return {
      settings,
      networks: networks.map((described) => ({ name: nameInExpressions(described.network.name), described })),
      memory: frequency === undefined ? memory : { ...memory, frequencyHz: frequency * 1e6 },
    };
  },

  values: ({ networks }) =>
    Object.fromEntries(
      networks.flatMap(({ name }) => [
        [`cycles.${name}`, { unit: 'cycles a batch', range: NOT_NEGATIVE }],
        [`utilisation.${name}`, { unit: '', range: SHARE, rises: true }],
        [`rate.${name}`, { unit: 'samples/s', range: NOT_NEGATIVE, rises: true }],
      ]),
    ),

  identity: ({ settings: { networks: _, ...settings }, networks, memory }) => ({
    settings,
    memory,
    core: publishedCore(),
    networks: networks.map(({ name, described: { network, bits: own } }) => ({ name, network, bits: [...own] })),
  }),

  provenance: ({ settings: { samples }, memory }) =>
    `the corrected model, batches of ${samples}, ${memory.frequencyHz / 1e6} MHz, ${memory.interfaceBits} bits per cycle to DRAM`,

  problem(space, opened) {
    const unknown = space.kind === 'array' ? noModelOf(space.configuration) : undefined;
    if (unknown !== undefined) return unknown;
    const accelerator = acceleratorOf(space, opened);
    const problems = opened.networks.flatMap(
      ({ described: { network, bits: own } }) =>
        widthProblem(network, accelerator, { lists: {}, own }, CORRECTED) ?? [],
    );
    return problems.length === 0 ? undefined : problems.join('; ');
  },

  async measure(space, opened, { progress }) {
    const accelerator = acceleratorOf(space, opened);
    const { samples } = opened.settings;
    const evaluator = new Evaluator(CORRECTED, samples);
    const units = multipliersOf(accelerator.array);
    return Object.fromEntries(
      opened.networks.flatMap(({ name, described: { network, bits: own } }) => {
        progress(name);
        const { stats } = evaluator.evaluate(network, accelerator, { lists: {}, own });
        return [
          [`cycles.${name}`, stats.cycles],
          [`utilisation.${name}`, stats.work / (stats.cycles * units)],
          [`rate.${name}`, (samples * accelerator.memory.frequencyHz) / stats.cycles],
        ];
      }),
    );
  },
};

function acceleratorOf(space: SpaceDesign, { settings, memory }: Opened): Accelerator {
  const { bits: given, first, last, attention, latency } = settings;
  const precision = {
    bits: given ?? Math.min(...space.configuration.activations.map((type) => numericType(type).bits)),
    ...(first !== undefined && { first }),
    ...(last !== undefined && { last }),
    ...(attention !== undefined && { attention }),
  };
  if (space.kind === 'array') return acceleratorAround(space.configuration, { memory, precision });
  const { configuration } = space;
  const around = { name: configuration.name, about: '', source: '', core: publishedCore() };
  return engineAround(configuration, { ...around, memory, precision, latency });
}
