import { UserError } from '../../gen/base/errors.js';
import { type BooleanFunction, parseFunction, pinsOf } from '../tools/liberty/boolean.js';
import {
  attribute,
  groups,
  type LibertyGroup,
  numberLists,
  registerGroup,
  withoutComments,
} from '../tools/liberty/liberty-text.js';
import type { Table } from './table.js';

/** Energy of a pin's transitions, in joules, by slew of the related input and load of the output. */
export interface PowerGroup {
  /** Inputs whose transition comes with the pin's, of an output's group; none: any. */
  readonly related: readonly string[];
  /** The states of the cell in which the group counts; none: all. */
  readonly when?: BooleanFunction;
  readonly rise?: Table;
  readonly fall?: Table;
}

/** Slew of an output after a transition of an input, in seconds. */
export interface TransitionArc {
  readonly related: string;
  /** Whether the output falls when the input rises, and only then; undefined: either may be. */
  readonly inverting?: boolean;
  readonly rise?: Table;
  readonly fall?: Table;
}

export interface PowerPin {
  readonly name: string;
  readonly direction: 'input' | 'output';
  /** In farads; of an output usually 0. */
  readonly capacitance: number;
  /** Of an output: its function of the inputs and of the register's state. */
  readonly fn?: BooleanFunction;
  readonly power: readonly PowerGroup[];
  readonly arcs: readonly TransitionArc[];
}

/** What a flip-flop does at the rising edge of its clock, and what overrules it. */
export interface FlipFlop {
  /** Names of the state and of its inverse in the functions of outputs. */
  readonly state: string;
  readonly inverse: string;
  readonly next: BooleanFunction;
  readonly clear?: BooleanFunction;
  readonly preset?: BooleanFunction;
}

/** What the function and the power of a cell depend on. */
export interface PowerCell {
  readonly name: string;
  readonly pins: ReadonlyMap<string, PowerPin>;
  /** Pins of a register's clock; none: the cell is combinational. */
  readonly clocks: readonly string[];
  /** Registers other than rising-edge flip-flops have none. */
  readonly flipFlop?: FlipFlop;
  /** In watts, in the states that `states` does not tell of. */
  readonly leakage: number;
  readonly states: readonly { readonly when: BooleanFunction; readonly watts: number }[];
}

/** The power data of a Liberty file, in SI units. */
export interface PowerLibrary {
  readonly name: string;
  /** Supply, in volts. */
  readonly voltage: number;
  readonly cells: ReadonlyMap<string, PowerCell>;
}

interface Units {
  readonly time: number;
  readonly capacitance: number;
  readonly voltage: number;
  readonly leakage: number;
}

/**
 * The power data of the named cells of a Liberty file. The energy unit of its tables is that of capacitance times the
 * square of that of voltage, as Liberty has it.
 *
 * @throws UserError naming what is missing: units, voltage, cells, or any table of energies.
 */
export function powerLibrary(source: string, names: readonly string[], file: string): PowerLibrary {
  const text = withoutComments(source);
  const head = libraryHead(text);
  const units = unitsOf(head, file);
  const wanted = new Set(names);
  const templates = new Map(
    ['power_lut_template', 'lu_table_template'].flatMap((keyword) =>
      groups(head, keyword).map((group): [string, LibertyGroup] => [group.name, group]),
    ),
  );
  const bodies = groups(text, 'cell').filter(({ name }) => wanted.has(name));
  const found = new Set(bodies.map(({ name }) => name));
  const missing = [...wanted].filter((name) => !found.has(name));
  if (missing.length > 0) throw new UserError(`${file} has no cell ${missing.join(', ')}`);
  const reader = new CellReader(units, templates, inputCapacitance(head, units));
  const cells = new Map(bodies.map((group) => [group.name, reader.cell(group)]));
  const hasPower = [...cells.values()].some(({ pins }) => [...pins.values()].some(({ power }) => power.length > 0));
  if (!hasPower) {
    throw new UserError(`${file} has no internal power (internal_power groups): it cannot tell what gates consume`);
  }
  return { name: /\blibrary\s*\(\s*"?([^")\s]+)/.exec(text)?.[1] ?? file, voltage: supply(head, units, file), cells };
}

