import type { PlacedDesign, Wire } from './def.js';
import type { Cells } from './lef.js';

/** Kinds of cells as the picture tells them apart. */
const KINDS = [
  { title: 'flip-flops', cells: /^(DFF|LATCH)/, colour: '#f2b56b' },
  { title: 'buffers, inverters', cells: /^(BUF|CLKBUF|INV)/, colour: '#b9d7ee' },
  { title: 'fillers', cells: /^FILL/, colour: '#eceef0' },
  { title: 'other gates', cells: /./, colour: '#cfe3cb' },
] as const;

const LAYERS: Readonly<Record<string, string>> = {
  metal1: '#3b6fb6',
  metal2: '#c0392b',
  metal3: '#2e8b57',
  metal4: '#8e44ad',
  metal5: '#c77f0a',
  metal6: '#5d6d7e',
};

/** Room below the layout for the key, in micrometres of a layout of this width. */
const KEY = 9 / 160;

const rounded = (value: number): string => String(Math.round(value * 100) / 100);

/** A placed and routed design as SVG: cells by kind, wires by layer, pins. */
export function layoutPicture(
  name: string,
  { die, cells, pins, wires }: PlacedDesign,
  { sizes, wires: widths }: Cells,
): string {
  const top = die.y + die.height;
  const up = (y: number): number => top - y;
  const line = KEY * die.width;
  const outlines = KINDS.map(({ title, colour }, k) => {
    const own = cells.filter(({ cell }) => KINDS.findIndex((kind) => kind.cells.test(cell)) === k);
    const path = own.map(({ cell, x, y }) => {
      const { width, height } = sizes.get(cell) ?? { width: 0, height: 0 };
      return `M${rounded(x - die.x)},${rounded(up(y + height))}h${rounded(width)}v${rounded(height)}h${rounded(-width)}z`;
    });
    return { title, colour, path: path.join(''), count: own.length };
  });
  const paths = Object.entries(LAYERS).flatMap(([layer, colour]) =>
    [...grouped(wires.filter((wire) => wire.layer === layer))].map(([width, own]) => {
      const path = own.map(
        ({ from, to }) =>
          `M${rounded(from[0] - die.x)},${rounded(up(from[1]))}L${rounded(to[0] - die.x)},${rounded(up(to[1]))}`,
      );
      const stroke = rounded(width ?? widths.get(layer) ?? 0.3);
      return `<path stroke="${colour}" stroke-width="${stroke}" d="${path.join('')}"/>`;
    }),
  );
  const side = die.width / 100;
  const pinPath = pins.map(
    ({ x, y }) =>
      `M${rounded(x - die.x - side / 2)},${rounded(up(y) - side / 2)}h${rounded(side)}v${rounded(side)}h${rounded(-side)}z`,
  );
  const keys = [
    outlines.map(({ title, colour, count }) => ({ text: `${count} ${title}`, colour })),
    Object.entries(LAYERS).flatMap(([layer, colour]) =>
      wires.some((wire) => wire.layer === layer) ? [{ text: layer, colour }] : [],
    ),
  ];
  const margin = die.width / 80;
  const [width, height] = [die.width + 2 * margin, die.height + 2 * margin + 2.1 * line];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${rounded(-margin)} ${rounded(-margin)} ${rounded(width)} ${rounded(height)}" width="960" height="${Math.round((960 * height) / width)}" font-family="sans-serif" font-size="${rounded(line / 3)}">`,
    `<title>${name}</title>`,
    `<rect x="${rounded(-margin)}" y="${rounded(-margin)}" width="${rounded(width)}" height="${rounded(height)}" fill="#fff"/>`,
    `<g stroke="#98a2ab" stroke-width="0.12">${outlines.map(({ colour, path }) => (path === '' ? '' : `<path fill="${colour}" d="${path}"/>`)).join('')}</g>`,
    `<g fill="none" stroke-opacity="0.75" stroke-linecap="square">${paths.join('')}</g>`,
    `<path fill="#1b1d21" d="${pinPath.join('')}"/>`,
    ...keys.flatMap((key, k) =>
      key.map(({ text, colour }, i) => {
        const [x, y] = [(i * die.width) / key.length, die.height + margin + (k + 0.6) * 0.6 * line];
        const box = `<rect x="${rounded(x)}" y="${rounded(y - line / 4)}" width="${rounded(line / 4)}" height="${rounded(line / 4)}" fill="${colour}"/>`;
        return `${box}<text x="${rounded(x + line * 0.35)}" y="${rounded(y)}" fill="#1b1d21">${text}</text>`;
      }),
    ),
    `<text x="0" y="${rounded(die.height + margin + 1.7 * line)}" fill="#1b1d21">${name}: ${rounded(die.width)} x ${rounded(die.height)} micrometres</text>`,
    '</svg>',
    '',
  ].join('\n');
}

/** Wires by their width. */
function grouped(wires: readonly Wire[]): Map<number | undefined, Wire[]> {
  const groups = new Map<number | undefined, Wire[]>();
  for (const wire of wires) groups.set(wire.width, [...(groups.get(wire.width) ?? []), wire]);
  return groups;
}
