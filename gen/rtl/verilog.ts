/** Small pieces of Verilog text. Widths are in bits. */

/** `[7:0]`-style range of a vector, empty for one bit; of one whose width a parameter holds, `[WIDTH-1:0]`. */
export function range(width: number | string): string {
  if (typeof width === 'string') return `[${width}-1:0]`;
  return width === 1 ? '' : `[${width - 1}:0]`;
}

/** A sized literal: decimal up to 32 bits, hexadecimal beyond. */
export function literal(width: number, value: number | bigint): string {
  return width <= 32 ? `${width}'d${value}` : `${width}'h${value.toString(16)}`;
}

/** An unsigned expression of `from` bits widened to `to` bits with zeros in front. */
export function zeroExtend(expression: string, from: number, to: number): string {
  if (to < from) throw new Error(`cannot widen ${expression} from ${from} to ${to} bits`);
  return to === from ? expression : `{${literal(to - from, 0)}, ${expression}}`;
}

/** An expression repeated `count` times. */
export function replicate(count: number, expression: string): string {
  return count === 1 ? expression : `{${count}{${expression}}}`;
}

/** The bits `high` down to `low` of a vector `width` bits wide. */
export function slice(name: string, width: number, high: number, low: number): string {
  if (width === 1) return name;
  if (high === width - 1 && low === 0) return name;
  return high === low ? `${name}[${high}]` : `${name}[${high}:${low}]`;
}

const CONNECTION = /^( *\.\w+) *(\(.*\),?(?: *\/\/.*)?)$/gm;
const CONNECTIONS = /(?:^ *\.\w+ *\(.*\),?(?: *\/\/.*)?$\n?)+/gm;

/** Verilog whose connections of an instance stand below each other: in lines that follow each other, one a line. */
export function alignConnections(text: string): string {
  return text.replace(CONNECTIONS, (lines) => {
    const width = Math.max(...[...lines.matchAll(CONNECTION)].map(([, name = '']) => name.length));
    return lines.replace(CONNECTION, (_, name: string, rest: string) => name.padEnd(width) + rest);
  });
}
