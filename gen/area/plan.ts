import type { Manifest } from '../manifest.js';

/** What a module is for, as the area report groups it; `pe`: a PE, or a tile of PEs with its operand registers. */
export type AreaRole = 'pe' | 'decoder' | 'delay' | 'edge' | 'type decoder' | 'pe of a tile';

/** A piece of the array that is synthesised on its own and multiplied by the number of its instances. */
export interface AreaUnit {
  /** How the report calls it. */
  readonly label: string;
  readonly module: string;
  /** Verilog files the module needs, in compile order. */
  readonly files: readonly string[];
  readonly parameters: Readonly<Record<string, number>>;
  readonly role: AreaRole;
  readonly instances: number;
  /** Shown for information only: its area is part of another unit's. */
  readonly partOfOther: boolean;
}

const PORTS = ['a', 'w'] as const;

/** The names of a port's type decoders. */
function typeDecoders(manifest: Manifest, port: 'a' | 'w'): string[] {
  return manifest.ports[port].types.map((type) => `${manifest.configuration.name}_decode_${type}`);
}

/** The pieces of a design in compile order; a delay line counts as its registers, one stage each. */
export function areaUnits(manifest: Manifest): AreaUnit[] {
  const { name: design } = manifest.configuration;
  const nested = new Set(PORTS.flatMap((port) => typeDecoders(manifest, port)));
  const { tileRows, tileCols } = manifest.configuration;
  const tile = tileRows * tileCols > 1 ? `${design}_tile` : undefined;
  const needs = new Map([
    ...PORTS.map((port): [string, string[]] => [`${design}_decode_${port}`, typeDecoders(manifest, port)]),
    [`${design}_tile`, [`${design}_pe`]],
  ]);
  const files = (names: readonly string[]): string[] =>
    manifest.modules.filter(({ name }) => names.includes(name)).map(({ file }) => file);
  return manifest.modules
    .filter(({ name }) => name !== manifest.top)
    .flatMap(({ name, instances = 1 }): AreaUnit[] => {
      const common = { module: name, files: files([...(needs.get(name) ?? []), name]) };
      if (name === `${design}_delay`) {
        return manifest.delayLines.map(({ use, width, stages }) => ({
          ...common,
          label: `${name} (${use}, ${width} bit)`,
          parameters: { WIDTH: width, DEPTH: 1 },
          role: 'delay',
          instances: stages,
          partOfOther: false,
        }));
      }
      if (name === `${design}_pe` || name === tile) {
        const inTile = tile !== undefined && name !== tile;
        const unit: AreaUnit = {
          ...common,
          label: name,
          parameters: {},
          role: inTile ? 'pe of a tile' : 'pe',
          instances,
          partOfOther: inTile,
        };
        return bySumWidth(unit, manifest, name === tile ? tileRows * tileCols : 1);
      }
      const partOfOther = nested.has(name);
      const role = partOfOther ? 'type decoder' : needs.has(name) ? 'decoder' : 'edge';
      return [{ ...common, label: name, parameters: {}, role, instances, partOfOther }];
    });
}

/** A PE, or a tile of `pes` PEs, once per width of its partial sums where there are such. */
function bySumWidth(unit: AreaUnit, { partialSums }: Manifest, pes: number): AreaUnit[] {
  if (partialSums.length === 0) return [unit];
  return partialSums.map(({ bits, pes: all }) => ({
    ...unit,
    label: `${unit.label} (${bits} bit partial sums)`,
    parameters: { SUM_BITS: bits },
    instances: all / pes,
  }));
}

/** Units with the same key are the same piece of hardware and are synthesised once. */
export function unitKey({ module, parameters }: AreaUnit): string {
  return JSON.stringify([module, parameters]);
}
