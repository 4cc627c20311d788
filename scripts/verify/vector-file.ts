import type { ArrayInfo, Tile } from '../../gen/golden/reference.js';
import { resultLanes, resultWidth, tileBeats } from '../../gen/golden/streams.js';

/** Writes the little-endian files that the benches in `tb/` read. */
export class VectorWriter {
  private readonly parts: Buffer[] = [];

  words(...values: number[]): this {
    const buffer = Buffer.alloc(values.length * 4);
    values.forEach((value, i) => {
      buffer.writeUInt32LE(value, i * 4);
    });
    this.parts.push(buffer);
    return this;
  }

  bytes(values: Uint8Array): this {
    this.parts.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    return this;
  }

  wides(values: BigInt64Array): this {
    this.parts.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    return this;
  }

  content(): Buffer {
    return Buffer.concat(this.parts);
  }
}

/** A run of tiles after a reset. Chances are in 256ths. */
export interface Segment {
  readonly seed: number;
  readonly tiles: readonly Tile[];
  /** Expected results of each tile, row by row; none: the results are not compared. */
  readonly expected?: readonly BigInt64Array[];
  /** How often the input idles. */
  readonly idle?: number;
  /** How often the output is not ready. */
  readonly busy?: number;
  /** The output is ready only while a row is offered, as a consumer may be that waits for one. */
  readonly waits?: boolean;
  /** Drive garbage on idle inputs and check that no output depends on `out_ready_i` within a cycle. */
  readonly probe?: boolean;
  /** The cycle in which the next segment's reset cuts this one off. */
  readonly abort?: number;
}

/** The vector file of the array bench (see `tb/array_tb.cpp`). */
export function arrayVectors(info: ArrayInfo, segments: readonly Segment[]): Buffer {
  const file = new VectorWriter();
  const { tile, rows, cols, a, w, accBits, blocks } = info;
  const { stepsPerBeat: steps } = tile;
  file.words(tile.weightsStay ? 1 : 0, rows * steps, cols * steps, resultWidth(info));
  file.words(a.codeBits, w.codeBits, accBits);
  file.words(...(blocks ? [rows, cols, blocks.scales.bits] : [0, 0, 0]), segments.length);
  for (const { seed, tiles, expected, idle = 0, busy = 0, waits = false, probe = false, abort = 0 } of segments) {
    file.words(seed, idle, busy, waits ? 1 : 0, probe ? 1 : 0, abort, expected ? 1 : 0, tiles.length);
    tiles.forEach((tile, i) => {
      const { beats, weightBeats, resultBeats, a: activations, w: weights, ...scales } = tileBeats(info, tile);
      file.words(beats, weightBeats, resultBeats, tile.aType, tile.wType, tile.aWide ? 1 : 0, tile.wWide ? 1 : 0);
      file.bytes(activations).bytes(weights);
      const { aScales, wScales } = scales;
      if (aScales && wScales) file.bytes(aScales).bytes(wScales);
      const results = expected?.[i];
      if (results) file.wides(resultLanes(info, tile, results));
    });
  }
  return file.content();
}
