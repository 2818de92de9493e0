"""Compares a complete ONNX model in ONNX Runtime and OpenVINO with `mask-rcnn predict`.

    mask-rcnn export --model nuclei --to onnx --paste --out nuclei.onnx
    mask-rcnn predict *.png --model nuclei --json results.json
    python onnx_models.py nuclei.onnx results.json *.png

Needs onnx, onnxruntime, openvino, numpy and pillow from PyPI; what is not installed is left out, aloud. Pictures should
be lossless and 8 bits deep: decoders of JPEG differ. Prints the largest differences of each picture, and exits with 1 where a
count differs, a score by more than 1e-3, a box or a keypoint by more than 0.05 pixels, or an IoU of masks is below 0.99.
"""

import importlib.util
import json
import sys

import numpy as np
from PIL import Image, ImageOps


def onnx_runtime(path):
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda image: dict(zip(names, session.run(None, {"image": image})))


def open_vino(path):
    import openvino

    core = openvino.Core()
    # Processors with bfloat16 would use it by default.
    model = core.compile_model(core.read_model(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    known = ["boxes", "labels", "scores", "masks", "bitmaps", "keypoints", "keypoint_scores"]
    names = [name for name in known if any(name in output.get_names() for output in model.outputs)]

    def run(image):
        outputs = model([image])
        return {name: outputs[name] for name in names}

    return run


def decode_rle(counts, height, width):
    """COCO's compressed RLE as a bitmap."""
    runs, at = [], 0
    while at < len(counts):
        value, shift, more = 0, 0, True
        while more:
            code = ord(counts[at]) - 48
            value |= (code & 31) << shift
            more = bool(code & 32)
            at, shift = at + 1, shift + 5
        if code & 16:
            value |= -1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
    bitmap = np.repeat(np.arange(len(runs)) % 2, runs)
    return bitmap.reshape(width, height).T


def compare(outputs, expected):
    """The largest differences of score, box and keypoints, and the smallest IoU, of instances matched by their boxes."""
    worst = {"score": 0.0, "box": 0.0, "keypoint": 0.0, "iou": 1.0}
    left = list(range(len(outputs["scores"])))
    for instance in expected:
        x, y, width, height = instance["bbox"]
        box = np.array([x, y, x + width, y + height])
        distance = {
            i: np.abs(outputs["boxes"][i] - box).max()
            for i in left
            if outputs["labels"][i] == instance["category_id"]
        }
        if not distance:
            return {**worst, "box": np.inf}
        i = min(distance, key=distance.get)
        left.remove(i)
        worst["box"] = max(worst["box"], distance[i])
        worst["score"] = max(worst["score"], abs(outputs["scores"][i] - instance["score"]))
        if "keypoints" in instance:
            points = np.array(instance["keypoints"]).reshape(-1, 3)
            worst["keypoint"] = max(worst["keypoint"], np.abs(outputs["keypoints"][i] - points).max())
        if "segmentation" in instance:
            theirs = outputs["bitmaps"][i]
            ours = decode_rle(instance["segmentation"]["counts"], *instance["segmentation"]["size"])
            union = (ours | theirs).sum()
            worst["iou"] = min(worst["iou"], (ours & theirs).sum() / union if union else 1.0)
    return worst


def main():
    model, results, *pictures = sys.argv[1:]
    if importlib.util.find_spec("onnx"):
        import onnx

        onnx.checker.check_model(onnx.load(model), full_check=True)
        print("onnx.checker: passed")
    else:
        print("onnx: not installed, model not checked")
    by_image = {}
    for instance in json.load(open(results)):
        by_image.setdefault(instance["image_id"], []).append(instance)
    failed = False
    for package, open_model in {"onnxruntime": onnx_runtime, "openvino": open_vino}.items():
        if not importlib.util.find_spec(package):
            print(f"{package}: not installed, left out")
            continue
        run = open_model(model)
        for position, path in enumerate(pictures):
            outputs = run(np.array(ImageOps.exif_transpose(Image.open(path)).convert("RGB")))
            expected = by_image.get(position, [])
            worst = compare(outputs, expected)
            same = (
                len(outputs["scores"]) == len(expected)
                and worst["score"] <= 1e-3
                and max(worst["box"], worst["keypoint"]) <= 0.05
                and worst["iou"] >= 0.99
            )
            failed = failed or not same
            shown = ", ".join(f"{name} {value:.3g}" for name, value in worst.items())
            count = f"{len(outputs['scores'])} of {len(expected)} instances"
            print(f"{package}: {path}: {'same' if same else 'DIFFERENT'}, {count}, {shown}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
