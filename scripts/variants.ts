import { runProgram } from '../gen/base/program.js';
import { studyProgram } from './sweep/program.js';
import { VARIANTS_STUDY } from './sweep/variants/study.js';

await runProgram(() => studyProgram(VARIANTS_STUDY));
