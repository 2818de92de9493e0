import { z } from 'zod';
import { ignoredClass } from '../core/ignored-class.ts';
import { parseWith } from './parse.ts';
import { backboneSchema, type Category, categorySchema, preprocessSchema } from './schema.ts';

/**
 * The configuration of FCN (Long et al. 2015), which assigns a class to every pixel: the network that the mask branch
 * is derived from.
 */
export const semanticConfigSchema = z.strictObject({
  /** The kind of model. In a detector's configuration it is `detector`. */
  kind: z.literal('fcn').default('fcn'),
  /** How a picture becomes the input of the network. */
  preprocess: preprocessSchema,
  /** A ResNet with bottlenecks, kept at stride 8 by dilation. */
  backbone: backboneSchema,
  /** Whether there is a second head on C4. It helps training; prediction does not use it. */
  auxiliary: z.boolean().default(true),
  /** Class c of a pixel is the c-th category in this list, counted from 0, the background. */
  categories: z.array(categorySchema).min(2).max(ignoredClass),
});

export type SemanticConfig = z.infer<typeof semanticConfigSchema>;

/**
 * Validates a complete configuration and fills in defaults.
 * @param source Where the configuration comes from, for the message.
 * @throws InputError that names every wrong key.
 */
export function parseSemanticConfig(source: string, value: unknown): SemanticConfig {
  return parseWith(semanticConfigSchema, source, value);
}

/** The architectures of FCN, by torchvision's names. */
export const semanticArchitectures = ['fcn_resnet50', 'fcn_resnet101'] as const;

export type SemanticArchitecture = (typeof semanticArchitectures)[number];

export function isSemanticArchitecture(name: string): name is SemanticArchitecture {
  return (semanticArchitectures as readonly string[]).includes(name);
}

/** The first category of every FCN. */
export const backgroundCategory: Category = { id: 0, name: 'background' };

/**
 * The configuration that torchvision's builder of this architecture gives, with the picture size of its training
 * recipe. As there, batch norms are not frozen: parameters and statistics are trained.
 * @param categories The categories of objects; the background is put before them.
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

/** The object classes of Pascal VOC, which torchvision's FCN weights were trained on. */
export const vocClasses: readonly string[] = [
  'aeroplane, bicycle, bird, boat, bottle, bus, car, cat, chair, cow, diningtable, dog, horse',
  'motorbike, person, pottedplant, sheep, sofa, train, tvmonitor',
].flatMap((line) => line.split(', '));
