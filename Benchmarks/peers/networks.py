"""Networks as PyTorch and ONNX Runtime run them: from `stnet-tool describe`, with the weights of `stnet-tool random-weights`.
`make build` comes first.
"""

import json
import math
import os
import struct
import subprocess
import tempfile
from collections import OrderedDict
from pathlib import Path

import numpy

TOOL = Path(os.environ.get("STNET_TOOL", Path(__file__).resolve().parents[2] / ".build/release/stnet-tool"))


def describe(name):
    return json.loads(subprocess.check_output([TOOL, "describe", "--network", name]))


def seeded_tensors(name):
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "weights.safetensors"
        command = [TOOL, "random-weights", "--network", name, "--out", weights, "--seed", "1"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return read_safetensors(weights)


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


def layers(network):
    """The layers with `from` and `tensors` filled in."""
    before = "image"
    for layer in network["layers"]:
        yield {"from": [before], "tensors": layer["name"]} | layer
        before = layer["name"]


def sides(value):
    """[rows, columns] of a kernel or stride that may be one number."""
    return [value, value] if isinstance(value, int) else list(value)


def borders(layer):
    """[top, left, bottom, right] of a padding that may be one number or [rows, columns]."""
    padding = sides(layer.get("padding", 0))
    return padding if len(padding) == 4 else padding * 2


def norm_names(prefix):
    return [f"{prefix}.{part}" for part in ("weight", "bias", "running_mean", "running_var")]


def torch_outputs(network, images, tensors):
    """A described network in PyTorch's functions; images [n, 3, side, side]."""
    import torch

    values = torch_values(network, torch.from_numpy(images), {k: torch.from_numpy(v.copy()) for k, v in tensors.items()})
    return values[network["layers"][-1]["name"]].flatten(1).numpy()


def torch_values(network, images, tensor, before_relu=lambda x: x):
    """What every layer of a described network makes of images [n, 3, side, side], in PyTorch's functions, by its name.
    `before_relu` changes what a ReLU gets."""
    import torch
    import torch.nn.functional as F

    values = {"image": images}

    def normalized(x, prefix, epsilon):
        weight, bias, mean, variance = (tensor[name] for name in norm_names(prefix))
        return F.batch_norm(x, mean, variance, weight, bias, eps=epsilon)

    def bordered(x, layer, value=0.0):
        """The input, padded where its borders are unequal, and the padding that is left to PyTorch."""
        top, left, bottom, right = borders(layer)
        if (top, left) == (bottom, right):
            return x, (top, left)
        if layer.get("ceil"):
            raise ValueError(f"layer {layer['name']}: unequal padding with `ceil` is not written for PyTorch")
        return F.pad(x, (left, right, top, bottom), value=value), (0, 0)

    def average(x, layer):
        padded, padding = bordered(x, layer)
        options = {"kernel_size": sides(layer["kernel"]), "stride": sides(layer["stride"]), "padding": padding,
                   "ceil_mode": layer.get("ceil", False)}
        if padded is x or layer.get("count_padding", True):
            return F.avg_pool2d(padded, count_include_pad=layer.get("count_padding", True), **options)
        # The share of each window's cells that are the input's own.
        return F.avg_pool2d(padded, **options) / F.avg_pool2d(bordered(torch.ones_like(x), layer)[0], **options)

    for layer in layers(network):
        kind, inputs, prefix = layer["kind"], [values[name] for name in layer["from"]], layer["tensors"]
        x = inputs[0]
        if kind == "convolution":
            x, padding = bordered(x, layer)
            x = F.conv2d(x, tensor[prefix + ".weight"], tensor[prefix + ".bias"] if layer.get("bias", True) else None,
                         sides(layer.get("stride", 1)), padding, groups=layer.get("groups", 1))
            if normalization := layer.get("batch_normalization"):
                x = normalized(x, normalization["tensors"], normalization["epsilon"])
        elif kind == "affine":
            x = normalized(x, prefix, layer["epsilon"])
        elif kind == "linear":
            x = F.linear(x.flatten(1), tensor[prefix + ".weight"], tensor[prefix + ".bias"])[:, :, None, None]
        elif kind == "maxPool":
            x, padding = bordered(x, layer, -math.inf)
            x = F.max_pool2d(x, sides(layer["kernel"]), sides(layer["stride"]), padding,
                             ceil_mode=layer.get("ceil", False))
        elif kind == "averagePool":
            x = average(x, layer)
        elif kind == "globalAveragePool":
            x = x.mean((2, 3), keepdim=True)
        elif kind == "localResponseNormalization":
            x = F.local_response_norm(x, layer["size"], layer["alpha"], layer["beta"], layer["k"])
        elif kind == "concatenation":
            x = torch.cat(inputs, 1)
        elif kind == "add":
            x = sum(inputs[1:], x)
        else:
            raise ValueError(f"layer {layer['name']}: its kind {kind} is not written for PyTorch")
        if layer.get("relu"):
            x = before_relu(x)
            x = x.clamp(0, layer["ceiling"]) if "ceiling" in layer else F.relu(x)
        values[layer["name"]] = x
    return values


# timm's name and options of what torchvision has not.
TIMM = {"mobilenet_v1": ("mobilenetv1_100", {"act_layer": "relu"}), "efficientnet_lite0": ("tf_efficientnet_lite0", {})}


def tensor_names(network):
    """The names of a description's tensors in the order of its layers."""
    names = []
    for layer in layers(network):
        prefix, kind = layer["tensors"], layer["kind"]
        if kind in ("convolution", "linear"):
            names += [f"{prefix}.weight"] + ([f"{prefix}.bias"] if layer.get("bias", True) else [])
        if kind == "affine":
            names += norm_names(prefix)
        elif "batch_normalization" in layer:
            names += norm_names(layer["batch_normalization"]["tensors"])
    return names


def torch_model(name, tensors=None, **options):
    """torchvision's own module, or timm's, without auxiliary heads; with these weights, or random ones."""
    import torch
    from torch import nn

    if name in TIMM:
        import timm

        timm_name, timm_options = TIMM[name]
        model = timm.create_model(timm_name, **timm_options, **options)
        if tensors is not None:
            # The same tensors in the layers' order under timm's names.
            names = [key for key in model.state_dict() if not key.endswith("num_batches_tracked")]
            own = tensor_names(describe(name))
            tensors = {theirs: tensors[ours] for theirs, ours in zip(names, own, strict=True)}
    else:
        import torchvision

        if name in ("googlenet", "inception_v3"):
            options |= {"aux_logits": False, "init_weights": False}
        base = {"resnet50-stride1": "resnet50", "vgg16-gap": "vgg16"}.get(name, name)
        model = getattr(torchvision.models, base)(weights=None, **options)
        if name == "resnet50-stride1":
            block = model.layer4[0]
            block.conv2.stride = block.downsample[0].stride = (1, 1)
        elif name == "vgg16-gap":
            # Without the last pool; the head of "Evaluating Weakly Supervised Object Localization Methods Right".
            model = nn.Sequential(OrderedDict(
                features=model.features[:-1], conv6=nn.Conv2d(512, 1024, 3, padding=1), relu=nn.ReLU(),
                average=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), fc=nn.Linear(1024, 1000)))
    if tensors is not None:
        state = {key: torch.from_numpy(value.copy()) for key, value in tensors.items()}
        missing, unexpected = model.load_state_dict(state, strict=False)
        assert not unexpected and all(key.endswith("num_batches_tracked") for key in missing), (missing, unexpected)
    return model.eval()


