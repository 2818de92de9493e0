import { MaskRcnnError } from '../core/errors.ts';

/**
 * Loads a package that is installed only where it is used.
 * @param purpose What needs it, as the user typed it: `--queue`.
 * @throws MaskRcnnError with the command that installs it, where it is missing.
 */
export async function optionalPackage<Module>(
  name: string,
  purpose: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(`'${name}'`)) throw error;
    throw new MaskRcnnError(`${purpose} needs the package ${name}: npm install ${name}`, { cause: error });
  }
}
