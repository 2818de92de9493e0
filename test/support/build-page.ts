import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const web = fileURLToPath(new URL('../../web', import.meta.url));

/**
 * Builds the web page: `production` for the server of the package, `static` for any host.
 * @param folder Its contents are replaced.
 */
export async function buildPage(folder: string, mode: 'production' | 'static' = 'production'): Promise<void> {
  await build({
    configFile: `${web}/vite.config.ts`,
    mode,
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
}
