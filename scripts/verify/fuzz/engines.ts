import {
  ENGINE_KEYS,
  ENGINE_OWN,
  type EngineConfiguration,
  engineCommand,
  validateEngine,
} from '../../../gen/config/engine.js';
import { generateEngine } from '../../../gen/design/engine/generate.js';
import { loadEngine } from '../../../gen/design/engine/manifest.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { elaborateEngine } from '../../../gen/rtl/engine/engine.js';
import { verifyEngine } from '../engine/verify.js';
import { randomEngine } from './random-engine.js';
import type { Subject } from './subject.js';

/** Engines, each with random programs on random buses. */
export const ENGINES: Subject<EngineConfiguration> = {
  draw: randomEngine,
  validate: (raw) => {
    const configuration = validateEngine(raw);
    elaborateEngine(configuration);
    return configuration;
  },
  command: (raw) => {
    const defaults = Object.fromEntries(ENGINE_KEYS.map((key) => [key, ENGINE_OWN.meta(key).fallback]));
    return engineCommand({ ...defaults, ...raw } as EngineConfiguration);
  },
  write: (config, out) => generateEngine(config, out).folder,
  open: (folder) => {
    const manifest = loadEngine(folder);
    return {
      linted: manifest,
      verify: async (seed, budget) => {
        const { counts, vectors, cycles, failure } = await verifyEngine(folder, manifest, randomSource(seed), {
          budget,
        });
        return { vectors, counts: { ...counts, cycles }, ...(failure === undefined ? {} : { failure }) };
      },
    };
  },
};
