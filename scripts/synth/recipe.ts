/** With and without Yosys' merging of multipliers and adders into one macro: neither is always the smaller. */
export const RECIPES = ['alumacc', 'noalumacc'] as const;

export type Recipe = (typeof RECIPES)[number];
