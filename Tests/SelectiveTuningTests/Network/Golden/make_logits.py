"""Writes logits.safetensors: every catalogue network's outputs with seeded weights, from PyTorch and ONNX Runtime.

    make build && Benchmarks/peers/install
    Benchmarks/peers/.venv/bin/python Tests/SelectiveTuningTests/Network/Golden/make_logits.py

torchvision's or timm's own modules where they have the network; the Caffe forms, and ONNX graphs of all, from
`stnet-tool describe`. Names as arguments: only those networks; the others stay as they are in the file.
The weights are those of `stnet-tool random-weights --seed 1`, the picture is TestNetworks.picture(seed: 1).
"""

import json
import struct
import sys
from pathlib import Path

import numpy
import onnxruntime
import torch

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[3] / "Benchmarks/peers"))
import networks  # noqa: E402

NETWORKS = [
    "alexnet", "vgg16", "googlenet", "squeezenet1_0", "squeezenet1_1",
    "alexnet-caffe", "googlenet-caffe", "squeezenet1_0-caffe", "squeezenet1_1-caffe",
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide_resnet50_2", "resnet50-stride1",
    "vgg11", "vgg13", "vgg19", "vgg11_bn", "vgg13_bn", "vgg16_bn", "vgg19_bn", "vgg16-gap",
    "mobilenet_v1", "mobilenet_v2", "efficientnet_lite0", "inception_v3",
    "densenet121", "densenet161", "densenet169", "densenet201",
]
# torchvision re-scales from ImageNet's statistics itself.
TRANSFORMING = ("googlenet", "inception_v3")
IMAGENET = {"mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225], "order": [0, 1, 2],
            "divide_by_255": True}
CAFFE = {"mean": [123, 117, 104], "deviation": [1, 1, 1], "order": [2, 1, 0], "divide_by_255": False}


def write_safetensors(path, tensors):
    header, offset = {}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [offset, offset + values.nbytes]}
        offset += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(v.tobytes() for v in tensors.values()))


def picture(side, seed):
    state, values = seed * 77_777 + 5, []
    for place in range(side * side * 3):
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        values.append(((state >> 57) + (place // 3 % side // 7 + place // 3 // side // 5) % 4 * 42) & 255)
    return numpy.array(values, numpy.uint8).reshape(side, side, 3)


def normalized(pixels, rule):
    rule = {"imagenet": IMAGENET, "caffe-bgr": CAFFE}.get(rule, rule) if isinstance(rule, str) else rule
    values = pixels.astype(numpy.float32)
    if rule["divide_by_255"]:
        values = values / numpy.float32(255)
    values = (values - numpy.array(rule["mean"], numpy.float32)) / numpy.array(rule["deviation"], numpy.float32)
    return numpy.ascontiguousarray(values[:, :, rule["order"]].transpose(2, 0, 1))[None]


def by_torch(name, network, pixels, tensors):
    if name.endswith("-caffe"):
        images = normalized(pixels, network["input"]["normalization"])
        return networks.torch_outputs(network, images, tensors)[0]
    if name in TRANSFORMING:
        model, rule = networks.torch_model(name, tensors, transform_input=True), "imagenet"
    else:
        model, rule = networks.torch_model(name, tensors), network["input"]["normalization"]
    with torch.inference_mode():
        return model(torch.from_numpy(normalized(pixels, rule))).numpy()[0]


def by_onnxruntime(network, pixels, tensors):
    session = onnxruntime.InferenceSession(
        networks.onnx_model(network, tensors), providers=["CPUExecutionProvider"])
    return session.run(None, {"image": normalized(pixels, network["input"]["normalization"])})[0].ravel()


def main(names):
    torch.set_num_threads(1)
    file = HERE / "logits.safetensors"
    logits = networks.read_safetensors(file) if names else {}
    for name in names or NETWORKS:
        network, tensors = networks.describe(name), networks.seeded_tensors(name)
        pixels = picture(network["input"]["size"], 1)
        peer = by_torch(name, network, pixels, tensors)
        logits[name + ".torch"] = peer.astype(numpy.float32)
        logits[name + ".onnxruntime"] = by_onnxruntime(network, pixels, tensors).astype(numpy.float32)
        difference = abs(logits[name + ".torch"] - logits[name + ".onnxruntime"]).max() / abs(peer).max()
        print(f"{name}: the peers differ by {difference:.1e} of the largest logit, {abs(peer).max():.3g}")
    write_safetensors(file, logits)


if __name__ == "__main__":
    main(sys.argv[1:])
