/** A port of an emitted module. `width` is in bits, or names the module's parameter that holds it. */
export interface ModulePort {
  readonly direction: 'input' | 'output';
  readonly name: string;
  readonly width: number | string;
  readonly meaning: string;
}

/** A module as the templates see it: its name, the file it goes to, its ports and whatever its template reads. */
export interface ModuleView {
  readonly name: string;
  /** Path below the design's folder. */
  readonly file: string;
  /** Name of the template in `templates/`. */
  readonly template: string;
  /** One line that says what the module is. */
  readonly title: string;
  readonly ports: readonly ModulePort[];
  /** How many of it one array holds; undefined for the array itself and for its core: what is in them counts by itself. */
  readonly instances?: number;
  /** Names of the modules in it, where it counts as a whole in the area report. */
  readonly parts?: readonly string[];
}

export const input = (name: string, width: number | string, meaning: string): ModulePort => ({
  direction: 'input',
  name,
  width,
  meaning,
});

export const output = (name: string, width: number | string, meaning: string): ModulePort => ({
  direction: 'output',
  name,
  width,
  meaning,
});
