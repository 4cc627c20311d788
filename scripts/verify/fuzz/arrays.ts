import { withDependentDefaults } from '../../../gen/config/defaults.js';
import { reproduceCommand } from '../../../gen/config/identity.js';
import { defaultName } from '../../../gen/config/name.js';
import { type Configuration, PARAMETER_KEYS, parameterMeta } from '../../../gen/config/parameters.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign } from '../../../gen/design/manifest.js';
import { elaborate } from '../../../gen/rtl/design.js';
import { verifyDesign } from '../verify.js';
import { randomConfiguration } from './random.js';
import type { Subject } from './subject.js';

/** Arrays and dot-product units. */
export const ARRAYS: Subject<Configuration> = {
  draw: randomConfiguration,
  validate: (raw) => {
    const configuration = validateConfiguration(raw);
    elaborate(configuration);
    return configuration;
  },
  command: (raw) => {
    const defaults = Object.fromEntries(PARAMETER_KEYS.map((key) => [key, parameterMeta(key).fallback]));
    const given = { ...defaults, ...withDependentDefaults(raw) } as Configuration;
    return reproduceCommand({ ...given, name: given.name ?? defaultName(given) });
  },
  write: (config, out) => generate(config, out).folder,
  open: (folder) => {
    const manifest = loadDesign(folder);
    return {
      linted: manifest,
      verify: async (seed, budget) => {
        const { vectors, failure, passed } = await verifyDesign(folder, manifest, { seed, trace: false, budget });
        return { vectors, ...(passed ? {} : { failure: failure ?? 'verification failed' }) };
      },
    };
  },
};
