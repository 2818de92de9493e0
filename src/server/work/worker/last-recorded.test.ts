import { expect, test } from 'vitest';
import type { RecordedPrediction } from '../../../predict/explain/recorded-prediction.ts';
import { LastRecorded } from './last-recorded.ts';

test('records again if the page, a choice or the pooler differs', async () => {
  const last = new LastRecorded();
  const picture = new Uint8Array([1, 2, 3]);
  let recorded = 0;
  const get = (page: number, score: number, pooler?: 'roiPool') =>
    last.get({ picture, plane: { page }, choices: { score }, pooler }, async () => {
      recorded++;
      return {} as RecordedPrediction;
    });
  const first = await get(1, 0.5);
  expect(await get(1, 0.5)).toBe(first);
  expect(recorded).toBe(1);
  await get(2, 0.5);
  await get(2, 0.6);
  await get(2, 0.6, 'roiPool');
  expect(recorded).toBe(4);
});
