import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../base/errors.js';
import { GENERATOR } from '../base/version.js';
import { configurationHash } from '../config/identity.js';
import { type Configuration, PARAMETERS } from '../config/parameters.js';
import { leastStep, realValues, stepExponent } from '../numerics/real.js';
import type { FloatType } from '../numerics/types/float.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import type { SumCase } from '../rtl/accumulator.js';
import type { BlockArithmetic, ScaleFields } from '../rtl/blocks/arithmetic.js';
import type { Design } from '../rtl/design.js';
import type { ModuleView } from '../rtl/module.js';
import type { PortMap } from '../rtl/port-map.js';
import { leastResetEdges, RESET_EDGES } from '../rtl/reset.js';
import type { RenderedFile } from './rendered-file.js';

export const MANIFEST_FILE = 'manifest.json';

/** The files of a design and, last, its manifest. */
export const withManifest = (files: readonly RenderedFile[], manifest: object): RenderedFile[] => [
  ...files,
  { path: MANIFEST_FILE, text: `${JSON.stringify(manifest, null, 2)}\n` },
];

const interval = z.object({ least: z.string(), greatest: z.string() });
const formula = z.object({ formula: z.string(), cycles: z.int() });
const width = z.union([z.int(), z.string()]);
const sumsEntry = z.object({ product: interval, terms: z.int(), sum: interval });
const sums = sumsEntry.shape;
/** A port of the streams and the signals in it, of which programs speak; bits that are no signal's are padding. */
export const STREAM_PORT = z.object({
  name: z.string(),
  direction: z.enum(['input', 'output']),
  width: z.int(),
  parts: z.array(z.object({ signal: z.string(), low: z.int(), width: z.int() })),
});

export type StreamPort = z.output<typeof STREAM_PORT>;

const operandPort = z.object({
  role: z.enum(['activation', 'weight']),
  types: z.array(z.string()),
  wideTypes: z.array(z.string()),
  lanes: z.int(),
  codeBits: z.int(),
  typeBits: z.int(),
  operand: z.object({
    signBits: z.union([z.literal(0), z.literal(1)]),
    exponentBits: z.int(),
    significandBits: z.int(),
    bits: z.int(),
    doubledFrom: z.int().optional(),
  }),
});

const scaleOperand = z.object({ bits: z.int(), exponentBits: z.int(), significandBits: z.int() });

/** A numeric type of a port: what its codes stand for, as steps and as real numbers. */
const codes = z.object({
  name: z.string(),
  kind: z.enum(['int', 'flint', 'pot', 'float', 'biscaled']),
  bits: z.int(),
  signed: z.boolean(),
  /** The fields of a float. */
  float: z.object({ exponentBits: z.int(), fractionBits: z.int(), bias: z.int() }).optional(),
  /** Binary logarithm of the least step, and the step. */
  stepExponent: z.int(),
  step: z.number(),
  /** By code from 0 up: the value in steps, an integer; or `NaN`, `+Infinity`, `-Infinity`. */
  steps: z.array(z.string()),
  /** By code from 0 up: the real value, steps times step; `-0` of a zero with a sign. */
  values: z.array(z.string()),
});

/**
 * `manifest.json` of a design's folder: all that programs need to know of the design. Integers that may exceed 2^53 are
 * decimal text.
 */
