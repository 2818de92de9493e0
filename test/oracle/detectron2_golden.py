"""Writes `test/golden/detectron2/`: tiny models of the three structures as Detectron2 would publish them, and of the
pyramid with group norm, what each of their stages computes on one picture, and the losses and gradients of a training
step.

    /usr/bin/python3 test/oracle/detectron2_golden.py

The models are those of `detectron.py` with a ResNet-50 of width 2 and 4 classes; `NAME.pkl` holds `{"model": {name:
array}, "__author__", …}` in Detectron2's names. `NAME.safetensors` holds stages by the package's names and in its order
of classes (background first), anchors (ratios outside) and colours (red, green, blue divided by 1): float32, beside
the largest differences from float64 in `manifest.json`. `NAME.gradients.pkl` holds gradients, and `NAME.losses` in the
manifest, of `losses_of`; its picture, RoIs and targets are waves, made again by the test. Seeds are searched until
float64, and a picture with a little noise, decide everything alike.
"""
import copy
import json
import os
import pickle
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from detectron import Detectron, condition, detect, paste, propose, resnet_layout, rois_of, to_input
from pictures import photo_like
from safetensors_io import write_safetensors
from stages import encode_runs

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "detectron2")
CLASSES = 4
SIZES = (12, 24, 48, 72, 96)
HEADS = {"channels": 6, "fc": 12, "convolutions": 2}
LIMITS = {"pre": 120, "post": 30, "threshold": 0.05, "detections": 10}
HEIGHT, WIDTH = 96, 128
# every n-th value of what is large
SAMPLED = {"input": 7}


def group_norm(channels):
    return nn.GroupNorm(2, channels)


def build(name):
    layout, heads = resnet_layout([3, 4, 6, 3], width=2), HEADS
    if name == "fpn-gn":
        layout = {**layout, "norm": group_norm}
        heads = {**heads, "norm": group_norm, "boxConvolutions": 2}
    return Detectron(name.split("-")[0], layout, CLASSES, heads, SIZES)


def anchors_outside(x, rows, sizes):
    """[N, sizes·ratios·rows, …] from sizes outside to ratios outside."""
    n, channels = x.shape[:2]
    return x.reshape(n, sizes, 3, rows, *x.shape[2:]).transpose(1, 2).reshape(n, channels, *x.shape[2:])


@torch.no_grad()
def run(model, image, dtype=torch.float32, noise=0.0):
    model = copy.deepcopy(model).to(dtype)
    x = to_input(image, dtype)
    stages = {"input": x.flip(1)}
    if noise:
        x = x + noise * torch.randn(x.shape, generator=torch.Generator().manual_seed(3)).to(dtype)
    size = image.shape[:2]
    maps = model.maps(x)
    objectness, deltas = model.rpn(maps)
    sizes = 1 if model.structure == "fpn" else len(SIZES)
    for name in maps:
        if name != "p6":
            stages[name] = maps[name]
        stages[f"objectness.{name}"] = anchors_outside(objectness[name], 1, sizes)
        stages[f"deltas.{name}"] = anchors_outside(deltas[name], 4, sizes)
    proposals, scores = propose(model, maps, size, LIMITS["pre"], LIMITS["post"])
    stages["proposals"], stages["proposals.scores"] = proposals, scores.sigmoid()
    logits, deltas, boxes, scores, labels = detect(model, maps, proposals, size, LIMITS["threshold"],
                                                   LIMITS["detections"])
    stages["box.probabilities.ours"] = torch.cat([logits[:, -1:], logits[:, :-1]], 1).softmax(1)
    stages["box.deltas"] = F.pad(deltas, (4, 0))
    stages["detections.boxes"], stages["detections.scores"] = boxes, scores
    stages["detections.labels"] = labels + 1
    masks = model.mask_logits(maps, rois_of(boxes))[torch.arange(len(boxes)), labels].sigmoid()
    stages["mask.probabilities"] = masks
    stages["result.boxes"] = boxes
    stages["result.masks"] = paste(masks, boxes, size)
    return stages


