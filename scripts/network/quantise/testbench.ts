import { arrayInfoOf } from '../../../gen/design/array-info.js';
import { benchInstance } from '../../../gen/design/bench/instance.js';
import type { Manifest } from '../../../gen/design/manifest.js';
import { resultWidth } from '../../../gen/golden/streams.js';
import type { PortMatrices, PortMatrix } from '../../../gen/golden/tiling.js';
import { identityComment } from '../../../gen/rtl/render/identity.js';
import { renderTemplate } from '../../../gen/rtl/render/templates.js';
import { alignConnections, literal } from '../../../gen/rtl/verilog.js';
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
  const { configuration, ports, accumulator, configurationSha256: hash, generator, command, top } = manifest;
  const { rows, cols, name: design } = configuration;
  const info = arrayInfoOf(manifest);
  const { stepsPerBeat: steps, rowsPerBeat } = info.tile;
  const beats = images.beats.reduce((sum, each) => sum + each, 0);
  const tiles = images.beats.length;
  const view = {
    header: identityComment('//', `Test bench of layer ${layer} on ${top}.`, { hash, generator, command }),
    design,
    dut: instanceOf(manifest, operands),
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

/** The design in the test bench. */
function instanceOf({ top, clockGate, ports, streamPorts }: Manifest, { a, w }: PortMatrices) {
  const signals: Readonly<Record<string, string>> = {
    ...{ in_valid_i: 'in_valid', in_ready_o: 'in_ready', in_last_i: 'in_last' },
    a_data_i: 'activations[beat < BEATS ? beat : 0]',
    w_data_i: 'weights[beat < BEATS ? beat : 0]',
    ...selectors('a', ports.a, a),
    ...selectors('w', ports.w, w),
    ...{ out_valid_o: 'out_valid', out_ready_i: "1'b1", out_last_o: 'out_last', out_data_o: 'out_data' },
  };
  return benchInstance(
    { top, testEnable: clockGate?.testEnable, ports: streamPorts },
    (signal) => signals[signal],
    (_, width) => literal(width, 0),
  );
}

/** What tells a port the type of its codes. */
const selectors = (
  letter: 'a' | 'w',
  { typeBits }: Manifest['ports']['a'],
  { typeIndex, wide = false }: PortMatrix,
): Readonly<Record<string, string>> => ({
  [`${letter}_wide_i`]: literal(1, wide ? 1 : 0),
  [`${letter}_type_i`]: literal(typeBits, typeIndex),
});
