import { z } from 'zod';
import { UserError } from '../../../gen/base/errors.js';
import { readData } from '../../perf/data.js';

const words = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((text) => (typeof text === 'string' ? [text] : text));

const range = z.strictObject({
  from: z.number(),
  to: z.number(),
  step: z.number().positive().optional(),
  times: z.number().gt(1).optional(),
});

const list = z.array(z.unknown());

/**
 * The values of an axis: a list, a range, either with a condition under which the axis is there, or named choices of
 * several parameters at once.
 */
const axis = z.union(
  [
    list,
    range,
    z.strictObject({ values: z.union([list, range]), when: z.string().optional() }),
    z.strictObject({ choices: z.record(z.string(), z.record(z.string(), z.unknown())), when: z.string().optional() }),
  ],
  {
    error:
      'must be a list, a range { from, to, step or times }, { values, when }, or { choices: { name: { parameter: value } } }',
  },
);

/** A study as its file has it. What metrics take is theirs. */
export const STUDY_FILE = z.strictObject({
  /** One line that says what is asked. */
  about: z.string().optional(),
  /** Parameters that all designs have. */
  design: z.record(z.string(), z.unknown()).default({}),
  axes: z.record(z.string(), axis),
  /** Conditions that points must meet to be of the study. */
  only: words.default([]),
  /** What becomes of points that are no design. */
  impossible: z.enum(['refuse', 'leave out']).default('refuse'),
  metrics: z.record(z.string(), z.unknown()),
  /** Values that follow from others, by name. */
  derive: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'must be a letter and letters, digits, _'), z.string())
    .default({}),
  objective: words.optional(),
  budget: z.strictObject({ points: z.int().min(1).optional(), minutes: z.number().positive().optional() }).default({}),
});

export type StudyFile = z.output<typeof STUDY_FILE>;
export type Axis = StudyFile['axes'][string];
export type AxisRange = z.output<typeof range>;

/** @throws UserError when the file cannot be read, or is no YAML. */
export function readStudyFile(file: string): unknown {
  const content = readData(file);
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content;
  throw new UserError(`${file} must hold one object with axes and metrics`);
}
