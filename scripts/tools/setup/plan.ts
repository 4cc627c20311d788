import { DATA, DATA_ADVICE } from '../data.js';
import { TOOL_NAMES, TOOLS, type ToolName, type ToolStatus, toolProblem } from '../find.js';

/** Package managers the setup knows, with the command that brings packages. */
const MANAGERS = {
  apt: {
    refresh: ['apt-get', 'update'],
    install: ['apt-get', 'install', '-y', '--no-install-recommends'],
    /** Whether the commands need the rights of the superuser. */
    root: true,
  },
  dnf: { refresh: undefined, install: ['dnf', 'install', '-y'], root: true },
  pacman: { refresh: undefined, install: ['pacman', '-S', '--needed', '--noconfirm'], root: true },
  brew: { refresh: undefined, install: ['brew', 'install'], root: false },
} as const;

export type PackageManager = keyof typeof MANAGERS;

const PACKAGES: Readonly<Record<ToolName, Readonly<Record<PackageManager, readonly string[]>>>> = {
  verilator: { apt: ['verilator'], dnf: ['verilator'], pacman: ['verilator'], brew: ['verilator'] },
  yosys: { apt: ['yosys'], dnf: ['yosys'], pacman: ['yosys'], brew: ['yosys'] },
  iverilog: { apt: ['iverilog'], dnf: ['iverilog'], pacman: ['iverilog'], brew: ['icarus-verilog'] },
  'c++': { apt: ['g++'], dnf: ['gcc-c++'], pacman: ['gcc'], brew: [] },
  cc: { apt: ['gcc'], dnf: ['gcc'], pacman: ['gcc'], brew: [] },
  make: { apt: ['make'], dnf: ['make'], pacman: ['make'], brew: [] },
  ccache: { apt: ['ccache'], dnf: ['ccache'], pacman: ['ccache'], brew: ['ccache'] },
  nextpnr: { apt: ['nextpnr-ice40'], dnf: ['nextpnr'], pacman: ['nextpnr'], brew: [] },
  icepack: { apt: ['fpga-icestorm'], dnf: ['icestorm'], pacman: ['icestorm'], brew: ['icestorm'] },
  opensta: { apt: ['opensta'], dnf: [], pacman: [], brew: [] },
  chromium: { apt: ['chromium'], dnf: ['chromium'], pacman: ['chromium'], brew: [] },
  qflow: { apt: ['qflow', 'qflow-tech-osu018'], dnf: [], pacman: [], brew: [] },
};

/** Where to get tools that some package managers have no package of. */
const SOURCES: Readonly<Partial<Record<ToolName, string>>> = {
  nextpnr: 'https://github.com/YosysHQ/nextpnr',
  opensta: 'https://github.com/The-OpenROAD-Project/OpenSTA',
  chromium: 'https://www.chromium.org',
  qflow: 'http://opencircuitdesign.com/qflow',
};

/** Tools that come with Apple's command line tools, not with a package. */
const FROM_XCODE: readonly ToolName[] = ['c++', 'cc', 'make'];

/** Tools the project can do without, and what it is like then. */
const OPTIONAL: Readonly<Partial<Record<ToolName, string>>> = {
  ccache: 'rebuilds of simulations are slower',
  nextpnr: 'npm run area -- --place does not work',
  icepack: 'npm run area -- --bitstream does not work',
  opensta: 'npm run area -- --sta does not work',
  chromium: 'npm run explorer:picture does not work',
  qflow: 'npm run layout does not work',
};

/** What each tool is for: why it is installed, and what fails without it. */
const PURPOSE: Readonly<Record<ToolName, string>> = {
  verilator: 'npm run verify, npm run matmul',
  yosys: 'npm run area (falls back to the WebAssembly build of npm)',
  iverilog: 'checks of the generated Verilog',
  'c++': 'what Verilator writes',
  cc: "npm run verify of an engine's driver",
  make: 'what Verilator writes',
  ccache: 'faster rebuilds',
  nextpnr: 'npm run area -- --place (frequencies on an FPGA)',
  icepack: 'npm run area -- --bitstream',
  opensta: 'npm run area -- --sta (setup checks of the whole design)',
  chromium: 'npm run explorer:picture, and the tests of the page of a sweep',
  qflow: 'npm run layout (placement and routing)',
};

