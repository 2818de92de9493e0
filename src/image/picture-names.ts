/** Extensions of the pictures that `decodePicture` reads. */
export const pictureExtensions: readonly string[] = [
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.png',
  '.webp',
  '.tif',
  '.tiff',
  '.avif',
  '.gif',
];

/** Extensions of pictures in formats that are not read. They are reported, not passed over in silence. */
const unreadableExtensions: readonly string[] = [
  ...[
    '.bmp',
    '.dib',
    '.heic',
    '.heif',
    '.jp2',
    '.j2k',
    '.jxl',
    '.psd',
    '.tga',
    '.ppm',
    '.pgm',
    '.pnm',
    '.exr',
    '.hdr',
  ],
  // Raw photographs.
  ...['.dng', '.cr2', '.cr3', '.nef', '.arw', '.raf', '.orf', '.rw2'],
  // Microscopes, scanners and radiology.
  ...[
    '.czi',
    '.lif',
    '.nd2',
    '.oib',
    '.oif',
    '.vsi',
    '.svs',
    '.ndpi',
    '.mrxs',
    '.scn',
    '.dcm',
    '.nii',
    '.mrc',
  ],
];

/** The extension of a picture in a format that is not read, in lower case; undefined for other files. */
export function unreadableExtension(name: string): string | undefined {
  const lower = name.toLowerCase();
  return unreadableExtensions.find((extension) => lower.endsWith(extension));
}

/** What to do about a picture in such a format, in words that follow its name. */
export function unreadableProblem(extension: string): string {
  return `${extension} pictures cannot be read; convert them to PNG or TIFF`;
}

/**
 * Whether a path is hidden: a name that begins with a dot, such as the `._NAME` files that macOS adds to archives and to
 * disks of other systems, or in a hidden folder or `__MACOSX`.
 * @param path Relative, with `/` or `\`.
 */
export function isHidden(path: string): boolean {
  return path.split(/[\\/]/).some((part) => /^(\.(?!\.?$)|__MACOSX$)/.test(part));
}
