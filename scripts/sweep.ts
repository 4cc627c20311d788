import { runProgram } from '../gen/base/program.js';
import { sweepProgram } from './sweep/space/program.js';

await runProgram(sweepProgram);
