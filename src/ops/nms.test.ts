import { describe, expect, it } from 'vitest';
import { goldenCases } from '../../test/support/golden-ops.ts';
import { nms } from './nms.ts';

// Answers of torchvision: test/golden/ops/README.md.
describe('nms keeps what torchvision keeps', async () => {
  it.each(await goldenCases<{ threshold: number }>('nms'))('$name', async ({ parameters, data }) => {
    const kept = nms(await data('boxes'), await data('scores'), parameters.threshold);
    expect(kept).toEqual([...(await data('kept'))]);
  });
});
