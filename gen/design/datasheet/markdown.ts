/** The lines of a table of Markdown: the first line of cells is its head. */
export function markdownTable([head = [], ...lines]: readonly (readonly string[])[]): string[] {
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---|').join('')}`,
    ...lines.map((line) => `| ${line.join(' | ')} |`),
  ];
}
