/** A cell's outline, in micrometres. */
export interface CellSize {
  readonly width: number;
  readonly height: number;
}

/** What of a LEF file a report and a picture of a layout need, in micrometres. */
export interface Cells {
  readonly sizes: ReadonlyMap<string, CellSize>;
  /** Widths of wires, by layer. */
  readonly wires: ReadonlyMap<string, number>;
}

/** Reads the outlines of cells and the widths of wires. */
export function readCells(text: string): Cells {
  const sizes = new Map<string, CellSize>();
  for (const [, name = '', body = ''] of text.matchAll(/^MACRO\s+(\S+)([\s\S]*?)^END\s+\1/gm)) {
    const [, width, height] = /\bSIZE\s+([\d.]+)\s+BY\s+([\d.]+)/.exec(body) ?? [];
    if (width !== undefined && height !== undefined) {
      sizes.set(name, { width: Number(width), height: Number(height) });
    }
  }
  const wires = new Map<string, number>();
  for (const [, name = '', body = ''] of text.matchAll(/^LAYER\s+(\S+)([\s\S]*?)^END\s+\1/gm)) {
    const [, width] = /\bTYPE\s+ROUTING\s*;[\s\S]*?\bWIDTH\s+([\d.]+)/.exec(body) ?? [];
    if (width !== undefined) wires.set(name, Number(width));
  }
  return { sizes, wires };
}
