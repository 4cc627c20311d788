/** A path through the logic of a module, from a register or input port to a register or output port. */
export interface PathEnds {
  readonly from: string;
  readonly to: string;
}

/** A path with its delay in picoseconds: gates only, no clock-to-output, setup or wires. */
export interface DelayPath extends PathEnds {
  readonly ps: number;
}

/** A path with its gates counted. */
export interface LevelsPath extends PathEnds {
  readonly levels: number;
}

/** The critical path of a synthesised module, between its registers and ports only. */
export type CriticalPath =
  /** Measured with a library, by the delays of its cells. */
  | {
      readonly kind: 'delay';
      /** Of the netlist whose area is given: gates are not sized, whatever they drive. */
      readonly leastArea: DelayPath;
      /** Of the same netlist after ABC has added buffers and sized gates. The area does not include these. */
      readonly buffered: DelayPath;
    }
  /** Without a library: generic gates on the critical path. */
  | ({ readonly kind: 'levels' } & LevelsPath)
  /** Wires and registers alone: there is no path. */
  | { readonly kind: 'wires' }
  /** The library tells no delays. */
  | { readonly kind: 'unknown' };

/** A path of the array with the module it lies in. */
export type InModule<Path> = Path & { readonly module: string };

/** The longest of the paths of an array's modules; paths through several modules are not added up. */
export type ArrayPath =
  | { readonly kind: 'delay'; readonly leastArea: InModule<DelayPath>; readonly buffered: InModule<DelayPath> }
  | ({ readonly kind: 'levels' } & InModule<LevelsPath>)
  | { readonly kind: 'wires' }
  | { readonly kind: 'unknown' };

/** The critical path over modules; of equal ones the first. */
export function criticalOf(modules: readonly { readonly module: string; readonly path: CriticalPath }[]): ArrayPath {
  if (modules.some(({ path }) => path.kind === 'unknown')) return { kind: 'unknown' };
  const delays = modules.flatMap(({ module, path }) => (path.kind === 'delay' ? [{ module, path }] : []));
  const leastArea = longest(
    delays.map(({ module, path }) => ({ module, ...path.leastArea })),
    ({ ps }) => ps,
  );
  const buffered = longest(
    delays.map(({ module, path }) => ({ module, ...path.buffered })),
    ({ ps }) => ps,
  );
  if (leastArea && buffered) return { kind: 'delay', leastArea, buffered };
  const levels = longest(
    modules.flatMap(({ module, path }) => (path.kind === 'levels' ? [{ module, ...path }] : [])),
    (path) => path.levels,
  );
  return levels ?? { kind: 'wires' };
}

function longest<Path>(paths: readonly Path[], length: (path: Path) => number): Path | undefined {
  return paths.reduce<Path | undefined>(
    (most, path) => (most === undefined || length(path) > length(most) ? path : most),
    undefined,
  );
}
