/**
 * Imports weights in a process of its own and prints the notes, the eps and the peak of its memory as JSON.
 *     node --import tsx test/support/import-process.ts WEIGHTS MODEL
 */
import { importWeights } from '../../src/import/import-weights.ts';
import { writeModelFile } from '../../src/model-file/model-file.ts';

const [path, target] = process.argv.slice(2) as [string, string];
const { config, weights, notes } = await importWeights({ path });
await writeModelFile(target, config, weights);
await weights.close();
// maxRSS counts KiB.
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ notes, eps: config.backbone.norm.eps, peakBytes }));
