"""Writes gradients.safetensors: gradients of every catalogue network with seeded weights, from PyTorch's autograd.

    make build && Benchmarks/peers/install
    Benchmarks/peers/.venv/bin/python Tests/SelectiveTuningTests/Network/Golden/make_gradients.py

For each network those of its largest score by the picture and by the last feature map: 64 elements of [height][width]
[channels], the largest magnitude, the class, and how far PyTorch's own float32 lies from these. They are float64, so that what
differs is the rounding of the other side alone. But of millions of ReLUs some have a sum so close to zero that rounding decides
on which side of it they are, and of the maxima some are nearly ties: two programs' gradients then differ by whole addends, both
rightly, and PyTorch's float32 ones do so with another layout of the same numbers (both are measured, the larger one counts).

Names as arguments: only those networks; the others stay as they are in the file. Weights and picture are those of
make_logits.py. For EfficientNet-Lite0 with its published weights: `efficientnet_lite0=FILE.pth`.
"""

import sys

import numpy
import torch

from make_logits import HERE, NETWORKS, networks, normalized, picture, write_safetensors

SAMPLES = 64


def feature_map(network, values):
    """The last layer whose output is a map, and is no copy of one."""
    return [layer["name"] for layer in network["layers"] if values[layer["name"]].shape[2] > 1][-1]


def samples(gradient, index, own):
    values = gradient[0].permute(1, 2, 0).flatten().numpy()
    places = [number * 2654435761 % values.size for number in range(SAMPLES)]
    return numpy.append(values[places], [abs(values).max(), index, own]).astype(numpy.float32)


def autograd(network, tensors, pixels, kind, layout, index=None):
    """By the picture and by the last feature map, its name, and the class."""
    images = torch.from_numpy(normalized(pixels, network["input"]["normalization"])).to(kind)
    images = images.contiguous(memory_format=layout).requires_grad_()
    tensors = {name: torch.from_numpy(values.copy()).to(kind) for name, values in tensors.items()}
    values = networks.torch_values(network, images, tensors)
    features = feature_map(network, values)
    scores = values[network["layers"][-1]["name"]].flatten()
    index = int(scores.argmax()) if index is None else index
    found = torch.autograd.grad(scores[index], [images, values[features]])
    return [gradient.double() for gradient in found], features, index


def gradients(network, tensors, pixels):
    exact, features, index = autograd(network, tensors, pixels, torch.float64, torch.contiguous_format)
    own = [0.0, 0.0]
    for layout in (torch.contiguous_format, torch.channels_last):
        single, _, _ = autograd(network, tensors, pixels, torch.float32, layout, index)
        own = [max(most, float((a - b).abs().max() / a.abs().max())) for most, a, b in zip(own, exact, single)]
    return features, samples(exact[0], index, own[0]), samples(exact[1], index, own[1])


def main(arguments):
    file = HERE / "gradients.safetensors"
    found = networks.read_safetensors(file) if arguments else {}
    for argument in arguments or NETWORKS:
        name, _, weights = argument.partition("=")
        network = networks.describe(name)
        if weights:
            state = torch.load(weights, weights_only=True)
            tensors = {name: values.numpy() for name, values in state.items()}
        else:
            tensors = networks.seeded_tensors(name)
        features, by_picture, by_features = gradients(network, tensors, picture(network["input"]["size"], 1))
        key = name + (".real" if weights else "")
        found[key + ".image"], found[key + ".features"] = by_picture, by_features
        print(f"{key}: at the picture {by_picture[-3]:.3g} ({by_picture[-1]:.1g}), at {features} {by_features[-3]:.3g} "
              f"({by_features[-1]:.1g})", flush=True)
    write_safetensors(file, found)


if __name__ == "__main__":
    main(sys.argv[1:])
