import { parametersOf } from './architectures.js';
import { baselineOf } from './baselines.js';
import { type Configuration, type ParameterKey, parameterMeta } from './parameters.js';
import type { RawConfiguration } from './raw.js';

/** The defaults of a target that differ from those of `asic`: flip-flops of FPGAs have an enable, and adders a carry chain. */
export function targetDefaults(raw: RawConfiguration): RawConfiguration {
  return raw.target === 'fpga' ? { stall: 'enable', ...parametersOf(raw).fpgaDefaults } : {};
}

/**
 * A configuration with the defaults that depend on other parameters: the types of a baseline, those of the target, and
 * those of the architecture.
 */
export function withDependentDefaults(raw: RawConfiguration): RawConfiguration {
  const [, baseline] = baselineOf(raw) ?? [];
  const expanded: RawConfiguration = {
    ...targetDefaults(raw),
    ...(baseline === undefined ? raw : { ...baseline.parameters, ...raw, pe: 'int' }),
  };
  const { defaults } = parametersOf(expanded);
  const own = Object.entries(defaults).map(([key, value]) => [key, expanded[key] ?? value]);
  return { ...expanded, ...Object.fromEntries(own) };
}

/** The default of a parameter in a configuration, of which it may depend on others. */
export function defaultIn(config: Omit<Configuration, 'name'>, key: ParameterKey): unknown {
  const ofTarget: RawConfiguration = targetDefaults(config);
  const ofArchitecture: RawConfiguration = parametersOf(config).defaults;
  return ofTarget[key] ?? ofArchitecture[key] ?? parameterMeta(key).fallback;
}
