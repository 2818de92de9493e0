import { Option } from 'commander';

/** The description of the arguments that `findPictures` takes. */
export const picturesHelp = "files, folders, http(s) addresses, or patterns such as 'photos/**/*.jpg'";

/** `--recursive`, for every command that takes folders of pictures. */
export function recursiveOption(): Option {
  return new Option('-r, --recursive', 'search the subfolders of folders too');
}
