"""Writes `test/golden/shapes/`: a small Mask R-CNN that torchvision trained to find drawn shapes, and what torchvision
predicts with it on drawn pictures. The layout is described in the README there.

    /usr/bin/python3 test/oracle/trained_shapes.py train        ten minutes; writes the model, then the predictions
    /usr/bin/python3 test/oracle/trained_shapes.py predictions  from the model that is there

Needs torch and torchvision 0.14. Pictures are chosen so that no discrete decision (top-k, NMS, thresholds, pasting) is
close: an implementation that rounds differently still has to find the same instances.
"""
import json
import os
import sys

import numpy as np
import torch
import torchvision
from PIL import Image, ImageDraw
from torch import nn
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
from torchvision.models.detection.rpn import AnchorGenerator
from torchvision.models.resnet import BasicBlock

from inference_small import with_fpn
from safetensors_io import read_safetensors, write_safetensors
from stages import encode_runs, margins, run_stages, to_input

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "shapes")
MODEL = os.path.join(OUT, "model.safetensors")
CATEGORIES = ["disc", "square", "triangle"]
STEPS, BATCH = 1200, 8
TRAINING_SIZES = ((128, 128), (112, 144), (144, 112), (96, 128))
# height, width: enlarged, as they are, shrunk by the longer side, multiples of 32 and not
SIZES = [(64, 80), (90, 90), (100, 140), (128, 128), (144, 96), (150, 210), (210, 160), (60, 180), (180, 60), (256, 256), (240, 320), (97, 131)]

WIDTH, CHANNELS, HIDDEN = 12, 32, 64
ANCHORS, RATIOS = (10, 20, 40, 80, 120), (0.5, 1.0, 2.0)
LIMITS = dict(
    min_size=128,
    max_size=192,
    rpn_pre_nms_top_n_train=200,
    rpn_pre_nms_top_n_test=150,
    rpn_post_nms_top_n_train=100,
    rpn_post_nms_top_n_test=80,
    box_batch_size_per_image=64,
    box_detections_per_img=20,
)

# A picture is unfit if a decision is closer than this: a hundred times what float32 rounding moves.
REQUIRED = {
    "rpnTopK": 1e-3,
    "rpnNms": 2e-4,
    "rpnPostNms": 2e-5,
    "score": 3e-4,
    "boxNms": 1e-3,
    "topDetections": 1e-3,
    "order": 5e-4,
}

CONFIG = {
    "preprocess": {"minSize": LIMITS["min_size"], "maxSize": LIMITS["max_size"]},
    "backbone": {"name": "resnet18", "norm": {"kind": "batchNorm", "eps": 1e-5}, "width": WIDTH},
    "fpn": {"channels": CHANNELS, "norm": {"kind": "none", "eps": 1e-5}},
    "rpn": {
        "convolutions": 1,
        "anchors": {"sizes": [[size] for size in ANCHORS], "aspectRatios": [list(RATIOS)] * 5},
        "preNmsTopN": LIMITS["rpn_pre_nms_top_n_test"],
        "postNmsTopN": LIMITS["rpn_post_nms_top_n_test"],
    },
    "box": {
        "head": {
            "pool": {"resolution": 7},
            "convolutions": [],
            "norm": {"kind": "none", "eps": 1e-5},
            "fullyConnected": [HIDDEN, HIDDEN],
        },
        "detectionsPerImage": LIMITS["box_detections_per_img"],
    },
    "mask": {
        "pool": {"resolution": 14},
        "convolutions": [CHANNELS] * 2,
        "norm": {"kind": "none", "eps": 1e-5},
        "deconvolution": CHANNELS,
    },
    "categories": [{"id": i + 1, "name": name} for i, name in enumerate(CATEGORIES)],
}


def build():
    return MaskRCNN(
        with_fpn(BasicBlock, [2, 2, 2, 2], WIDTH, CHANNELS, (nn.BatchNorm2d, None)),
        rpn_anchor_generator=AnchorGenerator(tuple((size,) for size in ANCHORS), (RATIOS,) * 5),
        box_head=TwoMLPHead(CHANNELS * 49, HIDDEN),
        box_predictor=FastRCNNPredictor(HIDDEN, len(CATEGORIES) + 1),
        mask_head=MaskRCNNHeads(CHANNELS, (CHANNELS,) * 2, 1),
        mask_predictor=MaskRCNNPredictor(CHANNELS, CHANNELS, len(CATEGORIES) + 1),
        **LIMITS,
    )


def draw(height, width, seed):
    """Shapes that hide one another on a gradient. Returns uint8 RGB [h, w, 3] and the truth as torchvision takes it."""
    rng = np.random.RandomState(seed)
    ends = rng.uniform(0, 255, (2, 3))
    y, x = np.mgrid[0:height, 0:width]
    angle = rng.uniform(0, 2 * np.pi)
    along = (x * np.cos(angle) + y * np.sin(angle)) / (height + width) + 0.5
    ground = ends[0] + (ends[1] - ends[0]) * along[..., None]
    picture = Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8))
    owner = np.zeros((height, width), int)
    labels = []
    for number in range(1, 1 + rng.randint(3, 9)):
        label = rng.randint(len(CATEGORIES))
        radius = 7 * 5 ** rng.rand() * min(height, width) / 128 + 3
        outline = outline_of(label, rng.uniform(0, width), rng.uniform(0, height), radius, rng.uniform(0, 2 * np.pi))
        colour = tuple(int(level) for level in rng.uniform(0, 255, 3))
        picture = blend(picture, outline, colour)
        owner[stencil(picture.size, outline, 1) > 0] = number
        labels.append(label + 1)
    masks = [owner == number for number in range(1, 1 + len(labels))]
    kept = [i for i, mask in enumerate(masks) if mask.sum() >= 40]
    return np.array(picture), target_of([masks[i] for i in kept], [labels[i] for i in kept])


