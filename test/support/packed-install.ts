import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compilerPath, packageFolder } from './built-package.ts';
import { type Finished, type RunOptions, runProcess, runProgram } from './cli-process.ts';
import { TestFolder } from './folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * What npm's own settings leave of the environment: `npm test` hands the repository's settings on to its children. The
 * address of the registry stays; the host from which the install script of `onnxruntime-node` downloads is out of reach.
 */
const strangersEnvironment: Record<string, string | undefined> = {
  ...Object.fromEntries(
    Object.keys(process.env)
      .filter(
        (name) => /^(npm_|ONNXRUNTIME_NODE_INSTALL)/i.test(name) && !/registry|proxy|cafile/i.test(name),
      )
      .map((name) => [name, undefined]),
  ),
  GLOBAL_AGENT_HTTP_PROXY: 'http://127.0.0.1:9',
};

/** Why nothing can be installed here; null where the registry answers. */
export async function whyNoRegistry(): Promise<string | null> {
  const args = ['view', 'zod', 'name', '--fetch-retries=0', '--fetch-timeout=10000'];
  const { status, stderr } = await runProcess('npm', args, { env: strangersEnvironment });
  return status === 0 ? null : `the registry does not answer: ${stderr.trim().split('\n')[0]}`;
}

/** An empty project outside the repository, in which the package is installed from its tarball, as a user does. */
export class InstallingProject extends TestFolder {
  /** Packs the built package, with the pages as `npm publish` prepares them. @returns The tarball's path. */
  async pack(): Promise<string> {
    rmSync(join(packageFolder, 'docs'), { recursive: true, force: true });
    for (const name of ['docs', 'README.md', 'README.zh.md'])
      cpSync(join(root, name), join(packageFolder, name), { recursive: true });
    await this.#pages();
    try {
      const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', this.path];
      const { status, stdout, stderr } = await runProcess('npm', args, { cwd: packageFolder });
      if (status !== 0) throw new Error(stderr);
      return this.at(stdout.trim());
    } finally {
      await this.#pages('--restore');
    }
  }

  /** What `prepack` runs and, with `--restore`, `postpack`. */
  async #pages(...args: string[]): Promise<void> {
    const script = join(root, 'scripts', 'pages-for-npm.ts');
    const { status, stderr } = await runProgram(script, args, { cwd: packageFolder });
    if (status !== 0) throw new Error(stderr);
  }

  /** Runs npm as a stranger would. */
  npm(args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
    return runProcess('npm', args, { cwd: this.path, env: { ...strangersEnvironment, ...env } });
  }

  /** Runs Node. @param folder Folder of the project. */
  node(args: readonly string[], folder = '.', options: RunOptions = {}): Promise<Finished> {
    return runProcess(process.execPath, args, { ...options, cwd: this.at(folder) });
  }

  /** Runs the command that the package installs. */
  cli(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return runProcess(this.at('node_modules/.bin/mask-rcnn'), args, { ...options, cwd: this.path });
  }

  has(dependency: string): boolean {
    return existsSync(join(this.at('node_modules'), dependency));
  }

  /** Writes the files of a consumer below the project, and compiles it. @returns What the compiler prints. */
  async compile(folder: string, files: Readonly<Record<string, string | object>>): Promise<string> {
    for (const [name, content] of Object.entries(files)) this.write(join(folder, name), content);
    const { stdout, stderr } = await this.node([compilerPath, '-p', '.'], folder);
    return stdout + stderr;
  }
}
