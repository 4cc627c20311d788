import { type Command, Option } from 'commander';
import { EXIT } from '../../gen/base/errors.js';
import { programCommand } from '../../gen/base/options.js';
import { progressLine } from '../../gen/base/progress.js';
import { writeWhole } from '../../gen/base/whole-file.js';
import { DEFAULT_PROVE_LIMIT } from '../synth/request.js';
import { reportJson } from '../synth/write.js';
import { readLibrary } from '../tools/liberty/library.js';
import { inScratch } from '../tools/scratch.js';
import { YOSYS_HELP } from '../tools/yosys/environment.js';
import { announcedYosys } from '../tools/yosys/yosys.js';
import { layoutText } from './layout.js';
import type { Presentation, Study, StudyFlags, Target } from './study.js';
import { requireWritable } from './targets.js';

/** Between two lines of progress in a log, in milliseconds. */
export const LOG_INTERVAL = 5000;

/** An option of a study. */
export const option = (flags: string, description: string, fallback?: string): Option =>
  fallback === undefined ? new Option(flags, description) : new Option(flags, description).default(fallback);

/** Options that several studies have. */
export const LIBERTY = option('--liberty <file>', 'cell library, Liberty, plain or .gz (default: generic gates)');
export const PROVE = option(
  '--prove',
  'prove every netlist equal to its RTL, or else simulate it; exit code 1 if neither',
);
export const JSON_OPTION = option('--json', 'print the report as JSON');

/** The command line of a study. */
export function commandOf<Flags, Request, Report extends object>(study: Presentation<Flags, Request, Report>): Command {
  const { lists = {}, notes = [], fails } = study;
  const width = Math.max(0, ...Object.values(lists).flatMap((entries) => entries.map(({ name }) => name.length)));
  const command = programCommand(study.command).description(study.description);
  for (const each of study.options) command.addOption(each);
  return command
    .addHelpText(
      'after',
      [
        ...Object.entries(lists).flatMap(([title, entries]) => [
          `\n${title}:`,
          ...entries.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
        ]),
        '',
        ...notes,
        YOSYS_HELP,
        `Exit codes: 0 done, 1 ${fails}, 2 wrong request, 3 a tool is missing or broke.`,
      ].join('\n'),
    )
    .allowExcessArguments(false);
}

/** The program of a study: parses the command line, measures, writes and prints. */
export async function studyProgram<Flags, Request, Report extends object>(
  study: Study<Flags, Request, Report>,
): Promise<number> {
  const flags = commandOf(study).parse().opts<Flags & StudyFlags>();
  requireWritable(study.writes ?? {}, flags);
  const library = flags.liberty === undefined ? undefined : readLibrary(flags.liberty);
  const request = study.request(flags, library);
  const targets = study.targets?.(flags, library) ?? [];
  const yosys = await announcedYosys();
  const line = progressLine(process.stderr, LOG_INTERVAL);
  try {
    const proofSeconds = flags.prove ? DEFAULT_PROVE_LIMIT : undefined;
    const report = await inScratch('study', (scratch) =>
      study.measure(request, { yosys, library, proofSeconds, scratch, progress: line.show }),
    );
    line.end();
    return presented(study, { report, request, targets, json: flags.json });
  } finally {
    line.end();
  }
}

/** Writes and prints the report of a study. @returns The exit code. */
export function presented<Flags, Request, Report extends object>(
  study: Presentation<Flags, Request, Report>,
  {
    report,
    request,
    targets,
    json: asJson = false,
  }: {
    readonly report: Report;
    readonly request: Request;
    readonly targets: readonly Target<Report>[];
    readonly json?: boolean | undefined;
  },
): number {
  for (const { file, text, option: named } of targets) writeWhole(file, text(report), named);
  const { text, json = report, passes = true } = study.outcome?.(report, request) ?? {};
  process.stdout.write(asJson ? reportJson(json) : (text ?? layoutText(study.layout(report))));
  if (targets.length > 0) process.stderr.write(`written: ${targets.map(({ file }) => file).join(', ')}\n`);
  return passes ? EXIT.done : EXIT.checkFailed;
}