def same_decisions(a, b):
    names = ("proposals", "detections.boxes", "detections.labels")
    if any(a[name].shape != b[name].shape for name in names):
        return False
    close = all(float((a[name].double() - b[name].double()).abs().max()) < 0.5 for name in names)
    return close and torch.equal(a["detections.labels"], b["detections.labels"])


# the pyramid's training is compared with torchvision's
TRAINED = ("c4", "dc5")
# relative; more comes of a ReLU that is so close to zero that rounding decides
MOST_GRADIENT_NOISE = 4.5e-5


def find(name, image, first):
    for seed in range(first, first + 100):
        torch.manual_seed(0)
        model = condition(build(name), image, seed, LIMITS)
        stages = run(model, image)
        if len(stages["detections.labels"]) < 5 or len(stages["detections.labels"].unique()) < 3:
            continue
        scores = stages["detections.scores"]
        if float((scores[:-1] - scores[1:]).min()) < 1e-3:
            continue
        exact = run(model, image, torch.float64)
        if not same_decisions(stages, exact):
            continue
        if not same_decisions(exact, run(model, image, torch.float64, 0.002)):
            continue
        training = training_of(model) if name in TRAINED else None
        if training is None or max(training["noise"].values()) < MOST_GRADIENT_NOISE:
            return seed, model, (stages, exact), training
    raise RuntimeError(f"no seed for {name}")


# a training step, as test/oracle/model_gradients.py has it

ROIS = [(3, 5, 40, 31, 0), (10, 8, 44, 40, 0), (60, 50, 90, 88, 1), (-6, 20, 70, 80, 1), (30, 10, 100, 70, 0),
        (0, 0, 127, 95, 1)]
LABELS = [1, 0, 3, 2, 0, 4]
POSITIVES = [0, 2, 3, 5]
PICTURES = 2


def wave(shape, frequency, dtype):
    size = torch.Size(shape).numel()
    return torch.sin(torch.arange(size, dtype=torch.float64) * frequency).reshape(shape).float().to(dtype)


def losses_of(model, dtype):
    """torchvision's losses. The picture is 40 · wave in the order red, green, blue."""
    x = 40 * wave((PICTURES, 3, HEIGHT, WIDTH), 0.29, dtype).flip(1)
    maps = model.maps(x)
    objectness, deltas = model.rpn(maps)
    sizes = 1 if model.structure == "fpn" else len(SIZES)
    total = sum(o.numel() for o in objectness.values())
    object_loss, box_loss = 0, 0
    for level, name in enumerate(maps):
        logits = anchors_outside(objectness[name], 1, sizes)
        moves = anchors_outside(deltas[name], 4, sizes)
        target = (wave(logits.shape, 0.7 + level, dtype) > 0).to(dtype)
        object_loss = object_loss + F.binary_cross_entropy_with_logits(logits, target, reduction="sum") / total
        wanted = wave(moves.shape, 0.3 + level, dtype)
        weights = target.repeat_interleave(4, dim=1) / total
        box_loss = box_loss + (F.smooth_l1_loss(moves, wanted, beta=1 / 9, reduction="none") * weights).sum()
    losses = {"loss_objectness": object_loss, "loss_rpn_box_reg": box_loss}

    # the background, our class 0, is their last
    theirs = [label - 1 if label else CLASSES for label in LABELS]
    rois = torch.tensor(ROIS, dtype=dtype)[:, [4, 0, 1, 2, 3]]
    features = model.box_features(maps, rois)
    predictor = model.roi_heads["box_predictor"]
    losses["loss_classifier"] = F.cross_entropy(predictor["cls_score"](features), torch.tensor(theirs))
    chosen = predictor["bbox_pred"](features).reshape(len(LABELS), CLASSES, 4)[
        POSITIVES, [theirs[p] for p in POSITIVES]]
    wanted = wave(chosen.shape, 0.9, dtype)
    losses["loss_box_reg"] = F.smooth_l1_loss(chosen, wanted, beta=1 / 9, reduction="sum") / len(LABELS)
    masks = model.mask_logits(maps, rois[POSITIVES])[torch.arange(len(POSITIVES)), [theirs[p] for p in POSITIVES]]
    target = (wave(masks.shape, 0.21, dtype) > 0).to(dtype)
    losses["loss_mask"] = F.binary_cross_entropy_with_logits(masks, target)
    return losses


