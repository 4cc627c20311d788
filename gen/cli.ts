import { relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { allOf, EXIT } from './base/errors.js';
import { parseWhole, programCommand, requireKnown, requireNamed } from './base/options.js';
import { runProgram } from './base/program.js';
import { namingFile, type Origin } from './config/origin.js';
import { configurationSchema, FORMER_PARAMETERS, flagOf, PARAMETER_KEYS } from './config/parameters.js';
import { fileTitle, parseConfiguration } from './config/parse.js';
import { helpTail, optionHelp, switchOff } from './config/reference.js';
import {
  isRequantiser,
  OWN_KEYS,
  requantiserHelp,
  requantiserOption,
  validateRequantiser,
} from './config/requantiser.js';
import { validateConfiguration } from './config/validate.js';
import { generate } from './design/generate.js';
import { generateRequantiser } from './design/requantiser/generate.js';
import { describeRequantiser, requantiserSummary } from './design/requantiser/summary.js';
import { describeDesign, designSummary, type Written } from './design/summary.js';

function command(): Command {
  const program = programCommand('npm run gen --')
    .description(
      'Generate the Verilog of an ANT systolic array or of dot-product units, with file list, manifest, datasheet, test bench and constraints.',
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
    .option('--json', 'print the summary as JSON')
    .option('--schema', 'print the JSON Schema of a configuration file and stop');
  for (const key of PARAMETER_KEYS) {
    program.option(...optionHelp(key));
    for (const flag of switchOff(key)) program.option(flag, `not ${flagOf(key)}, where the file has it`);
  }
  for (const key of Object.keys(FORMER_PARAMETERS)) program.addOption(new Option(`--${key} <value>`).hideHelp());
  program.optionsGroup('Requantiser, with --arch requantise:');
  for (const key of OWN_KEYS) program.option(...requantiserOption(key));
  return program.addHelpText(
    'after',
    `\n${requantiserHelp()}\n${helpTail()}\n\nExit codes: 0 done, 2 wrong request, 3 a fault of the generator.`,
  );
}

function main(): number {
  const program = command();
  parseWhole(program);
  const { config, out, replace, json, schema, ...flags } = program.opts();
  if (schema) {
    requireKnown(program);
    process.stdout.write(`${JSON.stringify(configurationSchema(), null, 2)}\n`);
    return EXIT.done;
  }
  const [, , make] = allOf([
    () => requireKnown(program),
    () => requireNamed('--out', out),
    () => {
      const raw = parseConfiguration(flags, config);
      const origin = { raw, flags, file: config && fileTitle(config) };
      return maker(origin, resolve(out), replace);
    },
  ]);
  const { written, summary, description } = make();
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

/** What writes the design of a configuration, which it validates at once. */
function maker(origin: Origin, out: string, replace: boolean): () => Made {
  if (isRequantiser(origin.raw)) {
    const configuration = namingFile(origin, () => validateRequantiser(origin.raw));
    return () => {
      const { design, ...written } = namingFile(origin, () => generateRequantiser(configuration, out, { replace }));
      return {
        written,
        summary: (shown) => requantiserSummary(design, shown),
        description: (shown) => describeRequantiser(design, shown),
      };
    };
  }
  const configuration = namingFile(origin, () => validateConfiguration(origin.raw));
  return () => {
    const { design, ...written } = namingFile(origin, () => generate(configuration, out, { replace }));
    return {
      written,
      summary: (shown) => designSummary(design, shown),
      description: (shown) => describeDesign(design, shown),
    };
  };
}

await runProgram(main);
