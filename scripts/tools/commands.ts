/** The programs that are subcommands of `ant-rtl`, with what each does. */
export const COMMANDS = {
  gen: 'writes a design: an array, dot-product units, a requantiser or an engine',
  verify: 'verifies designs against the reference model on Verilator',
  fuzz: 'generates, lints and verifies random configurations',
  mutate: 'changes Verilog in every place, and counts what checks find of it',
  formal: 'proves properties of modules for all inputs and all time',
  setup: 'installs the external tools',
  area: 'area, critical path, netlists for a clock period, FPGA counts',
  power: 'power and energy per MAC on real operands',
  layout: 'places and routes a PE, from Verilog to GDS',
  sweep: 'measures the designs of a study, and finds the best',
  variants: 'one table of variants of the hardware',
  published: 'published Verilog in the same flow',
  alternatives: 'alternatives of single parts of the hardware',
  'dot-trees': 'adder trees of dot-product units',
  matmul: 'multiplies two real matrices on the simulated array',
  quantize: 'chooses types and scales for a network',
  infer: 'runs a quantised network on the simulated hardware',
  'random-network': 'writes a known network as ONNX with random weights',
  accuracy: 'accuracy of the networks of the models folder by their types',
  compile: 'compiles a quantised network for an engine',
  model: 'cycles and energy of whole networks',
  'model:costs': 'measures the costs that the model takes',
  example: "writes a real layer's weights and input",
  'bench:simulation': 'speed of the simulation',
  'bench:search': 'speed of the search for types',
  'bench:model': 'speed of the model',
} as const satisfies Record<string, string>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];

/** Programs that work on the repository itself. */
export const OF_THE_REPOSITORY: readonly string[] = ['figures', 'build', 'explorer:picture'];

const ELSEWHERE: Readonly<Record<string, string>> = { gen: 'gen/cli', example: 'examples/ocr-layer' };

/** The file of a program, from the project's folder, without its ending. */
export const fileOf = (name: string): string => ELSEWHERE[name] ?? `scripts/${name.replaceAll(':', '-')}`;
