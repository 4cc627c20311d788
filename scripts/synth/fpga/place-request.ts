import type { Device } from './devices.js';
import type { Placeable } from './placement.js';

/** Which modules to place and route, and how. */
export interface PlaceRequest {
  readonly what: readonly Placeable[];
  readonly device: Device;
  /** Number of seeds. */
  readonly seeds: number;
  /** Whether the fastest seed becomes a bitstream. */
  readonly bitstream?: boolean;
}
