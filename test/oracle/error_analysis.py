"""Writes test/golden/eval/error-analysis.json: what an analysis of errors should give on the data sets of eval.py, from
pycocotools' matches, scikit-learn's calibration curve and plain counting.

Run: python3 test/oracle/error_analysis.py   (needs pycocotools, scikit-learn, numpy, and eval.py's files)

Layout: {bbox: [...], segm: [...]}, one entry for each of the first cases, null where a case has parameters of its own:
  confusion    [[true category or null, predicted category or null, count], ...] of detections that score SCORE or more
  calibration  [fractions correct, mean scores] of the ten bins that are not empty, or null without detections
  f1           the greatest F1 over all score thresholds, all categories together, or null if nothing is found
  f1s          the same of each category, by ascending id
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
from sklearn.calibration import calibration_curve

GOLDEN = os.path.join(os.path.dirname(__file__), "../golden/eval")
SCORE, IOU = 0.4, 0.5
CASES = 60


def confusion(kind, truth, found):
    counts = {}

    def count(true, predicted):
        counts[true, predicted] = counts.get((true, predicted), 0) + 1

    for image in truth.getImgIds():
        everything = truth.loadAnns(truth.getAnnIds(image))
        objects = [a for a in everything if not a["iscrowd"]]
        crowds = [a for a in everything if a["iscrowd"]]
        # The order of the results file breaks ties.
        shown = [d for d in found.loadAnns(found.getAnnIds(image)) if d["score"] >= SCORE]
        shown.sort(key=lambda d: -d["score"])
        known = set(truth.getCatIds())
        shown = [d for d in shown if d["category_id"] in known]
        shape = (lambda a: a["bbox"]) if kind == "bbox" else truth.annToRLE
        iou = np.zeros((len(shown), len(objects)))
        if shown and objects:
            iou = masks.iou([shape(d) for d in shown], [shape(o) for o in objects], [0] * len(objects))
        free_detections, free_objects = set(range(len(shown))), set(range(len(objects)))
        for equal in (True, False):
            while True:
                # The best pair that is left, found by looking at all of them.
                best = None
                for d in sorted(free_detections):
                    for o in sorted(free_objects):
                        same = shown[d]["category_id"] == objects[o]["category_id"]
                        if same == equal and iou[d, o] >= IOU and (best is None or iou[d, o] > iou[best]):
                            best = (d, o)
                if best is None:
                    break
                free_detections.discard(best[0])
                free_objects.discard(best[1])
                count(objects[best[1]]["category_id"], shown[best[0]]["category_id"])
        for o in free_objects:
            count(objects[o]["category_id"], None)
        for d in free_detections:
            own = [c for c in crowds if c["category_id"] == shown[d]["category_id"]]
            if own and masks.iou([shape(shown[d])], [shape(c) for c in own], [1] * len(own)).max() >= IOU:
                continue
            count(None, shown[d]["category_id"])
    return sorted(([t, p, n] for (t, p), n in counts.items()), key=str)


def best_f1(scores, correct, objects):
    best = 0
    for threshold in sorted(set(scores)):
        shown = scores >= threshold
        best = max(best, 2 * correct[shown].sum() / (shown.sum() + objects))
    return float(best) if best > 0 else None


def figures(kind, gt, dt):
    truth = COCO()
    truth.dataset = json.loads(json.dumps(gt))
    truth.createIndex()
    found = truth.loadRes(json.loads(json.dumps(dt)))
    run = COCOeval(truth, found, kind)
    run.evaluate()
    outcomes = {}
    for result in run.evalImgs:
        if result is None or result["aRng"] != run.params.areaRng[0]:
            continue
        scores, correct, objects = outcomes.setdefault(result["category_id"], ([], [], [0]))
        for score, match, ignored in zip(result["dtScores"], result["dtMatches"][0], result["dtIgnore"][0]):
            if not ignored:
                scores.append(score)
                correct.append(match > 0)
        objects[0] += int(sum(1 - np.array(result["gtIgnore"])))
    arrays = {
        category: (np.array(scores), np.array(correct, bool), objects[0])
        for category, (scores, correct, objects) in outcomes.items()
    }
    none = (np.array([]), np.array([], bool), 0)
    scores = np.concatenate([none[0], *(a[0] for a in arrays.values())])
    correct = np.concatenate([none[1], *(a[1] for a in arrays.values())])
    curve = None
    if len(scores) > 0:
        curve = [values.tolist() for values in calibration_curve(correct, scores, n_bins=10)]
    return {
        "confusion": confusion(kind, truth, found),
        "calibration": curve,
        "f1": best_f1(scores, correct, sum(a[2] for a in arrays.values())),
        "f1s": [best_f1(*arrays.get(c, none)) if arrays.get(c, none)[2] else None for c in sorted(truth.getCatIds())],
    }


def main():
    out = {}
    for kind in ("bbox", "segm"):
        with gzip.open(os.path.join(GOLDEN, f"{kind}.json.gz")) as file:
            cases = json.load(file)[:CASES]
        with contextlib.redirect_stdout(io.StringIO()):
            out[kind] = [None if "params" in case else figures(kind, case["gt"], case["dt"]) for case in cases]
    path = os.path.join(GOLDEN, "error-analysis.json")
    with open(path, "w") as file:
        json.dump(json.loads(json.dumps(out), parse_float=lambda text: round(float(text), 12)), file, separators=(",", ":"))
    print(path, os.path.getsize(path))


if __name__ == "__main__":
    main()
