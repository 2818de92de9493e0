"""Detectron2's published architectures as files of its layout, at full size; their numbers are zeros but for marks.

    /usr/bin/python3 test/oracle/detectron2_layout.py NAME FILE.pkl
    /usr/bin/python3 test/oracle/detectron2_layout.py keys     # names and shapes, for test/golden/detectron2/keys.json.gz

NAME is one of R_50_C4, R_50_DC5, R_50_FPN, R_101_FPN, X_101_32x8d_FPN, R_50_FPN_gn. Marks: each class of
`cls_score.bias` holds its index, and the first row of `stem.conv1.weight` holds 1, 2, 3 in its blue, green and red
channel.
"""
import gzip
import json
import os
import pickle
import sys

import torch
from torch import nn

from detectron import Detectron, resnet_layout

GOLDEN = os.path.join(os.path.dirname(__file__), "..", "golden", "detectron2")
HEADS = {"channels": 256, "fc": 1024, "convolutions": 4}
R50, R101 = [3, 4, 6, 3], [3, 4, 23, 3]


def group_norm(channels):
    return nn.GroupNorm(32, channels)


NORMED_HEADS = {**HEADS, "norm": group_norm, "boxConvolutions": 4}
LAYOUTS = {
    "R_50_C4": ("c4", resnet_layout(R50), HEADS),
    "R_50_DC5": ("dc5", resnet_layout(R50), HEADS),
    "R_50_FPN": ("fpn", resnet_layout(R50), HEADS),
    "R_101_FPN": ("fpn", resnet_layout(R101), HEADS),
    "X_101_32x8d_FPN": ("fpn", resnet_layout(R101, groups=32, group_width=8), HEADS),
    "R_50_FPN_gn": ("fpn", resnet_layout(R50, norm=group_norm), NORMED_HEADS),
}


def state_of(name):
    structure, layout, heads = LAYOUTS[name]
    model = Detectron(structure, layout, 80, heads)
    state = {key: torch.zeros_like(value) for key, value in model.state_dict().items()}
    state["roi_heads.box_predictor.cls_score.bias"] = torch.arange(81).float()
    stem = "backbone.bottom_up.stem.conv1.weight" if structure == "fpn" else "backbone.stem.conv1.weight"
    state[stem][0] = torch.tensor([1.0, 2.0, 3.0])[:, None, None]
    return state


def main(arguments):
    if arguments == ["keys"]:
        shapes = {name: {key: list(value.shape) for key, value in state_of(name).items()} for name in LAYOUTS}
        text = json.dumps({"script": "test/oracle/detectron2_layout.py", "models": shapes}, separators=(",", ":"))
        with open(os.path.join(GOLDEN, "keys.json.gz"), "wb") as file:
            file.write(gzip.compress(text.encode(), mtime=0))
        return
    name, path = arguments
    model = {key: value.numpy() for key, value in state_of(name).items()}
    with open(path, "wb") as file:
        pickle.dump({"model": model, "__author__": "Detectron2 Model Zoo", "matching_heuristics": True}, file, 2)


if __name__ == "__main__":
    main(sys.argv[1:])
