import { closest } from 'fastest-levenshtein';
import { UserError } from '../../../gen/base/errors.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { NUMERIC_TYPES } from '../../../gen/numerics/types/table.js';

/** Kinds of types that a width and a sign complete; `float` has two exponent bits. */
export const FAMILIES = ['int', 'flint', 'pot', 'float'] as const;

/** What may be chosen for an operand. */
export interface Candidates {
  /** Families, or types by their full name such as `e2m1`. The order decides between equals. */
  readonly families: readonly string[];
  readonly bits: number;
  /** The types of a design's port: nothing else may be chosen. */
  readonly port?: readonly NumericType[];
}

/** Above this width every type is an integer, as in the published framework, unless a type is given by name. */
const WIDEST_ADAPTIVE = 6;

/**
 * The types to try for data: unsigned ones where nothing is negative. Where a port lacks the unsigned type of a family,
 * the signed one takes its place.
 *
 * @throws UserError when no type is left; names that stand for nothing are found by `requireFamilies`.
 */
export function candidateTypes({ families, bits, port }: Candidates, negative: boolean, tensor: string): NumericType[] {
  const allowed = (type: NumericType | undefined): boolean =>
    type !== undefined && (type.signed || !negative) && (port === undefined || port.includes(type));
  const wanted = familiesAt(families, bits)
    .map((family) => [member(family, bits, negative), member(family, bits, true)].find(allowed))
    .filter((type) => type !== undefined);
  const types = [...new Set(wanted)];
  if (types.length > 0) return types;
  const where = port === undefined ? '' : `; the design's port has ${port.map(({ name }) => name).join(', ')}`;
  const what = negative ? 'negative values' : 'values';
  throw new UserError(`${tensor}: none of ${families.join(', ')} with ${bits} bits can hold its ${what}${where}`);
}

/** Families give way to integers beyond the widest adaptive type; types given by name stay. */
function familiesAt(families: readonly string[], bits: number): readonly string[] {
  if (bits <= WIDEST_ADAPTIVE) return families;
  const named = families.filter((family) => !isFamily(family) && NUMERIC_TYPES.get(family)?.bits === bits);
  return named.length > 0 ? named : ['int'];
}

const isFamily = (name: string): boolean => (FAMILIES as readonly string[]).includes(name);

/** The type of a family, or the type of that name. */
function member(family: string, bits: number, signed: boolean): NumericType | undefined {
  if (!isFamily(family)) return NUMERIC_TYPES.get(family);
  const sign = signed ? '' : 'u';
  const name = family === 'float' ? `${sign}e2m${bits - (signed ? 3 : 2)}` : `${sign}${family}${bits}`;
  return NUMERIC_TYPES.get(name);
}

/** @throws UserError for a family of which a port of a design has neither the signed nor the unsigned type. */
export function requireOnPorts(
  families: readonly string[],
  bits: number,
  ports: Readonly<Record<string, readonly NumericType[]>>,
): void {
  for (const family of families) {
    for (const [role, types] of Object.entries(ports)) {
      if ([true, false].some((signed) => types.some((type) => type === member(family, bits, signed)))) continue;
      const has = types.map(({ name }) => name).join(', ');
      throw new UserError(`--types: the design takes no ${family} of ${bits} bits as ${role}; it takes ${has}`);
    }
  }
}

/** @throws UserError for a name that is neither a family nor a type, or a family without a type of this width. */
export function requireFamilies(families: readonly string[], bits: number): void {
  for (const family of families) {
    if (!isFamily(family) && !NUMERIC_TYPES.has(family)) {
      const near = closest(family, [...FAMILIES, ...NUMERIC_TYPES.keys()]);
      throw new UserError(
        `--types: ${family} is neither one of ${FAMILIES.join(', ')} nor a type such as e2m1; did you mean ${near}?`,
      );
    }
    const known = bits > WIDEST_ADAPTIVE && isFamily(family) ? true : member(family, bits, true);
    if (!known) throw new UserError(`--types: there is no ${family} of ${bits} bits`);
    if (known !== true && known.bits !== bits) {
      throw new UserError(`--types: ${family} has ${known.bits} bits, and --bits is ${bits}`);
    }
  }
  if (families.length === 0) throw new UserError('--types: give at least one type');
}
