"""Writes test/golden/eval/{bbox,segm,keypoints}.json.gz: seeded random data sets, results, and what pycocotools'
COCOeval makes of them.

Run: python3 test/oracle/eval.py   (needs pycocotools and numpy)

Layout of a file: [{gt, dt, params, stats, precision, recall, scores}, ...]
  gt, dt      COCO data set and results, as they would lie in files
  params      what was set apart from the defaults: iouThrs, maxDets, areaRng; absent where all are defaults
  stats       the 12 (keypoints: 10) figures; absent with params, where pycocotools cannot summarise
  precision, recall, scores   the flattened arrays as [value, repetitions, value, repetitions, ...]
The cases hold crowds, ties in score, pictures without objects or detections, more than 100 detections, classes
without objects, tiny and huge areas, annotation id 0, results without boxes, and joints that are not labelled.

With ../shared/data/coco-eval beside the repository it also writes coco-example.json: {bbox, segm: [12 figures]} of
COCO's own example there.
"""
import contextlib
import gzip
import io
import json
import os

import numpy as np
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

JOINTS = 17


def blob(rng, h, w, box):
    y, x = np.mgrid[:h, :w]
    cx, cy = box[0] + box[2] / 2, box[1] + box[3] / 2
    mask = ((x + 0.5 - cx) / (box[2] / 2 + 0.3)) ** 2 + ((y + 0.5 - cy) / (box[3] / 2 + 0.3)) ** 2 < 1
    if rng.random() < 0.2:
        mask &= rng.random((h, w)) < 0.9
    return mask


def rle(mask):
    code = masks.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"size": [int(v) for v in code["size"]], "counts": code["counts"].decode()}


def polygon(box):
    x, y, w, h = box
    angle = np.linspace(0, 2 * np.pi, 9)[:-1]
    points = np.stack([x + w / 2 * (1 + np.cos(angle)), y + h / 2 * (1 + np.sin(angle))], 1)
    return [[round(float(v), 2) for v in points.flatten()]]


def random_box(rng, h, w):
    bw, bh = rng.uniform(1, w * 0.7), rng.uniform(1, h * 0.7)
    return [round(float(v), 1) for v in (rng.uniform(0, w - bw), rng.uniform(0, h - bh), bw, bh)]


def near(rng, box):
    spread = 0.15 * rng.random()
    x, y, w, h = box
    return [
        round(float(v), 1)
        for v in (x + rng.normal() * spread * w, y + rng.normal() * spread * h, max(1, w * (1 + rng.normal() * spread)), max(1, h * (1 + rng.normal() * spread)))
    ]


def joints(rng, box, visible=True):
    x, y, w, h = box
    out = []
    for _ in range(JOINTS):
        v = int(rng.integers(0, 3)) if visible else 0
        out += [round(float(x + rng.random() * w), 1), round(float(y + rng.random() * h), 1), v]
    return out


def moved(rng, points, amount):
    return [
        round(float(p + rng.normal() * amount), 1) if i % 3 < 2 else 2 for i, p in enumerate(points)
    ]


