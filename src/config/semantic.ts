import { z } from 'zod';
import { parseWith } from './parse.ts';
import { backboneSchema, categorySchema, preprocessSchema } from './schema.ts';

/** The configuration of FCN (Long et al. 2015), which gives every pixel a class: the network that the mask branch comes from. */
export const semanticConfigSchema = z.strictObject({
  preprocess: preprocessSchema,
  /** A ResNet with bottlenecks, kept at stride 8 by dilation. */
  backbone: backboneSchema,
  /** Whether a second head on C4 helps training; prediction does not use it. */
  auxiliary: z.boolean().default(true),
  /** Class c of a pixel is the c-th here; the first, 0, is the background. */
  categories: z.array(categorySchema).min(2),
});

export type SemanticConfig = z.infer<typeof semanticConfigSchema>;

/** @throws InputError that names every wrong key. @param source Where it comes from, for the message. */
export function parseSemanticConfig(source: string, value: unknown): SemanticConfig {
  return parseWith(semanticConfigSchema, source, value);
}

/** Pascal VOC's classes, which torchvision's FCN knows, the background first. */
export const vocClasses: readonly string[] = [
  'background, aeroplane, bicycle, bird, boat, bottle, bus, car, cat, chair, cow, diningtable, dog, horse',
  'motorbike, person, pottedplant, sheep, sofa, train, tvmonitor',
].flatMap((line) => line.split(', '));
