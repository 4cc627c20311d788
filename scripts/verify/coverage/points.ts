import { EXIT, UserError } from '../../../gen/base/errors.js';

/** What a simulation reaches or does not: a line that runs, or a bit that changes. */
export interface CoveragePoint {
  readonly kind: 'line' | 'bit';
  /** The Verilog file, as Verilator was told it. */
  readonly file: string;
  readonly line: number;
  /** The bit, or which branch of the line. */
  readonly name: string;
  readonly count: number;
}

const KINDS: Readonly<Record<string, CoveragePoint['kind']>> = { v_line: 'line', v_branch: 'line', v_toggle: 'bit' };

/**
 * The points of a file of Verilator's: a line `C 'fields' count` each, where a field is its key behind a byte of 1 and its value
 * behind a byte of 2.
 *
 * @throws UserError where it is not one.
 */
export function coveragePoints(text: string): CoveragePoint[] {
  const [head = '', ...lines] = text.split('\n');
  if (!head.startsWith('# SystemC::Coverage')) {
    throw new UserError(`Verilator wrote counts in an unknown form: ${head.slice(0, 80)}`, EXIT.toolBroken);
  }
  return lines.filter((line) => line !== '').map(pointOf);
}

function pointOf(text: string): CoveragePoint {
  const [, fields = '', count] = /^C '(.*)' (\d+)$/.exec(text) ?? [];
  const values = new Map(
    fields
      .split('\u0001')
      .slice(1)
      .map((field): [string, string] => field.split('\u0002', 2) as [string, string]),
  );
  const kind = KINDS[(values.get('page') ?? '').split('/')[0] as string];
  const [file, line, name] = [values.get('f'), Number(values.get('l')), values.get('o')];
  if (kind === undefined || file === undefined || name === undefined || !(line > 0)) {
    throw new UserError(`Verilator wrote a count that is not known: ${text.slice(0, 200)}`, EXIT.toolBroken);
  }
  // Two branches may begin in one line.
  const place = kind === 'line' ? `${name} at ${values.get('n') ?? 0}` : name;
  return { kind, file, line, name: place, count: Number(count) };
}
