"""Networks as PyTorch and ONNX Runtime run them: from `stnet-tool describe`, with the weights of `stnet-tool random-weights`.
`make build` comes first.
"""

import json
import os
import struct
import subprocess
import tempfile
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


def torch_outputs(network, images, tensors):
    """A network without batch normalisation in PyTorch's functions; images [n, 3, side, side]."""
    import torch
    import torch.nn.functional as F

    values = {"image": torch.from_numpy(images)}
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
        else:
            raise ValueError(f"{name}: {kind}")
        values[name] = F.relu(x) if layer.get("relu") else x
    return x.flatten(1).numpy()


def torchvision_model(name, tensors=None, **options):
    """torchvision's own module, without auxiliary heads; with these weights, or random ones."""
    import torch
    import torchvision

    if name == "googlenet":
        options |= {"aux_logits": False, "init_weights": False}
    model = getattr(torchvision.models, name)(weights=None, **options)
    if tensors is not None:
        state = {key: torch.from_numpy(value.copy()) for key, value in tensors.items()}
        missing, unexpected = model.load_state_dict(state, strict=False)
        assert not unexpected and all(key.endswith("num_batches_tracked") for key in missing), (missing, unexpected)
    return model.eval()


def onnx_model(network, tensors):
    """The serialised graph; its input is "image", [n, 3, side, side]."""
    from onnx import TensorProto, helper, numpy_helper

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
        else:
            raise ValueError(f"{layer['name']}: {kind}")
        names[layer["name"]] = add("Relu", [y]) if layer.get("relu") else y
    side = network["input"]["size"]
    output = names[network["layers"][-1]["name"]]
    graph = helper.make_graph(
        nodes, "network", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, side, side])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()
