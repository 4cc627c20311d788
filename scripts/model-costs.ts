import { runProgram } from '../gen/base/program.js';
import { COSTS_STUDY } from './sweep/model-costs.js';
import { studyProgram } from './sweep/program.js';

await runProgram(() => studyProgram(COSTS_STUDY));
