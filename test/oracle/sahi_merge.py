"""Merges the detections of overlapping tiles as SAHI does (GREEDYNMM, intersection over smaller, 0.5).

Usage: sahi_merge.py TILES.json MERGED.json; needs PyPI's `sahi`. Written for `npm run bench -- tiles`.
"""

import json
import sys

from sahi.postprocess.combine import GreedyNMMPostprocess
from sahi.prediction import ObjectPrediction

with open(sys.argv[1]) as file:
    given = json.load(file)
shape = [given["height"], given["width"]]
predictions = [
    ObjectPrediction(
        bbox=detection["box"],
        category_id=0,
        category_name="object",
        segmentation=[ring for ring in detection["polygons"] if len(ring) >= 6],
        score=detection["score"],
        shift_amount=[0, 0],
        full_shape=shape,
    )
    for detection in given["detections"]
    if detection["polygons"]
]
merged = GreedyNMMPostprocess(match_threshold=0.5, match_metric="IOS", class_agnostic=False)(predictions)
with open(sys.argv[2], "w") as file:
    json.dump(
        [{"score": float(one.score.value), "polygons": one.mask.segmentation} for one in merged], file
    )
