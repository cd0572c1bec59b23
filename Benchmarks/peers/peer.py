"""Measures one stage with one peer and prints one JSON object a line: {"peer", "images_per_second"}.

    peer.py forward {torch,onnxruntime} NETWORK SIZE BATCH THREADS SECONDS
    peer.py decode pillow DIRECTORY SIZE SECONDS
"""

import io
import json
import statistics
import sys
import time
from pathlib import Path

import networks


def rate(step, images, seconds):
    """Images a second: the median over repeated calls of step(), after two to warm up."""
    step()
    step()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return images / statistics.median(times)


def pictures(side, batch):
    import numpy

    return numpy.random.default_rng(1).standard_normal((batch, 3, side, side)).astype(numpy.float32)


def torch_forward(network, size, batch, threads, seconds):
    import torch

    torch.set_num_threads(threads)
    model = networks.torchvision_model(network, networks.seeded_tensors(network))
    images = torch.from_numpy(pictures(size, batch))
    with torch.inference_mode():
        return rate(lambda: model(images), batch, seconds)


def onnx_forward(network, size, batch, threads, seconds):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    model = networks.onnx_model(networks.describe(network), networks.seeded_tensors(network))
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    images = pictures(size, batch)
    return rate(lambda: session.run(None, {"image": images}), batch, seconds)


def pillow_decode(directory, size, seconds):
    """Decode, shorter side to `size`, centre crop; from memory, one thread."""
    from PIL import Image

    files = [path.read_bytes() for path in sorted(Path(directory).iterdir()) if path.suffix.lower() in (".jpeg", ".jpg")]

    def step():
        for data in files:
            image = Image.open(io.BytesIO(data)).convert("RGB")
            width, height = image.size
            short = min(width, height)
            if short != size:
                image = image.resize((size * width // short, size * height // short), Image.BILINEAR)
            left, top = round((image.width - size) / 2), round((image.height - size) / 2)
            image.crop((left, top, left + size, top + size)).tobytes()

    return rate(step, len(files), seconds)


def main(arguments):
    kind, peer = arguments[:2]
    if kind == "forward":
        measure = torch_forward if peer == "torch" else onnx_forward
        value = measure(arguments[2], *map(int, arguments[3:6]), float(arguments[6]))
    elif kind == "decode":
        value = pillow_decode(arguments[2], int(arguments[3]), float(arguments[4]))
    else:
        raise SystemExit(__doc__)
    print(json.dumps({"peer": peer, "images_per_second": value}))


if __name__ == "__main__":
    main(sys.argv[1:])
