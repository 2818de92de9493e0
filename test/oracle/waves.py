"""Tensors that a test makes again without any file. Not run on its own: other scripts of this folder import it."""
import numpy as np
import torch


def wave(shape, frequency, dtype):
    """sin(frequency · index) over the flattened shape."""
    size = torch.Size(shape).numel()
    return torch.sin(torch.arange(size, dtype=torch.float64) * frequency).reshape(shape).float().to(dtype)


def noise(shape, seed, dtype):
    """Uniform in −1…1, a hash of the index over the flattened shape and of the seed."""
    x = np.arange(1, torch.Size(shape).numel() + 1, dtype=np.uint32) * np.uint32(2654435761)
    x ^= np.uint32(seed * 2246822519 % 2**32)
    for shift, factor in ((15, 2246822519), (13, 3266489917)):
        x ^= x >> np.uint32(shift)
        x *= np.uint32(factor)
    x ^= x >> np.uint32(16)
    return torch.from_numpy(x / 2**31 - 1).reshape(shape).float().to(dtype)
