import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { allOf, EXIT } from './base/errors.js';
import { parseWhole, programCommand, requireKnown, requireNamed } from './base/options.js';
import { runProgram } from './base/program.js';
import { namingFile } from './config/origin.js';
import { configurationSchema, flagOf, PARAMETER_KEYS } from './config/parameters.js';
import { fileTitle, parseConfiguration } from './config/parse.js';
import { helpTail, optionHelp, switchOff } from './config/reference.js';
import { validateConfiguration } from './config/validate.js';
import { generate } from './design/generate.js';
import { describeDesign, designSummary } from './design/summary.js';

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
  return program.addHelpText(
    'after',
    `${helpTail()}\n\nExit codes: 0 done, 2 wrong request, 3 a fault of the generator.`,
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
  const [, , { origin, configuration }] = allOf([
    () => requireKnown(program),
    () => requireNamed('--out', out),
    () => {
      const raw = parseConfiguration(flags, config);
      const origin = { raw, flags, file: config && fileTitle(config) };
      return { origin, configuration: namingFile(origin, () => validateConfiguration(raw)) };
    },
  ]);
  const { design, ...written } = namingFile(origin, () => generate(configuration, resolve(out), { replace }));
  const shown = relative(process.cwd(), written.folder) || '.';
  const report = { ...written, folder: shown };
  process.stdout.write(
    json ? `${JSON.stringify(designSummary(design, report), null, 2)}\n` : describeDesign(design, report),
  );
  return EXIT.done;
}

await runProgram(main);
