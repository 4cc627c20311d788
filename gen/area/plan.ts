import type { Manifest } from '../manifest.js';

/** What a module is for, as the area report groups it. A dot-product unit counts as a PE, its lanes and columns as parts. */
export type AreaRole = 'pe' | 'decoder' | 'delay' | 'edge' | 'type decoder' | 'unit part';

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
  const decoders = new Set(PORTS.map((port) => `${design}_decode_${port}`));
  const computing = `${design}_${manifest.configuration.arch === 'dot' ? 'unit' : 'pe'}`;
  const unitParts = manifest.configuration.arch === 'dot' ? [`${design}_lane`, `${design}_column`] : [];
  const needs = new Map([
    ...PORTS.map((port): [string, string[]] => [`${design}_decode_${port}`, typeDecoders(manifest, port)]),
    [computing, unitParts] as [string, string[]],
  ]);
  const files = (names: readonly string[]): string[] =>
    manifest.modules.filter(({ name }) => names.includes(name)).map(({ file }) => file);
  const roleOf = (name: string): AreaRole => {
    if (nested.has(name)) return 'type decoder';
    if (unitParts.includes(name)) return 'unit part';
    if (decoders.has(name)) return 'decoder';
    return name === computing ? 'pe' : 'edge';
  };
  return (
    manifest.modules
      // A column of a unit has as many bits as it needs: no size stands for all.
      .filter(({ name }) => name !== manifest.top && name !== `${design}_column`)
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
        const role = roleOf(name);
        const partOfOther = role === 'type decoder' || role === 'unit part';
        return [{ ...common, label: name, parameters: {}, role, instances, partOfOther }];
      })
  );
}

/** Units with the same key are the same piece of hardware and are synthesised once. */
export function unitKey({ module, parameters }: AreaUnit): string {
  return JSON.stringify([module, parameters]);
}
