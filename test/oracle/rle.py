"""Writes test/golden/rle/rle.json.gz: what pycocotools says of seeded random masks and polygons.

Run: python3 test/oracle/rle.py   (needs pycocotools and numpy)

Layout of the file:
  masks     [{size: [h, w], text, counts, area, box}]          of random bitmaps, blobs, empty and full ones
  merges    [{masks: [text …], size, union, intersection}]
  ious      [{size, dt: [text …], gt: [text …], crowd: [0|1 …], iou: [D × G row-major]}]
  boxIous   [{dt: [[x,y,w,h] …], gt, crowd, iou}]
  polygons  [{size, rings: [[x0,y0,…] …], text}]
"""
import gzip
import json
import os

import numpy as np
from pycocotools import mask as m

rng = np.random.default_rng(7)


def encode(bitmap):
    return m.encode(np.asfortranarray(bitmap.astype(np.uint8)))


def text(rle):
    return rle["counts"].decode()


def counts_of(bitmap):
    flat = bitmap.astype(np.uint8).flatten(order="F")
    changes = np.flatnonzero(np.diff(flat)) + 1
    bounds = np.concatenate([[0], changes, [flat.size]])
    runs = np.diff(bounds).tolist()
    return ([0] + runs) if flat[0] else runs


def blob(h, w):
    y, x = np.mgrid[:h, :w]
    mask = np.zeros((h, w), bool)
    for _ in range(rng.integers(1, 4)):
        cx, cy = rng.uniform(0, w), rng.uniform(0, h)
        rx, ry = rng.uniform(1, w / 2 + 1), rng.uniform(1, h / 2 + 1)
        mask |= ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1
    if rng.random() < 0.3:
        mask &= rng.random((h, w)) < 0.8
    return mask


def random_mask(h, w):
    kind = rng.integers(5)
    if kind == 0:
        return rng.random((h, w)) < rng.random()
    if kind == 1:
        return np.zeros((h, w), bool) if rng.random() < 0.5 else np.ones((h, w), bool)
    return blob(h, w)


masks = []
for i in range(150):
    h, w = (int(v) for v in rng.integers(1, 40, 2)) if i else (300, 400)
    bitmap = random_mask(h, w)
    rle = encode(bitmap)
    masks.append(
        dict(size=[h, w], text=text(rle), counts=counts_of(bitmap), area=int(m.area(rle)), box=m.toBbox(rle).tolist())
    )

merges = []
for _ in range(60):
    h, w = (int(v) for v in rng.integers(1, 40, 2))
    rles = [encode(random_mask(h, w)) for _ in range(rng.integers(1, 5))]
    merges.append(
        dict(
            size=[h, w],
            masks=[text(r) for r in rles],
            union=text(m.merge(rles)),
            intersection=text(m.merge(rles, intersect=True)),
        )
    )

ious = []
for _ in range(60):
    h, w = (int(v) for v in rng.integers(1, 60, 2))
    dt = [encode(random_mask(h, w)) for _ in range(rng.integers(1, 6))]
    gt = [encode(random_mask(h, w)) for _ in range(rng.integers(1, 6))]
    crowd = [int(rng.random() < 0.3) for _ in gt]
    ious.append(
        dict(
            size=[h, w],
            dt=[text(r) for r in dt],
            gt=[text(r) for r in gt],
            crowd=crowd,
            iou=m.iou(dt, gt, crowd).flatten().tolist(),
        )
    )

box_ious = []
for _ in range(60):
    def boxes(n):
        return np.round(rng.uniform(0, 50, (n, 4)) * rng.integers(0, 2, (n, 1)) + rng.uniform(0, 9, (n, 4)), 2).tolist()

    dt, gt = boxes(rng.integers(1, 6)), boxes(rng.integers(1, 6))
    crowd = [int(rng.random() < 0.3) for _ in gt]
    box_ious.append(dict(dt=dt, gt=gt, crowd=crowd, iou=m.iou(dt, gt, crowd).flatten().tolist()))


def ring(h, w):
    kind = rng.integers(6)
    n = int(rng.integers(3, 14))
    if kind == 0:  # anything, crossing itself, partly outside
        points = rng.uniform(-0.3, 1.3, (n, 2)) * [w, h]
    elif kind == 1:  # whole and half pixels, repeated points
        points = np.round(rng.uniform(-0.1, 1.1, (n, 2)) * [w, h] * 2) / 2
        points = np.repeat(points, rng.integers(1, 3, n), axis=0)
    elif kind == 2:  # axis-aligned steps
        xs = np.sort(rng.integers(0, w + 1, n))
        ys = rng.integers(0, h + 1, n)
        points = np.concatenate([[[x, y0], [x, y1]] for x, y0, y1 in zip(xs, ys, np.roll(ys, -1))])
    elif kind == 3:  # tiny
        points = rng.uniform(0, 1, (n, 2)) * 3 + rng.uniform(0, 1, 2) * [w, h]
    else:  # a wobbly outline, as annotators draw
        angle = np.sort(rng.uniform(0, 2 * np.pi, n * 3))
        radius = rng.uniform(0.5, 1, n * 3) * min(h, w) / 2
        points = np.stack([np.cos(angle) * radius + w / 2, np.sin(angle) * radius + h / 2], 1)
    return [round(v, 2) for v in points.flatten().tolist()]


polygons = []
for i in range(500):
    h, w = (int(v) for v in rng.integers(1, 80, 2))
    if i % 25 == 0:
        h, w = 427, 640
    rings = [ring(h, w) for _ in range(1 if rng.random() < 0.7 else rng.integers(2, 4))]
    polygons.append(dict(size=[h, w], rings=rings, text=text(m.merge(m.frPyObjects(rings, h, w)))))

out = os.path.join(os.path.dirname(__file__), "../golden/rle/rle.json.gz")
os.makedirs(os.path.dirname(out), exist_ok=True)
content = dict(masks=masks, merges=merges, ious=ious, boxIous=box_ious, polygons=polygons)
with open(out, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as file:
    file.write(json.dumps(content, separators=(",", ":")).encode())
print(out, os.path.getsize(out))
