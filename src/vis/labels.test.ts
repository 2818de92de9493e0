import { expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { type LabelLayout, type Labelled, type PlacedLabel, placeLabels, type Rect } from './labels.ts';

const layout: LabelLayout = { width: 640, height: 480, fontSize: 12, labels: 'auto' };

function collide(a: Rect, b: Rect): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

function expectTidy(labels: PlacedLabel[], { width, height }: LabelLayout): void {
  labels.forEach(({ plate }, i) => {
    expect(plate[0] >= 0 && plate[1] >= 0 && plate[2] <= width && plate[3] <= height).toBe(true);
    for (const other of labels.slice(i + 1)) expect(collide(plate, other.plate)).toBe(false);
  });
}

function randomInstances(count: number, seed: number): Labelled[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const x = random.uniform() * 620 - 20;
    const y = random.uniform() * 460 - 20;
    const side = 10 + 200 * random.uniform() ** 2;
    return {
      box: [x, y, Math.min(640, x + side), Math.min(480, y + side)],
      texts: ['giraffe 0.97', 'giraffe'],
    };
  });
}

test.each([1, 10, 40, 200])('labels of %i instances neither collide nor leave the picture', (count) => {
  for (let seed = 1; seed <= 5; seed++) {
    for (const labels of ['auto', 'all'] as const) {
      expectTidy(placeLabels(randomInstances(count, seed), { ...layout, labels }), layout);
    }
  }
});

test('`all` labels every instance while there is room, with a line where the label stands apart', () => {
  // Forty boxes on one spot: no place at the box for most.
  const instances = Array.from(
    { length: 40 },
    (): Labelled => ({ box: [300, 200, 320, 215], texts: ['cat 0.90'] }),
  );
  const all = placeLabels(instances, { ...layout, labels: 'all' });
  expect(all.map(({ index }) => index).sort((a, b) => a - b)).toEqual([...instances.keys()]);
  expect(all.filter(({ apart }) => apart).length).toBeGreaterThan(20);
  expect(placeLabels(instances, layout).length).toBeLessThan(20);
});

test('a label stands above its box, or inside where the box touches the upper edge', () => {
  const label = (box: Rect) => placeLabels([{ box, texts: ['dog 0.80'] }], layout)[0].plate;
  const above = label([100, 100, 300, 300]);
  expect([above[0], above[3]]).toEqual([100, 100]);
  const inside = label([100, 2, 300, 300]);
  expect([inside[0], inside[1]]).toEqual([100, 2]);
});

test('a small neighbour is not hidden', () => {
  const instances: Labelled[] = [
    { box: [100, 100, 300, 300], texts: ['dog 0.80'] },
    { box: [110, 88, 122, 99], texts: ['fly 0.70'] },
  ];
  const [dog] = placeLabels(instances, layout);
  expect(dog.index).toBe(0);
  expect(collide(dog.plate, instances[1].box)).toBe(false);
});

test('no label for a picture smaller than one', () => {
  const tiny = { ...layout, width: 20, height: 8 };
  for (const labels of ['auto', 'all'] as const) {
    expect(placeLabels([{ box: [0, 0, 20, 8], texts: ['dog'] }], { ...tiny, labels })).toEqual([]);
  }
});
