import { MaskRcnnError } from '../core/errors.ts';

/** The packages that a queue needs. */
export const queuePackages = 'bullmq ioredis';

/**
 * Loads a package that is installed only where it is used.
 * @param purpose What needs it, as the user typed it: `--queue`.
 * @param together What to install at once. Default: the package alone.
 * @throws MaskRcnnError with the command that installs it, where it is missing.
 */
export async function optionalPackage<Module>(
  name: string,
  purpose: string,
  load: () => Promise<Module>,
  together = name,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(`'${name}'`)) throw error;
    throw new MaskRcnnError(`${purpose} needs the package ${name}: npm install ${together}`, {
      cause: error,
    });
  }
}
