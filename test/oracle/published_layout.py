"""Writes a detector's weights as torch does today, or as torchvision's published files of 2019 have them.

Not run on its own: `inference.py` and `inference_small.py` import it.
"""
import re
from collections import OrderedDict

import torch

# what torchvision renames while loading (`_load_from_state_dict` of FPN, RPNHead and MaskRCNNHeads)
_RENAMED = (
    (r"^(backbone\.fpn\.(?:inner|layer)_blocks\.\d+)\.0\.(weight|bias)$", r"\1.\2"),
    (r"^rpn\.head\.conv\.0\.0\.(weight|bias)$", r"rpn.head.conv.\1"),
)
_MASK_CONVOLUTION = re.compile(r"^roi_heads\.mask_head\.(\d+)\.0\.(weight|bias)$")


def save_weights(model, path, legacy=False):
    """Saves the state dict: torch's zip form, or with `legacy` the form and the keys of 2019."""
    state = model.state_dict()
    if legacy:
        torch.save(layout_of_2019(state), path, _use_new_zipfile_serialization=False)
    else:
        torch.save(state, path)


def layout_of_2019(state):
    """The same tensors under the keys of torchvision 0.3, with module version 1 in the metadata, on which
    torchvision's own upgrade depends."""
    old = OrderedDict((_old_key(key), value) for key, value in state.items())
    old._metadata = OrderedDict((module, {"version": 1}) for module in state._metadata)
    return old


def _old_key(key):
    for pattern, replacement in _RENAMED:
        key = re.sub(pattern, replacement, key)
    match = _MASK_CONVOLUTION.match(key)
    if match:
        return f"roi_heads.mask_head.mask_fcn{int(match[1]) + 1}.{match[2]}"
    return key
