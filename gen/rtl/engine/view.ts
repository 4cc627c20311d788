import type { ModulePort, ModuleView } from '../module.js';
import type { EngineBus } from './bus.js';

/** What the templates of all modules of an engine read. */
export interface EngineModuleView extends ModuleView {
  readonly async: boolean;
}

/** A module of an engine: its suffix tells its name, its file and its template. */
export const engineModule = <More extends object>(
  { name, reset }: Pick<EngineBus, 'name' | 'reset'>,
  suffix: string,
  own: { readonly title: string; readonly ports: readonly ModulePort[] } & More,
): EngineModuleView & More => ({
  name: `${name}_${suffix}`,
  file: `rtl/${name}_${suffix}.v`,
  template: `rtl/engine/${suffix}.v`,
  async: reset === 'async',
  ...own,
});
