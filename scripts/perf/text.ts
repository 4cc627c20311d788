import { printable } from '../../gen/base/printable.js';
import { decimal, markdownLines, measured, type TextColumn, tableLines } from '../../gen/base/text-table.js';
import type { Bar, ComparedFigure } from './comparison.js';
import { ARGUED } from './corrections.js';
import type { Effect } from './effects.js';
import { totalEnergy } from './energy.js';
import { unitsText } from './machine.js';
import type { OwnSizing } from './own.js';
import type { Ratio } from './ratios.js';
import { energyPerSample, type LeftOutRow, type ModelReport, type ResultRow } from './report.js';

const fixed = (value: number, digits = 2): string => value.toFixed(digits);
const number = (value: number, digits = 1): string => measured(value, digits);

/** What the model was. */
export function modelTitle({ corrections }: Pick<ModelReport, 'corrections'>, all: number): string {
  if (corrections.length === 0) return 'the model as published';
  if (corrections.length === all) return 'the corrected model';
  return `the model with corrections ${corrections.join(', ')}`;
}

/** Time and energy of each network relative to the baseline, a column per accelerator. */
function relativeTable(report: ModelReport, title: string, value: (bar: Bar) => number): string[] {
  const rows = [...report.networks, ...(report.networks.length > 1 ? [report.means[0]?.network ?? ''] : [])];
  const at = new Map([...report.bars, ...report.means].map((bar) => [`${bar.network}/${bar.accelerator}`, bar]));
  const columns: TextColumn<string>[] = [
    { title, left: true, text: (network) => network },
    ...report.accelerators.map(({ name }) => ({
      title: name,
      text: (network: string) => {
        const bar = at.get(`${network}/${name}`);
        return bar ? number(value(bar), 2) : '';
      },
    })),
  ];
  return tableLines(columns, rows);
}

function resultTable(report: ModelReport): string[] {
  const { samples, results } = report;
  const columns: TextColumn<ResultRow>[] = [
    { title: 'network', left: true, text: ({ network }) => network },
    { title: 'accelerator', left: true, text: ({ accelerator }) => accelerator },
    { title: 'kcycles/sample', text: ({ stats }) => number(stats.cycles / samples / 1000) },
    { title: 'ms/sample', text: ({ seconds }) => number((1000 * seconds) / samples, 3) },
    { title: 'uJ/sample', text: (row) => number(energyPerSample(row, samples)) },
    { title: 'DRAM MB/sample', text: ({ stats }) => number((stats.dramReads + stats.dramWrites) / 8e6 / samples, 2) },
    { title: 'utilised', text: ({ utilisation }) => `${number(100 * utilisation)} %` },
  ];
  return tableLines(columns, results);
}

/** Products that are not modelled. */
function leftOutTable({ leftOut }: ModelReport): string[] {
  if (leftOut.length === 0) return [];
  const columns: TextColumn<LeftOutRow>[] = [
    { title: 'left out of', left: true, text: ({ network }) => network },
    { title: 'product', left: true, text: ({ title }) => printable(title) },
    { title: 'op', left: true, text: ({ op }) => op },
    { title: 'MACs/sample', text: ({ macs }) => (macs === null ? 'not known' : decimal(macs)) },
    { title: 'share', text: ({ share }) => (share === null ? '' : `${number(100 * share)} %`) },
    { title: 'reason', left: true, text: ({ reason }) => printable(reason) },
  ];
  return ['', ...tableLines(columns, leftOut)];
}

const ratioText = ({ rival, speed, energy }: Ratio): string =>
  `${rival} ${number(speed, 2)} x the speed, ${number(energy, 2)} x less energy`;

/** The report for a terminal. */
export function modelText(report: ModelReport, title: string): string {
  const { accelerators, baseline, samples, ratios } = report;
  const several = accelerators.length > 1;
  const lines = [
    `${title}, batches of ${samples}`,
    '',
    ...resultTable(report),
    ...leftOutTable(report),
    ...(several ? ['', ...relativeTable(report, `time / ${baseline}'s`, ({ time }) => time)] : []),
    ...(several ? ['', ...relativeTable(report, `energy / ${baseline}'s`, ({ energy }) => totalEnergy(energy))] : []),
    ...(several
      ? ['', `${accelerators[0]?.name} in the mean, against`, ...ratios.map((ratio) => `  ${ratioText(ratio)}`)]
      : []),
    ...figuresText(report),
  ];
  return `${lines.join('\n')}\n`;
}

/** How many of the published figures came out, in a sentence; undefined where none are comparable. */
export function figuresSummary({ figures }: ModelReport): string | undefined {
  if (!figures) return undefined;
  const wrong = wrongFigures(figures).length;
  return wrong === 0 && figures.length > 0
    ? `PASS all ${figures.length} published figures as printed`
    : `FAIL ${wrong} of ${figures.length} published figures differ`;
}

export const wrongFigures = (figures: readonly ComparedFigure[]): ComparedFigure[] =>
  figures.filter(({ computed, published }) => computed !== published);

function figuresText(report: ModelReport): string[] {
  const summary = figuresSummary(report);
  if (summary === undefined) return [];
  const wrong = wrongFigures(report.figures ?? []).slice(0, 10);
  return [
    '',
    summary,
    ...wrong.map(
      ({ row, network, accelerator, published, computed }) =>
        `  ${row} of ${network} on ${accelerator}: ${computed ?? 'nothing'} instead of ${published}`,
    ),
  ];
}

/** Where sizes and energies of the own designs come from. */
export function sizingsText(sizings: readonly OwnSizing[]): string {
  return sizings
    .map(({ accelerator: { name, array }, gatesPerMac, columnsFrom, energyFrom }) =>
      [
        `${name}: ${unitsText(array)}, ${fixed(gatesPerMac, 1)} gate equivalents per MAC`,
        `  columns: ${columnsFrom}`,
        `  energy:  ${energyFrom}`,
        '',
      ].join('\n'),
    )
    .join('');
}

/** The table of what each correction does: in text, or as Markdown. */
export function effectsTable(effects: readonly Effect[], markdown: boolean): string {
  const rivals = effects[0]?.alone.map(({ rival }) => rival) ?? [];
  const cell = (ratios: readonly Ratio[], rival: string): string => {
    const ratio = ratios.find((one) => one.rival === rival);
    return ratio ? `${fixed(ratio.speed)} / ${fixed(ratio.energy)}` : '';
  };
  const part = (title: string, ratios: (effect: Effect) => readonly Ratio[]): string[] => {
    const columns: TextColumn<Effect>[] = [
      { title: '#', text: ({ flaw }) => (flaw === undefined ? '' : String(flaw)) },
      { title, left: true, text: (effect) => (effect.flaw === undefined ? '(as the model is)' : effect.title) },
      ...rivals.map((rival) => ({ title: rival, text: (effect: Effect) => cell(ratios(effect), rival) })),
    ];
    return markdown ? markdownLines(columns, effects) : tableLines(columns, effects);
  };
  return `${[
    ...part('published model, with this correction alone', ({ alone }) => alone),
    '',
    ...part('corrected model, without this correction', ({ without }) => without),
    '',
    'no switch:',
    ...ARGUED.map(({ flaw, what, answer }) => `${markdown ? '- ' : '  '}${flaw}: ${what}: ${answer}`),
  ].join('\n')}\n`;
}