def outline_of(label, x, y, radius, turn):
    """Corners of a shape: many for a disc, else four or three."""
    corners = (36, 4, 3)[label]
    angles = turn + 2 * np.pi * np.arange(corners) / corners
    return np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], 1)


def stencil(size, outline, scale):
    """0…255, [h, w] times `scale`."""
    layer = Image.new("L", (size[0] * scale, size[1] * scale), 0)
    ImageDraw.Draw(layer).polygon([tuple(corner * scale) for corner in outline], fill=255)
    return np.array(layer)


def blend(picture, outline, colour):
    """Paints a polygon with smooth edges."""
    layer = Image.fromarray(stencil(picture.size, outline, 4)).resize(picture.size, Image.BOX)
    return Image.composite(Image.new("RGB", picture.size, colour), picture, layer)


def target_of(masks, labels):
    boxes = []
    for mask in masks:
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        boxes.append([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
    return {
        "boxes": torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        "labels": torch.tensor(labels, dtype=torch.int64),
        "masks": torch.from_numpy(np.array(masks, np.uint8).reshape(len(masks), *(masks[0].shape if masks else (1, 1)))),
    }


def train():
    torch.manual_seed(0)
    model = build().train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=STEPS, pct_start=0.1)
    for step in range(STEPS):
        size = TRAINING_SIZES[step % len(TRAINING_SIZES)]
        drawn = [draw(*size, 10**6 + BATCH * step + i) for i in range(BATCH)]
        images = [to_input(image) for image, _ in drawn]
        loss = sum(model(images, [target for _, target in drawn]).values())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        if step % 50 == 49:
            print(f"step {step + 1}: loss {float(loss):.3f}", file=sys.stderr, flush=True)
    return model


def save(model):
    """Matrices as float16; the package reads the file as a model of its own."""
    tensors = {
        name: value.numpy().astype(np.float16 if value.dim() > 1 else np.float32)
        for name, value in model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    write_safetensors(MODEL, tensors, {"config": json.dumps(CONFIG)})


def load():
    model = build().eval()
    state = {name: torch.from_numpy(value.astype(np.float32)) for name, value in read_safetensors(MODEL).items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or not all(name.endswith("num_batches_tracked") for name in missing):
        raise RuntimeError(f"missing {missing}, unexpected {unexpected}")
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model


def is_clear(found):
    """Whether every decision that takes place is clear, and no pasted mask depends on rounding."""
    decided = all(found[name] is None or found[name] >= least for name, least in REQUIRED.items())
    return decided and found["pasteEdges"] == 0


def find_picture(model, size, start):
    """The first drawn picture of this size with clear decisions and at least three instances."""
    for seed in range(start, start + 2000):
        image, truth = draw(*size, seed)
        stages = run_stages(model, image)
        sure = int((stages["detections.scores"] >= 0.5).sum())
        if sure >= 3 and is_clear(margins(model, stages)):
            return seed, image, truth, stages
    raise RuntimeError(f"no clear picture of size {size}: loosen REQUIRED")


def found_of(truth, stages):
    """How many of the drawn shapes a detection of their class with a score of 0.5 has by a mask IoU of 0.5."""
    masks = (stages["result.masks"] > 0.5).numpy()
    sure = (stages["detections.scores"] >= 0.5).tolist()
    labels = stages["detections.labels"].tolist()

    def fits(i, label, drawn):
        return sure[i] and labels[i] == label and 2 * (masks[i] & drawn).sum() >= (masks[i] | drawn).sum()

    drawn = zip(truth["labels"].tolist(), truth["masks"].numpy() > 0)
    return sum(any(fits(i, label, mask) for i in range(len(masks))) for label, mask in drawn)


def entry_of(name, seed, truth, stages):
    runs, counts = encode_runs(stages["result.masks"] > 0.5)
    ends = np.cumsum(counts)
    return {
        "picture": name,
        "seed": seed,
        "drawn": len(truth["labels"]),
        "found": found_of(truth, stages),
        "instances": [
            {
                "label": int(label),
                "score": round(float(score), 6),
                "box": [round(float(corner), 4) for corner in box],
                "counts": runs[end - count : end].tolist(),
            }
            for label, score, box, count, end in zip(
                stages["detections.labels"], stages["detections.scores"], stages["result.boxes"], counts, ends
            )
        ],
    }


def write_predictions(model):
    entries = []
    for number, size in enumerate(SIZES):
        seed, image, truth, stages = find_picture(model, size, 10_000 * number)
        name = f"{size[1]}x{size[0]}.png"
        Image.fromarray(image).save(os.path.join(OUT, name), optimize=True)
        entry = entry_of(name, seed, truth, stages)
        entries.append(entry)
        counts = f"{entry['found']} of {entry['drawn']} found, {len(entry['instances'])} instances"
        print(f"{name}: seed {seed}, {counts}", file=sys.stderr)
    manifest = {
        "script": "test/oracle/trained_shapes.py",
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "pictures": entries,
    }
    with open(os.path.join(OUT, "predictions.json"), "w") as file:
        file.write(json.dumps(manifest, separators=(",", ":")).replace('{"picture"', '\n{"picture"') + "\n")


def main():
    if sys.argv[1:] not in (["train"], ["predictions"]):
        sys.exit(__doc__)
    torch.set_num_threads(1)
    os.makedirs(OUT, exist_ok=True)
    if sys.argv[1] == "train":
        save(train())
    write_predictions(load())


if __name__ == "__main__":
    main()
