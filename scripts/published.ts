import { runProgram } from '../gen/base/program.js';
import { PUBLISHED_STUDY } from './sweep/published/study.js';
import { studyProgram } from './sweep/program.js';

await runProgram(() => studyProgram(PUBLISHED_STUDY));
