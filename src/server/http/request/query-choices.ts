import type { z } from 'zod';
import { type PlaneChoice, parseChannel } from '../../../image/plane-choice.ts';
import { labelsOf, type PredictionChoices } from '../../../predict/choices.ts';
import { Problem } from '../../api/problem.ts';
import type { predictQuerySchema } from '../../api/schemas.ts';
import type { ModelInfo } from '../../work/service.ts';
import { checkParameter } from './check-parameter.ts';

/** The query parameters about a prediction that are numbers. */
export const choiceNumbers = ['score', 'maxDetections', 'nmsThreshold', 'tileOverlap', 'page'] as const;

/** Which part of the file that a client sends is the picture. */
export function planeChoiceOf({
  page,
  channel,
}: Pick<z.infer<typeof predictQuerySchema>, 'page' | 'channel'>): PlaneChoice {
  return { page, channel: channel === undefined ? undefined : parseChannel(channel) };
}

/**
 * What a client chose about a prediction. The size of pictures is not among it, because memory and time depend on it.
 * @param model Undefined if there is no such model, which is reported when the job is run.
 * @throws Problem `bad-parameter` for a class that the model does not have, or an overlap without tiles.
 */
export function choicesOf(
  query: z.infer<typeof predictQuerySchema>,
  model: Pick<ModelInfo, 'categories'> | undefined,
): PredictionChoices {
  const { score, maxDetections, nmsThreshold, classes, tile, tileOverlap } = query;
  const names = classes?.split(',').map((name) => name.trim());
  if (names && model) checkParameter(() => labelsOf('query: classes', names, model.categories));
  if (tile === undefined) {
    if (tileOverlap !== undefined) throw new Problem('bad-parameter', 'query: tileOverlap needs tile');
    return { score, maxDetections, nmsThreshold, classes: names };
  }
  const size = tile === 'auto' ? ('auto' as const) : Number(tile);
  const tiles = { size, overlap: tileOverlap };
  return { score, maxDetections, nmsThreshold, classes: names, tile: tiles };
}
