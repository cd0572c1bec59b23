"""Writes logits.safetensors: every catalogue network's outputs with seeded weights, from PyTorch and ONNX Runtime.

    make build && Benchmarks/peers/install
    Benchmarks/peers/.venv/bin/python Tests/SelectiveTuningTests/Network/Golden/make_logits.py

torchvision's own modules where it has the network; the Caffe forms, and ONNX graphs of all, from `stnet-tool describe`.
The weights are those of `stnet-tool random-weights --seed 1`, the picture is TestNetworks.picture(seed: 1).
"""

import json
import struct
import subprocess
import tempfile
from pathlib import Path

import numpy
import onnxruntime
import torch
import torch.nn.functional as F
import torchvision
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).resolve().parent
TOOL = HERE.parents[3] / ".build/release/stnet-tool"
NETWORKS = ["alexnet", "vgg16", "googlenet", "squeezenet1_0", "squeezenet1_1",
            "alexnet-caffe", "googlenet-caffe", "squeezenet1_0-caffe", "squeezenet1_1-caffe"]
IMAGENET = {"mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225], "order": [0, 1, 2],
            "divide_by_255": True}
CAFFE = {"mean": [123, 117, 104], "deviation": [1, 1, 1], "order": [2, 1, 0], "divide_by_255": False}


def read_safetensors(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = (8 + length + offset for offset in entry["data_offsets"])
            tensors[name] = numpy.frombuffer(data[start:end], numpy.float32).reshape(entry["shape"])
    return tensors


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


def by_torchvision(name, pixels, tensors):
    # transform_input: torchvision re-scales from ImageNet's statistics itself.
    options = {"transform_input": True, "aux_logits": False} if name == "googlenet" else {}
    model = getattr(torchvision.models, name)(weights=None, init_weights=False, **options) if name == "googlenet" \
        else getattr(torchvision.models, name)(weights=None)
    state = {key: torch.from_numpy(value.copy()) for key, value in tensors.items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and all(key.endswith("num_batches_tracked") for key in missing), (missing, unexpected)
    with torch.inference_mode():
        return model.eval()(torch.from_numpy(normalized(pixels, "imagenet"))).numpy()[0]


def by_description(network, pixels, tensors):
    """The Caffe forms in PyTorch's functions."""
    values = {"image": torch.from_numpy(normalized(pixels, network["input"]["normalization"]))}
    tensor = {key: torch.from_numpy(value.copy()) for key, value in tensors.items()}
    for layer in network["layers"]:
        name, kind, x = layer["name"], layer["kind"], values[layer["from"][0]]
        if kind == "convolution":
            x = F.conv2d(x, tensor[name + ".weight"], tensor[name + ".bias"], layer["stride"], layer["padding"],
                         groups=layer["groups"])
        elif kind == "linear":
            x = F.linear(x.flatten(1), tensor[name + ".weight"], tensor[name + ".bias"])[:, :, None, None]
        elif kind == "maxPool":
            x = F.max_pool2d(x, layer["kernel"], layer["stride"], layer["padding"], ceil_mode=layer["ceil"])
        elif kind == "globalAveragePool":
            x = x.mean((2, 3), keepdim=True)
        elif kind == "localResponseNormalization":
            x = F.local_response_norm(x, layer["size"], layer["alpha"], layer["beta"], layer["k"])
        elif kind == "concatenation":
            x = torch.cat([values[name] for name in layer["from"]], 1)
        values[name] = F.relu(x) if layer.get("relu") else x
    return x.numpy().ravel()


def by_onnxruntime(network, pixels, tensors):
    nodes, weights, names = [], [], {"image": "image"}

    def add(kind, inputs, **attributes):
        nodes.append(helper.make_node(kind, inputs, [f"t{len(nodes)}"], **attributes))
        return f"t{len(nodes) - 1}"

    def weight(name):
        weights.append(numpy_helper.from_array(tensors[name], name))
        return name

    for layer in network["layers"]:
        prefix, x = layer.get("tensors", layer["name"]), names[layer["from"][0]]
        kind = layer["kind"]
        if kind == "convolution":
            inputs = [x, weight(prefix + ".weight")] + ([weight(prefix + ".bias")] if layer.get("bias", True) else [])
            y = add("Conv", inputs, kernel_shape=[layer["kernel"]] * 2, strides=[layer["stride"]] * 2,
                    pads=[layer["padding"]] * 4, group=layer["groups"])
            if normalization := layer.get("batch_normalization"):
                parts = [weight(f"{normalization['tensors']}.{part}")
                         for part in ("weight", "bias", "running_mean", "running_var")]
                y = add("BatchNormalization", [y] + parts, epsilon=normalization["epsilon"])
        elif kind == "linear":
            y = add("Gemm", [add("Flatten", [x]), weight(prefix + ".weight"), weight(prefix + ".bias")], transB=1)
        elif kind == "maxPool":
            y = add("MaxPool", [x], kernel_shape=[layer["kernel"]] * 2, strides=[layer["stride"]] * 2,
                    pads=[layer["padding"]] * 4, ceil_mode=int(layer["ceil"]))
        elif kind == "globalAveragePool":
            y = add("GlobalAveragePool", [x])
        elif kind == "localResponseNormalization":
            y = add("LRN", [x], size=layer["size"], alpha=layer["alpha"], beta=layer["beta"], bias=layer["k"])
        elif kind == "concatenation":
            y = add("Concat", [names[name] for name in layer["from"]], axis=1)
        names[layer["name"]] = add("Relu", [y]) if layer.get("relu") else y
    side = network["input"]["size"]
    output = names[network["layers"][-1]["name"]]
    graph = helper.make_graph(
        nodes, "network", [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, side, side])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"image": normalized(pixels, network["input"]["normalization"])})[0].ravel()


def main():
    torch.set_num_threads(1)
    logits = {}
    for name in NETWORKS:
        network = json.loads(subprocess.check_output([TOOL, "describe", "--network", name]))
        with tempfile.TemporaryDirectory() as folder:
            weights = Path(folder) / "weights.safetensors"
            subprocess.run([TOOL, "random-weights", "--network", name, "--out", weights, "--seed", "1"], check=True)
            tensors = read_safetensors(weights)
        pixels = picture(network["input"]["size"], 1)
        peer = by_description(network, pixels, tensors) if "-caffe" in name else by_torchvision(name, pixels, tensors)
        logits[name + ".torch"] = peer.astype(numpy.float32)
        logits[name + ".onnxruntime"] = by_onnxruntime(network, pixels, tensors).astype(numpy.float32)
        difference = abs(logits[name + ".torch"] - logits[name + ".onnxruntime"]).max() / abs(peer).max()
        print(f"{name}: the peers differ by {difference:.1e} of the largest logit, {abs(peer).max():.3g}")
    write_safetensors(HERE / "logits.safetensors", logits)


if __name__ == "__main__":
    main()
