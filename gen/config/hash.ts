import { createHash } from 'node:crypto';
import { type Configuration, PARAMETER_KEYS } from './parameters.js';

/** The sha256 of a configuration: of its parameters as JSON, in the order of their declaration. */
export function configurationHash(config: Configuration): string {
  const parameters = Object.fromEntries(PARAMETER_KEYS.map((key) => [key, config[key]]));
  return createHash('sha256').update(JSON.stringify(parameters)).digest('hex');
}
