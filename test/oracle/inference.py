"""Writes what torchvision's full-size detectors compute at each stage, for a comparison stage by stage.

    /usr/bin/python3 test/oracle/inference.py --arch maskrcnn_resnet50_fpn --out DIR

    --arch NAME     maskrcnn_resnet50_fpn, maskrcnn_resnet50_fpn_v2, fasterrcnn_… of both, or any other
                    KIND_BODY_fpn of `detectors.py` (resnext50_32x4d, resnet18, …)
    --eps E         of frozen batch norm: 1e-5, torchvision's default, or 0, with which it runs its COCO v1 files
    --seed N        of the weights
    --detections N  how many survive on the synthetic picture that the weights are made with
    --shared DIR    folder with `data/coco-subset/images`; default `../shared` beside the repository. Where it
                    is absent the pictures are synthetic
    --pictures A,B  only these. All but `large` are resized to at most 400 pixels, since 800 take four times as long
    --published     also write `weights-2019.pth`, for maskrcnn_, fasterrcnn_ and keypointrcnn_resnet50_fpn
    --margins       note how close each discrete decision was (`stages.margins`), to choose pictures; takes seconds each
    --double A,B    compare these with torchvision run in float64 (about four times as slow) and note the largest
                    differences, the measure for a tolerance. Default: none

Needs torch and torchvision 0.14. Writes into DIR (about 100 MB a picture; for a temporary folder):

- `weights.pth`, torch's zip form; with --published also `weights-2019.pth`, the same in the non-zip form and with the
  keys that torchvision's published files have
- `PICTURE.png`, 8-bit RGB
- `PICTURE.safetensors`, named as in `test/golden/inference/README.md`, but whole instead of sampled, except that
  of `box.pooled`, `mask.pooled` and `mask.logits` there are only the first rows (`box.pooled.first100`, …)
- `manifest.json`: arch, eps, seed, versions; for each picture the files, sizes, score threshold, numbers of
  proposals, detections and classes, and on request margins and float64 differences
"""
import argparse
import copy
import json
import os
import sys
import time
from contextlib import contextmanager

import numpy as np
import torch
import torchvision
from PIL import Image

from conditioned import condition
from detectors import ARCHITECTURES, build
from pictures import scaled_photo, photo, photo_like
from published_layout import save_weights
from safetensors_io import write_safetensors
from stages import encode_runs, margins, run_stages, to_input

HERE = os.path.dirname(os.path.abspath(__file__))

# maximum number of rows written of these
FIRST = {"box.pooled": 100, "mask.pooled": 20, "mask.logits": 20, "keypoint.heatMaps": 20}
# first part of a stage's name → what its rows belong to, if not to the picture as a whole
ROWS = {
    "proposals": "proposals",
    "box": "proposals",
    "detections": "detections.boxes",
    "mask": "detections.boxes",
    "keypoint": "detections.boxes",
    "keypoints": "detections.boxes",
    "result": "detections.boxes",
}
PUBLISHED_2019 = ["maskrcnn_resnet50_fpn", "fasterrcnn_resnet50_fpn", "keypointrcnn_resnet50_fpn"]
# shorter side of the pictures that show something else than full size
SMALL = 400
# on the synthetic picture of the conditioning; the heads of v2 spread less on photographs
DETECTIONS, DETECTIONS_V2 = 100, 160
# far above every score of the dull picture, so that no detection is left
NO_DETECTION_THRESHOLD = 0.999


def pictures_of(shared):
    """name → picture, its source, and the score threshold if it is not the default."""
    folder = os.path.join(shared, "data", "coco-subset", "images")
    dull = np.rint(118 + 0.1 * (photo_like(480, 640, 9) - 118.0)).astype(np.uint8)
    return {
        "landscape": (*photo(folder, 640, 480, 0, 3), None),
        "portrait": (*photo(folder, 427, 640, 0, 4), None),
        "small": (*scaled_photo(folder, 200, 200, 4, 5), None),
        "panorama": (*scaled_photo(folder, 1200, 400, 3, 6), None),
        "nothing": (dull, "synthetic, a tenth of the contrast", NO_DETECTION_THRESHOLD),
        "large": (*scaled_photo(folder, 1066, 800, 5, 7), None),
    }


def conditioned_model(arch, eps, seed, detections):
    """The detector with weights that depend on these arguments alone, not on the pictures at hand."""
    torch.manual_seed(0)
    if detections is None:
        detections = DETECTIONS_V2 if arch.endswith("_v2") else DETECTIONS
    model = build(arch, eps)
    with resized_to(model, SMALL):
        return condition(model, [to_input(photo_like(480, 640, 1))], seed, detections)


@contextmanager
def resized_to(model, size):
    """Lets `model` resize pictures to at most this shorter side."""
    default = model.transform.min_size
    model.transform.min_size = (min(size, *default),)
    try:
        yield
    finally:
        model.transform.min_size = default


def tensors_of(stages):
    tensors = {}
    for name, value in stages.items():
        if name == "result.masks":
            tensors["masks.runs"], tensors["masks.runCounts"] = encode_runs(value > 0.5)
        elif name in FIRST:
            tensors[f"{name}.first{FIRST[name]}"] = value[: FIRST[name]].numpy()
        elif value.dtype == torch.int64:
            tensors[name] = value.numpy().astype(np.int32)
        else:
            tensors[name] = value.numpy()
    return tensors


