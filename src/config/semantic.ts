import { z } from 'zod';
import { ignoredClass } from '../core/ignored-class.ts';
import { parseWith } from './parse.ts';
import { backboneSchema, type Category, categorySchema, preprocessSchema } from './schema.ts';

/** The configuration of FCN (Long et al. 2015), which gives every pixel a class: the network that the mask branch comes from. */
export const semanticConfigSchema = z.strictObject({
  /** What the model is. A detector's configuration (`schema.ts`) has `detector` here. */
  kind: z.literal('fcn').default('fcn'),
  preprocess: preprocessSchema,
  /** A ResNet with bottlenecks, kept at stride 8 by dilation. */
  backbone: backboneSchema,
  /** Whether a second head on C4 helps training; prediction does not use it. */
  auxiliary: z.boolean().default(true),
  /** Class c of a pixel is the c-th here; the first, 0, is the background. */
  categories: z.array(categorySchema).min(2).max(ignoredClass),
});

export type SemanticConfig = z.infer<typeof semanticConfigSchema>;

/** @throws InputError that names every wrong key. @param source Where it comes from, for the message. */
export function parseSemanticConfig(source: string, value: unknown): SemanticConfig {
  return parseWith(semanticConfigSchema, source, value);
}

/** torchvision's names. */
export const semanticArchitectures = ['fcn_resnet50', 'fcn_resnet101'] as const;

export type SemanticArchitecture = (typeof semanticArchitectures)[number];

export function isSemanticArchitecture(name: string): name is SemanticArchitecture {
  return (semanticArchitectures as readonly string[]).includes(name);
}

/** The first category of every FCN. */
export const backgroundCategory: Category = { id: 0, name: 'background' };

/**
 * The configuration that torchvision's builder of this architecture makes, with its preset's size of pictures. As
 * there, all batch norms learn; so do their statistics.
 * @param categories Of the objects; the background comes before them.
 * @param source For messages.
 */
export function semanticPreset(
  architecture: SemanticArchitecture,
  categories: readonly Category[],
  source = 'preset',
): SemanticConfig {
  return parseSemanticConfig(source, {
    preprocess: { minSize: 520, maxSize: 2048 },
    backbone: { name: architecture.replace('fcn_', ''), norm: { kind: 'batchNorm' } },
    categories: [backgroundCategory, ...categories],
  });
}

/** Pascal VOC's classes of objects, which torchvision's FCN knows. */
export const vocClasses: readonly string[] = [
  'aeroplane, bicycle, bird, boat, bottle, bus, car, cat, chair, cow, diningtable, dog, horse',
  'motorbike, person, pottedplant, sheep, sofa, train, tvmonitor',
].flatMap((line) => line.split(', '));
