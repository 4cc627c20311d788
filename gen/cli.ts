import { relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { allOf, EXIT } from './base/errors.js';
import { parseWhole, programCommand, requireKnown, requireNamed } from './base/options.js';
import { runProgram } from './base/program.js';
import { ENGINE_OWN_KEYS, engineHelp, engineOption, isEngine, validateEngine } from './config/engine.js';
import { namingFile, type Origin } from './config/origin.js';
import { PACKAGE_NAMES, parsePackages } from './config/packages.js';
import { configurationSchema, FORMER_PARAMETERS, flagOf, PARAMETER_KEYS } from './config/parameters.js';
import { fileTitle, parseConfiguration } from './config/parse.js';
import type { RawConfiguration } from './config/raw.js';
import { helpTail, optionHelp, switchOff } from './config/reference.js';
import {
  isRequantiser,
  OWN_KEYS,
  requantiserHelp,
  requantiserOption,
  validateRequantiser,
} from './config/requantiser.js';
import { validateConfiguration } from './config/validate.js';
import { generateEngine } from './design/engine/generate.js';
import { describeEngine, engineSummary } from './design/engine/summary.js';
import { type Generated, type GenerateOptions, generate } from './design/generate.js';
import { generateRequantiser } from './design/requantiser/generate.js';
import { describeRequantiser, requantiserSummary } from './design/requantiser/summary.js';
import { describeDesign, designSummary, type Written } from './design/summary.js';

function command(): Command {
  const program = programCommand('npm run gen --')
    .description(
      'Generate the Verilog of an ANT systolic array, of dot-product units or of a whole engine, with file list, manifest, datasheet, constraints, and a test bench or a driver.',
    )
    .option(
      '--config <file>',
      'JSON or YAML file with these parameters (rows, maxK, ...), or - for standard input; flags win',
    )
    .option(
      '--out <folder>',
      'folder in which the design gets a folder of its name, relative to where you are',
      'rtl-out',
    )
    .option('--replace', 'replace a design of another configuration in that folder')
    .option('--package <names>', `packages for flows, with commas between: ${PACKAGE_NAMES.join(', ')}; or all`)
    .option('--json', 'print the summary as JSON')
    .option('--schema', 'print the JSON Schema of a configuration file and stop');
  for (const key of PARAMETER_KEYS) {
    program.option(...optionHelp(key));
    for (const flag of switchOff(key)) program.option(flag, `not ${flagOf(key)}, where the file has it`);
  }
  for (const key of Object.keys(FORMER_PARAMETERS)) program.addOption(new Option(`--${key} <value>`).hideHelp());
  program.optionsGroup('Requantiser, with --arch requantise:');
  for (const key of OWN_KEYS) program.option(...requantiserOption(key));
  program.optionsGroup('Engine:');
  program.option('--engine', 'an engine: the array with buffers, AXI4 ports, commands and a driver');
  for (const key of ENGINE_OWN_KEYS) program.option(...engineOption(key));
  return program.addHelpText(
    'after',
    `\n${requantiserHelp()}\n\n${engineHelp()}\n${helpTail()}\n\nExit codes: 0 done, 2 wrong request, 3 a fault of the generator.`,
  );
}

function main(): number {
  const program = command();
  parseWhole(program);
  const { config, out, replace, json, schema, package: packages, ...flags } = program.opts();
  if (schema) {
    requireKnown(program);
    process.stdout.write(`${JSON.stringify(configurationSchema(), null, 2)}\n`);
    return EXIT.done;
  }
  const [, , request, make] = allOf([
    () => requireKnown(program),
    () => requireNamed('--out', out),
    () => parsePackages(packages),
    () => {
      const raw = parseConfiguration(flags, config);
      return maker({ raw, flags, file: config && fileTitle(config) });
    },
  ]);
  const { written, summary, description } = make(resolve(out), { replace, packages: request });
  const shown = { ...written, folder: relative(process.cwd(), written.folder) || '.' };
  process.stdout.write(json ? `${JSON.stringify(summary(shown), null, 2)}\n` : description(shown));
  return EXIT.done;
}

/** A design that was written, and what is told of it. */
interface Made {
  readonly written: Written;
  readonly summary: (written: Written) => object;
  readonly description: (written: Written) => string;
}

/** Writes a validated design below a folder. */
type Make = (out: string, options: GenerateOptions) => Made;

/** A kind of design: validated, then written, then told of. */
interface Kind<Config, Design> {
  readonly validate: (raw: RawConfiguration) => Config;
  readonly write: (config: Config, out: string, options: GenerateOptions) => Generated<Design>;
  readonly summary: (design: Design, written: Written) => object;
  readonly describe: (design: Design, written: Written) => string;
}

/** What writes the design of a configuration, which it validates at once. */
function makerOf<Config, Design>({ validate, write, summary, describe }: Kind<Config, Design>, origin: Origin): Make {
  const configuration = namingFile(origin, () => validate(origin.raw));
  return (out, options) => {
    const { design, ...written } = namingFile(origin, () => write(configuration, out, options));
    return {
      written,
      summary: (shown) => summary(design, shown),
      description: (shown) => describe(design, shown),
    };
  };
}

const REQUANTISER = {
  validate: validateRequantiser,
  write: generateRequantiser,
  summary: requantiserSummary,
  describe: describeRequantiser,
};
const ENGINE = { validate: validateEngine, write: generateEngine, summary: engineSummary, describe: describeEngine };
const DESIGN = { validate: validateConfiguration, write: generate, summary: designSummary, describe: describeDesign };

function maker(origin: Origin): Make {
  if (isRequantiser(origin.raw)) return makerOf(REQUANTISER, origin);
  if (isEngine(origin.raw)) return makerOf(ENGINE, origin);
  return makerOf(DESIGN, origin);
}

await runProgram(main);
