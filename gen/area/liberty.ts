import { evaluateFunction } from './boolean.js';

/** What the area report needs of a cell of a Liberty file. */
export interface LibertyCell {
  readonly name: string;
  readonly area: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly fn?: string }[];
}

/** The cells of a Liberty file: names, areas, pins and boolean functions; all else is skipped. */
export function libertyCells(text: string): LibertyCell[] {
  return groups(text.replace(/\/\*[\s\S]*?\*\//g, ' '), 'cell').map(({ name, body }) => {
    const pins = groups(body, 'pin');
    const direction = (wanted: string) => pins.filter((pin) => attribute(pin.body, 'direction') === wanted);
    return {
      name,
      area: Number(attribute(body, 'area') ?? Number.NaN),
      inputs: direction('input').map((pin) => pin.name),
      outputs: direction('output').map((pin) => {
        const fn = attribute(pin.body, 'function');
        return { name: pin.name, ...(fn === undefined ? {} : { fn }) };
      }),
    };
  });
}

/** The name of a Liberty file's library. */
export function libertyName(text: string): string | undefined {
  return /\blibrary\s*\(\s*"?([^")\s]+)"?\s*\)/.exec(text)?.[1];
}

/** Whether a library's cells have delays, as tables over input slope and load. */
export function hasDelays(text: string): boolean {
  return /\bcell_rise\s*\(/.test(text) && /\bcell_fall\s*\(/.test(text);
}

/** The smallest 2-input NAND of a library, found by its function. */
export function smallestNand2(cells: readonly LibertyCell[]): LibertyCell | undefined {
  return cells.filter(isNand2).reduce<LibertyCell | undefined>((least, cell) => {
    return least === undefined || cell.area < least.area ? cell : least;
  }, undefined);
}

function isNand2({ area, inputs, outputs }: LibertyCell): boolean {
  const [a, b, ...more] = inputs;
  const [output, ...others] = outputs;
  if (!(area > 0) || a === undefined || b === undefined || more.length > 0) return false;
  if (output?.fn === undefined || others.length > 0) return false;
  const { fn } = output;
  return [0, 1, 2, 3].every((i) => {
    const [x, y] = [i > 1, i % 2 === 1];
    return evaluateFunction(fn, { [a]: x, [b]: y }) === !(x && y);
  });
}

/** The groups `keyword (name) { body }` of a text, wherever they are. */
function groups(text: string, keyword: string): { name: string; body: string }[] {
  const found: { name: string; body: string }[] = [];
  const start = new RegExp(`(?<![\\w"])${keyword}\\s*\\(\\s*"?([^")\\s]+)"?\\s*\\)\\s*\\{`, 'g');
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    const end = closingBrace(text, start.lastIndex);
    found.push({ name: match[1] as string, body: text.slice(start.lastIndex, end) });
    start.lastIndex = end;
  }
  return found;
}

/** Where the group that is open at `from` closes. */
function closingBrace(text: string, from: number): number {
  const marks = /"[^"]*"|[{}]/g;
  marks.lastIndex = from;
  let depth = 1;
  for (let match = marks.exec(text); match !== null; match = marks.exec(text)) {
    if (match[0] === '{') depth += 1;
    else if (match[0] === '}') depth -= 1;
    if (depth === 0) return match.index;
  }
  return text.length;
}

/** A simple attribute of a group's own, not of the groups in it. */
function attribute(body: string, name: string): string | undefined {
  const pattern = new RegExp(`(?<![\\w"])${name}\\s*:\\s*(?:"([^"]*)"|([^;\\s]+))\\s*;?`, 'g');
  for (const match of body.matchAll(pattern)) {
    if (depthAt(body, match.index) === 0) return match[1] ?? match[2];
  }
  return undefined;
}

function depthAt(text: string, index: number): number {
  let depth = 0;
  for (const [mark] of text.slice(0, index).matchAll(/"[^"]*"|[{}]/g)) {
    if (mark === '{') depth += 1;
    else if (mark === '}') depth -= 1;
  }
  return depth;
}
