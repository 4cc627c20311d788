import { FAMILY_NAMES } from '../../../synth/fpga/families.js';
import type { FpgaReport } from '../../../synth/fpga/report.js';
import { type Figure, tables } from './figure.js';
import { type PlacedReports, renderFamilies, renderPlaced } from './fpga-tables.js';
import { areaStep, design } from './steps.js';

const OPTIONS = ['--rows', '4', '--cols', '4', '--stall', 'enable'] as const;

const place = (name: string, what: string) => areaStep(name, '--fpga', 'ice40', '--place', what, '--seeds', '3');

/** Those of docs/fpga.md. */
export const FPGA_FIGURES: readonly Figure[] = [
  tables<readonly [FpgaReport]>({
    name: 'fpga-families',
    page: 'docs/fpga.md',
    before: [design('fpga_4x4', ...OPTIONS)],
    measured: [{ step: areaStep('fpga_4x4', '--fpga', FAMILY_NAMES.join(',')) }],
    parts: { families: renderFamilies },
  }),
  tables<PlacedReports>({
    name: 'fpga-placed',
    page: 'docs/fpga.md',
    before: [design('fpga_4x4', ...OPTIONS), design('fpga_4x4_two', ...OPTIONS, '--pipeline', '2')],
    measured: [{ step: place('fpga_4x4', 'pe,array') }, { step: place('fpga_4x4_two', 'pe') }],
    parts: { placed: renderPlaced },
  }),
];
