/** A word of Verilog and where it stands. */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'sign' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const BLANK = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/|`(?:timescale|default_nettype|ifndef|define|endif)[^\n]*)+/y;

const PATTERNS = {
  name: /[A-Za-z_$][\w$]*|\\\S+/y,
  number: /(?:\d[\d_]*)?'[sS]?[bodhBODH][\da-fA-FxXzZ?_]+|\d[\d_]*/y,
  string: /"(?:[^"\\]|\\.)*"/y,
  sign: /<<<|>>>|===|!==|<<|>>|<=|>=|==|!=|&&|\|\||\*\*|~&|~\||~\^|\^~|\+:|-:|[-+*/%&|^~!?:<>=()[\]{},;.#@]/y,
} as const;

/** The tokens of a Verilog source, comments left out, with an `end` behind the last. @throws Error at what is no token. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const matched = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  while (true) {
    at += matched(BLANK)?.length ?? 0;
    if (at === source.length) break;
    const [kind, text] =
      Object.entries(PATTERNS)
        .map(([kind, pattern]) => [kind as Token['kind'], matched(pattern)] as const)
        .find(([, text]) => text !== undefined) ?? [];
    if (kind === undefined || text === undefined) {
      throw new Error(`no Verilog that the generator writes: ${source.slice(at, at + 20)}`);
    }
    tokens.push({ kind, text, start: at, end: at + text.length });
    at += text.length;
  }
  return [...tokens, { kind: 'end', text: '', start: at, end: at }];
}
