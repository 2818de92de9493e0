/** The worker that analyses errors. It keeps one analysis, to render it in another language. */
import '../here/without-eval.ts';
import type { NamedFile } from '../files/named-files.ts';
import {
  analyseTables,
  type CocoData,
  type ErrorReportTexts,
  errorReportContent,
  errorReportDocument,
  evaluationNotes,
  messageOf,
  parseCocoDataset,
  parseCocoResults,
  uniqueRecords,
} from '../product.ts';
import type { ErrorFiles } from './error-files.ts';
import { pictureEncoder } from './picture-encoder.ts';
import type { ErrorsReply, ErrorsRequest } from './worker-protocol.ts';

type Analysed = ReturnType<typeof analyseTables>;

let kept: {
  analysed: Analysed;
  files: ErrorFiles;
  dataset: CocoData;
  notes: readonly string[];
} | null = null;

self.addEventListener('message', ({ data }: MessageEvent<ErrorsRequest>) => {
  void answer(data)
    .catch((error: unknown): ErrorsReply => {
      return { kind: 'failed', message: messageOf(error) };
    })
    .then(say);
});

function say(reply: ErrorsReply): void {
  self.postMessage(reply);
}

async function answer(request: ErrorsRequest): Promise<ErrorsReply> {
  if (request.kind === 'analyse') kept = await analyse(request.files, request.score);
  if (!kept) throw new Error('nothing has been analysed yet');
  const { analysed, files, dataset, notes } = kept;
  const { language } = request;
  const [a, b] = files.results;
  const texts: ErrorReportTexts = {
    language,
    modelName: a.path,
    comparedName: b?.path,
    dataName: files.truth.path,
    version: __VERSION__,
    images: dataset.images,
  };
  const content = await errorReportContent(analysed, texts, pictureEncoder(files.pictures, dataset));
  return { kind: 'report', content, html: errorReportDocument(content, language), notes };
}

async function analyse(files: ErrorFiles, score: number) {
  const notes: string[] = [];
  const truth = parseCocoDataset(files.truth.path, await bytesOf(files.truth));
  const dataset = uniqueRecords(truth, (line) => notes.push(line));
  const tables = [];
  for (const named of files.results) {
    tables.push(parseCocoResults(named.path, await bytesOf(named), dataset));
  }
  for (const table of tables) notes.push(...evaluationNotes(dataset, table));
  const [first, second] = tables.map((results) => ({ results, score }));
  const total = dataset.images.length * tables.length;
  const analysed = analyseTables(dataset, first, {
    type: first.results.firstHas().mask ? 'segm' : 'bbox',
    overrides: {},
    compare: second,
    onPicture: (done) => {
      if (done % 50 === 0 || done === total) say({ kind: 'progress', done, total });
    },
  });
  return { analysed, files, dataset, notes };
}

async function bytesOf({ file }: NamedFile): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}
