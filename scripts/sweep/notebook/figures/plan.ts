import type { AreaReport } from '../../../synth/report.js';
import { areaText } from './area-tables.js';
import { DESIGN_FIGURES } from './designs.js';
import { type Figure, type OutputFigure, type ProgramFigure, tables } from './figure.js';
import { FPGA_FIGURES } from './fpga.js';
import { NETWORK_FIGURES } from './networks.js';
import { areaStep, design, perLibrary, VARIANTS_STEP } from './steps.js';
import { TIMING_FIGURES } from './timing.js';

/** All tables and plots that are measured by this project's own programs. */
export const FIGURES: readonly Figure[] = [
  tables<[AreaReport]>({
    name: 'area-generic',
    page: 'docs/area.md',
    before: [design('ant_16x16', '--rows', '16', '--cols', '16')],
    measured: [{ step: areaStep('ant_16x16') }],
    parts: { 'generic gates': ([report]) => areaText(report) },
  }),
  ...perLibrary(
    (library): Figure =>
      tables<[AreaReport]>({
        name: `area-${library}`,
        page: 'docs/area.md',
        library,
        before: [design('ant_16x16', '--rows', '16', '--cols', '16')],
        measured: [{ step: areaStep('ant_16x16', '--liberty', 'LIBRARY') }],
        parts: { [library]: ([report]) => areaText(report) },
      }),
  ),
  {
    kind: 'program',
    name: 'variants',
    page: 'docs/variants.md',
    library: 'osu018',
    // As JSON for the sake of the tables that are made of the same run.
    step: [...VARIANTS_STEP, '--json'],
  },
  ...perLibrary(
    (library): ProgramFigure => ({
      kind: 'program',
      name: `alternatives-${library}`,
      page: 'docs/microarchitecture.md',
      library,
      step: ['alternatives', '--liberty', 'LIBRARY', '--write', 'docs/microarchitecture.md'],
    }),
  ),
  ...perLibrary(
    (library): ProgramFigure => ({
      kind: 'program',
      name: `alternatives-float-${library}`,
      page: 'docs/float-pe.md',
      library,
      step: ['alternatives', '--pe', 'float', '--liberty', 'LIBRARY', '--write', 'docs/float-pe.md'],
    }),
  ),
  ...perLibrary(
    (library): ProgramFigure => ({
      kind: 'program',
      name: `compare-${library}`,
      page: 'docs/compare.md',
      library,
      step: [
        ...(['area', '--compare', '--liberty', 'LIBRARY', '--prove', '--write', 'docs/compare.md'] as const),
        ...['--record', `docs/compare-${library}.json`],
      ],
    }),
  ),
  ...perLibrary(
    (library): OutputFigure => ({
      kind: 'output',
      name: `power-${library}`,
      page: 'docs/power.md',
      library,
      step: ['power', '--compare', '--liberty', 'LIBRARY'],
      part: library,
      markdown: false,
    }),
  ),
  ...TIMING_FIGURES,
  ...FPGA_FIGURES,
  {
    kind: 'output',
    name: 'model-effects',
    page: 'docs/model.md',
    step: ['model', '--effects', '--markdown', '--out', 'build/figures/model'],
    part: 'effects',
    markdown: true,
  },
  ...DESIGN_FIGURES,
  ...NETWORK_FIGURES,
];

/** Runs of `--check`: what was recorded, measured again. */
export const CHECKS: readonly ProgramFigure[] = perLibrary((library) => ({
  kind: 'program',
  name: `check-${library}`,
  page: `docs/compare-${library}.json`,
  library,
  step: ['area', '--compare', '--liberty', 'LIBRARY', '--check', `docs/compare-${library}.json`],
}));
