import { runProgram } from '../gen/base/program.js';
import { benchModel } from './sweep/notebook/benches/model.js';

await runProgram(benchModel);
