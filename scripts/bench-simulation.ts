import { runProgram } from '../gen/base/program.js';
import { benchSimulation } from './sweep/notebook/benches/simulation.js';

await runProgram(benchSimulation);
