import { answerTasks } from '../core/node/thread-pool.ts';
import { type ReadPart, type ResultsParts, takeParts } from '../data/coco/results-parts.ts';
import { type Share, scoreShare } from './score-share.ts';

export type EvalTask =
  | { readonly kind: 'read'; readonly parts: ResultsParts }
  | { readonly kind: 'score'; readonly share: Share };

/** The worker's side of `eval-threads.ts`. Scores are written to shared memory. */
answerTasks<EvalTask, ReadPart[]>(async (task) => {
  if (task.kind === 'read') return takeParts(task.parts);
  scoreShare(task.share);
  return [];
});