/** The machine as the setup sees it. */
export interface Machine {
  readonly tools: Readonly<Record<ToolName, ToolStatus>>;
  /** Whether the images are there that networks are tested with. */
  readonly data: boolean;
  /** The package managers on the search path. */
  readonly managers: readonly PackageManager[];
  readonly isRoot: boolean;
  readonly hasSudo: boolean;
}

/** What the setup does. */
export type SetupPlan =
  /** All tools are there. */
  | { readonly action: 'nothing' }
  /** It runs these commands. */
  | { readonly action: 'install'; readonly commands: readonly (readonly string[])[] }
  /** It cannot, and says which commands the user may run. */
  | {
      readonly action: 'advise';
      readonly reason: string;
      readonly advice: readonly string[];
      /** What does not work without what is missing; undefined where that is needed. */
      readonly without: readonly string[] | undefined;
    };

/** The tools of a machine that are missing, too old or broken. */
export function lackingTools({ tools }: Pick<Machine, 'tools'>): ToolName[] {
  return TOOL_NAMES.filter((name) => tools[name].state !== 'ready');
}

/** Decides what to do on a machine: only apt is run, for others the commands are printed. */
export function planSetup(machine: Machine): SetupPlan {
  const lacking = lackingTools(machine);
  const { managers, isRoot, hasSudo } = machine;
  // Only networks need the images: without apt they are named, and nothing else.
  const data = !machine.data && managers.includes('apt') && (isRoot || hasSudo) ? [DATA.package] : [];
  if (lacking.length === 0 && data.length === 0) return { action: 'nothing' };
  const losses = lacking.map((tool) => OPTIONAL[tool]);
  const without = losses.every((loss) => loss !== undefined) ? losses : undefined;
  if (!managers.includes('apt')) {
    const [manager] = managers;
    return manager === undefined
      ? {
          action: 'advise',
          without,
          reason: 'no known package manager is on the search path',
          advice: (Object.keys(MANAGERS) as PackageManager[]).map((known) => adviceFor(known, lacking)),
        }
      : {
          action: 'advise',
          without,
          reason: `the setup installs with apt only, and this machine has ${manager}`,
          advice: [adviceFor(manager, lacking)],
        };
  }
  if (!isRoot && !hasSudo) {
    return {
      action: 'advise',
      without,
      reason: 'apt needs root, and there is no sudo',
      advice: [adviceFor('apt', lacking)],
    };
  }
  return { action: 'install', commands: commandsOf('apt', lacking, data).map((c) => (isRoot ? c : ['sudo', ...c])) };
}

function commandsOf(manager: PackageManager, tools: readonly ToolName[], others: readonly string[] = []): string[][] {
  const { refresh, install } = MANAGERS[manager];
  const packages = [...tools.flatMap((tool) => PACKAGES[tool][manager]), ...others];
  const xcode = manager === 'brew' && tools.some((tool) => FROM_XCODE.includes(tool));
  return [
    ...(xcode ? [['xcode-select', '--install']] : []),
    ...(refresh && packages.length > 0 ? [[...refresh]] : []),
    ...(packages.length > 0 ? [[...install, ...packages]] : []),
  ];
}

/** The commands of a package manager as a user types them, on one line; then where to get what it has no package of. */
function adviceFor(manager: PackageManager, tools: readonly ToolName[]): string {
  const sudo = MANAGERS[manager].root ? 'sudo ' : '';
  const commands = commandsOf(manager, tools).map((command) => sudo + command.join(' '));
  const sources = tools.flatMap((tool) => {
    const source = PACKAGES[tool][manager].length === 0 ? SOURCES[tool] : undefined;
    return source === undefined ? [] : [`${TOOLS[tool].title} from ${source}`];
  });
  return [commands.join(' && '), ...sources].filter((text) => text !== '').join('; ');
}

/** One line per tool, and one for the images: what was found, or what is wrong. */
export function describeTools({ tools, data }: Pick<Machine, 'tools' | 'data'>): string[] {
  const images = data
    ? `  ok  ${DATA.title}`
    : `  --  ${DATA.title} is missing: ${DATA_ADVICE}\n      for: the networks of models/`;
  const lines = TOOL_NAMES.map((name) => {
    const status = tools[name];
    const text = status.state === 'ready' ? `${status.version} (${status.path})` : toolProblem(name, status);
    return status.state === 'ready'
      ? `  ok  ${TOOLS[name].title} ${text}`
      : `  --  ${text}\n      for: ${PURPOSE[name]}`;
  });
  return [...lines, images];
}
