import { PLAIN_FLIP_FLOPS } from './gates.js';
import type { AreaUnit } from './plan.js';

/** With and without Yosys' merging of multipliers and adders into one macro: neither is always the smaller. */
export const RECIPES = ['alumacc', 'noalumacc'] as const;

export type Recipe = (typeof RECIPES)[number];

/** Names of the files of a synthesis run, in its folder. */
export const SYNTHESIS_FILES = {
  library: 'library.lib',
  registers: 'registers.json',
  cells: 'cells.json',
  area: 'area.txt',
} as const;

/**
 * The Yosys script that synthesises a unit for least area, to the cells of a library or to generic gates.
 * Flip-flops with an enable become plain ones with a multiplexer first: newer releases of Yosys would use a library's
 * enable flip-flops and older ones not, and areas would depend on the release.
 */
export function synthesisScript(
  { module, files, parameters }: Pick<AreaUnit, 'module' | 'files' | 'parameters'>,
  recipe: Recipe,
  withLibrary: boolean,
): string {
  const { library, registers, cells, area } = SYNTHESIS_FILES;
  const settings = Object.entries(parameters).map(([name, value]) => `-set ${name} ${value}`);
  const map = withLibrary ? [`dfflibmap -liberty ${library}`, `abc -liberty ${library}`] : ['abc -g cmos'];
  return [
    `read_verilog ${files.join(' ')}`,
    ...(settings.length > 0 ? [`chparam ${settings.join(' ')} ${module}`] : []),
    `hierarchy -check -top ${module}`,
    `synth -flatten${recipe === 'noalumacc' ? ' -noalumacc' : ''}`,
    `tee -q -o ${registers} stat -json`,
    `dfflegalize ${PLAIN_FLIP_FLOPS.map((gate) => `-cell ${gate} x`).join(' ')}`,
    ...map,
    'opt_clean -purge',
    `tee -q -o ${cells} stat -json`,
    ...(withLibrary ? [`tee -q -o ${area} stat -liberty ${library}`] : []),
    '',
  ].join('\n');
}

/** The recipe as a report shows it, for any module. */
export function shownRecipe(recipe: Recipe, withLibrary: boolean): string {
  return synthesisScript({ module: '<module>', files: ['<files>'], parameters: {} }, recipe, withLibrary);
}
