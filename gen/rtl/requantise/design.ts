import { type RequantiserConfiguration, requantiserCommand, requantiserHash } from '../../config/requantiser.js';
import { withPorts } from '../axis.js';
import type { ModuleView } from '../module.js';
import type { PortMap } from '../port-map.js';
import { controlModules } from './control.js';
import { encoderModules } from './encode.js';
import { type BeatField, beatFields, type LaneView, laneModule } from './lane.js';
import { outputModule, requantiseModule, requantiserStreams } from './top.js';
import { type LaneConfiguration, type RequantiserWidths, requantiserWidths } from './widths.js';

/** A requantiser with every width, port and file name computed. */
export interface RequantiserDesign {
  readonly config: RequantiserConfiguration;
  readonly hash: string;
  readonly command: string;
  readonly widths: RequantiserWidths;
  readonly fields: readonly BeatField[];
  /** The ports that carry the signals of the streams. */
  readonly ports: PortMap;
  /** Cycles from a beat in to its codes out, without stalls; a beat may follow in every cycle. */
  readonly latency: number;
  /** In compile order; the last is the top. */
  readonly modules: readonly ModuleView[];
  readonly top: ModuleView;
}

/** The lanes of a requantiser, for a design that feeds them itself and never stops them. */
export interface RequantiserLanes {
  readonly config: LaneConfiguration;
  readonly widths: RequantiserWidths;
  readonly fields: readonly BeatField[];
  /** Cycles from a sum to its code. */
  readonly latency: number;
  /** In compile order; the last is the lane. */
  readonly modules: readonly ModuleView[];
  readonly lane: LaneView;
}

/** @throws ConfigurationError for rules that need the elaborated widths. */
export function elaborateLanes(config: LaneConfiguration): RequantiserLanes {
  const widths = requantiserWidths(config);
  const encoder = encoderModules(config, widths);
  const lane = laneModule(config, widths, encoder.at(-1) as ModuleView);
  const fields = beatFields(config, widths);
  return { config, widths, fields, latency: config.pipeline, modules: [...encoder, lane], lane };
}

/** Elaborates a valid configuration. @throws ConfigurationError for rules that need the elaborated widths. */
export function elaborateRequantiser(config: RequantiserConfiguration): RequantiserDesign {
  const { widths, fields, lane, modules: lanes } = elaborateLanes(config);
  const control = controlModules(config, fields);
  const output = outputModule(config, widths);
  const streams = requantiserStreams(config, widths);
  const top = requantiseModule(config, widths, streams, { control, lane, output });
  const { modules, ports } = withPorts(config, [...lanes, ...control, output, top], streams);
  return {
    ...{ config, widths, ports, modules },
    top: modules.at(-1) as ModuleView,
    hash: requantiserHash(config),
    command: requantiserCommand(config),
    fields,
    latency: config.pipeline + 1,
  };
}
