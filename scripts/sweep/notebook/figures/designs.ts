import type { AreaReport } from '../../../synth/report.js';
import type { ComparisonReport } from '../../compare/report.js';
import type { VariantsReport } from '../../variants/report.js';
import type { DotTreesReport } from '../dot-trees/study.js';
import { dotTable, floatTable, stallTable, tileTable } from './area-tables.js';
import { dotTreesTable } from './dot-trees-table.js';
import { type Figure, type LibraryKey, type Measured, tables } from './figure.js';
import { areaStep, design, VARIANTS_STEP } from './steps.js';
import { summaryTable } from './summary-table.js';

/** A design that is measured for a table, by the arguments of `npm run gen`. */
interface Made {
  readonly name: string;
  readonly args: readonly string[];
}

const ARRAY = ['--rows', '16', '--cols', '16'] as const;
const DEFAULT_ARRAY: Made = { name: 'ant_16x16', args: ARRAY };

const make = ({ name, args }: Made) => design(name, ...args);

/** The area of a design with the figure's library, or with another. */
const area = ({ name }: Made, library?: LibraryKey): Measured<readonly unknown[]> => ({
  step: areaStep(name, '--liberty', 'LIBRARY'),
  ...(library ? { library } : {}),
});

/** Options of the dot-product units in the table of docs/dot-product.md. */
const DOT_OPTIONS: readonly string[] = [
  '',
  '--tree adders',
  '--pipeline 2',
  '--pipeline 3',
  '--pipeline 5',
  '--lanes 4',
  '--lanes 4 --tree adders',
  '--lanes 64',
  '--rows 4 --cols 4',
];

const DOTS = DOT_OPTIONS.map((options) => {
  const words = options.split(' ').filter((word) => word !== '');
  const name = ['dot', ...words.map((word) => word.replace(/^--/, ''))].join('_');
  const title = options === '' ? '(16 lanes)' : `\`${options}\``;
  return { title, name, args: ['--arch', 'dot', ...words] };
});

/** Types on both ports, for the table of docs/float-pe.md; none are the default ones. */
const FLOAT_TYPES = [
  { types: undefined, title: 'default (int4, flint4, pot4, uint4, uflint4; int4, flint4, pot4)', withInt: true },
  { types: 'int4', title: 'int4; int4', withInt: true },
  { types: 'int8', title: 'int8; int8', withInt: true },
  // Integer accumulators have no NaN: the generator refuses the type.
  { types: 'e4m3', title: 'e4m3; e4m3', withInt: false },
] as const;

const FLOATS = FLOAT_TYPES.map(({ types, title, withInt }) => {
  const args = [...ARRAY, ...(types === undefined ? [] : ['--activations', types, '--weights', types])];
  const int = types === undefined ? DEFAULT_ARRAY : { name: `int_${types}`, args };
  const float = { name: `float_${types ?? 'default'}`, args: [...args, '--pe', 'float'] };
  return { title, int: withInt ? int : undefined, float };
});

const FLOAT_DESIGNS = FLOATS.flatMap(({ int, float }) => (int ? [int, float] : [float]));

const ENABLE: Made = { name: 'enable', args: [...ARRAY, '--stall', 'enable'] };
const DOUBLE: Made = { name: 'double', args: [...ARRAY, '--drain', 'double'] };
const DOUBLE_ENABLE: Made = { name: 'double_enable', args: [...ARRAY, '--drain', 'double', '--stall', 'enable'] };
const STALLS = [DEFAULT_ARRAY, ENABLE, DOUBLE, DOUBLE_ENABLE];

/** Tables of the areas of single designs, and of ways to add up a dot product. */
export const DESIGN_FIGURES: readonly Figure[] = [
  tables<AreaReport[]>({
    name: 'dot-product',
    page: 'docs/dot-product.md',
    library: 'sky130',
    before: DOTS.map(make),
    measured: DOTS.map((dot) => area(dot)),
    parts: {
      areas: (reports) => dotTable(reports.map((report, i) => ({ options: DOTS[i]?.title ?? report.design, report }))),
    },
  }),
  tables<[DotTreesReport]>({
    name: 'dot-trees',
    page: 'docs/dot-product.md',
    library: 'sky130',
    programs: ['python3'],
    measured: [{ step: ['dot-trees', '--liberty', 'LIBRARY'] }],
    parts: { trees: ([report]) => dotTreesTable(report) },
  }),
  tables<AreaReport[]>({
    name: 'float-pe',
    page: 'docs/float-pe.md',
    library: 'sky130',
    before: FLOAT_DESIGNS.map(make),
    measured: FLOAT_DESIGNS.map((made) => area(made)),
    parts: {
      'integer and floating-point': (reports) => {
        const of = (made: Made): AreaReport => reports[FLOAT_DESIGNS.indexOf(made)] as AreaReport;
        return floatTable(
          FLOATS.map(({ title, int, float }) => ({ types: title, int: int && of(int), float: of(float) })),
        );
      },
    },
  }),
  tables<[VariantsReport]>({
    name: 'tiles',
    page: 'docs/architecture.md',
    library: 'osu018',
    // The same run as that of docs/variants.md, which it writes.
    measured: [{ step: VARIANTS_STEP }],
    parts: { tiles: ([report]) => tileTable(report) },
  }),
  tables<[AreaReport, AreaReport, AreaReport, AreaReport]>({
    name: 'stalls',
    page: 'docs/architecture.md',
    library: 'osu018',
    before: STALLS.map(make),
    measured: [area(DEFAULT_ARRAY), area(ENABLE), area(DOUBLE), area(DOUBLE_ENABLE)],
    parts: {
      stalls: ([gate, enable, doubleGate, doubleEnable]) =>
        stallTable([
          { drain: 'single', gate, enable },
          { drain: 'double', gate: doubleGate, enable: doubleEnable },
        ]),
    },
  }),
  tables<[AreaReport, AreaReport, ComparisonReport, ComparisonReport]>({
    name: 'areas-in-short',
    page: 'docs/results.md',
    before: [make(DEFAULT_ARRAY)],
    measured: [
      area(DEFAULT_ARRAY, 'osu018'),
      area(DEFAULT_ARRAY, 'sky130'),
      { record: 'docs/compare-osu018.json' },
      { record: 'docs/compare-sky130.json' },
    ],
    parts: {
      areas: ([osu018, sky130, comparedOsu018, comparedSky130]) =>
        summaryTable([
          { title: 'osu018 (Debian `qflow-tech-osu018`)', micrometres: false, array: osu018, compared: comparedOsu018 },
          {
            title: 'SkyWater 130 nm (`sky130_fd_sc_hd`, typical)',
            micrometres: true,
            array: sky130,
            compared: comparedSky130,
          },
        ]),
    },
  }),
];
