"""Makes npy.json: small arrays as NumPy saves them, and the numbers that are in them.

    python make_npy.py        needs numpy 2
"""

import base64
import io
import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent


def saved(array, version):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return base64.b64encode(out.getvalue()).decode()


def main():
    random = np.random.default_rng(1)
    # Exact in float16, so that every type holds the same numbers.
    plain = random.integers(-512, 512, (2, 3)) / 8
    cases = []
    for kind in ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8"]:
        for order in "CF":
            version = [(1, 0), (2, 0), (3, 0)][len(cases) % 3]
            cases.append({"name": f"{kind} {order} {version[0]}", "array": np.array(plain, kind, order=order),
                          "version": version})
    for shape in [(1, 2, 3), (2, 3, 1), (1, 1, 2, 3, 1)]:
        cases.append({"name": f"shape {shape}", "array": plain.reshape(shape).astype("<f4"), "version": (1, 0)})
    cases.append({"name": "F and a leading 1", "array": np.asfortranarray(plain.astype("<f4"))[None], "version": (1, 0)})
    text = json.dumps([
        {"name": case["name"], "file": saved(case["array"], case["version"]), "width": 3, "height": 2,
         "values": plain.ravel().tolist()} for case in cases
    ])
    (HERE / "npy.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")


main()
