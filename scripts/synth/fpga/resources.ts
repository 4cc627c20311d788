/** What hardware takes up on an FPGA. */
export interface Resources {
  /** Look-up tables occupied, those of carry cells included; how many inputs they have differs between families. */
  readonly luts: number;
  readonly flipFlops: number;
  /** Bits of carry chains. */
  readonly carryBits: number;
  readonly dsps: number;
  readonly blockRams: number;
}

const each = (figure: (resource: keyof Resources) => number): Resources => ({
  luts: figure('luts'),
  flipFlops: figure('flipFlops'),
  carryBits: figure('carryBits'),
  dsps: figure('dsps'),
  blockRams: figure('blockRams'),
});

/** Resources of several pieces of hardware together. */
export function sumResources(parts: readonly Partial<Resources>[]): Resources {
  return each((resource) => parts.reduce((sum, part) => sum + (part[resource] ?? 0), 0));
}

/** Resources times a factor, rounded to 6 decimals: without the dust of binary fractions. */
export function scaleResources(resources: Partial<Resources>, factor: number): Resources {
  return each((resource) => Number(((resources[resource] ?? 0) * factor).toFixed(6)));
}
