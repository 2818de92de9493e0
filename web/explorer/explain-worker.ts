import { decodePicture, loadExplainer, messageOf, type RecordedPrediction } from '../product.ts';
import type { ExplainReply, ExplainRequest } from './worker-protocol.ts';

let recorded: RecordedPrediction | null = null;

/** Starts the worker that explains in the browser. It keeps one model and the recorded stages of one picture. */
export function startExplaining(): void {
  self.addEventListener('message', ({ data }: MessageEvent<ExplainRequest>) => {
    void answer(data)
      .catch((error: unknown): ExplainReply => {
        return { id: data.id, kind: 'failed', message: messageOf(error) };
      })
      .then((reply) => self.postMessage(reply));
  });
}

async function answer(request: ExplainRequest): Promise<ExplainReply> {
  const { id } = request;
  if (request.kind === 'open') {
    const { model, pooler, ortFiles } = request;
    const explainer = await loadExplainer(model, {
      pooler: pooler ?? undefined,
      runtimeFiles: ortFiles,
    });
    recorded = await explainer.record(await decodePicture(request.picture));
    return { id, kind: 'opened', stages: recorded.stages(), focus: await recorded.follow() };
  }
  if (!recorded) throw new Error('no picture has been explained yet');
  return { id, kind: 'followed', focus: await recorded.follow(request.wish) };
}
