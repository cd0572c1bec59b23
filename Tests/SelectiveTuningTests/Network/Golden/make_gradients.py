"""Writes gradients.safetensors: gradients of every catalogue network with seeded weights, from PyTorch's autograd.

    make build && Benchmarks/peers/install
    Benchmarks/peers/.venv/bin/python Tests/SelectiveTuningTests/Network/Golden/make_gradients.py

For each network those of its largest score by the picture and by the last feature map: 64 elements of [height][width]
[channels], the largest magnitude, the class, the picture's side and its seed (TestNetworks.picture). In float64, so that what
differs is the rounding of the project alone. Names as arguments: only those networks; the others stay as they are in the file.
With published weights: `efficientnet_lite0=FILE.pth`.

Of millions of ReLUs some have a sum so close to zero that rounding decides on which side of it they are, and of the
maxima some are nearly ties: then two programs' gradients differ by whole addends, both rightly. The pictures are small, and of
those with seeds 1, 2, ... the first is taken whose gradients do not hang on it: noise on what the ReLUs get, larger than
rounding, leaves them as they are.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy
import torch

from make_logits import HERE, NETWORKS, networks, normalized, picture, write_safetensors

SAMPLES = 64
# Of a layer's standard deviation; how often; and what it may change, of the largest magnitude.
NOISE, TRIALS, CHANGE = 1e-6, 3, 4e-6
SIDES = {
    "alexnet": 79, "alexnet-caffe": 79, "squeezenet1_0": 49, "squeezenet1_1": 49, "squeezenet1_0-caffe": 51,
    "squeezenet1_1-caffe": 51, "googlenet-caffe": 64, "inception_v3": 75,
}
SIDE = 33


def samples(gradient):
    values = gradient[0].permute(1, 2, 0).flatten().numpy()
    places = [number * 2654435761 % values.size for number in range(SAMPLES)]
    return numpy.append(values[places], abs(values).max())


def gradients(network, tensors, pixels, index=None, noise=0.0):
    """By the picture and by the last layer whose output is a map."""
    images = torch.from_numpy(normalized(pixels, network["input"]["normalization"])).double().requires_grad_()

    def noisy(x):
        return x + noise * x.detach().std() * torch.randn_like(x) if noise and x.numel() > 1 else x

    values = networks.torch_values(network, images, tensors, noisy)
    features = [values[layer["name"]] for layer in network["layers"] if values[layer["name"]].shape[2] > 1][-1]
    scores = values[network["layers"][-1]["name"]].flatten()
    index = int(scores.argmax()) if index is None else index
    by_picture, by_features = torch.autograd.grad(scores[index], [images, features])
    return index, samples(by_picture), samples(by_features)


def steady(network, tensors):
    """The gradients of the first picture whose do not hang on rounding."""
    side = network["input"]["size"]
    for seed in range(1, 500):
        pixels = picture(side, seed)
        index, *found = gradients(network, tensors, pixels)
        if not all(values[-1] > 0 for values in found):
            continue
        for _ in range(TRIALS):
            _, *noisy = gradients(network, tensors, pixels, index, NOISE)
            if any(abs(a - b).max() > CHANGE * b[-1] for a, b in zip(noisy, found)):
                break
        else:
            return [numpy.append(values, [index, side, seed]).astype(numpy.float32) for values in found]
    sys.exit(f"{network['name']}: no picture's gradients are steady")


def small(name):
    """A network of the catalogue over small pictures, and the file of its description."""
    network = networks.describe(name)
    network["input"]["size"] = SIDES.get(name, SIDE)
    return network


def main(arguments):
    torch.manual_seed(1)
    torch.set_num_threads(2)
    file = HERE / "gradients.safetensors"
    found = networks.read_safetensors(file) if arguments else {}
    for argument in arguments or NETWORKS:
        name, _, weights = argument.partition("=")
        network = small(name)
        if weights:
            tensors = {key: values.double() for key, values in torch.load(weights, weights_only=True).items()}
        else:
            with tempfile.TemporaryDirectory() as folder:
                description = Path(folder) / "network.json"
                description.write_text(json.dumps(network))
                seeded = networks.seeded_tensors(description)
            tensors = {key: torch.from_numpy(values.copy()).double() for key, values in seeded.items()}
        key = name + (".real" if weights else "")
        found[key + ".image"], found[key + ".features"] = steady(network, tensors)
        print(f"{key}: {found[key + '.image'][-4:]}, {found[key + '.features'][-4]}", flush=True)
        write_safetensors(file, found)


if __name__ == "__main__":
    main(sys.argv[1:])
