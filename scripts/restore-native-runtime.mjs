/**
 * Part of `npm ci` in the repository: brings back `onnxruntime-node` where npm left it out. npm 10 runs its install script,
 * which downloads CUDA libraries; if their host is out of reach, the script fails and npm drops the optional package. The
 * CPU's library, all that is used here, is in the package itself and needs no script.
 */
import { execSync } from 'node:child_process';

try {
  import.meta.resolve('onnxruntime-node');
} catch {
  console.error('restoring onnxruntime-node without its install script');
  execSync('npm install --no-save --ignore-scripts --no-audit --no-fund', { stdio: 'inherit' });
}
