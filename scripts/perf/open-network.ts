import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { UserError } from '../../gen/base/errors.js';
import { foreignFormat } from '../network/onnx/foreign.js';
import { checked, isFileName, readData } from './data.js';
import { type DescribedNetwork, describedNetwork, NETWORK } from './description.js';
import { type GivenInputs, onnxNetwork, quantisedNetwork } from './import.js';
import { NETWORKS } from './networks/index.js';

/** What reports call the network in a file or folder. */
export const nameOf = (file: string): string => basename(file).replace(/\.[^.]*$/, '');

/**
 * A network by name, or from a description in YAML or JSON, an ONNX file, or a folder that `npm run quantize` wrote.
 *
 * @throws UserError when there is no such network.
 */
export async function openNetwork(what: string, given: GivenInputs = {}): Promise<DescribedNetwork> {
  const build = NETWORKS.get(what);
  if (build) return { network: build(), bits: new Map() };
  if (!existsSync(what)) {
    if (isFileName(what)) throw new UserError(`--networks: there is no such file: ${what}`);
    throw new UserError(
      `there is no network ${what}: neither a file nor one of ${[...NETWORKS.keys()].join(', ')}; did you mean ${closest(what, [...NETWORKS.keys()])}?`,
    );
  }
  const name = nameOf(what);
  if (statSync(what).isDirectory()) {
    if (!existsSync(join(what, 'report.json'))) throw new UserError(`${what} is no folder that npm run quantize wrote`);
    return quantisedNetwork(what, name);
  }
  if (what.endsWith('.onnx')) return onnxNetwork(what, name, given);
  const foreign = foreignFormat(readFileSync(what));
  if (foreign !== undefined) {
    throw new UserError(
      `--networks: ${what} is ${foreign}; networks are .onnx files, folders that npm run quantize wrote, and descriptions in YAML or JSON`,
    );
  }
  return describedNetwork(checked(NETWORK, readData(what), what, 'describes no network'));
}