def onnx_model(network, tensors):
    """The serialised graph; its input is "image", [n, 3, side, side]."""
    from onnx import TensorProto, helper, numpy_helper

    nodes, weights, names = [], {}, {"image": "image"}

    def add(kind, inputs, **attributes):
        nodes.append(helper.make_node(kind, inputs, [f"t{len(nodes)}"], **attributes))
        return f"t{len(nodes) - 1}"

    def constant(name, value):
        weights[name] = numpy_helper.from_array(value, name)
        return name

    def weight(name):
        return constant(name, tensors[name])

    def normalized(x, prefix, epsilon):
        return add("BatchNormalization", [x] + [weight(name) for name in norm_names(prefix)], epsilon=epsilon)

    def windows(layer):
        return {"kernel_shape": sides(layer["kernel"]), "strides": sides(layer.get("stride", 1)),
                "pads": borders(layer)}

    for layer in layers(network):
        kind, inputs, prefix = layer["kind"], [names[name] for name in layer["from"]], layer["tensors"]
        x = inputs[0]
        if kind == "convolution":
            parameters = [weight(prefix + ".weight")]
            if layer.get("bias", True):
                parameters.append(weight(prefix + ".bias"))
            y = add("Conv", [x] + parameters, group=layer.get("groups", 1), **windows(layer))
            if normalization := layer.get("batch_normalization"):
                y = normalized(y, normalization["tensors"], normalization["epsilon"])
        elif kind == "affine":
            y = normalized(x, prefix, layer["epsilon"])
        elif kind == "linear":
            y = add("Gemm", [add("Flatten", [x]), weight(prefix + ".weight"), weight(prefix + ".bias")], transB=1)
        elif kind == "maxPool":
            y = add("MaxPool", [x], ceil_mode=int(layer.get("ceil", False)), **windows(layer))
        elif kind == "averagePool":
            y = add("AveragePool", [x], ceil_mode=int(layer.get("ceil", False)),
                    count_include_pad=int(layer.get("count_padding", True)), **windows(layer))
        elif kind == "globalAveragePool":
            y = add("GlobalAveragePool", [x])
        elif kind == "localResponseNormalization":
            y = add("LRN", [x], size=layer["size"], alpha=layer["alpha"], beta=layer["beta"], bias=layer["k"])
        elif kind == "concatenation":
            y = add("Concat", inputs, axis=1)
        elif kind == "add":
            y = x
            for other in inputs[1:]:
                y = add("Add", [y, other])
        else:
            raise ValueError(f"layer {layer['name']}: its kind {kind} is not written for ONNX Runtime")
        if layer.get("relu"):
            if "ceiling" in layer:
                bounds = [constant(f"bound {bound}", numpy.float32(bound)) for bound in (0, layer["ceiling"])]
                y = add("Clip", [y] + bounds)
            else:
                y = add("Relu", [y])
        names[layer["name"]] = y
    side = network["input"]["size"]
    output = names[network["layers"][-1]["name"]]
    graph = helper.make_graph(
        nodes, "network", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, side, side])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)], list(weights.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()
