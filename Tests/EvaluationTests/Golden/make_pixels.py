"""Makes pixels.json: made-up maps and masks, the histograms of the maps' values at the masks' pixels, and PxAP and pIoU of
them, written after the definitions of Choe et al. (2020) with NumPy.

    python make_pixels.py        needs numpy 2
"""

import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
SIZE = 12


def histogram(values, edges):
    return np.histogram(values, bins=edges)[0]


def main():
    random = np.random.default_rng(18)
    cases = []
    for thresholds in (7, 100, 1000):
        edges = np.append(np.arange(thresholds) * (1 / thresholds), [1.0, 2.0, 3.0])
        foreground = np.zeros(thresholds + 2, dtype=np.int64)
        background = foreground.copy()
        images = []
        for number in range(6):
            objects = [random.choice(np.array([0] * 11 + [1, 128, 255], dtype=np.uint8), (SIZE, SIZE)) for _ in range(1 + number % 3)]
            ignored = [random.choice(np.array([0, 0, 0, 1, 255], dtype=np.uint8), (SIZE, SIZE)) for _ in range(number % 2)]
            is_object = np.any([mask.astype(np.float32) > 0.5 for mask in objects], axis=0)
            is_ignored = np.any([mask.astype(np.float32) > 0.5 for mask in ignored], axis=0) & ~is_object \
                if ignored else np.zeros_like(is_object)
            # Values on the bins' edges among them, and the least and the greatest.
            # Greater on the objects, which is what makes a map worth something.
            values = (0.7 * random.random((SIZE, SIZE)) + 0.29 * is_object).astype(np.float32)
            on_edges = random.random((SIZE, SIZE)) < 0.4
            values[on_edges] = (random.integers(0, thresholds, (SIZE, SIZE)) / thresholds).astype(np.float32)[on_edges]
            values.flat[random.integers(70)] = 0
            values.flat[70 + random.integers(70)] = 1
            if number == 4:
                values[:] = 0.5
            # A constant map is 0 everywhere.
            counted = values if values.max() > values.min() else np.zeros_like(values)
            foreground += histogram(counted[is_object], edges)
            background += histogram(counted[~is_object & ~is_ignored], edges)
            images.append({"values": [float(value) for value in values.ravel()],
                           "objects": [mask.tobytes().hex() for mask in objects],
                           "ignored": [mask.tobytes().hex() for mask in ignored]})
        hits, others = foreground[::-1].cumsum(), background[::-1].cumsum()
        with np.errstate(invalid="ignore"):
            precision = hits / (hits + others)
        recall = hits / foreground.sum()
        steps = (precision[1:] * np.diff(recall))[(hits + others)[1:] != 0]
        overlap = hits / (foreground.sum() + others)
        best = max(place for place in range(len(overlap)) if overlap[place] == overlap.max())
        cases.append({"thresholds": thresholds, "size": SIZE, "images": images,
                      "foreground": foreground[:-1].tolist(), "background": background[:-1].tolist(),
                      "pxap": float(steps.sum()), "piou": float(overlap.max()),
                      "threshold": float(edges[:-1][::-1][best])})
    (HERE / "pixels.json").write_text(json.dumps(cases).replace('{"values"', '\n{"values"') + "\n")


main()
