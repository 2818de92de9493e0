/** What pictures of a study show; all numbers are pixels unless they are counts. */
export interface PictureSetRecipe {
  /** Folder of the set; studies with equal names share it. */
  readonly name: string;
  readonly kind: 'shapes' | 'figures';
  /** Width and height of a picture. */
  readonly side: number;
  /** Fewest and most objects that are thrown into a picture; one that would hide others too much is left out. */
  readonly objects: readonly [fewest: number, most: number];
  /** Diameters of shapes, heights of figures; evenly on a logarithmic scale. */
  readonly extents: readonly [smallest: number, largest: number];
  /** Whether a shape's hue tells its class, as that of many things does; else its form alone does. */
  readonly hueOfClass?: true;
  /** Pictures to train on and to measure with. */
  readonly pictures: { readonly train: number; readonly validation: number };
}
