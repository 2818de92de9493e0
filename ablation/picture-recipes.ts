import type { PictureSetRecipe } from './recipe.ts';

const side = 128;
const pictures = { train: 600, validation: 120 };

/** Shapes of all sizes with room between them. */
export const mixedShapes: PictureSetRecipe = {
  name: 'mixed-shapes',
  kind: 'shapes',
  side,
  objects: [3, 7],
  extents: [16, 64],
  pictures,
};

/** The same with a hue for each class: for networks with a single coarse map, which learn forms too slowly. */
export const colorCodedShapes: PictureSetRecipe = {
  ...mixedShapes,
  name: 'color-coded-shapes',
  hueOfClass: true,
};

/** Overlapping shapes, so that a box contains parts of several classes. */
export const crowdedShapes: PictureSetRecipe = {
  name: 'crowded-shapes',
  kind: 'shapes',
  side,
  objects: [7, 11],
  extents: [26, 64],
  hueOfClass: true,
  pictures,
};

/** Shapes of one or two cells of a map of stride 16: rounding a RoI displaces a large part of them. */
export const smallShapes: PictureSetRecipe = {
  name: 'small-shapes',
  kind: 'shapes',
  side,
  objects: [5, 9],
  extents: [16, 36],
  hueOfClass: true,
  pictures,
};

/** Large shapes: one to three cells of a map of stride 32. */
export const largeShapes: PictureSetRecipe = {
  name: 'large-shapes',
  kind: 'shapes',
  side,
  objects: [2, 4],
  extents: [40, 100],
  hueOfClass: true,
  pictures,
};

/** Stick figures with eleven joints. */
export const stickFigures: PictureSetRecipe = {
  name: 'stick-figures',
  kind: 'figures',
  side,
  objects: [1, 3],
  extents: [44, 96],
  pictures,
};
