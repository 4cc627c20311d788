/** A Liberty text without its comments and with its continued lines joined; a comment that is not closed ends with the text. */
export function withoutComments(text: string): string {
  const stringOrComment = /("[^"]*")|\/\*[\s\S]*?(?:\*\/|$)/g;
  return text.replace(stringOrComment, (_, string?: string) => string ?? ' ').replace(/\\\r?\n/g, ' ');
}

/** Whether a text without comments ends in the middle of a group, as a file does that is cut off. */
export function isCutOff(text: string): boolean {
  return depthAt(text, text.length) > 0;
}

/** A group of a Liberty file: `keyword (name) { body }`; the name is empty where there is none. */
export interface LibertyGroup {
  readonly name: string;
  readonly body: string;
}

/** The groups of a keyword in a text, wherever they are. */
export function groups(text: string, keyword: string): LibertyGroup[] {
  const found: LibertyGroup[] = [];
  const start = new RegExp(`(?<![\\w"])${keyword}\\s*\\(\\s*"?([^")\\s]*)"?\\s*\\)\\s*\\{`, 'g');
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

/** The group that tells what a register does. */
export interface RegisterGroup {
  readonly kind: 'ff' | 'latch';
  /** Names of its state and of the inverse, for functions of outputs. */
  readonly names: readonly string[];
  readonly body: string;
}

/** The register's group of a cell; undefined where it has none. */
export function registerGroup(body: string): RegisterGroup | undefined {
  const [whole, kind, names = '', register = ''] = /(?<![\w"])(ff|latch)\s*\(([^)]*)\)\s*\{([^{}]*)\}/.exec(body) ?? [];
  if (whole === undefined) return undefined;
  return {
    kind: kind === 'ff' ? 'ff' : 'latch',
    names: names.split(',').map((name) => name.replace(/["\s]/g, '')),
    body: register,
  };
}

/** A simple attribute of a group's own, not of the groups in it. */
export function attribute(body: string, name: string): string | undefined {
  const pattern = new RegExp(`(?<![\\w"])${name}\\s*:\\s*(?:"([^"]*)"|([^;\\s]+))\\s*;?`, 'g');
  for (const match of body.matchAll(pattern)) {
    if (depthAt(body, match.index) === 0) return match[1] ?? match[2];
  }
  return undefined;
}

function depthAt(text: string, index: number): number {
  let depth = 0;
  for (const [mark] of text.slice(0, index).matchAll(/"[^"]*(?:"|$)|[{}]/g)) {
    if (mark === '{') depth += 1;
    else if (mark === '}') depth -= 1;
  }
  return depth;
}

/** The quoted texts of a complex attribute of a group's own, such as `values ("1, 2", "3, 4");`, as numbers. */
export function numberLists(body: string, name: string): number[][] | undefined {
  for (const match of body.matchAll(new RegExp(`(?<![\\w"])${name}\\s*\\(([^)]*)\\)`, 'g'))) {
    if (depthAt(body, match.index) !== 0) continue;
    return [...(match[1] as string).matchAll(/"([^"]*)"/g)].map(([, list]) =>
      (list as string)
        .split(/[\s,]+/)
        .filter(Boolean)
        .map(Number),
    );
  }
  return undefined;
}
