import { ENERGY_PARTS } from './energy.js';
import type { ModelReport } from './report.js';
import { STAT_NAMES } from './stats.js';

/** A field as CSV wants it (RFC 4180). */
const field = (value: string | number): string => {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

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
  return `${[titles, ...lines, ...left].map((line) => line.map(field).join(',')).join('\r\n')}\r\n`;
}
