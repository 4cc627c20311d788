import { runProgram } from '../gen/base/program.js';
import { DOT_TREES_STUDY } from './sweep/notebook/dot-trees/study.js';
import { studyProgram } from './sweep/program.js';

await runProgram(() => studyProgram(DOT_TREES_STUDY));
