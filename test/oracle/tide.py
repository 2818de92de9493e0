"""Writes test/golden/eval/tide.json: what TIDE (the `tidecv` package) makes of the data sets and results of eval.py, of
COCO's own example and of torchvision's results on nuclei val.

Run: python3 test/oracle/tide.py   (needs tidecv 1.0.1, and eval.py's files; opencv-python-headless serves as cv2)

Layout: {bbox: [figures of each case of bbox.json.gz], segm: [...], coco: {bbox, segm}, nuclei: {bbox, segm}}, the last two
from ../shared/data and ../shared/models beside the repository. Figures: [AP, six costs, cost of false positives, of false
negatives, six counts] in TIDE's order and in percent; null for a case that has parameters of its own or leaves TIDE nothing
to average.
TIDE orders detections of equal score by the order of the pictures, which is by ascending id here.
"""
import gzip
import json
import os

from pycocotools import mask as masks
from tidecv import TIDE, Data

HERE = os.path.dirname(__file__)
GOLDEN = os.path.join(HERE, "../golden/eval")
SHARED = os.path.join(HERE, "../../../shared")


def rle(segmentation, image):
    height, width = image["height"], image["width"]
    if isinstance(segmentation, list):
        return masks.merge(masks.frPyObjects(segmentation, height, width))
    if isinstance(segmentation["counts"], list):
        return masks.frPyObjects(segmentation, height, width)
    return segmentation


def figures(kind, gt, dt, most=100):
    truth, found = Data("gt", max_dets=most), Data("dt")
    images = {image["id"]: image for image in gt["images"]}
    for image_id in sorted(images):
        truth.add_image(image_id, str(image_id))
    for category in gt["categories"]:
        truth.add_class(category["id"], category["name"])

    def shape(record):
        return (
            record.get("bbox") if kind == "bbox" else None,
            rle(record["segmentation"], images[record["image_id"]]) if kind == "segm" else None,
        )

    for annotation in gt["annotations"]:
        add = truth.add_ignore_region if annotation.get("iscrowd") else truth.add_ground_truth
        add(annotation["image_id"], annotation["category_id"], *shape(annotation))
    for result in dt:
        found.add_detection(result["image_id"], result["category_id"], result["score"], *shape(result))
    tide = TIDE(mode=TIDE.BOX if kind == "bbox" else TIDE.MASK)
    try:
        run = tide.evaluate(truth, found)
        main = list(run.fix_main_errors().values())
        special = list(run.fix_special_errors().values())
    except ZeroDivisionError:
        return None
    return [run.ap, *main, *special, *run.count_errors().values()]


def read(path):
    with open(os.path.join(SHARED, path)) as file:
        return json.load(file)


def rounded(value):
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list) else value


def main():
    out = {}
    for kind in ("bbox", "segm"):
        with gzip.open(os.path.join(GOLDEN, f"{kind}.json.gz")) as file:
            cases = json.load(file)
        out[kind] = [None if "params" in case else figures(kind, case["gt"], case["dt"]) for case in cases]
    example = read("data/coco-eval/instances_val2014_100.json")
    out["coco"] = {
        kind: figures(kind, example, read(f"data/coco-eval/instances_val2014_fake{kind}100_results.json"))
        for kind in ("bbox", "segm")
    }
    nuclei = read("data/nuclei/val.json")
    results = read("models/nuclei-r18fpn.val.torchvision.json")
    # Up to 375 nuclei in a picture.
    out["nuclei"] = {kind: figures(kind, nuclei, results, 400) for kind in ("bbox", "segm")}
    path = os.path.join(GOLDEN, "tide.json")
    with open(path, "w") as file:
        json.dump(rounded(out), file, separators=(",", ":"))
    print(path, os.path.getsize(path), out["coco"], out["nuclei"], sep="\n")


if __name__ == "__main__":
    main()
