import { EXIT, UserError } from '../../../gen/base/errors.js';

/** A rectangle, in micrometres: from its lower left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An instance of a cell, at its lower left corner. */
export interface PlacedCell {
  readonly name: string;
  readonly cell: string;
  readonly x: number;
  readonly y: number;
}

/** A straight piece of wire. */
export interface Wire {
  readonly net: string;
  readonly layer: string;
  /** Where it is not the layer's own. */
  readonly width: number | undefined;
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
}

export interface PlacedPin {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** A layout that was placed and routed, in micrometres. */
export interface PlacedDesign {
  readonly die: Rectangle;
  readonly cells: readonly PlacedCell[];
  readonly pins: readonly PlacedPin[];
  readonly wires: readonly Wire[];
  readonly vias: number;
}

/**
 * Reads the DEF file of a routed design, as qrouter writes it.
 *
 * @throws UserError (exit code 3) where it is none.
 */
export function readDef(text: string): PlacedDesign {
  const [, perMicron] = /^UNITS DISTANCE MICRONS (\d+)/m.exec(text) ?? [];
  const [, ...corners] = /^DIEAREA \( (-?\d+) (-?\d+) \) \( (-?\d+) (-?\d+) \)/m.exec(text) ?? [];
  if (perMicron === undefined || corners.length !== 4) {
    throw new UserError('the routed layout is no DEF file with a unit and a die', EXIT.toolBroken);
  }
  const microns = (given: number | string | undefined): number => Number(given) / Number(perMicron);
  const [left = 0, bottom = 0, right = 0, top = 0] = corners.map(microns);
  const routed = ['NETS', 'SPECIALNETS'].map((name) => wiresOf(section(text, name), microns));
  return {
    die: { x: left, y: bottom, width: right - left, height: top - bottom },
    cells: [
      ...section(text, 'COMPONENTS').matchAll(/^- (\S+) (\S+)[^;]*?\+ (?:PLACED|FIXED) \( (-?\d+) (-?\d+) \)/gm),
    ].map(([, name = '', cell = '', x, y]) => ({ name, cell, x: microns(x), y: microns(y) })),
    pins: [...section(text, 'PINS').matchAll(/^- (\S+)[^;]*?\+ (?:PLACED|FIXED) \( (-?\d+) (-?\d+) \)/gm)].map(
      ([, name = '', x, y]) => ({ name, x: microns(x), y: microns(y) }),
    ),
    wires: routed.flatMap(({ wires }) => wires),
    vias: routed.reduce((sum, { vias }) => sum + vias, 0),
  };
}

const section = (text: string, name: string): string =>
  new RegExp(`^${name} \\d+ ;([\\s\\S]*?)^END ${name}`, 'm').exec(text)?.[1] ?? '';

/** The wires of a section: a layer, then points, in which a star repeats a coordinate, and vias by their names. */
function wiresOf(text: string, microns: (given: number | string | undefined) => number) {
  const wires: Wire[] = [];
  let vias = 0;
  for (const [, net = '', body = ''] of text.matchAll(/^- (\S+)([\s\S]*?);/gm)) {
    const routes = body.split(/\+ (?:ROUTED|FIXED)|\bNEW\b/).slice(1);
    for (const route of routes) {
      const [, layer = '', width, path = ''] = /^\s*(\S+)(?:\s+(\d+))?([\s\S]*)$/.exec(route) ?? [];
      let at: [number, number] | undefined;
      for (const [, x = '', y = '', via] of path.matchAll(/\( (\S+) (\S+) \)|([^\s()]+)/g)) {
        if (via !== undefined) {
          vias++;
          continue;
        }
        const next: [number, number] = [
          x === '*' ? (at?.[0] ?? 0) : microns(x),
          y === '*' ? (at?.[1] ?? 0) : microns(y),
        ];
        if (at !== undefined && (at[0] !== next[0] || at[1] !== next[1])) {
          wires.push({ net, layer, width: width === undefined ? undefined : microns(width), from: at, to: next });
        }
        at = next;
      }
    }
  }
  return { wires, vias };
}
