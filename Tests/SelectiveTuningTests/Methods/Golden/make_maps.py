"""Writes maps.safetensors: what grad-cam and PyTorch's autograd make of the catalogue's networks, for the methods that map a
layer's activations or the picture's gradient; and, where the project's data is (STNET_DATA, by default ../shared/data),
Tests/CoordinatorTests/Golden/method_boxes.json: boxes in real photographs.

    make build && Benchmarks/peers/install && Benchmarks/peers/.venv/bin/pip install grad-cam==1.5.7
    Benchmarks/peers/.venv/bin/python Tests/SelectiveTuningTests/Methods/Golden/make_maps.py

Weights and picture are those of Network/Golden/make_logits.py. grad-cam enlarges its maps otherwise than this project does:
what is kept is the map before that, and boxes are those of PyTorch's bicubic interpolation and OpenCV's components.
"""

import json
import os
import sys
from pathlib import Path

import cv2
import numpy
import torch
from PIL import Image
from pytorch_grad_cam import GradCAM, GuidedBackpropReLUModel, HiResCAM, LayerCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
sys.path.insert(0, str(ROOT / "Tests/SelectiveTuningTests/Network/Golden"))
sys.path.insert(0, str(ROOT / "Benchmarks/peers"))
import make_logits  # noqa: E402
import networks  # noqa: E402

METHODS = {"gradcam": GradCAM, "hirescam": HiResCAM, "layercam": LayerCAM}
# Network, layer here (none: the last feature map), its module there.
PLACES = [
    ("alexnet", "", lambda model: model.features),
    ("alexnet", "features.10", lambda model: model.features[11]),
    ("vgg11", "", lambda model: model.features),
    ("vgg11", "features.16", lambda model: model.features[17]),
    ("squeezenet1_1", "", lambda model: model.classifier[2]),
    ("googlenet", "", lambda model: model.inception5b),
    ("googlenet", "inception4e", lambda model: model.inception4e),
    ("resnet18", "", lambda model: model.layer4),
    ("resnet18", "layer3.1", lambda model: model.layer3),
    ("mobilenet_v2", "", lambda model: model.features),
    ("efficientnet_lite0", "", lambda model: model.bn2),
]
# Whose ReLUs are modules, which is what the peer replaces.
GUIDED = ["alexnet", "vgg11", "squeezenet1_1", "resnet18"]
# Of the picture's gradient every so many pixels are kept.
STEP, FIRST = 16, 8
PHOTOGRAPHS = 24


def layer_map(method, model, module, images, label):
    """The map at the layer's own size, [height, width]: what the peer has before it enlarges it."""
    with METHODS[method](model=model, target_layers=[module]) as cam:
        targets = [ClassifierOutputTarget(label)]
        cam(images, targets)
        seen = cam.activations_and_grads
        values = cam.get_cam_image(
            images, module, targets, seen.activations[0].detach().numpy(), seen.gradients[0].detach().numpy(), False)
    return numpy.maximum(values, 0)[0].astype(numpy.float32)


def gradient(model, images, label):
    images = images.clone().requires_grad_(True)
    model(images)[0, label].backward()
    return images.grad[0].numpy()


def guided(model, images, label):
    return GuidedBackpropReLUModel(model)(images.clone(), label).transpose(2, 0, 1)


def synthetic():
    found = {}
    models, labels = {}, {}
    for name, layer, module in PLACES:
        if name not in models:
            network = networks.describe(name)
            pixels = make_logits.picture(network["input"]["size"], 1)
            images = torch.from_numpy(make_logits.normalized(pixels, network["input"]["normalization"]))
            models[name] = networks.torch_model(name, networks.seeded_tensors(name)), images
            # Random networks have dead outputs: the class is the one with the largest.
            with torch.inference_mode():
                labels[name] = int(models[name][0](images).argmax())
            found[f"{name}/label"] = numpy.array([labels[name]], numpy.float32)
        model, images = models[name]
        for method in METHODS:
            found[f"{name}/{layer}/{method}"] = layer_map(method, model, module(model), images, labels[name])
    for name, (model, images) in models.items():
        methods = {"gradient": gradient} | ({"guided": guided} if name in GUIDED else {})
        for method, compute in methods.items():
            values = abs(compute(model, images, labels[name])).max(0)
            found[f"{name}//{method}"] = numpy.ascontiguousarray(values[FIRST::STEP, FIRST::STEP])
    make_logits.write_safetensors(HERE / "maps.safetensors", found)
    for key, values in found.items():
        print(key, values.shape, f"{values.max():.3g}, {(values > 0).mean():.2f} of it positive")


def box(values, side):
    """Of the largest component that reaches a fifth of the maximum, in the input; none where nothing is positive."""
    enlarged = torch.nn.functional.interpolate(
        torch.from_numpy(values)[None, None], (side, side), mode="bicubic", align_corners=False)[0, 0].numpy()
    if enlarged.max() <= 0:
        return None
    count, _, statistics, _ = cv2.connectedComponentsWithStats(
        ((enlarged > 0) & (enlarged >= 0.2 * enlarged.max())).astype(numpy.uint8), connectivity=8)
    x, y, width, height, _ = statistics[1 + statistics[1:, cv2.CC_STAT_AREA].argmax()].tolist()
    return [x, y, x + width - 1, y + height - 1]


def photographs(data):
    name, side = "efficientnet_lite0", 224
    network = networks.describe(name)
    model = networks.torch_model(name)
    state = torch.load(data / "weights/efficientnet-lite0/efficientnet-lite0-57934424.pth", map_location="cpu")
    values = [value for key, value in state.items() if not key.endswith("num_batches_tracked")]
    names = [key for key in model.state_dict() if not key.endswith("num_batches_tracked")]
    model.load_state_dict(dict(zip(names, values, strict=True)), strict=False)
    labels = dict(line.split(",") for line in
                  (data / "photos-227/annotations/class_labels.txt").read_text().split())
    paths = sorted((data / "photos-227/images").glob("*.JPEG"))[:PHOTOGRAPHS]
    golden = {}
    for path in paths:
        label = int(next(value for key, value in labels.items() if Path(key).stem == path.stem))
        photograph = Image.open(path).convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
        images = torch.from_numpy(
            make_logits.normalized(numpy.array(photograph), network["input"]["normalization"]))
        found = {method: box(layer_map(method, model, model.bn2, images, label), side) for method in METHODS}
        found["gradient"] = box(abs(gradient(model, images, label)).max(0), side)
        golden[path.stem] = found
    lines = [f'  "{image}": {json.dumps(boxes)}' for image, boxes in golden.items()]
    (ROOT / "Tests/CoordinatorTests/Golden/method_boxes.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def main():
    torch.set_num_threads(1)
    synthetic()
    data = Path(os.environ.get("STNET_DATA", ROOT / "../shared/data"))
    if data.exists():
        photographs(data)


main()
