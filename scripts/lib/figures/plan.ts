/** A cell library that figures are measured with. */
export type LibraryKey = 'osu018' | 'sky130';

/** A program of package.json with its arguments; `LIBRARY` stands for the library's file. */
export type Step = readonly [program: string, ...args: string[]];

/** A table or plot of a page in docs/, and how it is made. */
export interface Figure {
  readonly name: string;
  readonly page: string;
  readonly library?: LibraryKey;
  /** Run first, in this order. */
  readonly before?: readonly Step[];
  readonly step: Step;
  /**
   * Between which marks of the page the output goes, and whether it is Markdown already; absent where the program writes
   * the page itself.
   */
  readonly into?: { readonly part: string; readonly markdown: boolean };
}

/** Designs that are made for a figure. */
const DESIGNS = 'build/figures';
const design = (name: string, ...args: string[]): Step => ['gen', '--out', DESIGNS, '--name', name, ...args];
const folder = (name: string): string => `${DESIGNS}/${name}`;

const perLibrary = (figure: (library: LibraryKey) => Figure): Figure[] => (['osu018', 'sky130'] as const).map(figure);

/** All tables and plots that are measured by this project's own programs. */
export const FIGURES: readonly Figure[] = [
  {
    name: 'area-generic',
    page: 'docs/area.md',
    before: [design('ant_16x16', '--rows', '16', '--cols', '16')],
    step: ['area', '--design', folder('ant_16x16')],
    into: { part: 'generic gates', markdown: false },
  },
  ...perLibrary((library) => ({
    name: `area-${library}`,
    page: 'docs/area.md',
    library,
    before: [design('ant_16x16', '--rows', '16', '--cols', '16')],
    step: ['area', '--design', folder('ant_16x16'), '--liberty', 'LIBRARY'],
    into: { part: library, markdown: false },
  })),
  {
    name: 'variants',
    page: 'docs/variants.md',
    library: 'osu018',
    step: ['variants', '--liberty', 'LIBRARY', '--write', 'docs/variants.md'],
  },
  ...perLibrary((library) => ({
    name: `alternatives-${library}`,
    page: 'docs/microarchitecture.md',
    library,
    step: ['alternatives', '--liberty', 'LIBRARY', '--write', 'docs/microarchitecture.md'],
  })),
  ...perLibrary((library) => ({
    name: `compare-${library}`,
    page: 'docs/compare.md',
    library,
    step: [
      ...(['area', '--compare', '--liberty', 'LIBRARY', '--prove', '--write', 'docs/compare.md'] as const),
      ...['--record', `docs/compare-${library}.json`],
    ],
  })),
  ...perLibrary((library) => ({
    name: `power-${library}`,
    page: 'docs/power.md',
    library,
    step: ['power', '--compare', '--liberty', 'LIBRARY'],
    into: { part: library, markdown: false },
  })),
  {
    name: 'model-effects',
    page: 'docs/model.md',
    step: ['model', '--effects', '--markdown', '--out', 'build/figures/model'],
    into: { part: 'effects', markdown: true },
  },
];

/** Runs of `--check`: what was recorded, measured again. */
export const CHECKS: readonly Figure[] = perLibrary((library) => ({
  name: `check-${library}`,
  page: `docs/compare-${library}.json`,
  library,
  step: ['area', '--compare', '--liberty', 'LIBRARY', '--check', `docs/compare-${library}.json`],
}));
