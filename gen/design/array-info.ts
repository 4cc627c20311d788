import type { ArrayInfo, PortInfo } from '../golden/reference.js';
import type { TiledArray } from '../golden/tiling.js';
import { numericType } from '../numerics/types/table.js';
import { factsOf } from '../rtl/arch/table.js';
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
  const { rows, cols, pe } = configuration;
  const { tile, sums } = factsOf(configuration);
  const accBits = accumulator.bits;
  return { tile, rows, cols, a: port(ports.a), w: port(ports.w), accBits, pe, blocks: sums.blocks };
}

/** What the cut of a product depends on of such a design. */
export const tiledArrayOf = (manifest: Pick<Manifest, 'configuration' | 'ports' | 'accumulator'>): TiledArray => ({
  info: arrayInfoOf(manifest),
  accumulator: manifest.accumulator,
});
