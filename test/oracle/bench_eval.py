"""A peer of `npm run bench -- eval`: one whole evaluation, from files to the summary.

Run: python3 test/oracle/bench_eval.py pycocotools|faster-coco-eval|hotcoco bbox|segm GT.json DT.json
Prints the summary on stderr and, on stdout, one JSON line: {"stats": [12 figures], "maxrss": kilobytes}.
"""
import contextlib
import json
import resource
import sys

library, kind, gt_path, dt_path = sys.argv[1:]
with contextlib.redirect_stdout(sys.stderr):
    if library == "pycocotools":
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    elif library == "hotcoco":
        from hotcoco import COCO, COCOeval
    else:
        from faster_coco_eval import COCO
        from faster_coco_eval import COCOeval_faster as COCOeval

    truth = COCO(gt_path)
    evaluation = COCOeval(truth, truth.loadRes(dt_path), kind)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()

stats = [float(value) for value in evaluation.stats[:12]]
print(json.dumps({"stats": stats, "maxrss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