def float64_differences(model, image, stages):
    """Largest difference of each stage between float32 and float64. Proposals and detections are compared with
    their nearest partners, since nearly equal scores may change places; how many have none within 0.1 px is
    noted, and those are left out."""
    exact = run_stages(copy.deepcopy(model).double(), image)
    differences = {}
    partners = {}
    for name in ("proposals", "detections.boxes"):
        if len(stages[name]) and len(exact[name]):
            distance, partner = torch.cdist(stages[name].double(), exact[name], p=float("inf")).min(1)
            partners[name] = (distance <= 0.1, partner)
            differences[f"{name} without partner"] = int((distance > 0.1).sum())
    for name, value in stages.items():
        other = exact[name]
        if not value.is_floating_point() or value.numel() == 0:
            continue
        rows = ROWS.get(name.split(".")[0])
        if rows is not None and rows not in partners:
            continue
        if rows is not None:
            matched, partner = partners[rows]
            value, other = value[matched], other[partner[matched]]
        differences[name] = float((other - value.double()).abs().max())
    return differences


def run_picture(model, image, threshold, extras):
    """Stages of one picture and its entry of the manifest. extras: of "margins" and "double"."""
    default = model.roi_heads.score_thresh
    if threshold is not None:
        model.roi_heads.score_thresh = threshold
    try:
        stages = run_stages(model, image)
        entry = {
            "scoreThreshold": model.roi_heads.score_thresh,
            "minSize": model.transform.min_size[0],
            "originalSize": list(image.shape[:2]),
            "resizedSize": stages["resizedSize"].tolist(),
            "proposals": len(stages["proposals"]),
            "detections": len(stages["detections.boxes"]),
            "classes": len(stages["detections.labels"].unique()),
        }
        if "margins" in extras:
            entry["margins"] = margins(model, stages)
        if "double" in extras:
            entry["float64Difference"] = float64_differences(model, image, stages)
    finally:
        model.roi_heads.score_thresh = default
    return stages, entry


def main():
    arguments = parse_arguments()
    torch.set_num_threads(1)  # tests run side by side
    os.makedirs(arguments.out, exist_ok=True)
    started = time.perf_counter()
    model = conditioned_model(arguments.arch, arguments.eps, arguments.seed, arguments.detections)
    save_weights(model, os.path.join(arguments.out, "weights.pth"))
    if arguments.published:
        save_as_published(model, arguments)
    progress(started, "weights written")

    manifest = {
        "script": "test/oracle/inference.py",
        "arch": arguments.arch,
        "eps": arguments.eps,
        "seed": arguments.seed,
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "pictures": {},
    }
    for name, (image, source, threshold) in pictures_of(arguments.shared).items():
        if arguments.pictures and name not in arguments.pictures:
            continue
        Image.fromarray(image).save(os.path.join(arguments.out, f"{name}.png"))
        extras = ["margins"] * arguments.margins + ["double"] * (name in arguments.double)
        with resized_to(model, sys.maxsize if name == "large" else SMALL):
            stages, entry = run_picture(model, image, threshold, extras)
        write_safetensors(os.path.join(arguments.out, f"{name}.safetensors"), tensors_of(stages))
        files = {"picture": f"{name}.png", "stages": f"{name}.safetensors", "source": source}
        manifest["pictures"][name] = {**files, **entry}
        progress(started, f"{name}: {entry['detections']} detections of {entry['classes']} classes")
    with open(os.path.join(arguments.out, "manifest.json"), "w") as file:
        json.dump(manifest, file, indent=1)


def save_as_published(model, arguments):
    """Writes `weights-2019.pth` and makes sure that torchvision's own upgrade takes it."""
    path = os.path.join(arguments.out, "weights-2019.pth")
    save_weights(model, path, legacy=True)
    other = build(arguments.arch, arguments.eps)
    other.load_state_dict(torch.load(path))
    expected = model.state_dict()
    if not all(torch.equal(value, expected[key]) for key, value in other.state_dict().items()):
        raise RuntimeError("weights-2019.pth does not load as the same weights")


def progress(started, message):
    print(f"{time.perf_counter() - started:6.1f} s  {message}", file=sys.stderr, flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--arch", required=True, choices=ARCHITECTURES)
    parser.add_argument("--out", required=True)
    parser.add_argument("--eps", type=float, default=1e-5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--detections", type=int)
    parser.add_argument("--shared", default=os.path.join(HERE, "..", "..", "..", "shared"))
    parser.add_argument("--pictures", type=lambda text: text.split(","), default=[])
    parser.add_argument("--published", action="store_true")
    parser.add_argument("--margins", action="store_true")
    parser.add_argument("--double", type=lambda text: text.split(","), default=[])
    arguments = parser.parse_args()
    if arguments.published and arguments.arch not in PUBLISHED_2019:
        parser.error(f"{arguments.arch} was not published in 2019")
    return arguments


if __name__ == "__main__":
    main()
