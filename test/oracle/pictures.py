"""Pictures for the oracle: photographs where a data folder has them, seeded photo-like ones elsewhere.

Not run on its own: the other scripts of this folder import it.
"""
import os

import numpy as np
from PIL import Image


def photo_like(height, width, seed):
    """A seeded picture with the statistics of a photograph, by the dead-leaves model: opaque textured shapes
    hide one another, their radii r distributed as r^-3, over coloured noise whose power falls with frequency.
    Returns uint8 RGB [height, width, 3]."""
    rng = np.random.RandomState(seed)
    texture = _coloured_noise(height, width, rng)
    canvas = 118 + 50 * texture
    largest = 0.3 * min(height, width)
    smallest = max(2.0, largest / 60)
    for _ in range(3000):
        # inverse of the cumulative distribution of r^-3 between the two
        radius = (smallest**-2 + rng.rand() * (largest**-2 - smallest**-2)) ** -0.5
        _paint_leaf(canvas, texture, radius, rng)
    for axis in (0, 1):  # a lens is not perfectly sharp
        canvas = (np.roll(canvas, 1, axis) + 2 * canvas + np.roll(canvas, -1, axis)) / 4
    canvas += rng.randn(height, width, 1) * 3
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8)


def _coloured_noise(height, width, rng):
    """Noise [height, width, 3] of deviation 1: octaves from 2 pixels to the whole picture."""
    noise = np.zeros((height, width, 3))
    cell = 2
    while cell < 2 * max(height, width):
        grid = rng.randn(-(-height // cell) + 1, -(-width // cell) + 1, 1) * 0.8
        grid = grid + rng.randn(*grid.shape[:2], 3) * 0.3
        noise += np.sqrt(cell) * _enlarge(grid, height, width)
        cell *= 2
    return noise / noise.std()


def _paint_leaf(canvas, texture, radius, rng):
    """Paints one ellipse or rectangle of about this radius at a random place, in place."""
    height, width, _ = canvas.shape
    cx, cy = rng.uniform(0, width), rng.uniform(0, height)
    rx, ry = radius * rng.uniform(0.5, 1.5, 2)
    angle = rng.uniform(0, np.pi)
    reach = 1.5 * max(rx, ry) + 1
    x0, x1 = max(0, int(cx - reach)), min(width, int(cx + reach) + 1)
    y0, y1 = max(0, int(cy - reach)), min(height, int(cy + reach) + 1)
    y, x = np.mgrid[y0:y1, x0:x1].astype(float)
    u = ((x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)) / rx
    v = ((y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)) / ry
    inside = (u**2 + v**2 < 1) if rng.rand() < 0.6 else (np.maximum(abs(u), abs(v)) < 1)
    colour = rng.uniform(0, 255) + rng.uniform(-40, 40, 3)
    part = canvas[y0:y1, x0:x1]
    part[inside] = (colour + 15 * texture[y0:y1, x0:x1])[inside]


def _enlarge(grid, height, width):
    """Bilinear enlargement of [h, w, 3] to [height, width, 3]."""
    rows = np.linspace(0, grid.shape[0] - 1, height)
    columns = np.linspace(0, grid.shape[1] - 1, width)
    y, x = rows.astype(int), columns.astype(int)
    y1, x1 = np.minimum(y + 1, grid.shape[0] - 1), np.minimum(x + 1, grid.shape[1] - 1)
    fy, fx = (rows - y)[:, None, None], (columns - x)[None, :, None]
    top = grid[y][:, x] * (1 - fx) + grid[y][:, x1] * fx
    bottom = grid[y1][:, x] * (1 - fx) + grid[y1][:, x1] * fx
    return top * (1 - fy) + bottom * fy


def photo(folder, width, height, index, seed):
    """The index-th photograph of exactly this size in `folder`, cropped from a larger one if there is none,
    synthesised if there is no folder. Returns uint8 RGB [height, width, 3] and where it came from."""
    exact, larger = [], []
    for name in sorted(os.listdir(folder)) if folder and os.path.isdir(folder) else []:
        with Image.open(os.path.join(folder, name)) as image:
            if image.size == (width, height):
                exact.append(name)
            elif image.width >= width and image.height >= height:
                larger.append(name)
    names = exact + larger
    if not names:
        return photo_like(height, width, seed), f"synthetic, seed {seed}"
    name = names[index % len(names)]
    with Image.open(os.path.join(folder, name)) as image:
        return np.asarray(image.convert("RGB"))[:height, :width].copy(), name


def scaled_photo(folder, width, height, index, seed):
    """The index-th photograph of `folder` scaled to cover width × height and cropped; a synthetic one of 480
    pixels if there is no folder. Returns uint8 RGB [height, width, 3] and where it came from."""
    if folder and os.path.isdir(folder):
        names = sorted(os.listdir(folder))
        source = names[index % len(names)]
        with Image.open(os.path.join(folder, source)) as file:
            image = file.convert("RGB")
    else:
        scale = max(1, 480 / min(width, height))
        source = f"synthetic, seed {seed}"
        # the shrinking below averages contrast away: give some more beforehand
        contrasted = 128 + (photo_like(round(height * scale), round(width * scale), seed) - 128.0) * scale**0.5
        image = Image.fromarray(np.clip(np.rint(contrasted), 0, 255).astype(np.uint8))
    scale = max(width / image.width, height / image.height)
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.BICUBIC)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    image = image.crop((left, top, left + width, top + height))
    return np.asarray(image).copy(), f"{source}, scaled by {scale:.3f} and cropped"
