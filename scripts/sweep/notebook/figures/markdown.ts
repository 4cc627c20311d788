import { decimal } from '../../../../gen/base/text-table.js';

/** Commands as a block of Markdown, with an empty line behind. */
export const commandBlock = (commands: readonly string[]): string[] => [...commands.map((text) => `    ${text}`), ''];

/** How much more a figure is than another, in whole percent: `+7 %`. */
export function growth(from: number, to: number): string {
  const percent = Math.round((to / from - 1) * 100);
  return `${percent < 0 ? '-' : '+'}${decimal(Math.abs(percent))} %`;
}