export const MANIFEST = z.object({
  generator: z.string(),
  license: z.string(),
  command: z.string(),
  configurationSha256: z.string(),
  configuration: PARAMETERS.required({ name: true }),
  top: z.string(),
  /** Verilog files in compile order. */
  compileOrder: z.array(z.string()),
  /** All files of the folder but this one. */
  files: z.array(z.object({ path: z.string(), sha256: z.string() })),
  modules: z.array(
    z.object({
      name: z.string(),
      file: z.string(),
      title: z.string(),
      instances: z.int().optional(),
      /** Modules of this design in it, where the report counts it as a whole. */
      parts: z.array(z.string()).optional(),
      ports: z.array(
        z.object({ direction: z.enum(['input', 'output']), name: z.string(), width, meaning: z.string() }),
      ),
    }),
  ),
  /** The module that stops the clock, and the file list without it; null where registers have enables. */
  clockGate: z
    .object({ module: z.string(), file: z.string(), fileListWithout: z.string(), testEnable: z.string().nullable() })
    .nullable(),
  delayLines: z.array(z.object({ use: z.string(), width: z.int(), stages: z.int() })),
  partialSums: z.array(z.object({ bits: z.int(), pes: z.int() })),
  /** Rising clock edges for which `rst_ni` is to be low, and for which it must be. */
  reset: z.object({ asynchronous: z.boolean(), edges: z.int(), leastEdges: z.int() }),
  streamPorts: z.array(STREAM_PORT),
  /** A selector's value is the place of its type in `types` or `wideTypes`. */
  ports: z.object({ a: operandPort, w: operandPort }),
  /** Every type that a port takes, those of 8-bit modes too. */
  numericTypes: z.array(codes),
  /**
   * Result i of an output beat lies at [i * bits +: bits]; its real value is the number there times both types' steps or, of
   * blocks, the number there.
   */
  results: z.object({ encoding: z.enum(['twosComplement', 'binary32']), bits: z.int(), lanes: z.int() }),
  operandFormat: z.object({
    radixLog2: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(8), z.literal('none')]),
    foldMinimum: z.boolean(),
    normalised: z.literal(true).optional(),
  }),
  accumulator: z.object({
    bits: z.int(),
    boundBits: z.int(),
    wraps: z.boolean(),
    provenK: z.int(),
    /** What a PE adds on top of every product, and the array takes off its results. */
    productBias: z.string(),
    /** The bit from which on a PE's accumulator is a cycle late, on the bus, too; null where it is not. */
    lateFrom: z.int().nullable(),
    ...sums,
    /** The proof by activations that sum as many products each; above, the longest sum and the range of all. */
    cases: z.array(z.object({ pairsOfRows: z.boolean(), ...sums })),
  }),
  /** Blocks whose elements share a scale, and the sums of their products in least steps of both types; null where there are none. */
  blocks: z
    .object({
      elements: z.int(),
      scales: z.object({ format: z.string(), bits: z.int() }),
      sums: z.object({ bits: z.int(), ...sums }),
      /** Bits of such a sum times the significands of both scales. */
      termBits: z.int(),
      /** What scales become for the scalers: `{nan, exp, sig}`. */
      operands: z.object({ a: scaleOperand, w: scaleOperand }),
    })
    .nullable(),
  /** Tiles by the operands that have 8 bits; null counts are those of the tile's length (see `TileMode`). */
  tileModes: z.array(
    z.object({
      aWide: z.boolean(),
      wWide: z.boolean(),
      aCodes: z.int(),
      wCodes: z.int(),
      resultRows: z.int().nullable(),
      resultCols: z.int(),
      rowCycles: z.int(),
      terms: z.int().nullable(),
      weightRepeats: z.int(),
      macsPerCycle: z.int(),
    }),
  ),
  timing: z.object({
    latency: formula.extend({ to: z.enum(['first row', 'last row']), minimumK: z.int() }),
    tilePeriod: z.object({ formula: z.string(), bubble: z.int(), minimum: z.int() }),
    drain: z.object({ formula: z.string(), cycles: z.int().nullable(), segment: z.int().nullable() }),
    fill: formula.nullable(),
    macsPerCycle: z.int(),
  }),
});

export type Manifest = z.output<typeof MANIFEST> & { readonly configuration: Configuration };

export const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** What manifests tell of modules. */
export const moduleEntries = (modules: readonly ModuleView[]): Manifest['modules'] =>
  modules.map(({ name, file, title, ports, instances, parts }) => ({
    ...{ name, file, title },
    ...(instances === undefined ? {} : { instances }),
    ...(parts === undefined ? {} : { parts: [...parts] }),
    ports: [...ports],
  }));

