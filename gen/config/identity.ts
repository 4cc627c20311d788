import { createHash } from 'node:crypto';
import { defaultName, targetDefaults } from './defaults.js';
import { type Configuration, flagOf, PARAMETER_KEYS, parameterMeta } from './parameters.js';

/** The sha256 of a configuration: of its parameters as JSON, in the order of their declaration. */
export function configurationHash(config: Configuration): string {
  return createHash('sha256').update(canonicalJson(config)).digest('hex');
}

function canonicalJson(config: Configuration): string {
  return JSON.stringify(Object.fromEntries(PARAMETER_KEYS.map((key) => [key, config[key]])));
}

/** The command that generates a design anew: rows, columns and whatever differs from the defaults. */
export function reproduceCommand(config: Configuration): string {
  const flags = PARAMETER_KEYS.filter((key) => key === 'rows' || key === 'cols' || !isDefault(config, key)).map(
    (key) => `${flagOf(key)} ${Array.isArray(config[key]) ? config[key].join(',') : config[key]}`,
  );
  return `npm run gen -- ${flags.join(' ')}`;
}

function isDefault(config: Configuration, key: (typeof PARAMETER_KEYS)[number]): boolean {
  if (key === 'name') return config.name === defaultName(config);
  const { [key]: fallback = parameterMeta(key).fallback } = targetDefaults(config);
  return JSON.stringify(config[key]) === JSON.stringify(fallback);
}
