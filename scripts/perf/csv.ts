import { csvText } from '../../gen/base/csv.js';
import { ENERGY_PARTS } from './energy.js';
import type { ModelReport } from './report.js';
import { STAT_NAMES } from './stats.js';

const TILE = ['batch', 'row', 'column', 'inChannel', 'outChannel'] as const;

/** A line per layer, for the batch: traffic in bits, energies in nJ; then one per product that is left out. */
export function layersCsv({ results, leftOut }: ModelReport): string {
  const titles = [
    'network',
    'accelerator',
    'layer',
    'bits',
    'utilisation',
    ...STAT_NAMES,
    ...ENERGY_PARTS.map((part) => `${part}Energy`),
    ...TILE.map((side) => `${side}Tile`),
    'order',
    'leftOutMacs',
    'leftOutShare',
    'leftOutReason',
  ];
  const lines = results.flatMap(({ network, accelerator, layers }) =>
    layers.map(({ name, bits, utilisation, stats, energy, tile, order }) => [
      network,
      accelerator,
      name,
      bits,
      utilisation,
      ...STAT_NAMES.map((stat) => stats[stat]),
      ...ENERGY_PARTS.map((part) => energy[part]),
      ...TILE.map((side) => tile[side]),
      order,
      '',
      '',
      '',
    ]),
  );
  const between = titles.slice(3, -3).map(() => '');
  const left = leftOut.map(({ network, title, macs, share, reason }) => [
    network,
    '',
    title,
    ...between,
    macs ?? '',
    share ?? '',
    reason,
  ]);
  return csvText([titles, ...lines, ...left]);
}
