"""Measures one stage with one peer and prints one JSON object a line: {"peer", "images_per_second"}.

    peer.py forward {torch,onnxruntime} NETWORK SIZE BATCH THREADS SECONDS
    peer.py decode {pillow,torchvision} DIRECTORY SIZE SECONDS
    peer.py {topdown,evaluate} selective_tuning DIRECTORY BATCH THREADS WEIGHTS SECONDS

The last two are AlexNet's, from the predicted class on, with the project's seeded weights; tensors of the file WEIGHTS
("-": none) come before those. PyTorch's forward pass is the faster of two orders in memory, channels first and channels
last, with half of the seconds each.
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
    model = networks.torch_model(network, networks.seeded_tensors(network))
    images = torch.from_numpy(pictures(size, batch))
    rates = []
    with torch.inference_mode():
        # Which order is the faster depends on the network: MobileNetV2 gains 40 % from the second.
        for order in (torch.contiguous_format, torch.channels_last):
            model, images = model.to(memory_format=order), images.contiguous(memory_format=order)
            rates.append(rate(lambda: model(images), batch, seconds / 2))
    return max(rates)


def onnx_forward(network, size, batch, threads, seconds):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    model = networks.onnx_model(networks.describe(network), networks.seeded_tensors(network))
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    images = pictures(size, batch)
    return rate(lambda: session.run(None, {"image": images}), batch, seconds)


def photographs(directory):
    return [path for path in sorted(Path(directory).iterdir()) if path.suffix.lower() in (".jpeg", ".jpg")]


def pillow_decode(directory, size, seconds):
    """Decode, shorter side to `size`, centre crop; from memory, one thread."""
    from PIL import Image

    files = [path.read_bytes() for path in photographs(directory)]

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


def torchvision_decode(directory, size, seconds):
    """The same through torchvision's decoder and its resize with antialiasing, on 8-bit tensors."""
    import torch
    from torchvision.io import ImageReadMode, decode_jpeg
    from torchvision.transforms.v2 import functional

    torch.set_num_threads(1)
    files = [torch.frombuffer(bytearray(path.read_bytes()), dtype=torch.uint8) for path in photographs(directory)]

    def step():
        for data in files:
            image = functional.resize(decode_jpeg(data, ImageReadMode.RGB), [size], antialias=True)
            functional.center_crop(image, [size, size])

    return rate(step, len(files), seconds)


def selective_tuning_model(weights, threads):
    import torch

    import selective_tuning

    torch.set_num_threads(threads)
    tensors = networks.seeded_tensors("alexnet")
    if weights != "-":
        tensors |= networks.read_safetensors(Path(weights))
    return selective_tuning.AlexNet(tensors)


def torch_top_down(directory, batch, threads, weights, seconds):
    """The top-down pass alone, from the predicted class to the box."""
    import torch

    import selective_tuning
    import top_down

    model = selective_tuning_model(weights, threads)
    pictures = torch.stack([selective_tuning.picture(path)[0] for path in photographs(directory)[:batch]])
    with torch.inference_mode():
        predicted = model.forward(pictures).argmax(1)
        return rate(lambda: top_down.boxes(model.top_down(predicted)), len(pictures), seconds)


def torch_evaluate(directory, batch, threads, weights, seconds):
    """Files to boxes and IoU, all photographs once, after one batch to warm up; `seconds` is not used."""
    import selective_tuning

    model = selective_tuning_model(weights, threads)
    paths = photographs(directory)
    evaluate = lambda paths: selective_tuning.evaluate(
        model, paths, [0] * len(paths), [[[10, 10, 200, 200]]] * len(paths), batch, threads, "predicted")
    evaluate(paths[:batch])
    start = time.perf_counter()
    evaluate(paths)
    return len(paths) / (time.perf_counter() - start)


def main(arguments):
    kind, peer = arguments[:2]
    if kind == "forward":
        measure = torch_forward if peer == "torch" else onnx_forward
        value = measure(arguments[2], *map(int, arguments[3:6]), float(arguments[6]))
    elif kind == "decode":
        measure = pillow_decode if peer == "pillow" else torchvision_decode
        value = measure(arguments[2], int(arguments[3]), float(arguments[4]))
    elif kind in ("topdown", "evaluate"):
        measure = torch_top_down if kind == "topdown" else torch_evaluate
        value = measure(arguments[2], *map(int, arguments[3:5]), arguments[5], float(arguments[6]))
    else:
        raise SystemExit(__doc__)
    print(json.dumps({"peer": peer, "images_per_second": value}))


if __name__ == "__main__":
    main(sys.argv[1:])
