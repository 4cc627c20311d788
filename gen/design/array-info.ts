import type { ArrayInfo, PortInfo } from '../golden/reference.js';
import { numericType } from '../numerics/types/table.js';
import type { Manifest } from './manifest.js';

/** What the reference model needs of a design read back from its folder. */
export function arrayInfoOf({
  configuration,
  ports,
  accumulator,
}: Pick<Manifest, 'configuration' | 'ports' | 'accumulator'>): ArrayInfo {
  const port = ({ types, wideTypes, codeBits }: Manifest['ports']['a']): PortInfo => ({
    types: types.map(numericType),
    wideTypes: wideTypes.map(numericType),
    codeBits,
  });
  const { arch, lanes, dataflow, rows, cols, pe } = configuration;
  return { arch, lanes, dataflow, rows, cols, a: port(ports.a), w: port(ports.w), accBits: accumulator.bits, pe };
}
