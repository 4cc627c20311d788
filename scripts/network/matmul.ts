import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { allOf, UserError } from '../../gen/base/errors.js';
import { type Matrix, type MatrixError, matrixError, multiplyReals } from '../../gen/base/matrix.js';
import { formatNpy, parseNpy } from '../../gen/base/npy.js';
import { requireFileTarget } from '../../gen/base/target.js';
import { writeWhole } from '../../gen/base/whole-file.js';
import { arrayInfoOf, tiledArrayOf } from '../../gen/design/array-info.js';
import { loadDesign, type Manifest } from '../../gen/design/manifest.js';
import {
  findMismatch,
  type Mismatch,
  realProduct,
  referenceSums,
  requireSumsFit,
  roundedSums,
} from '../../gen/golden/product.js';
import type { PortInfo } from '../../gen/golden/reference.js';
import { paddedSteps, peProducts, planTiling, type Tiling } from '../../gen/golden/tiling.js';
import { binary32Value } from '../../gen/numerics/binary32.js';
import type { NumericType } from '../../gen/numerics/types/numeric-type.js';
import { requireSimulationTools } from '../tools/verilator.js';
import { modelledCycles, multiplyOnArray } from '../verify/multiply.js';
import { type ArraySimulator, openArraySimulator } from '../verify/simulator.js';
import { type QuantisedMatrix, quantiseActivations, quantiseWeights } from './search/tensor.js';

export interface MatmulRequest {
  /** Folder of the design. */
  readonly design: string;
  /** `.npy` files of the activations, M x K, and of the weights, K x N. */
  readonly a: string;
  readonly w: string;
  /** Operands to quantise to 8-bit integers on two lanes each, which the design must take; without, none. */
  readonly wide?: { readonly a: boolean; readonly w: boolean };
  /** Where to write the product; without it `C.npy` beside the activations. */
  readonly out?: string;
  /** Told what is going on. */
  readonly progress?: (message: string) => void;
  /** How the array is simulated; Verilator unless a test says otherwise. */
  readonly open?: (folder: string, manifest: Manifest) => Promise<ArraySimulator>;
}

/** How a matrix was quantised. */
export interface OperandReport {
  readonly file: string;
  readonly rows: number;
  readonly cols: number;
  readonly type: string;
  /** The scale of the activations, or the least and the greatest scale of the weights' columns. */
  readonly scales: { readonly count: number; readonly least: number; readonly greatest: number };
  /** Frobenius norm of the quantisation error over that of the matrix; undefined for a matrix of zeros. */
  readonly relativeError: number | undefined;
  readonly considered: readonly { readonly type: string; readonly relativeError: number | undefined }[];
}

export interface MatmulReport {
  readonly design: string;
  /** What a result is: an integer, or the bits of a binary32 number. */
  readonly pe: 'int' | 'float';
  readonly a: OperandReport;
  readonly w: OperandReport;
  readonly exact: boolean;
  readonly mismatch?: Mismatch;
  /** Distance of the array's result from the product of the real matrices in double precision. */
  readonly error: MatrixError;
  readonly tiling: Tiling;
  /** Useful multiply-accumulates: M x N x K. */
  readonly macs: number;
  readonly cycles: number;
  /** What the cycle model counts for the same tiles. */
  readonly modelCycles: number;
  /** Share of the PEs' cycles that useful products took; one of 8 bits takes several 4-bit PEs. */
  readonly utilisation: number;
  /** `macs` over what the tiles hold with their padded borders. */
  readonly edgeUtilisation: number;
  /** `macsPerSecond` counts useful ones. */
  readonly simulation: { readonly seconds: number; readonly cyclesPerSecond: number; readonly macsPerSecond: number };
  /** The file written; none if the result is not exact. */
  readonly out?: string;
}

