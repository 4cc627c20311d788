import { baselineOf } from './baselines.js';
import { type Configuration, type ParameterKey, parameterMeta } from './parameters.js';
import type { RawConfiguration } from './raw.js';

/** The defaults of a target that differ from those of `asic`: flip-flops of FPGAs have an enable, and adders a carry chain. */
export function targetDefaults({ target, arch }: RawConfiguration): RawConfiguration {
  if (target !== 'fpga') return {};
  return { stall: 'enable', ...(arch === 'dot' ? { tree: 'adders' } : {}) };
}

/**
 * A configuration with the defaults that depend on other parameters: the types of a baseline, those of the target, and
 * those of the architecture: a dot-product unit stands alone unless rows or columns are given.
 */
export function withDependentDefaults(raw: RawConfiguration): RawConfiguration {
  const [, baseline] = baselineOf(raw) ?? [];
  const expanded: RawConfiguration = {
    ...targetDefaults(raw),
    ...(baseline === undefined ? raw : { ...baseline.parameters, ...raw, pe: 'int' }),
  };
  return expanded.arch === 'dot' ? { ...expanded, rows: expanded.rows ?? 1, cols: expanded.cols ?? 1 } : expanded;
}

/** The default of a parameter in a configuration, of which it may depend on others. */
export function defaultIn(config: Omit<Configuration, 'name'>, key: ParameterKey): unknown {
  const { [key]: fallback = parameterMeta(key).fallback } = targetDefaults(config);
  return fallback;
}
