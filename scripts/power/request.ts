import { UserError } from '../../gen/base/errors.js';
import { FlagReader } from '../../gen/base/flag-reader.js';
import { COMPETITORS } from './designs.js';
import { fileOperands, layerOperands, type Operands } from './operands.js';

/** Options of `npm run power` as the command line gives them. */
export interface PowerFlags {
  readonly design?: string;
  readonly compare?: boolean;
  readonly only?: string;
  readonly liberty?: string;
  readonly period: string;
  readonly slew: string;
  readonly clockSlew: string;
  readonly cycles: string;
  readonly rows: string;
  readonly cols: string;
  readonly a?: string;
  readonly w?: string;
  readonly model: string;
  readonly layer: string;
  readonly images: string;
  readonly sta?: string;
  readonly json?: boolean;
}

const MOST_NANOSECONDS = 1e6;

export type PowerNumbers = ReturnType<typeof numbersOf>;

/** @throws ConfigurationError naming every number and every competitor that is none. */
export function numbersOf(flags: PowerFlags) {
  const reader = new FlagReader();
  const nano = (key: string, text: string): number => reader.positive(key, text, MOST_NANOSECONDS) * 1e-9;
  const numbers = {
    period: nano('--period', flags.period),
    slews: { input: nano('--slew', flags.slew), clock: nano('--clock-slew', flags.clockSlew) },
    cycles: reader.integer('--cycles', flags.cycles, { most: 65_536 }),
    rows: reader.integer('--rows', flags.rows, { most: 32 }),
    cols: reader.integer('--cols', flags.cols, { most: 32 }),
    images: reader.integer('--images', flags.images, { most: 10_000 }),
  };
  const known = COMPETITORS.map(({ name }) => name);
  const names = reader.only(flags.only, known, 'competitor');
  reader.end();
  return { ...numbers, competitors: COMPETITORS.filter(({ name }) => names.includes(name)) };
}

export async function operandsOf({ a, w, model, layer }: PowerFlags, images: number): Promise<Operands> {
  if ((a === undefined) !== (w === undefined)) throw new UserError('--a and --w: give both or neither');
  return a !== undefined && w !== undefined ? fileOperands(a, w) : layerOperands(model, layer, images);
}
