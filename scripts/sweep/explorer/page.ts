import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { asCalled } from '../../../gen/base/installed.js';
import { renderTemplate } from '../../../gen/rtl/render/templates.js';
import type { SpacePlan } from '../space/plan.js';
import type { SpaceReport } from '../space/report.js';
import { explorerData } from './build.js';
import { DocumentPacker, designDocuments } from './documents.js';
import { explorerScript } from './script.js';

/**
 * The page of a study, whole in one file: points, documents and the script that shows them.
 *
 * @param progress Told of each point whose documents are written.
 */
export async function explorerPage(
  plan: SpacePlan,
  report: SpaceReport,
  progress: (done: number, all: number, what: string) => void,
): Promise<string> {
  const packer = new DocumentPacker();
  const documents = plan.points.map(({ parameters }, i) => {
    progress(i + 1, plan.points.length, 'datasheets of the explorer');
    return designDocuments(parameters).map((file) => packer.add(file));
  });
  const script = await explorerScript();
  return renderTemplate('sweep/explorer.html', {
    title: escaped(report.study),
    generator: escaped(report.generator),
    // The browser runs this script and no other, and asks no other place for anything.
    scriptHash: createHash('sha256').update(script).digest('base64'),
    data: inScript(asCalled(JSON.stringify(explorerData(plan, report, documents)))),
    documents: deflateRawSync(asCalled(JSON.stringify(packer.packed())), { level: 9 }).toString('base64'),
    script,
  });
}

/** JSON in a script element, which nothing in it may end. */
const inScript = (json: string): string => json.replace(/</g, '\\u003c');

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (each) => ESCAPES[each] ?? each);
