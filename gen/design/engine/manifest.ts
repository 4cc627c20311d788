import { z } from 'zod';
import { GENERATOR } from '../../base/version.js';
import type { Machine } from '../../commands/machine.js';
import { ENGINE_PARAMETERS, type EngineConfiguration, engineHash } from '../../config/engine.js';
import type { EngineBus } from '../../rtl/engine/bus.js';
import type { EngineDesign } from '../../rtl/engine/engine.js';
import { RESET_EDGES } from '../../rtl/reset.js';
import { kindOf, loadManifest, MANIFEST, type ManifestKind, moduleEntries, readManifest, sha256 } from '../manifest.js';
import type { RenderedFile } from '../rendered-file.js';

export const ENGINE_KIND = 'engine';

const names = z.array(z.string());

/** `manifest.json` of an engine's folder. */
export const ENGINE_MANIFEST = z.object({
  kind: z.literal(ENGINE_KIND),
  ...{ generator: z.string(), license: z.string(), command: z.string(), configurationSha256: z.string() },
  configuration: ENGINE_PARAMETERS.required({ name: true }),
  ...{ top: z.string(), compileOrder: names },
  files: MANIFEST.shape.files,
  modules: MANIFEST.shape.modules,
  reset: MANIFEST.shape.reset,
  /** What programs depend on: sizes of the array, words of the buffers, types. */
  machine: z.object({
    ...{ rows: z.int(), cols: z.int(), lanes: z.int(), requantiseLanes: z.int() },
    words: z.object({ activation: z.int(), weight: z.int(), constant: z.int(), output: z.int() }),
    ...{ activationTypes: names, weightTypes: names, resultTypes: names },
    ...{ accumulatorBits: z.int(), rounding: z.enum(['up', 'even']) },
  }),
  /** All on-chip memory: instances of the modules named. */
  memories: z.array(
    z.object({
      ...{ name: z.string(), module: z.string(), instances: z.int(), words: z.int(), bits: z.int() },
      /** Parts of a word that are written alone. */
      ...{ lanes: z.int(), ports: z.string(), meaning: z.string() },
    }),
  ),
});

export type EngineManifest = z.output<typeof ENGINE_MANIFEST> & {
  readonly configuration: EngineConfiguration;
  readonly machine: Machine;
};

export function buildEngineManifest(design: EngineDesign, files: readonly RenderedFile[]): EngineManifest {
  const { config, machine, modules, memories } = design;
  return {
    kind: ENGINE_KIND,
    ...{ generator: GENERATOR, license: 'Apache-2.0', command: design.command, configurationSha256: design.hash },
    configuration: config,
    ...{ top: design.top.name, compileOrder: modules.map(({ file }) => file) },
    files: files.map(({ path, text }) => ({ path, sha256: sha256(text) })),
    modules: moduleEntries(modules),
    reset: { asynchronous: config.reset === 'async', edges: RESET_EDGES, leastEdges: 1 },
    machine: {
      ...machine,
      activationTypes: [...machine.activationTypes],
      weightTypes: [...machine.weightTypes],
      resultTypes: [...machine.resultTypes],
    },
    memories: memories.map((memory) => ({ ...memory, ports: 'one read port, one write port' })),
  };
}

const KIND: ManifestKind<EngineManifest> = {
  schema: ENGINE_MANIFEST as z.ZodType<EngineManifest>,
  hashOf: ({ configuration }) => engineHash(configuration),
  title: 'an engine',
};

/** Whether a folder holds an engine. @throws UserError when it holds no manifest. */
export const holdsEngine = (folder: string): boolean => kindOf(readManifest(folder)) === ENGINE_KIND;

/** The manifest of an engine's folder, after checking that the folder is whole. @throws UserError as `loadDesign`. */
export const loadEngine = (folder: string): EngineManifest => loadManifest(folder, KIND);

/** The engine's port to memory. */
export function busOf({ configuration }: Pick<EngineManifest, 'configuration'>): EngineBus {
  const { name, busBits, addressBits, outstanding, reset } = configuration;
  return { name, busBits, addressBits, outstanding, reset };
}
