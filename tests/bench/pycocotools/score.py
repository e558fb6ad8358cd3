"""Scores COCO key point results with the official tool: score.py ANNOTATIONS RESULTS [ROUNDS]

Prints one JSON document: the ten figures, AP and AR by similarity threshold for each range of areas, and the seconds of processor
time of scoring (from results in memory), one a round. Needs pycocotools.
"""

import contextlib
import io
import json
import sys
import time

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

NAMES = ["AP", "AP50", "AP75", "APM", "APL", "AR", "AR50", "AR75", "ARM", "ARL"]


def mean(values):
    counted = values[values > -1]
    return float(counted.mean()) if counted.size else -1.0


def by_area(evaluated):
    precision, recall = evaluated["precision"], evaluated["recall"]  # [T, R, K, A, M], [T, K, A, M]
    return {
        area: {
            "APperThreshold": [mean(precision[t, :, :, i, 0]) for t in range(precision.shape[0])],
            "ARperThreshold": [mean(recall[t, :, i, 0]) for t in range(recall.shape[0])],
        }
        for i, area in enumerate(["all", "medium", "large"])
    }


def main(annotations, results, rounds=1):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(annotations)
        with open(results) as file:
            entries = json.load(file)
        seconds = []
        for _ in range(int(rounds)):
            copies = [dict(entry) for entry in entries]
            began = time.process_time()
            predicted = truth.loadRes(copies)
            evaluation = COCOeval(truth, predicted, "keypoints")
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
            seconds.append(time.process_time() - began)
    stats = {name: float(value) for name, value in zip(NAMES, np.asarray(evaluation.stats))}
    print(json.dumps({"stats": stats, "byArea": by_area(evaluation.eval), "seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
