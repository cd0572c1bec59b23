"""Writes real_photographs.json: PyTorch's best class and its output for the first 64 photographs of photos-227, for every
network with real weights. Needs the project's data (STNET_DATA, by default ../shared/data), `make build` and
Benchmarks/peers/install; run it with Benchmarks/peers/.venv/bin/python.
"""

import os
import sys
from pathlib import Path

import numpy
import torch
from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "Tests/SelectiveTuningTests/Network/Golden"))
sys.path.insert(0, str(ROOT / "Benchmarks/peers"))
import make_logits  # noqa: E402
import networks  # noqa: E402

DATA = Path(os.environ.get("STNET_DATA", ROOT / "../shared/data"))
WEIGHTS = {
    "googlenet-caffe": "googlenet-caffe/googlenet.safetensors",
    "squeezenet1_0-caffe": "squeezenet1_0-caffe/squeezenet_v1.0_deepcompressed.safetensors",
    "squeezenet1_1-caffe": "squeezenet1_1-caffe/squeezenet_v1.1.safetensors",
}


def main():
    torch.set_num_threads(2)
    paths = sorted((DATA / "photos-227/images").glob("*.JPEG"))[:64]
    golden = {}
    for name, weights in WEIGHTS.items():
        network = networks.describe(name)
        tensors = networks.read_safetensors(DATA / "weights" / weights)
        side = network["input"]["size"]
        golden[name] = {}
        for path in paths:
            photograph = Image.open(path).convert("RGB")
            if photograph.size != (side, side):
                photograph = photograph.resize((side, side), Image.Resampling.BILINEAR)
            with torch.inference_mode():
                images = make_logits.normalized(numpy.array(photograph), network["input"]["normalization"])
                outputs = networks.torch_outputs(network, images, tensors)
            golden[name][path.stem] = [int(outputs.argmax()), float(outputs.max())]
    lines = [f'  "{name}": {{\n' + ",\n".join(f'    "{image}": [{c}, {v:.7g}]' for image, (c, v) in images.items())
             + "\n  }" for name, images in golden.items()]
    (HERE / "real_photographs.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
