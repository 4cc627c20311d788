import { render } from 'preact';
import type { ExplorerData } from '../data.js';
import { App } from './app.js';
import { pageStudy } from './points.js';

const data: ExplorerData = JSON.parse(document.getElementById('data')?.textContent ?? '{}');
const root = document.getElementById('explorer');
if (root !== null) render(<App study={pageStudy(data)} />, root);
