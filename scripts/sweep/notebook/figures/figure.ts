import { DESIGNS, folder, generation } from './designs.js';

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

/** A program, and what becomes of what it prints. */
export interface Measured<Reports, Own = unknown> {
  /** The command as a user types it. */
  readonly step: readonly [program: string, ...args: (string | LaterWord<Reports>)[]];
  /** Whether its report is the text that it prints; without, it is the JSON that it prints with `--json` besides. */
  readonly text?: boolean;
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

/** Tables or plots of a page in docs/, and how they are made. */
export interface Figure<Reports extends readonly unknown[] = readonly unknown[]> {
  readonly name: string;
  readonly page: string;
  readonly library?: LibraryKey;
  /** Programs that have to be there, besides what all figures need. */
  readonly programs?: readonly string[];
  /** Run first, in this order, once the designs are made that the others name. */
  readonly before?: readonly Step[];
  /** Run, or read, in this order. */
  readonly measured: { readonly [I in keyof Reports]: Measured<Reports, Reports[I]> | Recorded };
  /** By the names of their marks; none where a program writes the page itself, or compares with it. */
  readonly parts: Readonly<Record<string, RenderPart<Reports>>>;
}

/** A figure among others. That each program reports what `Reports` says of it is taken on trust: they are this project's. */
export const figureOf = <Reports extends readonly unknown[]>(figure: Figure<Reports>): Figure =>
  figure as unknown as Figure;

/** Text of a program as a block of Markdown. */
export const textBlock = (text: string): string => `\`\`\`text\n${text.trimEnd()}\n\`\`\``;

/** The programs among what a figure is made of. */
const programsOf = ({ measured }: Figure): Measured<readonly unknown[]>[] =>
  measured.flatMap((each) => ('record' in each ? [] : [each]));

/** What makes the designs that the commands of a figure name, and what else runs before its programs. */
export function preparationOf(figure: Figure): readonly Step[] {
  const { before = [] } = figure;
  const all = [...before, ...programsOf(figure).map(({ step }) => step)].flat();
  const named = Object.keys(DESIGNS).filter((name) => all.includes(folder(name)));
  const place = (name: string): number => all.indexOf(folder(name));
  return [...named.sort((one, other) => place(one) - place(other)).map(generation), ...before];
}

/** All commands of a figure in their order, with what stands for words that are not known yet. */
export const stepsOf = (figure: Figure): readonly Step[] => [
  ...preparationOf(figure),
  ...programsOf(figure).map(
    ({ step: [program, ...args] }): Step => [
      program,
      ...args.map((word) => (typeof word === 'string' ? word : word.shown)),
    ],
  ),
];

/** The libraries that a figure cannot do without. */
export const librariesOf = (figure: Figure): readonly LibraryKey[] =>
  [...new Set([figure.library, ...programsOf(figure).map(({ library }) => library)])].filter(
    (library) => library !== undefined,
  );
