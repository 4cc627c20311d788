import { proofPasses } from '../../../synth/equivalence/verdict.js';
import type { PeriodReport } from '../../../synth/timed/report.js';
import { type Figure, type Measured, tables } from './figure.js';
import { areaStep, design, folder, perLibrary } from './steps.js';
import { fastestAim, renderTiming, type TimingReports } from './timing-tables.js';

const SIZE = ['--rows', '4', '--cols', '4'] as const;

/** A design mapped for the delay that the fastest netlist of its curve was asked for, and checked. */
const atItsFastest = (name: string, stages: number): Measured<TimingReports, PeriodReport> => ({
  step: [
    ...(['area', '--design', folder(name), '--liberty', 'LIBRARY', '--period'] as const),
    { shown: `<of ${name}'s curve>`, from: ([curves]) => fastestAim(curves, stages) },
    ...['--sta', '--prove'],
  ],
  // ABC is asked for more than there is: OpenSTA's least period tells what came of it. A netlist that is not its RTL is no result.
  mayFail: ({ proof }) => proof !== undefined && proofPasses(proof),
});

/** Those of docs/timing.md. */
export const TIMING_FIGURES: readonly Figure[] = perLibrary((library) => {
  const plot = `timing-${library}.svg`;
  return tables<TimingReports>({
    name: `timing-${library}`,
    page: 'docs/timing.md',
    library,
    before: [design('one', ...SIZE), design('two', ...SIZE, '--pipeline', '2')],
    measured: [
      {
        step: areaStep(
          'one',
          ...['--design', folder('two'), '--liberty', 'LIBRARY'],
          ...['--curve', '--plot', `docs/${plot}`],
        ),
      },
      atItsFastest('one', 1),
      atItsFastest('two', 2),
    ],
    parts: { [library]: (reports, commands) => renderTiming(reports, commands, plot) },
  });
});
