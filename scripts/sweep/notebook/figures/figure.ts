/** A cell library that figures are measured with. */
export type LibraryKey = 'osu018' | 'sky130';

/** A program of package.json with its arguments; `LIBRARY` stands for the library's file. */
export type Step = readonly [program: string, ...args: string[]];

/** A word of a command that is known once programs before it have reported, such as a period that a curve gives. */
export interface LaterWord<Reports> {
  /** What stands in its place until then. */
  readonly shown: string;
  /** The word, from the reports of the programs before; those after are not there yet. */
  readonly from: (reports: Partial<Reports>) => string;
}

/** A program whose report, which `--json` has it print, tables are made of. */
export interface Measured<Reports, Own = unknown> {
  /** The command as a user types it, without `--json`. */
  readonly step: readonly [program: string, ...args: (string | LaterWord<Reports>)[]];
  /** Whether a check that failed (exit code 1) is a result like any other, such as a period that is missed, by the program's report. */
  readonly mayFail?: (report: Own) => boolean;
  /** What `LIBRARY` stands for where it is another library than the figure's. */
  readonly library?: LibraryKey;
}

/** A report that another figure keeps in a file, JSON, by its path in the project. */
export interface Recorded {
  readonly record: string;
}

/**
 * Makes the Markdown of a part of a page.
 *
 * @param reports What the programs reported, in their order.
 * @param commands The same programs as a user types them, one each; of a report that is read the file.
 */
export type RenderPart<Reports> = (reports: Reports, commands: readonly string[]) => string;

interface FigureBase {
  readonly name: string;
  readonly page: string;
  readonly library?: LibraryKey;
  /** Programs that have to be there, besides what all figures need. */
  readonly programs?: readonly string[];
  /** Run first, in this order. */
  readonly before?: readonly Step[];
}

/** What a program prints goes between two marks of the page. */
export interface OutputFigure extends FigureBase {
  readonly kind: 'output';
  readonly step: Step;
  readonly part: string;
  /** Whether it prints Markdown; other text becomes a block of it. */
  readonly markdown: boolean;
}

/** A program that writes the page itself, or compares with it. */
export interface ProgramFigure extends FigureBase {
  readonly kind: 'program';
  readonly step: Step;
}

/** Tables made of the reports of several programs. */
export interface TablesFigure<Reports extends readonly unknown[] = readonly unknown[]> extends FigureBase {
  readonly kind: 'tables';
  /** Run, or read, after `before`, in this order. */
  readonly measured: { readonly [I in keyof Reports]: Measured<Reports, Reports[I]> | Recorded };
  /** By the names of their marks. */
  readonly parts: Readonly<Record<string, RenderPart<Reports>>>;
}

/** Tables or plots of a page in docs/, and how they are made. */
export type Figure = OutputFigure | ProgramFigure | TablesFigure;

/** A figure of tables among others. That each program reports what `Reports` says of it is taken on trust: they are this project's. */
export const tables = <Reports extends readonly object[]>(figure: Omit<TablesFigure<Reports>, 'kind'>): TablesFigure =>
  ({ ...figure, kind: 'tables' }) as unknown as TablesFigure;

/** Text of a program as a block of Markdown. */
export const textBlock = (text: string): string => `\`\`\`text\n${text.trimEnd()}\n\`\`\``;

/** The marks of its page that a figure goes between; none where a program writes the page. */
export function partsOf(figure: Figure): readonly string[] {
  switch (figure.kind) {
    case 'output':
      return [figure.part];
    case 'program':
      return [];
    case 'tables':
      return Object.keys(figure.parts);
  }
}

/** All commands of a figure in their order, with what stands for words that are not known yet. */
export function stepsOf(figure: Figure): readonly Step[] {
  const { before = [] } = figure;
  return [...before, ...(figure.kind === 'tables' ? programsOf(figure).map(shownMeasured) : [figure.step])];
}

/** The programs among what tables are made of. */
const programsOf = ({ measured }: TablesFigure): Measured<readonly unknown[]>[] =>
  measured.flatMap((each) => ('record' in each ? [] : [each]));

/** The libraries that a figure cannot do without. */
export function librariesOf(figure: Figure): readonly LibraryKey[] {
  const own = figure.kind === 'tables' ? programsOf(figure).map(({ library }) => library) : [];
  return [...new Set([figure.library, ...own])].filter((library) => library !== undefined);
}

function shownMeasured({ step: [program, ...args] }: Measured<readonly unknown[]>): Step {
  return [program, ...args.map((word) => (typeof word === 'string' ? word : word.shown))];
}
