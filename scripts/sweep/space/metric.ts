import type { z } from 'zod';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { parametersOf, type SpaceDesign } from './designs.js';
import type { Range } from './range.js';

/** A value that a metric gives, before it is measured. */
export interface ValueFacts {
  /** As tables show it: `GE`, `ps`, `%`. */
  readonly unit: string;
  readonly range: Range;
  /** Where the larger value is the better one. */
  readonly rises?: true;
}

/** Values by name; null where there is none, such as a path of a library without delays. */
export type Measured = Readonly<Record<string, number | null>>;

/** What a metric measures with. */
export interface Bench {
  /** A folder that is removed behind the measurement. */
  readonly scratch: string;
  readonly progress: (text: string) => void;
}

/** A metric of designs: what it takes, and what it gives. */
export interface SpaceMetric<Settings, Opened> {
  readonly settings: z.ZodType<Settings>;
  /**
   * Finds tools and reads files, once in a process.
   *
   * @param folder Where paths begin: the study's.
   * @throws UserError when a tool or a file is missing, or the settings cannot be.
   */
  readonly open: (settings: Settings, folder: string) => Promise<Opened>;
  readonly values: (opened: Opened) => Readonly<Record<string, ValueFacts>>;
  /** All that values depend on besides the design and this program: tools, library, networks. */
  readonly identity: (opened: Opened) => unknown;
  /** Tools and library in words, for the report. */
  readonly provenance: (opened: Opened) => string;
  /** What of a design values depend on; all of it without. */
  readonly basis?: (design: SpaceDesign) => RawConfiguration;
  /** Why it cannot be measured of a design. */
  readonly problem?: (design: SpaceDesign, opened: Opened) => string | undefined;
  /** @throws UserError where a tool fails, or a check does. */
  readonly measure: (design: SpaceDesign, opened: Opened, bench: Bench) => Promise<Measured>;
}

/** A metric whose settings were read: what a study asks, whatever the metric. */
export interface OpenMetric {
  readonly values: Readonly<Record<string, ValueFacts>>;
  readonly identity: unknown;
  readonly provenance: string;
  readonly basis: (design: SpaceDesign) => RawConfiguration;
  readonly problem: (design: SpaceDesign) => string | undefined;
  readonly measure: (design: SpaceDesign, bench: Bench) => Promise<Measured>;
}

/** A metric of any kind, as a table holds them. */
export interface AnyMetric {
  readonly settings: z.ZodType;
  readonly open: (settings: unknown, folder: string) => Promise<OpenMetric>;
}

/** Takes a metric's own types away: its settings are checked when it is opened. */
export function anyMetric<Settings, Opened>(metric: SpaceMetric<Settings, Opened>): AnyMetric {
  const { settings, basis = parametersOf } = metric;
  return {
    settings,
    async open(given, folder) {
      const opened = await metric.open(settings.parse(given), folder);
      return {
        values: metric.values(opened),
        identity: metric.identity(opened),
        provenance: metric.provenance(opened),
        basis,
        problem: (design) => metric.problem?.(design, opened),
        measure: (design, bench) => metric.measure(design, opened, bench),
      };
    },
  };
}
