import { placeholderName } from '../core/placeholder-name.ts';
import type { Category } from './schema.ts';

/**
 * COCO's 80 objects by id, 1 … 90. Ten ids are unused. torchvision's models have classes for them too, named "N/A", so
 * that the class index equals the category id.
 */
const names = [
  'person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant, N/A',
  'stop sign, parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, N/A',
  'backpack, umbrella, N/A, N/A, handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite',
  'baseball bat, baseball glove, skateboard, surfboard, tennis racket, bottle, N/A, wine glass, cup, fork',
  'knife, spoon, bowl, banana, apple, sandwich, orange, broccoli, carrot, hot dog, pizza, donut, cake, chair',
  'couch, potted plant, bed, N/A, dining table, N/A, N/A, toilet, N/A, tv, laptop, mouse, remote, keyboard',
  'cell phone, microwave, oven, toaster, sink, refrigerator, N/A, book, clock, vase, scissors, teddy bear',
  'hair drier, toothbrush',
].flatMap((line) => line.split(', '));

/** The categories of a model with 91 classes, named as in torchvision's `_COCO_CATEGORIES`. */
export const cocoCategories: readonly Category[] = names.map((name, i) => ({ id: i + 1, name }));

/**
 * Categories for a model of which only the number of classes is known, background included: COCO's for 91, else
 * `class_1`, `class_2`, ….
 */
export function categoriesFor(classes: number): readonly Category[] {
  if (classes === cocoCategories.length + 1) return cocoCategories;
  return Array.from({ length: classes - 1 }, (_, i) => ({ id: i + 1, name: placeholderName(i + 1) }));
}
