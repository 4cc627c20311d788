import { arrayInfoOf } from '../../../gen/design/array-info.js';
import type { Manifest } from '../../../gen/design/manifest.js';
import { resultWidth } from '../../../gen/golden/streams.js';
import type { PortMatrices, PortMatrix } from '../../../gen/golden/tiling.js';
import { identityComment } from '../../../gen/rtl/render/identity.js';
import { renderTemplate } from '../../../gen/rtl/render/templates.js';
import { alignConnections } from '../../../gen/rtl/verilog.js';
import { BEAT_COUNT_BITS, type LayerImages } from './images.js';

/** What a test bench needs to know of a layer's images. */
export interface ImageBench {
  readonly layer: string;
  readonly images: LayerImages;
  /** Any of the layer's products: their types are the same. */
  readonly operands: PortMatrices;
}

/** Verilog that plays a layer's images into a design's array and compares the results. */
export function imageTestbench(manifest: Manifest, { layer, images, operands }: ImageBench): string {
  const { configuration, ports, accumulator, configurationSha256: hash, generator, command } = manifest;
  const { rows, cols, name: design } = configuration;
  const info = arrayInfoOf(manifest);
  const { stepsPerBeat: steps, rowsPerBeat } = info.tile;
  const beats = images.beats.reduce((sum, each) => sum + each, 0);
  const tiles = images.beats.length;
  const chosen = (['a', 'w'] as const).flatMap((letter) => selectors(letter, ports[letter], operands[letter]));
  const view = {
    header: identityComment('//', `Test bench of layer ${layer} on ${design}_array.`, { hash, generator, command }),
    design,
    testEnable: manifest.clockGate?.testEnable,
    layer,
    tilesText: tiles === 1 ? 'one tile' : `${tiles} tiles`,
    beatText: steps === 1 ? 'a bus word per beat' : `a bus word per beat of ${steps} steps of the reduction`,
    resultText: rowsPerBeat === 1 ? 'one per row of results' : `one per beat of ${rowsPerBeat} rows of results`,
    resultUnit: rowsPerBeat === 1 ? 'rows' : 'beats',
    beats,
    tiles,
    tileRows: images.resultBeats,
    resultRows: tiles * images.resultBeats,
    countWidth: BEAT_COUNT_BITS,
    aWidth: rows * steps * ports.a.codeBits,
    wWidth: cols * steps * ports.w.codeBits,
    outWidth: resultWidth(info) * accumulator.bits,
    selectors: chosen,
    memories: [
      { path: 'activations.hex', name: 'activations' },
      { path: 'weights.hex', name: 'weights' },
      { path: 'expected.hex', name: 'expected' },
      { path: 'tiles.hex', name: 'tile_beats' },
    ].map((memory) => ({ ...memory, layer })),
    watchdogCycles: 1000 + 4 * (beats + tiles * (rows + cols + 8)),
  };
  return alignConnections(renderTemplate('network/quantise/testbench.v', view));
}

/** What tells a port the type of its codes. */
function selectors(
  letter: 'a' | 'w',
  { typeBits, wideTypes }: Manifest['ports']['a'],
  { typeIndex, wide = false }: PortMatrix,
): { readonly port: string; readonly value: string }[] {
  return [
    ...(wideTypes.length === 0 ? [] : [{ port: `${letter}_wide_i`, value: `1'b${wide ? 1 : 0}` }]),
    ...(typeBits === 0 ? [] : [{ port: `${letter}_type_i`, value: `${typeBits}'d${typeIndex}` }]),
  ];
}
