"""Measures one stage with one peer and prints one JSON object a line: {"peer", "images_per_second"}.

    peer.py forward {torch,onnxruntime} {alexnet,squeezenet1_1} SIZE BATCH THREADS SECONDS
    peer.py decode pillow DIRECTORY SIZE SECONDS
"""

import io
import json
import statistics
import sys
import time
from pathlib import Path


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


def torch_forward(network, size, batch, threads, seconds):
    import torch
    import torchvision

    torch.manual_seed(0)
    torch.set_num_threads(threads)
    model = getattr(torchvision.models, network)(weights=None).eval()
    pictures = torch.randn(batch, 3, size, size)
    with torch.inference_mode():
        return rate(lambda: model(pictures), batch, seconds)


def onnx_model(network, size):
    """The network as an ONNX graph with random weights."""
    import numpy
    from onnx import TensorProto, helper, numpy_helper

    random = numpy.random.default_rng(0)
    nodes, weights = [], []

    def add(kind, inputs, **attributes):
        name = f"t{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def weight(*shape):
        name = f"w{len(weights)}"
        scale = (2 / max(1, numpy.prod(shape[1:]))) ** 0.5
        values = (random.standard_normal(shape) * scale).astype(numpy.float32)
        weights.append(numpy_helper.from_array(values, name))
        return name

    def conv(x, inputs, outputs, kernel, stride=1, pad=0):
        y = add("Conv", [x, weight(outputs, inputs, kernel, kernel), weight(outputs)], kernel_shape=[kernel] * 2,
                strides=[stride] * 2, pads=[pad] * 4)
        return add("Relu", [y])

    def pool(x, ceil=0):
        return add("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=ceil)

    def fire(x, inputs, squeeze, expand):
        s = conv(x, inputs, squeeze, 1)
        return add("Concat", [conv(s, squeeze, expand, 1), conv(s, squeeze, expand, 3, pad=1)], axis=1)

    if network == "alexnet":
        x = pool(conv("x", 3, 64, 11, 4, 2))
        x = pool(conv(x, 64, 192, 5, pad=2))
        x = conv(conv(conv(x, 192, 384, 3, pad=1), 384, 256, 3, pad=1), 256, 256, 3, pad=1)
        x = add("Flatten", [pool(x)])
        for inputs, outputs in ((9216, 4096), (4096, 4096), (4096, 1000)):
            x = add("Gemm", [x, weight(outputs, inputs), weight(outputs)], transB=1)
            if outputs != 1000:
                x = add("Relu", [x])
    else:
        x = pool(conv("x", 3, 64, 3, 2), 1)
        x = pool(fire(fire(x, 64, 16, 64), 128, 16, 64), 1)
        x = pool(fire(fire(x, 128, 32, 128), 256, 32, 128), 1)
        x = fire(fire(fire(fire(x, 256, 48, 192), 384, 48, 192), 384, 64, 256), 512, 64, 256)
        x = add("GlobalAveragePool", [conv(x, 512, 1000, 1)])
    graph = helper.make_graph(
        nodes, network, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, size, size])],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, None)], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9).SerializeToString()


def onnx_forward(network, size, batch, threads, seconds):
    import numpy
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(onnx_model(network, size), options, providers=["CPUExecutionProvider"])
    pictures = numpy.random.default_rng(1).standard_normal((batch, 3, size, size)).astype(numpy.float32)
    return rate(lambda: session.run(None, {"x": pictures}), batch, seconds)


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
