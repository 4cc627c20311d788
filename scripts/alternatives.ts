import { runProgram } from '../gen/base/program.js';
import { ALTERNATIVES_STUDY } from './sweep/notebook/alternatives/study.js';
import { studyProgram } from './sweep/program.js';

await runProgram(() => studyProgram(ALTERNATIVES_STUDY));
