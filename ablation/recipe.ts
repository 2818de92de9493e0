/** The contents of a study's pictures; all numbers are pixels unless they are counts. */
export interface PictureSetRecipe {
  /** Folder of the set; studies with equal names share it. */
  readonly name: string;
  readonly kind: 'shapes' | 'figures';
  /** Width and height of a picture. */
  readonly side: number;
  /** Minimum and maximum number of objects placed in a picture; one that would hide others too much is dropped. */
  readonly objects: readonly [fewest: number, most: number];
  /** Diameters of shapes, heights of figures; uniform on a logarithmic scale. */
  readonly extents: readonly [smallest: number, largest: number];
  /** Whether a shape's hue depends on its class; otherwise only its form does. */
  readonly hueOfClass?: true;
  /** Pictures to train on and to measure with. */
  readonly pictures: { readonly train: number; readonly validation: number };
}
