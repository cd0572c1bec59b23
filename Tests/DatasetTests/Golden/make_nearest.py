"""Makes nearest.json: which of `from` pixels OpenCV's nearest neighbour takes for each of `to`, in both directions of the
picture. The pairs of sizes are those where one rounding more or less takes another pixel, and some ordinary ones.

    python make_nearest.py        needs numpy, opencv-python-headless 4 or 5
"""

import json
import math
import pathlib

import cv2
import numpy as np

HERE = pathlib.Path(__file__).parent


def places(of, to):
    row = np.tile(np.arange(of, dtype=np.float32), (2, 1))
    across = cv2.resize(row, (to, 2), interpolation=cv2.INTER_NEAREST)[0].astype(int).tolist()
    down = cv2.resize(row.T.copy(), (2, to), interpolation=cv2.INTER_NEAREST)[:, 0].astype(int).tolist()
    assert across == down
    return across


def is_delicate(of, to):
    return any(math.floor(x * (1 / (to / of))) != math.floor(x * (of / to)) or
               math.floor(x * (1 / (to / of))) != x * of // to for x in range(to))


def main():
    delicate = [(of, to) for to in (224, 227, 32) for of in range(2, 1400) if is_delicate(of, to)]
    pairs = delicate[::max(1, len(delicate) // 20)] + [(1, 224), (224, 224), (500, 224), (375, 224), (1024, 224),
                                                       (683, 224), (3, 7), (100, 7), (64, 32), (21, 32)]
    cases = [{"from": of, "to": to, "places": places(of, to)} for of, to in pairs]
    text = json.dumps(cases)
    (HERE / "nearest.json").write_text(text.replace('{"from"', '\n{"from"') + "\n")
    print(len(delicate), "delicate pairs of sizes")


main()
