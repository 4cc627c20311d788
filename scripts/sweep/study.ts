import type { Option } from 'commander';
import type { Library } from '../tools/liberty/library.js';
import { mapLimit } from '../tools/pool.js';
import type { Yosys } from '../tools/yosys/interface.js';
import type { Layout } from './layout.js';

/** What all metrics measure with. */
export interface Tools {
  readonly yosys: Yosys;
  readonly library: Library | undefined;
  /** ABC's limit for the proof of one netlist; without, nothing is proved. */
  readonly proofSeconds: number | undefined;
  /** A folder that is removed behind the study. */
  readonly scratch: string;
  readonly progress: (text: string) => void;
}

/** Something that is measured. */
export interface Subject {
  /** Tells it apart from the other subjects of its study. */
  readonly name: string;
}

/** Measures one thing of a subject. @throws UserError when a tool fails (exit code 3), or a check does (1). */
export type Metric<S, Value> = (subject: S, tools: Tools) => Promise<Value>;

export type Metrics<S> = Readonly<Record<string, Metric<S, unknown>>>;

/** A subject, and what each metric measured of it, by the metrics' names. */
export type Row<S, M extends Metrics<S>> = { readonly subject: S } & {
  readonly [K in keyof M]: Awaited<ReturnType<M[K]>>;
};

/** What is measured for a request, of what, and what is reported of it. */
export interface Plan<S extends Subject, M extends Metrics<S>, Report> {
  readonly subjects: readonly S[];
  /** Measured of each subject in this order. */
  readonly metrics: M;
  /** Subjects measured at a time; 1 without. */
  readonly atATime?: number;
  /** @param rows In the order of the subjects. */
  readonly report: (rows: readonly Row<S, M>[]) => Report;
}

/** Measures every metric of every subject, and makes the report. */
export async function measurePlan<S extends Subject, M extends Metrics<S>, Report>(
  { subjects, metrics, atATime = 1, report }: Plan<S, M, Report>,
  tools: Tools,
): Promise<Report> {
  const rows = await mapLimit(subjects, atATime, async (subject) => {
    const progress = (text: string): void => tools.progress(`${subject.name}: ${text}`);
    const values: Record<string, unknown> = {};
    for (const [name, metric] of Object.entries(metrics)) {
      values[name] = await metric(subject, { ...tools, progress });
    }
    return { subject, ...values } as Row<S, M>;
  });
  return report(rows);
}

/** All combinations of the values of some axes, the last axis the fastest. */
export function crossed<A extends Readonly<Record<string, readonly unknown[]>>>(
  axes: A,
): { readonly [K in keyof A]: A[K][number] }[] {
  type Point = { readonly [K in keyof A]: A[K][number] };
  return Object.entries(axes).reduce<object[]>(
    (points, [axis, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [axis]: value }))),
    [{}],
  ) as Point[];
}

/** A file that a study writes its report to, known to be writable before anything is measured. */
export interface Target<Report> {
  readonly option: string;
  readonly file: string;
  readonly text: (report: Report) => string;
}

/** Options that every study may have, as the command line gives them. */
export interface StudyFlags {
  readonly liberty?: string;
  readonly prove?: boolean;
  readonly json?: boolean;
}

/** What a study prints, and whether what it checks holds. */
export interface Outcome {
  readonly text: string;
  readonly json: object;
  readonly passes: boolean;
}

/** What can be asked of a study, and how its report is shown. */
export interface Presentation<Flags, Request, Report extends object> {
  /** As a user types it, such as `npm run variants --`. */
  readonly command: string;
  readonly description: string;
  readonly options: readonly Option[];
  /** Listed by `--help` below their titles. */
  readonly lists?: Readonly<Record<string, readonly { readonly name: string; readonly description: string }[]>>;
  /** More for `--help`. */
  readonly notes?: readonly string[];
  /** What exit code 1 means. */
  readonly fails: string;
  /** Options that name a file or folder to write, which is refused before anything is read where it cannot be written. */
  readonly writes?: Readonly<Record<string, 'file' | 'folder'>>;
  /** What is written of the report. @throws UserError where a page is not fit for it. */
  readonly targets?: (flags: Flags & StudyFlags, library: Library | undefined) => readonly Target<Report>[];
  readonly layout: (report: Report) => Layout;
  /** Where more is printed than the report by its layout, or a check can fail. */
  readonly outcome?: (report: Report, request: Request) => Partial<Outcome>;
}

/** A comparison: what can be asked for, what is measured, and how it is shown. */
export interface Study<Flags, Request, Report extends object> extends Presentation<Flags, Request, Report> {
  /** @throws UserError where the options cannot be, before anything is measured. */
  readonly request: (flags: Flags & StudyFlags, library: Library | undefined) => Request;
  /** By `measurePlan`. */
  readonly measure: (request: Request, tools: Tools) => Promise<Report>;
}
