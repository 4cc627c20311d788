import { runProgram } from '../gen/base/program.js';
import { benchSearch } from './sweep/notebook/benches/search.js';

await runProgram(benchSearch);
