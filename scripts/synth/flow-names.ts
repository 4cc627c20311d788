/** With and without Yosys' merging of multipliers and adders into one macro: neither is always the smaller. */
export const FLOWS = ['alumacc', 'noalumacc'] as const;

export type Flow = (typeof FLOWS)[number];
