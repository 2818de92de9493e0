/** The class of a pixel of which no class is known: it neither teaches nor counts. */
export const ignoredClass = 255;
