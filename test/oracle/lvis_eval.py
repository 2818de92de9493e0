"""Writes test/golden/eval/lvis.json.gz: seeded random data sets that annotate only some categories, results, and what
the lvis package makes of them.

Run: python3 test/oracle/lvis_eval.py   (needs lvis, pycocotools and numpy)

Layout: [{gt, dt, bbox, segm}, ...]
  gt, dt      data set and results, as they would lie in files; images have neg_category_ids and
              not_exhaustive_category_ids
  bbox, segm  [AP, AP50, AP75, APs, APm, APl] of LVISEval
Pictures are small and have few detections, so that LVIS's limit of 300 detections for all classes and COCO's of 100 for
each never matter.
"""
import contextlib
import gzip
import io
import json
import logging
import os
import tempfile

import numpy as np
from lvis import LVIS, LVISEval, LVISResults
from pycocotools import mask as masks

# lvis 0.5.3 uses an alias that numpy has removed.
np.float = float

CATEGORIES = 6
SIDE = 120


def rle(box):
    x, y, w, h = box
    rows, columns = np.mgrid[:SIDE, :SIDE]
    mask = ((columns + 0.5 - x - w / 2) / (w / 2)) ** 2 + ((rows + 0.5 - y - h / 2) / (h / 2)) ** 2 < 1
    code = masks.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"size": [SIDE, SIDE], "counts": code["counts"].decode()}, int(mask.sum())


def random_box(rng):
    w, h = rng.uniform(6, 90), rng.uniform(6, 90)
    return [round(float(v), 1) for v in (rng.uniform(0, SIDE - w), rng.uniform(0, SIDE - h), w, h)]


def near(rng, box):
    jitter = rng.normal(0, 0.06, 4) * [box[2], box[3], box[2], box[3]]
    x, y, w, h = np.array(box) + jitter
    return [round(float(v), 1) for v in (x, y, max(w, 4), max(h, 4))]


def case(seed):
    rng = np.random.default_rng(seed)
    images, annotations, results = [], [], []
    ids = list(range(1, CATEGORIES + 1))
    for image_id in range(1, 9):
        present = [int(c) for c in rng.choice(ids, rng.integers(0, 4), replace=False)]
        rest = [c for c in ids if c not in present]
        absent = [int(c) for c in rng.choice(rest, rng.integers(0, len(rest)), replace=False)]
        partial = [c for c in present if rng.random() < 0.4]
        images.append({
            "id": image_id, "width": SIDE, "height": SIDE, "file_name": f"{image_id}.png",
            "neg_category_ids": absent, "not_exhaustive_category_ids": partial,
        })
        for category in present:
            for _ in range(rng.integers(1, 4)):
                box = random_box(rng)
                segmentation, area = rle(box)
                annotations.append({
                    "id": len(annotations) + 1, "image_id": image_id, "category_id": category,
                    "bbox": box, "area": area, "segmentation": segmentation, "iscrowd": 0,
                })
                if rng.random() < 0.8:
                    results.append((image_id, category, near(rng, box)))
        # Of classes that are present, absent or unknown.
        for _ in range(rng.integers(2, 10)):
            results.append((image_id, int(rng.choice(ids)), random_box(rng)))
    dt = []
    for image_id, category, box in results:
        segmentation, _ = rle(box)
        score = round(float(rng.random()), 4)
        dt.append({"image_id": image_id, "category_id": category, "bbox": box, "segmentation": segmentation, "score": score})
    categories = [{"id": c, "name": f"class {c}"} for c in ids]
    return {"images": images, "annotations": annotations, "categories": categories}, dt


def figures(gt, dt, kind):
    full = {**gt, "categories": [{**c, "frequency": "f"} for c in gt["categories"]]}
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        path = os.path.join(folder, "gt.json")
        with open(path, "w") as file:
            json.dump(full, file)
        truth = LVIS(path)
        # LVISResults takes the area of a mask from its segmentation only where there is no box, as COCO's loadRes.
        evaluation = LVISEval(truth, LVISResults(truth, [dict(entry) for entry in dt]), kind)
        evaluation.run()
    names = ["AP", "AP50", "AP75", "APs", "APm", "APl"]
    return [float(evaluation.results[name]) for name in names]


def main():
    logging.disable(logging.CRITICAL)
    cases = []
    for seed in range(12):
        gt, dt = case(seed)
        cases.append({"gt": gt, "dt": dt, **{kind: figures(gt, dt, kind) for kind in ("bbox", "segm")}})
    path = os.path.join(os.path.dirname(__file__), "..", "golden", "eval", "lvis.json.gz")
    with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as file:
        file.write(json.dumps(cases).encode())


main()
