"""Makes score_maps.json: what OpenCV and NumPy make of small maps, as the WSOL benchmark uses them.

    python make_score_maps.py        needs opencv-python-headless 5.0 and numpy 2
"""

import json
import pathlib

import cv2
import numpy as np

HERE = pathlib.Path(__file__).parent


def levels(random, kind, height, width):
    """Maps of 8 bits: noise, few levels, one level, rings within rings, smooth hills."""
    if kind == 0:
        return random.integers(0, 256, (height, width))
    if kind == 1:
        return random.integers(0, 4, (height, width)) * 85
    if kind == 2:
        return (random.random((height, width)) < 0.55) * 200
    if kind == 3:
        y, x = np.mgrid[0:height, 0:width]
        distance = np.maximum(np.abs(y - height // 2), np.abs(x - width // 2))
        return (distance % 3 + 1) * 60 + random.integers(0, 2, (height, width)) * 20
    hills = cv2.resize(random.random((4, 5)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return (hills - hills.min()) / (hills.max() - hills.min()) * 255


def boxes(image, threshold):
    """The largest contour's box, and all contours'."""
    height, width = image.shape
    binary = (image > threshold).astype(np.uint8) * 255
    contours = cv2.findContours(binary, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)[0]

    def box(contour):
        x, y, w, h = cv2.boundingRect(contour)
        return [x, y, min(x + w, width - 1), min(y + h, height - 1)]

    if not contours:
        return [0, 0, 0, 0], []
    return box(max(contours, key=cv2.contourArea)), sorted(set(map(tuple, map(box, contours))))


def main():
    random = np.random.default_rng(2020)
    contours = []
    for index in range(60):
        height, width = random.integers(3, 17, 2)
        image = levels(random, index % 5, height, width).astype(np.uint8)
        cuts = sorted({0, *random.integers(0, 255, 5).tolist(), max(int(image.max()) - 1, 0)})
        cases = []
        for cut in cuts:
            largest, every = boxes(image, cut)
            cases.append({"threshold": cut, "largest": largest, "all": every})
        contours.append({"width": int(width), "height": int(height), "levels": image.tobytes().hex(), "cuts": cases})
    resized = []
    for shape, to in [((7, 7), 24), ((14, 9), 20), ((2, 3), 11), ((1, 5), 9), ((30, 41), 13), ((1, 1), 4)]:
        # The decimals that are written are the values: float32 with three of them.
        values = (np.round(random.standard_normal(shape) * 2000) / 1000).astype(np.float32)
        wanted = cv2.resize(values, (to, to), interpolation=cv2.INTER_CUBIC)
        resized.append({
            "height": shape[0], "width": shape[1], "to": to,
            "values": [round(float(value), 3) for value in values.ravel()],
            "resized": [float(f"{value:.9g}") for value in wanted.ravel()],
        })
    text = json.dumps({"contours": contours, "resized": resized}, separators=(",", ":"))
    (HERE / "score_maps.json").write_text(text.replace('{"width"', '\n{"width"').replace('{"height"', '\n{"height"') + "\n")


main()
