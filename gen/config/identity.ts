import { createHash } from 'node:crypto';
import { defaultIn } from './defaults.js';
import { defaultName } from './name.js';
import { type Configuration, flagOf, PARAMETER_KEYS, type ParameterKey } from './parameters.js';

/** Parameters that count in designs for blocks alone: those without are the same whatever these are. */
const OF_BLOCKS: readonly ParameterKey[] = ['block', 'scales'];

/** The sha256 of a configuration: of its parameters as JSON, in the order of their declaration. */
export function configurationHash(config: Configuration): string {
  const keys = config.block === 'none' ? PARAMETER_KEYS.filter((key) => !OF_BLOCKS.includes(key)) : PARAMETER_KEYS;
  const parameters = Object.fromEntries(keys.map((key) => [key, config[key]]));
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
