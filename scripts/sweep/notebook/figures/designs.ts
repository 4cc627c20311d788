import { BUS_FORMS, CORE_FORMS, DRAIN_FORMS, ENERGY_FORMS, formName, formOptions } from './drain-forms.js';
import { ENGINE_SIZES, engineName } from './engine-areas.js';
import { LANE_FORMS, laneFormName, laneFormOptions } from './lane-forms.js';
import { PROVED_OPTIONS } from './proof-times.js';

const ROOT = 'build/figures';

/** Where a design lies, and what else is made for figures. */
export const folder = (name: string): string => `${ROOT}/${name}`;

/** Words of a command. */
export const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

/** What makes a design. */
export const generation = (name: string) =>
  ['gen', '--out', ROOT, '--name', name, ...words(DESIGNS[name] ?? '')] as const;

/** Dot-product units of docs/dot-product.md, by their options. */
export const DOTS = [
  '',
  '--tree adders',
  '--pipeline 2',
  '--pipeline 3',
  '--pipeline 5',
  '--lanes 4',
  '--lanes 4 --tree adders',
  '--lanes 64',
  '--rows 4 --cols 4',
].map((options) => ({
  name: ['dot', ...words(options).map((word) => word.replace(/^--/, ''))].join('_'),
  title: options === '' ? '(16 lanes)' : `\`${options}\``,
  options: `--arch dot ${options}`,
}));

const ARRAY = '--rows 16 --cols 16';
const FPGA = '--rows 4 --cols 4 --stall enable';
const bothPorts = (type: string): string => `${ARRAY} --activations ${type} --weights ${type}`;

/** Designs that are measured for figures, by the options of `npm run gen`. */
export const DESIGNS: Readonly<Record<string, string>> = {
  ant_16x16: ARRAY,
  float_default: `${ARRAY} --pe float`,
  int_int4: bothPorts('int4'),
  float_int4: `${bothPorts('int4')} --pe float`,
  int_int8: bothPorts('int8'),
  float_int8: `${bothPorts('int8')} --pe float`,
  float_e4m3: `${bothPorts('e4m3')} --pe float`,
  enable: `${ARRAY} --stall enable`,
  one: '--rows 4 --cols 4',
  two: '--rows 4 --cols 4 --pipeline 2',
  fpga_4x4: FPGA,
  fpga_4x4_two: `${FPGA} --pipeline 2`,
  ...Object.fromEntries(
    [...DRAIN_FORMS, ...CORE_FORMS, ...BUS_FORMS, ...ENERGY_FORMS].map((form) => [formName(form), formOptions(form)]),
  ),
  ...Object.fromEntries(LANE_FORMS.map((form) => [laneFormName(form), laneFormOptions(form)])),
  ...PROVED_OPTIONS,
  engine_networks: '--engine --max-k 8192 --activation-kib 256 --weight-kib 128',
  requantise_4: '--arch requantise --lanes 4',
  ...Object.fromEntries(ENGINE_SIZES.map((size) => [engineName(size), `--engine --rows ${size} --cols ${size}`])),
  ...Object.fromEntries(DOTS.map(({ name, options }) => [name, options])),
};
