"""The peer of the inference benchmark: torchvision's `maskrcnn_resnet50_fpn`, or v2, behind JSON lines.

    /usr/bin/python3 test/oracle/bench_inference.py --weights FILE.pth [--arch maskrcnn_resnet50_fpn] [--threads 2]
        [--device cpu|cuda]

FILE.pth is written first if it does not exist: conditioned weights (seeded, always the same) that keep all 1000
proposals and give more than 100 detections on any photograph, so that every picture costs the full 1000 and 100.
The file holds a plain state dict of torchvision's keys; both sides of the benchmark load it. `--write-only` ends
after that, so that the first run's timing does not include it.

On stdout one JSON line when ready:
    {"ready": true, "importSeconds", "loadSeconds", "sinceStartSeconds", "threads", "torch", "torchvision", "blas"}
`loadSeconds` is building the model and loading the file; `sinceStartSeconds` counts from the start of the process.

Then for each line on stdin one line on stdout:
    {"picture": PATH}
      → {"seconds", "secondsWithDecode", "stageSeconds": {"transform", "backbone", "rpn", "heads", "paste"},
         "proposals", "detections", "sinceStartSeconds"}
    {"quit": true} or the end of stdin
      → {"peakRssBytes"}, then the process ends
`seconds` is everything from decoded 8-bit RGB to bool masks at the picture's size: conversion to float, resize,
network, NMS, pasting, threshold. A request that fails is answered {"error": MESSAGE}.
"""
import os
import time

ENTERED = time.time()


def process_started():
    """Seconds since the epoch when this process began, from the kernel (to 10 ms)."""
    with open("/proc/self/stat") as file:
        ticks = int(file.read().rsplit(")", 1)[1].split()[19])
    with open("/proc/uptime") as file:
        uptime = float(file.read().split()[0])
    return time.time() - (uptime - ticks / os.sysconf("SC_CLK_TCK"))


STARTED = process_started()

import argparse
import json
import sys


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", required=True)
    parser.add_argument("--arch", default="maskrcnn_resnet50_fpn")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--write-only", action="store_true")
    return parser.parse_args()


ARGUMENTS = parse_arguments()
# before numpy and torch are loaded, since OpenBLAS reads it once
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(ARGUMENTS.threads)

import numpy as np
import torch
import torchvision
from PIL import Image

IMPORTED = time.time()

from detectors import build
from measuring import now, peak_rss_bytes, reply
from stages import to_input

SEED = 1
# far more than the 100 that are kept, so that pictures with fewer edges give 100 as well
DETECTIONS = 1000


def write_weights(path):
    """Conditions the weights and moves them into place whole."""
    from conditioned import condition
    from pictures import photo_like

    torch.manual_seed(0)
    model = condition(build(ARGUMENTS.arch), [to_input(photo_like(480, 640, 1))], SEED, DETECTIONS)
    torch.save(model.state_dict(), f"{path}.partial")
    os.replace(f"{path}.partial", path)


def load(path):
    model = build(ARGUMENTS.arch)
    model.load_state_dict(torch.load(path))
    return model.eval().to(ARGUMENTS.device)


class Clock:
    """Notes when each stage of the model ends."""

    def __init__(self, model):
        self.ends = {}
        self.proposals = 0
        for name in ("transform", "backbone", "rpn"):
            getattr(model, name).register_forward_hook(self._end_of(name))
        model.roi_heads.register_forward_hook(self._end_of("heads"))

    def _end_of(self, name):
        def hook(_module, _arguments, output):
            self.ends[name] = now(ARGUMENTS.device)
            if name == "rpn":
                self.proposals = sum(len(boxes) for boxes in output[0])

        return hook

    def seconds(self, begin, end):
        """Seconds of each stage, the conversion to float counted to `transform`."""
        times = [begin, *self.ends.values(), end]
        names = [*self.ends, "paste"]
        return {name: times[i + 1] - times[i] for i, name in enumerate(names)}


@torch.no_grad()
def answer(model, clock, path):
    opened = time.perf_counter()
    with Image.open(path) as image:
        pixels = np.array(image.convert("RGB"))
    begin = time.perf_counter()
    (result,) = model([to_input(pixels).to(ARGUMENTS.device)])
    masks = (result["masks"] > 0.5).cpu()
    end = now(ARGUMENTS.device)
    return {
        "seconds": end - begin,
        "secondsWithDecode": end - opened,
        "stageSeconds": clock.seconds(begin, end),
        "proposals": clock.proposals,
        "detections": len(masks),
        "sinceStartSeconds": time.time() - STARTED,
    }


def blas():
    """The BLAS library that the dynamic linker found, by its path."""
    with open("/proc/self/maps") as file:
        paths = {line.split()[-1] for line in file if "blas" in line.lower()}
    return sorted(os.path.basename(os.path.dirname(path)) + "/" + os.path.basename(path) for path in paths)


def serve():
    begin = time.time()
    model = load(ARGUMENTS.weights)
    clock = Clock(model)
    reply(
        {
            "ready": True,
            "importSeconds": IMPORTED - ENTERED,
            "loadSeconds": time.time() - begin,
            "sinceStartSeconds": time.time() - STARTED,
            "threads": torch.get_num_threads(),
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
            "blas": blas(),
        }
    )
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if request.get("quit"):
                break
            reply(answer(model, clock, request["picture"]))
        except (OSError, ValueError, KeyError, AttributeError) as error:
            reply({"error": f"{type(error).__name__}: {error}"})
    reply({"peakRssBytes": peak_rss_bytes()})


def main():
    torch.set_num_threads(ARGUMENTS.threads)
    if not os.path.exists(ARGUMENTS.weights):
        write_weights(ARGUMENTS.weights)
    if not ARGUMENTS.write_only:
        serve()


if __name__ == "__main__":
    main()
