import type { Figure, LibraryKey, Step } from './figure.js';

/** Designs that are made for figures. */
const DESIGNS = 'build/figures';

/** Makes a design of a name; arguments are those of `npm run gen`. */
export const design = (name: string, ...args: string[]): Step => ['gen', '--out', DESIGNS, '--name', name, ...args];

/** Where it lies. */
export const folder = (name: string): string => `${DESIGNS}/${name}`;

/** Measures a design, each of its netlists proved equal to its RTL or simulated. */
export const areaStep = (name: string, ...args: string[]): Step => [
  ...(['area', '--design', folder(name)] as const),
  ...[...args, '--prove'],
];

/** A figure for each library. */
export const perLibrary = <F extends Figure>(figure: (library: LibraryKey) => F): F[] =>
  (['osu018', 'sky130'] as const).map(figure);

/** Measures the variants of docs/variants.md and writes the page. */
export const VARIANTS_STEP: Step = ['variants', '--liberty', 'LIBRARY', '--prove', '--write', 'docs/variants.md'];
