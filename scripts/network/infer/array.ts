import { arrayInfoOf, tiledArrayOf } from '../../../gen/design/array-info.js';
import type { Manifest } from '../../../gen/design/manifest.js';
import { findMismatch, referenceSums, requireSumsFit } from '../../../gen/golden/product.js';
import type { ArrayInfo } from '../../../gen/golden/reference.js';
import { type CodeMatrices, type PortMatrix, peProducts, planTiling, portMatrix } from '../../../gen/golden/tiling.js';
import { modelledCycles, multiplyOnArray } from '../../verify/multiply.js';
import type { ArraySimulator } from '../../verify/simulator.js';
import type { RunnableLayer } from '../quantise/plan.js';

/** What the array did for one layer, over all samples. */
export interface LayerWork {
  readonly name: string;
  readonly macs: number;
  readonly cycles: number;
  /** What the cycle model counts for the same tiles. */
  readonly modelCycles: number;
  readonly utilisation: number;
}

/** Products with their sums on the integer reference. */
interface Expected {
  readonly layer: RunnableLayer;
  readonly products: readonly CodeMatrices[];
  readonly sums: readonly BigInt64Array[];
}

/** An array whose sums are all compared with the integer reference, and that counts what it does per layer. */
export class CheckedArray {
  /** Sums compared, and those that differ. */
  sums = 0;
  wrongSums = 0;
  /** The first sum that differs. */
  mismatch: string | undefined;
  /** Time that the reference took. */
  referenceSeconds = 0;
  readonly #info: ArrayInfo;
  readonly #work = new Map<string, { macs: number; peProducts: number; cycles: number; modelCycles: number }>();
  /** What the reference has computed and nobody has asked for, in order. */
  readonly #expected: Expected[] = [];

  constructor(
    readonly simulator: ArraySimulator,
    readonly manifest: Manifest,
  ) {
    this.#info = arrayInfoOf(manifest);
  }

  /** Sums of products on the array; those of the reference are kept for `expected`. */
  async multiply(products: readonly CodeMatrices[], layer: RunnableLayer): Promise<BigInt64Array[]> {
    const info = this.#info;
    const jobs = products.map(({ a, w }) => {
      const codes = {
        a: portMatrix(info.a, a) as PortMatrix,
        w: portMatrix(info.w, w) as PortMatrix,
      };
      requireSumsFit(codes);
      return { codes, tiling: planTiling(codes, tiledArrayOf(this.manifest)) };
    });
    const { sums, cycles } = await multiplyOnArray(this.simulator, jobs);
    const { name } = layer.product;
    const own = this.#work.get(name) ?? { macs: 0, peProducts: 0, cycles: 0, modelCycles: 0 };
    own.macs += jobs.reduce((total, { tiling: { m, n, k } }) => total + m * n * k, 0);
    own.peProducts += jobs.reduce((total, { tiling }) => total + peProducts(tiling), 0);
    own.cycles += cycles;
    own.modelCycles += modelledCycles(this.manifest.timing, jobs);
    this.#work.set(name, own);
    this.#compare(products, layer, sums);
    return sums;
  }

  #compare(products: readonly CodeMatrices[], layer: RunnableLayer, got: readonly BigInt64Array[]): void {
    const wanted = this.#reference(products);
    this.#expected.push({ layer, products, sums: wanted });
    for (const [i, { w }] of products.entries()) {
      const [sums, right] = [got[i] as BigInt64Array, wanted[i] as BigInt64Array];
      this.sums += right.length;
      const found = findMismatch(sums, right, w.cols);
      if (!found) continue;
      this.wrongSums += found.count;
      const { row, col, expected, got: other } = found;
      this.mismatch ??= `${layer.product.name}, product ${i}, [${row}, ${col}]: expected ${expected}, got ${other}`;
    }
  }

  #reference(products: readonly CodeMatrices[]): BigInt64Array[] {
    const begin = performance.now();
    const sums = products.map(referenceSums);
    this.referenceSeconds += (performance.now() - begin) / 1000;
    return sums;
  }

  /** Sums on the integer reference: those computed for the array, in its order, where the operands are the same codes. */
  expected(products: readonly CodeMatrices[], layer: RunnableLayer): readonly BigInt64Array[] {
    const next = this.#expected.shift();
    const same = next?.layer === layer && products.every((product, i) => sameCodes(product, next.products[i]));
    return same ? (next as Expected).sums : this.#reference(products);
  }

  /** The work of each layer, and of all. */
  totals(): { layers: LayerWork[]; macs: number; cycles: number; utilisation: number } {
    const pes = this.manifest.timing.macsPerCycle;
    const share = (busy: number, cycles: number): number => (cycles === 0 ? 0 : busy / (cycles * pes));
    const all = [...this.#work.values()];
    const sum = (of: (work: (typeof all)[number]) => number): number =>
      all.reduce((total, each) => total + of(each), 0);
    const cycles = sum((work) => work.cycles);
    return {
      layers: [...this.#work].map(([name, { macs, peProducts: busy, cycles: own, modelCycles }]) => ({
        name,
        macs,
        cycles: own,
        modelCycles,
        utilisation: share(busy, own),
      })),
      macs: sum((work) => work.macs),
      cycles,
      utilisation: share(
        sum((work) => work.peProducts),
        cycles,
      ),
    };
  }
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

function sameCodes({ a, w }: CodeMatrices, other: CodeMatrices | undefined): boolean {
  return other !== undefined && equal(a.codes, other.a.codes) && equal(w.codes, other.w.codes);
}