/** The manifest of a design and its rendered files. */
export function buildManifest(design: Design, files: readonly RenderedFile[]): Manifest {
  const { accumulator, format } = design;
  const text = ({ least, greatest }: { least: bigint; greatest: bigint }) => ({
    least: String(least),
    greatest: String(greatest),
  });
  const sums = ({ product, terms, sum }: Pick<SumCase, 'product' | 'terms' | 'sum'>) => ({
    product: text(product),
    terms,
    sum: text(sum),
  });
  const port = (letter: 'a' | 'w') => {
    const { role, types, wideTypes, lanes, codeBits, typeBits, fields } = design[letter];
    const { signBits, exponentBits, significandBits, bits, doubledFrom } = fields;
    const doubles = doubledFrom === undefined ? {} : { doubledFrom };
    const operand = { signBits, exponentBits, significandBits, bits, ...doubles };
    const names = (list: readonly NumericType[]): string[] => list.map((type) => type.name);
    return { role, types: names(types), wideTypes: names(wideTypes), lanes, codeBits, typeBits, operand };
  };
  return {
    generator: GENERATOR,
    license: 'Apache-2.0',
    command: design.command,
    configurationSha256: design.hash,
    configuration: design.config,
    top: design.top.name,
    compileOrder: design.modules.map((module) => module.file),
    files: files.map((file) => ({ path: file.path, sha256: sha256(file.text) })),
    modules: moduleEntries(design.modules),
    clockGate: design.clockGate,
    delayLines: [...design.delayLines],
    partialSums: [...design.partialSums],
    reset: {
      asynchronous: design.config.reset === 'async',
      edges: RESET_EDGES,
      leastEdges: leastResetEdges(design.config),
    },
    streamPorts: streamPortsOf(design.ports),
    ports: { a: port('a'), w: port('w') },
    numericTypes: typesOf(design).map(codesOf),
    results: {
      encoding: design.facts.sums.encoding,
      bits: accumulator.bits,
      lanes: design.facts.tile.rowsPerBeat * design.config.cols,
    },
    operandFormat: format.encoding,
    accumulator: {
      bits: accumulator.bits,
      boundBits: accumulator.boundBits,
      wraps: accumulator.wraps,
      provenK: accumulator.provenK,
      productBias: String(design.productBias),
      lateFrom: design.lateFrom ?? null,
      ...sums(accumulator),
      cases: accumulator.cases.map((each) => ({ pairsOfRows: each.pairsOfRows, ...sums(each) })),
    },
    blocks: design.blocks ? blocksEntry(design.blocks, sums) : null,
    tileModes: [...design.tileModes],
    timing: design.timing,
  };
}

function blocksEntry(
  { elements, scales, sums, termBits, a, w }: BlockArithmetic,
  proof: (each: Pick<SumCase, 'product' | 'terms' | 'sum'>) => z.output<typeof sumsEntry>,
): Manifest['blocks'] {
  const operand = ({ bits, exponentBits, significandBits }: ScaleFields) => ({ bits, exponentBits, significandBits });
  return {
    elements,
    scales: { format: scales.name, bits: scales.bits },
    sums: { bits: sums.bits, ...proof(sums) },
    termBits,
    operands: { a: operand(a), w: operand(w) },
  };
}

/** The ports of a design's streams as a manifest lists them. */
export const streamPortsOf = (ports: PortMap): StreamPort[] =>
  ports.map(({ name, direction, width, parts }) => ({ name, direction, width, parts: [...parts] }));

/** The numeric types of both ports, once each, those of 8-bit modes too. */
export function typesOf({ a, w }: Pick<Design, 'a' | 'w'>): NumericType[] {
  return [...new Set([...a.types, ...w.types, ...a.wideTypes, ...w.wideTypes])];
}

