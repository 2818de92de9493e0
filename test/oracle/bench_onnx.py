"""Peers of the inference benchmark that run a model exported by this package, behind the JSON lines of bench_inference.py.

    python3 test/oracle/bench_onnx.py onnxruntime|openvino MODEL.onnx [--threads 2] [--precision bf16]

MODEL.onnx is written by `mask-rcnn export --to onnx --paste`: `seconds` is everything from decoded 8-bit RGB to the masks of
all instances at the picture's size. Layers that are not in eight bits compute in float32, or in OpenVINO with `--precision bf16`
in bfloat16.
"""
import time

STARTED = time.time()

import argparse
import json
import sys

import numpy as np
from PIL import Image

from measuring import peak_rss_bytes, reply

OUTPUTS = ["boxes", "labels", "scores", "bitmaps"]


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", choices=["onnxruntime", "openvino"])
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["f32", "bf16"], default="f32", help="of OpenVINO")
    return parser.parse_args()


def open_onnxruntime(model, threads, _):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return onnxruntime.__version__, lambda pixels: session.run(OUTPUTS, {"image": pixels})


def open_openvino(model, threads, precision):
    import openvino

    settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": threads}
    compiled = openvino.Core().compile_model(model, "CPU", settings)
    request = compiled.create_infer_request()

    def run(pixels):
        request.infer({"image": pixels})
        return [request.get_tensor(name).data.copy() for name in OUTPUTS]

    return openvino.__version__, run


def answer(run, path):
    opened = time.perf_counter()
    with Image.open(path) as image:
        pixels = np.array(image.convert("RGB"))
    begin = time.perf_counter()
    *_, bitmaps = run(pixels)
    end = time.perf_counter()
    return {
        "seconds": end - begin,
        "secondsWithDecode": end - opened,
        "stageSeconds": {},
        "detections": len(bitmaps),
        "sinceStartSeconds": time.time() - STARTED,
    }


def main():
    arguments = parse_arguments()
    begin = time.time()
    opener = open_onnxruntime if arguments.program == "onnxruntime" else open_openvino
    version, run = opener(arguments.model, arguments.threads, arguments.precision)
    now = time.time()
    reply({"ready": True, "loadSeconds": now - begin, "sinceStartSeconds": now - STARTED, "version": version})
    for line in sys.stdin:
        request = json.loads(line)
        if request.get("quit"):
            break
        reply(answer(run, request["picture"]))
    reply({"peakRssBytes": peak_rss_bytes()})


if __name__ == "__main__":
    main()
