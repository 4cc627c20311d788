import { binValues, type Edges, findBins, type ScaledGrid } from './edges.js';

const CHUNK = 2 ** 12;

const chunkBins = new Int32Array(CHUNK);

/** Third pass: squared errors of some scaled types, added up element by element in the order of arrival. */
export class ElementPass {
  count = 0;
  /** One for each scaled type. */
  readonly squaredErrors: Float64Array;
  readonly #edges: Edges;
  readonly #quantised: readonly Float64Array[];

  /** @param edges Bins made of these scaled types and maybe others. */
  constructor(edges: Edges, scaled: readonly ScaledGrid[]) {
    this.#edges = edges;
    this.#quantised = scaled.map((one) => binValues(edges, one));
    this.squaredErrors = new Float64Array(scaled.length);
  }

  observe(values: Float32Array): void {
    for (let start = 0; start < values.length; start += CHUNK) this.#addChunk(values.subarray(start, start + CHUNK));
    this.count += values.length;
  }

  #addChunk(values: Float32Array): void {
    findBins(this.#edges, new Int32Array(values.buffer, values.byteOffset, values.length), chunkBins);
    this.#quantised.forEach((quantised, c) => {
      let error = this.squaredErrors[c] as number;
      for (let i = 0; i < values.length; i++) {
        const difference = (values[i] as number) - (quantised[chunkBins[i] as number] as number);
        error += difference * difference;
      }
      this.squaredErrors[c] = error;
    });
  }
}