/** What stands before the cells, as a group's body. */
function libraryHead(text: string): string {
  const start = text.search(/\blibrary\s*\(/);
  const end = text.search(/(?<![\w"])cell\s*\(/);
  const head = text.slice(Math.max(start, 0), end < 0 ? text.length : end);
  return head.slice(head.indexOf('{') + 1);
}

const PREFIXES: Readonly<Record<string, number>> = { '': 1, m: 1e-3, u: 1e-6, n: 1e-9, p: 1e-12, f: 1e-15 };

/** A quantity such as `100ps` in SI units. */
function quantity(text: string | undefined, unit: string): number | undefined {
  const match = new RegExp(`^\\s*([\\d.eE+-]+)\\s*([munpf]?)${unit}\\s*$`, 'i').exec(text ?? '');
  return match ? Number(match[1]) * (PREFIXES[(match[2] as string).toLowerCase()] as number) : undefined;
}

/** @throws UserError naming all units that the library does not give. */
function unitsOf(head: string, file: string): Units {
  const load = /capacitive_load_unit\s*\(\s*"?([\d.eE+-]+)"?\s*,\s*"?(\w+)"?\s*\)/.exec(head);
  const units = {
    time_unit: quantity(attribute(head, 'time_unit'), 's'),
    voltage_unit: quantity(attribute(head, 'voltage_unit'), 'V'),
    leakage_power_unit: quantity(attribute(head, 'leakage_power_unit'), 'W'),
    capacitive_load_unit: load ? quantity(`${load[1]}${load[2]}`, 'F') : undefined,
  };
  const missing = Object.entries(units).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length > 0) throw new UserError(`${file} gives no ${missing.join(', ')}`);
  return {
    time: units.time_unit as number,
    voltage: units.voltage_unit as number,
    leakage: units.leakage_power_unit as number,
    capacitance: units.capacitive_load_unit as number,
  };
}

/** The voltage of the default operating conditions, or else the nominal one. */
function supply(head: string, units: Units, file: string): number {
  const chosen = attribute(head, 'default_operating_conditions');
  const conditions = groups(head, 'operating_conditions').find(({ name }) => name === chosen);
  const volts = Number(conditions && attribute(conditions.body, 'voltage')) || Number(attribute(head, 'nom_voltage'));
  if (!(volts > 0)) throw new UserError(`${file} gives no supply voltage (operating_conditions or nom_voltage)`);
  return volts * units.voltage;
}

function inputCapacitance(head: string, { capacitance }: Units): number {
  return Number(attribute(head, 'default_input_pin_cap') ?? 0) * capacitance;
}

class CellReader {
  constructor(
    private readonly units: Units,
    private readonly templates: ReadonlyMap<string, LibertyGroup>,
    private readonly inputCapacitance: number,
  ) {}

  cell({ name, body }: LibertyGroup): PowerCell {
    const pins = groups(body, 'pin').flatMap((group): [string, PowerPin][] => {
      const pin = this.pin(group);
      return pin ? [[pin.name, pin]] : [];
    });
    const states = groups(body, 'leakage_power').map(({ body: state }) => ({
      when: attribute(state, 'when'),
      watts: Number(attribute(state, 'value') ?? 0) * this.units.leakage,
    }));
    const always = states.filter(({ when }) => when === undefined).reduce((sum, { watts }) => sum + watts, 0);
    return {
      name,
      pins: new Map(pins),
      clocks: clockPins(body),
      ...flipFlop(body),
      leakage: Number(attribute(body, 'cell_leakage_power') ?? Number.NaN) * this.units.leakage || always,
      states: states.flatMap(({ when, watts }) => (when === undefined ? [] : [{ when: condition(when, name), watts }])),
    };
  }

  private pin({ name, body }: LibertyGroup): PowerPin | undefined {
    const direction = attribute(body, 'direction');
    if (direction !== 'input' && direction !== 'output') return undefined;
    const given = attribute(body, 'capacitance');
    const fn = parseFunction(attribute(body, 'function') ?? '');
    const fallback = direction === 'input' ? this.inputCapacitance : 0;
    return {
      name,
      direction,
      capacitance: given === undefined ? fallback : Number(given) * this.units.capacitance,
      ...(fn === undefined ? {} : { fn }),
      power: groups(body, 'internal_power').map((group) => this.powerGroup(group, name)),
      arcs: groups(body, 'timing').flatMap(({ body: arc }) => this.arcs(arc)),
    };
  }

  private powerGroup({ body }: LibertyGroup, pin: string): PowerGroup {
    const { capacitance, voltage } = this.units;
    const energy = capacitance * voltage * voltage;
    const when = attribute(body, 'when');
    const [both] = groups(body, 'power');
    const rise = groups(body, 'rise_power')[0] ?? both;
    const fall = groups(body, 'fall_power')[0] ?? both;
    return {
      related: words(attribute(body, 'related_pin')),
      ...(when === undefined ? {} : { when: condition(when, pin) }),
      ...(rise ? { rise: this.table(rise, energy) } : {}),
      ...(fall ? { fall: this.table(fall, energy) } : {}),
    };
  }

  private arcs(body: string): TransitionArc[] {
    const [rise] = groups(body, 'rise_transition');
    const [fall] = groups(body, 'fall_transition');
    if (!rise && !fall) return [];
    const sense = attribute(body, 'timing_sense');
    return words(attribute(body, 'related_pin')).map((related) => ({
      related,
      ...(sense === 'negative_unate' || sense === 'positive_unate' ? { inverting: sense === 'negative_unate' } : {}),
      ...(rise ? { rise: this.table(rise, this.units.time) } : {}),
      ...(fall ? { fall: this.table(fall, this.units.time) } : {}),
    }));
  }

  /** A table over slews and loads, however its variables are ordered; `unit` is that of its values. */
  private table({ name, body }: LibertyGroup, unit: number): Table {
    const template = this.templates.get(name)?.body ?? '';
    const axes = [1, 2].flatMap((n) => {
      const variable = attribute(template, `variable_${n}`);
      const points = (numberLists(body, `index_${n}`) ?? numberLists(template, `index_${n}`))?.[0];
      return variable === undefined || points === undefined ? [] : [{ kind: axisKind(variable), points }];
    });
    const flat = (numberLists(body, 'values') ?? []).flat().map((value) => value * unit);
    const [first, second] = axes;
    const size = (first?.points.length ?? 1) * (second?.points.length ?? 1);
    if (
      flat.length !== size ||
      axes.some(({ kind }) => kind === undefined) ||
      first?.kind === (second?.kind ?? 'none')
    ) {
      throw new UserError(
        `a table of template ${name} has ${flat.length} values for ${size} points, or unknown variables`,
      );
    }
    const scaled = (kind: Axis, scale: number): number[] =>
      axes.find((axis) => axis.kind === kind)?.points.map((point) => point * scale) ?? [0];
    const slews = scaled('slew', this.units.time);
    const loads = scaled('load', this.units.capacitance);
    const slewsFirst = first?.kind !== 'load';
    const at = (i: number, j: number): number =>
      flat[slewsFirst ? i * loads.length + j : j * slews.length + i] as number;
    return { slews, loads, values: slews.map((_, i) => loads.map((__, j) => at(i, j))) };
  }
}

type Axis = 'slew' | 'load';

function axisKind(variable: string): Axis | undefined {
  if (variable === 'input_transition_time' || variable === 'input_net_transition') return 'slew';
  return variable === 'total_output_net_capacitance' ? 'load' : undefined;
}

/** The clock pins of a register: those marked so, and those its clock or enable depends on. */
function clockPins(body: string): string[] {
  const register = registerGroup(body)?.body;
  if (register === undefined) return [];
  const edge = parseFunction(attribute(register, 'clocked_on') ?? attribute(register, 'enable') ?? '');
  const marked = groups(body, 'pin').filter((pin) => attribute(pin.body, 'clock') === 'true');
  return [...new Set([...marked.map(({ name }) => name), ...(edge ? pinsOf(edge) : [])])];
}

function flipFlop(body: string): { flipFlop?: FlipFlop } {
  const register = registerGroup(body);
  if (register?.kind !== 'ff') return {};
  const [state = '', inverse = ''] = register.names;
  const fn = (name: string): BooleanFunction | undefined => parseFunction(attribute(register.body, name) ?? '');
  const [clock, next, clear, preset] = [fn('clocked_on'), fn('next_state'), fn('clear'), fn('preset')];
  if (clock?.kind !== 'pin' || next === undefined) return {};
  return { flipFlop: { state, inverse, next, ...(clear ? { clear } : {}), ...(preset ? { preset } : {}) } };
}

function condition(text: string, where: string): BooleanFunction {
  const fn = parseFunction(text);
  if (fn === undefined) throw new UserError(`a condition of ${where} in the cell library is no function: ${text}`);
  return fn;
}

const words = (text = ''): string[] => text.split(/\s+/).filter((word) => word !== '');