function codesOf(type: NumericType): z.output<typeof codes> {
  const { name, kind, bits, signed } = type;
  return {
    ...{ name, kind, bits, signed },
    ...(type.kind === 'float' ? { float: floatFields(type) } : {}),
    stepExponent: stepExponent(type),
    step: leastStep(type),
    steps: Array.from({ length: 2 ** bits }, (_, code) => String(type.decode(code))),
    values: realValues(type),
  };
}

const floatFields = ({ exponentBits, fractionBits, bias }: FloatType) => ({ exponentBits, fractionBits, bias });

/** What all manifests have. */
interface AnyManifest {
  readonly command: string;
  readonly configurationSha256: string;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/** A kind of manifest: how it is read, and the sha256 of its configuration. */
export interface ManifestKind<T extends AnyManifest> {
  readonly schema: z.ZodType<T>;
  readonly hashOf: (manifest: T) => string;
  /** What a folder is asked for that holds a design of another kind. */
  readonly title: string;
}

const DESIGN: ManifestKind<Manifest> = {
  schema: MANIFEST as z.ZodType<Manifest>,
  hashOf: ({ configuration }) => configurationHash(configuration),
  title: 'an array or dot-product units',
};

/**
 * The manifest of a design's folder, after checking that the folder is whole.
 *
 * @throws UserError when there is no manifest, it is not one, or a file is missing or was changed since generation, itself included.
 */
export const loadDesign = (folder: string): Manifest => loadManifest(folder, DESIGN);

/** The same for a kind of design. @throws UserError as `loadDesign`. */
export function loadManifest<T extends AnyManifest>(folder: string, kind: ManifestKind<T>): T {
  const file = join(folder, MANIFEST_FILE);
  const manifest = parseManifest(readManifest(folder), file, kind);
  if (kind.hashOf(manifest) !== manifest.configurationSha256) {
    throw new UserError(
      `${file} was changed: its configuration is not the one whose sha256 it gives; remove ${folder} and generate it anew: ${manifest.command}`,
    );
  }
  const changed = manifest.files.flatMap(({ path, sha256: expected }) => {
    const full = join(folder, path);
    if (!existsSync(full)) return [`${path} is missing`];
    return sha256(readFileSync(full)) === expected ? [] : [`${path} was changed`];
  });
  if (changed.length > 0) {
    throw new UserError(
      `${folder} does not match its ${MANIFEST_FILE}:\n  ${changed.join('\n  ')}\nkeep elsewhere what you changed, remove the folder and generate it anew: ${manifest.command}`,
    );
  }
  return manifest;
}

/** What `manifest.json` of a folder holds. @throws UserError when there is none, or it is no JSON. */
export function readManifest(folder: string): unknown {
  const file = join(folder, MANIFEST_FILE);
  if (!existsSync(folder)) {
    throw new UserError(`there is no design folder ${folder}; generate one with npm run gen`);
  }
  if (!statSync(folder).isDirectory()) {
    const design = basename(folder) === MANIFEST_FILE ? `: ${dirname(folder)}` : '';
    throw new UserError(`${folder} is a file; give the folder of a design${design}`);
  }
  if (!existsSync(file)) {
    throw new UserError(
      `${folder} holds no ${MANIFEST_FILE}: not a design, or half written; generate it with npm run gen`,
    );
  }
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(`${file} is not valid JSON (${(error as Error).message}); generate the design anew`);
  }
}

/** The word for a design that is neither array nor dot-product units; undefined of those. */
export const kindOf = (content: unknown): string | undefined =>
  z.object({ kind: z.string() }).safeParse(content).data?.kind;

const articleOf = (word: string): string => (/^[aeiou]/.test(word) ? 'an' : 'a');

function parseManifest<T extends AnyManifest>(content: unknown, file: string, { schema, title }: ManifestKind<T>): T {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const kind = kindOf(content);
  if (kind !== undefined)
    throw new UserError(`${file} is that of ${articleOf(kind)} ${kind}; give the folder of ${title}`);
  const where = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`).join('\n');
  throw new UserError(`${file} is not a manifest of this generator; generate the design anew:\n${where}`);
}