def case(rng, kind, index):
    classes = [int(v) for v in rng.choice(np.arange(1, 20), rng.integers(1, 5), replace=False)]
    ids = [int(v) for v in rng.choice(np.arange(1, 500), rng.integers(1, 7), replace=False)]
    images = [dict(id=i, width=int(rng.integers(12, 70)), height=int(rng.integers(12, 70))) for i in ids]
    crowded = index % 12 == 0
    with_box = kind != "segm" or rng.random() < 0.5
    results_box = kind == "bbox" or rng.random() < 0.4
    annotations, results = [], []
    next_id = 0 if index % 9 == 0 else 1
    empty_class = classes[-1] if len(classes) > 1 else None
    for image in images:
        h, w = image["height"], image["width"]
        here = []
        for _ in range(int(rng.integers(0, 6))):
            box = random_box(rng, h, w)
            category = classes[int(rng.integers(len(classes)))]
            if category == empty_class:
                continue
            crowd = int(rng.random() < 0.15)
            ann = dict(id=next_id, image_id=image["id"], category_id=category, iscrowd=crowd, bbox=box)
            next_id += 1
            # The area decides the range; it need not be the mask's.
            ann["area"] = [box[2] * box[3], 5.0, 1024.0, 9216.0, 2e4, 2e10][int(rng.integers(6))]
            if rng.random() < 0.1:
                ann["ignore"] = 1
            if kind == "segm":
                ann["segmentation"] = polygon(box) if rng.random() < 0.4 and not crowd else rle(blob(rng, h, w, box))
            if kind == "keypoints":
                ann["keypoints"] = joints(rng, box, rng.random() < 0.8)
                ann["num_keypoints"] = sum(v > 0 for v in ann["keypoints"][2::3])
            annotations.append(ann)
            here.append(ann)
        for _ in range(int(rng.integers(0, 12)) if not crowded else int(rng.integers(100, 160))):
            like = here[int(rng.integers(len(here)))] if here and rng.random() < 0.7 else None
            box = near(rng, like["bbox"]) if like else random_box(rng, h, w)
            category = like["category_id"] if like and rng.random() < 0.9 else classes[int(rng.integers(len(classes)))]
            found = dict(image_id=image["id"], category_id=category, score=round(float(rng.random()), 1 if rng.random() < 0.7 else 6))
            if results_box:
                found["bbox"] = box
            if kind == "segm":
                found["segmentation"] = rle(blob(rng, h, w, box))
            if kind == "keypoints":
                found["keypoints"] = moved(rng, like["keypoints"] if like else joints(rng, box), 6 * rng.random() ** 3)
            results.append(found)
    order = rng.permutation(len(results))
    results = [results[i] for i in order]
    if not results or not annotations:
        return None
    gt = dict(images=images, categories=[dict(id=c, name=f"c{c}") for c in classes], annotations=annotations)
    if not with_box and kind == "segm":
        for ann in annotations:
            del ann["bbox"]
    params = None
    if index % 5 == 4:
        params = dict(
            iouThrs=sorted(float(v) for v in np.round(rng.uniform(0.05, 1, rng.integers(1, 13)), 2)),
            maxDets=sorted(int(v) for v in rng.choice(np.arange(1, 120), rng.integers(1, 4), replace=False)),
            areaRng=[[0, 1e10], [0, 300], [300, 1500]],
        )
    return gt, results, params


def packed(values):
    out = []
    for value in values.flatten().tolist():
        if out and out[-2] == value:
            out[-1] += 1
        else:
            out += [value, 1]
    return out


def evaluate(kind, gt, dt, params):
    truth = COCO()
    truth.dataset = json.loads(json.dumps(gt))
    truth.createIndex()
    run = COCOeval(truth, truth.loadRes(json.loads(json.dumps(dt))), kind)
    if params:
        run.params.iouThrs = np.array(params["iouThrs"])
        run.params.maxDets = params["maxDets"]
        run.params.areaRng = params["areaRng"]
        run.params.areaRngLbl = ["all", "a", "b"]
    run.evaluate()
    run.accumulate()
    out = {key: packed(run.eval[key]) for key in ("precision", "recall", "scores")}
    if not params:
        run.summarize()
        out["stats"] = run.stats.tolist()
    return out


def main():
    folder = os.path.join(os.path.dirname(__file__), "../golden/eval")
    os.makedirs(folder, exist_ok=True)
    for seed, kind, count in ((1, "bbox", 200), (2, "segm", 160), (3, "keypoints", 120)):
        rng = np.random.default_rng(seed)
        cases = []
        index = 0
        while len(cases) < count:
            made = case(rng, kind, index)
            index += 1
            if made is None:
                continue
            gt, dt, params = made
            with contextlib.redirect_stdout(io.StringIO()):
                out = evaluate(kind, gt, dt, params)
            cases.append(dict(gt=gt, dt=dt, **({"params": params} if params else {}), **out))
        path = os.path.join(folder, f"{kind}.json.gz")
        with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as file:
            file.write(json.dumps(cases, separators=(",", ":")).encode())
        print(path, os.path.getsize(path), len(cases))


def example():
    shared = os.path.join(os.path.dirname(__file__), "../../../shared/data/coco-eval")
    if not os.path.isdir(shared):
        print("skipped coco-example.json: no", shared)
        return
    figures = {}
    for kind in ("bbox", "segm"):
        with contextlib.redirect_stdout(io.StringIO()):
            truth = COCO(os.path.join(shared, "instances_val2014_100.json"))
            found = truth.loadRes(os.path.join(shared, f"instances_val2014_fake{kind}100_results.json"))
            run = COCOeval(truth, found, kind)
            run.evaluate()
            run.accumulate()
            run.summarize()
        figures[kind] = run.stats.tolist()
    with open(os.path.join(os.path.dirname(__file__), "../golden/eval/coco-example.json"), "w") as file:
        json.dump(figures, file, indent=1)


main()
example()
