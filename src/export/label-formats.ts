/** File formats of label pictures. */
export const labelFormats = ['png', 'tiff'] as const;
