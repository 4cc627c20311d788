/** A dense matrix of real numbers, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  /** rows x cols numbers: element [i, j] at [i * cols + j]. */
  readonly data: Float64Array;
}

/** The transpose of a rows x cols row-major array of codes: cols x rows, row-major. */
export function transposeCodes(codes: Uint8Array, rows: number, cols: number): Uint8Array {
  const transposed = new Uint8Array(codes.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) transposed[c * rows + r] = codes[r * cols + c] as number;
  }
  return transposed;
}

/** The product of an M x K and a K x N matrix in double precision. */
export function multiplyReals(a: Matrix, w: Matrix): Matrix {
  const data = new Float64Array(a.rows * w.cols);
  for (let m = 0; m < a.rows; m++) {
    const row = data.subarray(m * w.cols, (m + 1) * w.cols);
    for (let k = 0; k < a.cols; k++) {
      const activation = a.data[m * a.cols + k] as number;
      if (activation === 0) continue;
      const base = k * w.cols;
      for (let n = 0; n < row.length; n++) {
        row[n] = (row[n] as number) + activation * (w.data[base + n] as number);
      }
    }
  }
  return { rows: a.rows, cols: w.cols, data };
}

/** How far a matrix is from another one. */
export interface MatrixError {
  /** Frobenius norm of the difference over that of the reference; undefined for a reference of zeros. */
  readonly relativeFrobenius: number | undefined;
  readonly frobenius: number;
  readonly maxAbsolute: number;
  /** Row and column of the largest difference. */
  readonly at: readonly [number, number];
}

/** The distance of `got` from `reference`, which has the same shape. */
export function matrixError(got: Matrix, reference: Matrix): MatrixError {
  let squares = 0;
  let referenceSquares = 0;
  let maxAbsolute = 0;
  let index = 0;
  for (let i = 0; i < got.data.length; i++) {
    const wanted = reference.data[i] as number;
    const difference = Math.abs((got.data[i] as number) - wanted);
    squares += difference * difference;
    referenceSquares += wanted * wanted;
    if (difference > maxAbsolute) {
      maxAbsolute = difference;
      index = i;
    }
  }
  return {
    relativeFrobenius: referenceSquares === 0 ? undefined : Math.sqrt(squares / referenceSquares),
    frobenius: Math.sqrt(squares),
    maxAbsolute,
    at: [Math.floor(index / got.cols), index % got.cols],
  };
}