def gradients_of(model, dtype):
    model = copy.deepcopy(model).to(dtype)
    for parameter in model.parameters():
        parameter.requires_grad_(True)
    losses = losses_of(model, dtype)
    sum(losses.values()).backward()
    return ({name: float(loss) for name, loss in losses.items()},
            {name: parameter.grad for name, parameter in model.named_parameters()})


def training_of(model):
    losses, gradients = gradients_of(model, torch.float64)
    _, single = gradients_of(model, torch.float32)
    noise = {name: float((single[name].double() - g).norm() / g.norm().clamp_min(1e-30))
             for name, g in gradients.items()}
    return {"losses": losses, "gradients": gradients, "noise": noise}


def arrays(tensors):
    return {name: value.detach().float().numpy() for name, value in tensors.items()}


def write_pickle(name, model, protocol):
    with open(os.path.join(OUT, name), "wb") as file:
        pickle.dump({"model": model, "__author__": "test/oracle/detectron2_golden.py"}, file, protocol)


# where the search for each model's seed begins
FIRST = sys.argv[1:] or ("49", "19", "19", "19")
# the published files differ in protocol
PROTOCOLS = {"c4": 2, "dc5": 3, "fpn": 4, "fpn-gn": 4}


def main():
    os.makedirs(OUT, exist_ok=True)
    image = photo_like(HEIGHT, WIDTH, 21)
    write_safetensors(os.path.join(OUT, "picture.safetensors"), {"picture": image})
    manifest = {"script": "test/oracle/detectron2_golden.py", "torch": torch.__version__, "models": {}}
    for (name, protocol), start in zip(PROTOCOLS.items(), FIRST):
        seed, model, (stages, exact), training = find(name, image, int(start))
        state = arrays(model.state_dict())
        state["pixel_mean"] = np.zeros((3, 1, 1), np.float32)
        state["proposal_generator.anchor_generator.cell_anchors.0"] = np.zeros((15, 4), np.float32)
        write_pickle(f"{name}.pkl", state, protocol)
        masks = stages.pop("result.masks")
        close = int(((masks - 0.5).abs() < 1e-3).sum())
        tensors = {}
        for stage, value in stages.items():
            array = value.to(torch.int32).numpy() if stage == "detections.labels" else value.numpy()
            step = SAMPLED.get(stage)
            tensors[f"{stage}.every{step}" if step else stage] = array.reshape(-1)[::step] if step else array
        tensors["masks.runs"], tensors["masks.runCounts"] = encode_runs(masks >= 0.5)
        write_safetensors(os.path.join(OUT, f"{name}.safetensors"), tensors)
        manifest["models"][name] = {
            "seed": seed,
            "pixelsNearThreshold": close,
            "float64Difference": {name: float((exact[name] - value.double()).abs().max())
                                  for name, value in stages.items() if value.is_floating_point()},
        }
        if training:
            write_pickle(f"{name}.gradients.pkl", arrays(training["gradients"]), 4)
            manifest["models"][name].update(losses=training["losses"], gradientNoise=training["noise"])
        print(name, "seed", seed, "detections", len(stages["detections.labels"]), flush=True)
    with open(os.path.join(OUT, "manifest.json"), "w") as file:
        json.dump(manifest, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
