import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { UserError } from '../../gen/base/errors.js';
import { checked, isFileName, readData } from './data.js';
import { type DescribedNetwork, describedNetwork, NETWORK } from './description.js';
import { onnxNetwork, quantisedNetwork } from './import.js';
import { NETWORKS } from './networks/index.js';

/**
 * A network by name, or from a description in YAML or JSON, an ONNX file, or a folder that `npm run quantize` wrote.
 *
 * @throws UserError when there is no such network.
 */
export async function openNetwork(what: string, shapes: readonly string[] = []): Promise<DescribedNetwork> {
  const build = NETWORKS.get(what);
  if (build) return { network: build(), bits: new Map() };
  if (!existsSync(what)) {
    if (isFileName(what)) throw new UserError(`--networks: there is no such file: ${what}`);
    throw new UserError(
      `there is no network ${what}: neither a file nor one of ${[...NETWORKS.keys()].join(', ')}; did you mean ${closest(what, [...NETWORKS.keys()])}?`,
    );
  }
  const name = basename(what).replace(/\.[^.]*$/, '');
  if (statSync(what).isDirectory()) {
    if (!existsSync(join(what, 'report.json'))) throw new UserError(`${what} is no folder that npm run quantize wrote`);
    return quantisedNetwork(what, name);
  }
  if (what.endsWith('.onnx')) return onnxNetwork(what, name, shapes);
  return describedNetwork(checked(NETWORK, readData(what), what, 'describes no network'));
}