/** Quantises two matrices, multiplies them on the simulated array of a design and compares. */
export async function matmul(request: MatmulRequest): Promise<MatmulReport> {
  const { progress = () => {}, open = openArraySimulator } = request;
  const [out, manifest, realA, realW] = allOf([
    () => outputFile(request),
    () => loadDesign(request.design),
    () => readMatrix(request.a),
    () => readMatrix(request.w),
  ]);
  requireNoBlocks(request.design, manifest);
  const info = arrayInfoOf(manifest);
  const { wide = { a: false, w: false } } = request;
  const [typesOfA, typesOfW, tiling] = allOf([
    () => candidates(info.a, 'activation', wide.a),
    () => candidates(info.w, 'weight', wide.w),
    () => planTiling({ a: { ...realA, wide: wide.a }, w: { ...realW, wide: wide.w } }, tiledArrayOf(manifest)),
  ]);
  if (request.open === undefined) await requireSimulationTools();
  progress('choosing types and scales');
  const a = { ...quantiseActivations(realA, typesOfA, request.a), wide: wide.a };
  const w = { ...quantiseWeights(realW, typesOfW, request.w), wide: wide.w };
  const isFloat = manifest.results.encoding === 'binary32';
  if (!isFloat) requireSumsFit({ a, w });
  progress('building the simulation (kept for the next run)');
  const simulator = await open(request.design, manifest);
  const jobs = [{ tiling, codes: { a, w } }];
  const run = await multiplyOnArray(simulator, jobs, progress);
  const { cycles, seconds } = run;
  const sums = run.sums[0] as BigInt64Array;
  progress('comparing with the reference and the real product');
  const reference = isFloat ? roundedSums({ a, w }) : referenceSums({ a, w });
  const mismatch = findMismatch(sums, reference, tiling.n);
  const product = realProduct(sums, a, w, isFloat ? binary32Value : Number);
  if (!mismatch) writeWhole(out, formatNpy(product));
  const macs = tiling.m * tiling.n * tiling.k;
  const slots = cycles * manifest.timing.macsPerCycle;
  return {
    design: manifest.configuration.name,
    pe: manifest.configuration.pe,
    a: operandReport(request.a, a, realA),
    w: operandReport(request.w, w, realW),
    exact: mismatch === undefined,
    ...(mismatch ? { mismatch } : { out }),
    error: matrixError(product, multiplyReals(realA, realW)),
    tiling,
    macs,
    cycles,
    modelCycles: modelledCycles(manifest.timing, jobs),
    utilisation: peProducts(tiling) / slots,
    edgeUtilisation: macs / (tiling.blocksM * tiling.rows * tiling.blocksN * tiling.cols * paddedSteps(tiling)),
    simulation: { seconds, cyclesPerSecond: cycles / seconds, macsPerSecond: macs / seconds },
  };
}

/** @throws UserError for a design whose numbers lie in blocks: operands here have a scale for all, or for each column. */
export function requireNoBlocks(design: string, { blocks }: Manifest): void {
  if (blocks === null) return;
  throw new UserError(
    `${design} takes numbers in blocks of ${blocks.elements} that share a scale, and here operands have scales of their own; generate a design without --block`,
  );
}

/** The types an operand may be quantised to. */
function candidates({ types, wideTypes }: PortInfo, role: string, wide: boolean): readonly NumericType[] {
  if (!wide) return types;
  if (wideTypes.length > 0) return wideTypes;
  throw new UserError(
    `the design's ${role} port takes no 8-bit integers on two lanes; generate one with --wide-${role}s int8,uint8`,
  );
}

/** A matrix in a `.npy` file. */
export function readMatrix(file: string): Matrix {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as Error).message}`);
  }
  return parseNpy(bytes, file);
}

/** The file to write, known to be writable before the long part begins. */
function outputFile({ a, w, out: named }: MatmulRequest): string {
  const out = named ?? join(dirname(a), 'C.npy');
  requireFileTarget(out, named === undefined ? undefined : '--out');
  if (existsSync(out)) {
    const inputs = [a, w].filter((file) => existsSync(file)).map((file) => realpathSync(file));
    if (inputs.includes(realpathSync(out))) throw new UserError(`--out ${out} would overwrite an input`);
  }
  return out;
}

/** What there is to say of a quantised matrix. */
export function operandReport(file: string, matrix: QuantisedMatrix, real: Matrix): OperandReport {
  const squares = real.data.reduce((sum, value) => sum + value * value, 0);
  const relative = (squaredError: number): number | undefined =>
    squares === 0 ? undefined : Math.sqrt(squaredError / squares);
  return {
    file,
    rows: matrix.rows,
    cols: matrix.cols,
    type: matrix.type.name,
    scales: {
      count: matrix.scales.length,
      least: matrix.scales.reduce((x, y) => Math.min(x, y)),
      greatest: matrix.scales.reduce((x, y) => Math.max(x, y)),
    },
    relativeError: relative(matrix.squaredError),
    considered: matrix.considered.map(({ type, squaredError }) => ({
      type: type.name,
      relativeError: relative(squaredError),
    })),
  };
}
