import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../../../gen/base/errors.js';
import { type Cells, readCells } from './lef.js';

/** The technology that layouts are made in: osu018 of Oklahoma State University, six layers of metal. */
export const TECHNOLOGY = 'osu018';

/** Where Debian's package qflow-tech-osu018 puts it. */
const FOLDER = '/usr/share/qflow/tech/osu018';

/** The outlines and pins of its cells, LEF. */
export const CELLS = join(FOLDER, `${TECHNOLOGY}_stdcells.lef`);

/** The cells of a technology, and the text of their Liberty file. */
export interface Technology {
  readonly cells: Cells;
  readonly liberty: string;
}

/** @throws UserError (exit code 3) where it is not there. */
export function openTechnology(): Technology {
  const [lef, liberty] = [CELLS, join(FOLDER, `${TECHNOLOGY}_stdcells.lib`)];
  if (!existsSync(lef) || !existsSync(liberty)) {
    throw new UserError(
      `there is no ${lef}: the technology is missing\ninstall Debian's package qflow-tech-osu018 (apt-get install qflow-tech-osu018)`,
      EXIT.toolBroken,
    );
  }
  return { cells: readCells(readFileSync(lef, 'utf8')), liberty: readFileSync(liberty, 'utf8') };
}
