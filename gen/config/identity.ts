import { createHash } from 'node:crypto';
import { defaultIn } from './defaults.js';
import { defaultName } from './name.js';
import { type Configuration, flagOf, PARAMETER_KEYS } from './parameters.js';

/** The sha256 of a configuration: of its parameters as JSON, in the order of their declaration. */
export function configurationHash(config: Configuration): string {
  const parameters = Object.fromEntries(PARAMETER_KEYS.map((key) => [key, config[key]]));
  return createHash('sha256').update(JSON.stringify(parameters)).digest('hex');
}

/** The command that generates a design anew: rows, columns and whatever differs from the defaults. */
export function reproduceCommand(config: Configuration): string {
  const flags = PARAMETER_KEYS.filter((key) => key === 'rows' || key === 'cols' || !isDefault(config, key)).map(
    (key) => {
      const value = config[key];
      return value === true ? flagOf(key) : `${flagOf(key)} ${Array.isArray(value) ? value.join(',') : value}`;
    },
  );
  return `npm run gen -- ${flags.join(' ')}`;
}

function isDefault(config: Configuration, key: (typeof PARAMETER_KEYS)[number]): boolean {
  if (key === 'name') return config.name === defaultName(config);
  return JSON.stringify(config[key]) === JSON.stringify(defaultIn(config, key));
}
