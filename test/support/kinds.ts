import { type Configuration, PARAMETER_KEYS, type ParameterKey } from '../../gen/config/parameters.js';
import type { RawConfiguration } from '../../gen/config/raw.js';
import { validateConfiguration } from '../../gen/config/validate.js';

const TYPES: readonly ParameterKey[] = ['activations', 'weights', 'wideActivations', 'wideWeights'];
const SIZES: readonly ParameterKey[] = ['name', 'rows', 'cols', 'lanes', 'clusterRows', 'clusterCols', 'maxK', 'block'];

/**
 * What a design is an instance of, for samples that are to have one of every kind: the values of its parameters, the
 * families of its types, and in its architecture and dataflow the PE and whether it has clusters of PEs and several lanes.
 */
export function kindsOf(raw: RawConfiguration): string[] {
  const configuration = validateConfiguration(raw);
  const { arch, dataflow, pe, lanes, clusterRows, clusterCols, block } = configuration;
  const architecture = arch === 'dot' ? arch : dataflow;
  const plain = PARAMETER_KEYS.filter((key) => !TYPES.includes(key) && !SIZES.includes(key));
  return [
    ...plain.map((key) => `${key} ${configuration[key]}`),
    ...TYPES.flatMap((key) => familiesOf(configuration, key).map((family) => `${key} ${family}`)),
    `${architecture}: PE ${pe}`,
    `${architecture}: tiles ${clusterRows > 1} ${clusterCols > 1}`,
    `${architecture}: lanes ${lanes > 1}`,
    `${architecture}: blocks ${block === 'none' ? 'none' : block > lanes}`,
  ];
}

/** The types of a port without their widths. */
function familiesOf(configuration: Configuration, key: ParameterKey): string[] {
  const types = configuration[key] as readonly string[];
  return types.length === 0 ? ['none'] : types.map((type) => type.replace(/\d+/g, ''));
}
