/** Class of a pixel whose class is unknown: it is ignored in training and evaluation. */
export const ignoredClass = 255;
