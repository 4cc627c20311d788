/** Small pieces of Verilog text. Widths are in bits. */

/** `[7:0] `-style range of a vector, empty for one bit. */
export function range(width: number): string {
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

/** Words that cannot name a Verilog-2005 module or design. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  `always and assign automatic begin buf bufif0 bufif1 case casex casez cell cmos config deassign default defparam
  design disable edge else end endcase endconfig endfunction endgenerate endmodule endprimitive endspecify endtable
  endtask event for force forever fork function generate genvar highz0 highz1 if ifnone incdir include initial inout
  input instance integer join large liblist library localparam macromodule medium module nand negedge nmos nor
  noshowcancelled not notif0 notif1 or output parameter pmos posedge primitive pull0 pull1 pulldown pullup
  pulsestyle_ondetect pulsestyle_onevent rcmos real realtime reg release repeat rnmos rpmos rtran rtranif0 rtranif1
  scalared showcancelled signed small specify specparam strong0 strong1 supply0 supply1 table task time tran tranif0
  tranif1 tri tri0 tri1 triand trior trireg unsigned use uwire vectored wait wand weak0 weak1 while wire wor xnor
  xor`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
