import { arrayInfoOf } from '../../../gen/design/array-info.js';
import { holdsEngine, loadEngine } from '../../../gen/design/engine/manifest.js';
import { loadDesign, type Manifest } from '../../../gen/design/manifest.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { requireImages } from './images.js';
import type { QuantiseOptions } from './options.js';
import { portTypes } from './verdict.js';

/** A design that a network is quantised for. */
export interface TargetDesign {
  readonly name: string;
  /** Types of its ports. */
  readonly ports: NonNullable<QuantiseOptions['ports']>;
  /** Of an array, which memory images are written for. */
  readonly manifest?: Manifest;
}

/** @throws UserError for a folder without a design, and for an array that memory images cannot be played into. */
export function openTarget(folder: string): TargetDesign {
  if (holdsEngine(folder)) {
    const { configuration, machine } = loadEngine(folder);
    const types = (names: readonly string[]): NumericType[] => names.map(numericType);
    return {
      name: configuration.name,
      ports: { a: types(machine.activationTypes), w: types(machine.weightTypes) },
    };
  }
  const manifest = loadDesign(folder);
  const info = arrayInfoOf(manifest);
  requireImages(info);
  return { name: manifest.configuration.name, ports: { a: portTypes(info.a), w: portTypes(info.w) }, manifest };
}
