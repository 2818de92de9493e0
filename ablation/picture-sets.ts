import type { PictureSetRecipe } from './recipe.ts';

const side = 160;
const pictures = { train: 600, validation: 150 };

/** Shapes of all sizes with room between them. */
export const mixedShapes: PictureSetRecipe = {
  name: 'mixed-shapes',
  kind: 'shapes',
  side,
  objects: [3, 7],
  extents: [18, 80],
  pictures,
};

/** Shapes that lie over each other, so that a box holds parts of several classes. */
export const crowdedShapes: PictureSetRecipe = {
  name: 'crowded-shapes',
  kind: 'shapes',
  side,
  objects: [8, 12],
  extents: [32, 80],
  pictures,
};

/** Small shapes, one to three cells of a map of stride 16: what rounding a RoI costs is a large part of them. */
export const smallShapes: PictureSetRecipe = {
  name: 'small-shapes',
  kind: 'shapes',
  side,
  objects: [5, 9],
  extents: [18, 44],
  pictures,
};

/** Stick figures with eleven joints. */
export const stickFigures: PictureSetRecipe = {
  name: 'stick-figures',
  kind: 'figures',
  side,
  objects: [1, 4],
  extents: [50, 120],
  pictures,
};
