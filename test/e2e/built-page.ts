import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const web = fileURLToPath(new URL('../../web', import.meta.url));

/**
 * Builds the page as the package has it, or with `static` as any host can serve it.
 * @param folder Takes the place of what is in it.
 */
export async function buildPage(folder: string, mode: 'production' | 'static' = 'production'): Promise<void> {
  await build({
    configFile: `${web}/vite.config.ts`,
    mode,
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
}
