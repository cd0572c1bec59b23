"""The forward pass of one network in PyTorch on a GPU, TF32 switched off and on: images a second as one line of JSON.

    gpu_peer.py DESCRIPTION.json BATCH SECONDS

Without TF32 products are float32's, as ours; with it they have 10 bits of mantissa. Of two layouts in memory the faster one
counts. Weights and pictures are random: no speed depends on them.
"""

import json
import statistics
import sys


def layers_of(network, torch, device):
    """(name, inputs, function) of each layer; weights are made as the channels become known."""
    functional = torch.nn.functional
    made = {}

    def weights(name, *shape):
        if name not in made:
            made[name] = (torch.randn(*shape, device=device) * 0.02, torch.zeros(shape[0], device=device))
        return made[name]

    def convolution(layer):
        def run(x):
            groups, kernel = layer.get("groups", 1), layer["kernel"]
            weight, bias = weights(layer["name"], layer["out"], x.shape[1] // groups, kernel, kernel)
            x = functional.conv2d(x, weight, bias, layer.get("stride", 1), layer.get("padding", 0), groups=groups)
            return functional.relu_(x) if layer.get("relu") else x
        return run

    def linear(layer):
        def run(x):
            x = x.flatten(1)
            x = functional.linear(x, *weights(layer["name"], layer["out"], x.shape[1]))
            return functional.relu_(x) if layer.get("relu") else x
        return run

    def pooling(layer, function):
        return lambda x: function(x, layer["kernel"], layer["stride"], layer.get("padding", 0),
                                  ceil_mode=layer.get("ceil", False))

    kinds = {
        "convolution": convolution,
        "linear": linear,
        "maxPool": lambda layer: pooling(layer, functional.max_pool2d),
        "averagePool": lambda layer: pooling(layer, functional.avg_pool2d),
        "globalAveragePool": lambda layer: lambda x: x.mean((2, 3), keepdim=True),
        "localResponseNormalization": lambda layer: lambda x: functional.local_response_norm(
            x, layer["size"], layer["alpha"], layer["beta"], layer["k"]),
        "concatenation": lambda layer: lambda *parts: torch.cat(parts, 1),
    }
    previous, layers = "image", []
    for layer in network["layers"]:
        layers.append((layer["name"], layer.get("from", [previous]), kinds[layer["kind"]](layer)))
        previous = layer["name"]
    return layers


def rate(torch, layers, images, seconds):
    def step():
        values = {"image": images}
        for name, inputs, run in layers:
            values[name] = run(*(values[place] for place in inputs))

    for _ in range(3):
        step()
    torch.cuda.synchronize()
    times, total = [], 0.0
    while total < seconds * 1000 or len(times) < 5:
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        step()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end))
        total += times[-1]
    return images.shape[0] / statistics.median(times) * 1000


def main(path, batch, seconds):
    try:
        import torch
    except ImportError as error:
        sys.exit(f"PyTorch cannot be imported: {error}")
    if not torch.cuda.is_available():
        sys.exit("PyTorch sees no GPU")
    torch.backends.cudnn.benchmark = True
    with open(path) as file:
        network = json.load(file)
    side = network["input"]["size"]
    rates = {False: {}, True: {}}
    with torch.inference_mode():
        for tf32, measured in rates.items():
            torch.backends.cuda.matmul.allow_tf32 = tf32
            torch.backends.cudnn.allow_tf32 = tf32
            for name in ("contiguous_format", "channels_last"):
                images = torch.randn(batch, 3, side, side, device="cuda").to(memory_format=getattr(torch, name))
                measured[name] = rate(torch, layers_of(network, torch, "cuda"), images, seconds)
    best = {tf32: max(measured, key=measured.get) for tf32, measured in rates.items()}
    print(json.dumps({
        "images_per_second": rates[False][best[False]], "layout": best[False], "all": rates[False],
        "tf32_images_per_second": rates[True][best[True]], "tf32_layout": best[True], "tf32_all": rates[True],
        "device": torch.cuda.get_device_name(), "torch": torch.__version__,
        "cudnn": torch.backends.cudnn.version(),
    }))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
