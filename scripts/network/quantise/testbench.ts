import type { Manifest } from '../../../gen/design/manifest.js';
import { identityComment } from '../../../gen/rtl/render/identity.js';
import { renderTemplate } from '../../../gen/rtl/render/templates.js';
import type { LayerImages } from './images.js';

/** What a test bench needs to know of a layer's images. */
export interface ImageBench {
  readonly layer: string;
  readonly images: LayerImages;
  /** Beats of a reduction. */
  readonly k: number;
  /** Selectors of the types. */
  readonly aType: number;
  readonly wType: number;
}

/** Verilog that plays a layer's images into a design's array and compares the results. */
export function imageTestbench(manifest: Manifest, { layer, images, k, aType, wType }: ImageBench): string {
  const { configuration, ports, accumulator, configurationSha256: hash, generator, command } = manifest;
  const { rows, cols, name: design } = configuration;
  const beats = images.beats.reduce((sum, each) => sum + each, 0);
  const tiles = images.beats.length;
  const partK = Math.min(k, accumulator.provenK);
  const selector = (port: string, width: number, value: number) =>
    width === 0 ? [] : [{ port, value: `${width}'d${value}` }];
  return renderTemplate('network/quantise/testbench.v', {
    header: identityComment('//', `Test bench of layer ${layer} on ${design}_array.`, { hash, generator, command }),
    design,
    testEnable: manifest.clockGate?.testEnable,
    layer,
    rows,
    cols,
    tilesText: tiles === 1 ? 'one tile' : `${tiles} tiles`,
    beats,
    k,
    partK,
    partNote: partK === k ? '' : `, in parts of ${partK}`,
    resultRows: tiles * rows,
    aWidth: rows * ports.a.codeBits,
    wWidth: cols * ports.w.codeBits,
    outWidth: cols * accumulator.bits,
    selectors: [...selector('a_type_i', ports.a.typeBits, aType), ...selector('w_type_i', ports.w.typeBits, wType)],
    watchdogCycles: 1000 + 4 * (beats + tiles * (rows + cols + 8)),
  });
}
