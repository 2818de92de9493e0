/**
 * The nearest multiple of 8 that is at least 90 % of the number (torchvision's `_make_divisible`, TensorFlow's
 * `round_filters`).
 */
export function multipleOf8(channels: number): number {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}
