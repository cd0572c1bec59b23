"""Makes the weight files of this folder, and expected.json with what they hold.

    python make_golden.py        needs torch and safetensors from PyPI; made with torch 2.15.0, safetensors 0.8.0

expected.json: file -> tensor -> {"dtype", "shape", "bits"}, where "bits" is the row-major float32 values' bit
patterns as 8 hexadecimal digits each, as PyTorch converts them; null for types that do not convert. A tensor's name is
the keys that lead to it, joined with dots.

wrapped/: one small network's weights, wrapped in the ways in which training scripts save them.
"""

import argparse
import collections
import copy
import datetime
import functools
import io
import json
import os
import pathlib
import pickle
import struct
import sys
import zipfile

import numpy
import torch
from torch.distributed.algorithms._checkpoint.checkpoint_wrapper import checkpoint_wrapper
from safetensors.torch import save_file

os.chdir(os.path.dirname(os.path.abspath(__file__)))
torch.manual_seed(7)
expected = {}

FLOATS = {torch.float32: "float32", torch.float16: "float16", torch.bfloat16: "bfloat16", torch.float64: "float64"}
OTHERS = {torch.int64: "int64", torch.int32: "int32", torch.int16: "int16", torch.int8: "int8",
          torch.uint8: "uint8", torch.bool: "bool", torch.uint16: "uint16", torch.uint64: "uint64",
          torch.float8_e4m3fn: "float8e4m3", torch.float8_e5m2: "float8e5m2", torch.complex64: "complex64"}


def describe(tensors):
    result = {}
    for name, tensor in tensors.items():
        tensor = tensor.detach()
        bits = None
        if tensor.dtype in FLOATS:
            values = tensor.to(torch.float32).contiguous().numpy().reshape(-1)
            bits = "".join(f"{int(b):08x}" for b in values.view(numpy.uint32))
        result[name] = {"dtype": {**FLOATS, **OTHERS}[tensor.dtype], "shape": list(tensor.shape), "bits": bits}
    return result


def flatten(content, name=""):
    """Every plain tensor in a checkpoint."""
    if isinstance(content, torch.Tensor):
        plain = content.layout == torch.strided and content.device.type == "cpu" and not content.is_quantized
        return {name: content} if plain and not content.is_conj() and not content.is_neg() else {}
    items = content.items() if isinstance(content, dict) else enumerate(content) \
        if isinstance(content, (list, tuple)) and not isinstance(content, torch.Size) else []
    result = {}
    for key, value in items:
        result |= flatten(value, f"{name}.{key}" if name else str(key))
    return result


def tensors():
    base = torch.randn(4, 5)
    edge = torch.tensor([0.0, -0.0, 1.0, 2.0**-149, 2.0**-126, -(2.0**-140), 3.4028234e38])
    half = torch.tensor([0.0, -0.0, 2.0**-24, -(2.0**-14), 65504.0, 1 / 3]).half()
    double = torch.tensor([1 + 2.0**-24, 1 + 2.0**-24 + 2.0**-50, 1 + 3 * 2.0**-24, 2.0**-149, 2.0**-150, -0.0, 1e-60],
                          dtype=torch.float64)
    return collections.OrderedDict([
        ("float32", torch.randn(3, 2, 2, 2)), ("edge", edge), ("scalar", torch.tensor(0.25)),
        ("empty", torch.zeros(0, 3)), ("float16", half), ("bfloat16", torch.randn(5).bfloat16()),
        ("float64", double), ("base", base), ("transposed", base.t()), ("row", base[2]), ("column", base[:, 1]),
        ("corner", base[1:3, 2:5]), ("permuted", torch.randn(2, 3, 4).permute(2, 0, 1)),
        ("half.transposed", torch.randn(3, 2).half().t()), ("double.strided", torch.randn(9).double()[::3]),
        ("expanded", torch.tensor([[1.5], [2.5]]).expand(2, 3)),
        ("parameter", torch.nn.Parameter(torch.randn(2, 2))),
        ("num_batches_tracked", torch.tensor(12)), ("mask", torch.tensor([True, False])),
    ])


def store(path, content, held, **options):
    torch.save(content, path, **options)
    expected[path] = describe(held)


def rewrite(source, path, change=lambda name, data: data, zip64=False, method=zipfile.ZIP_STORED):
    """The same archive written by Python's zipfile."""
    limits = zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT
    if zip64:
        zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = 1, 1
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", method) as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename)
            info.compress_type = method
            new.writestr(info, change(entry.filename, old.read(entry)))
    zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = limits


class Evil:
    def __reduce__(self):
        return os.system, ("true",)


class OldParameter:
    """Pickles as PyTorch 0.1 to 0.3 did a Parameter: the class, its tensor, and a state for BUILD."""

    def __init__(self, tensor):
        self.tensor = tensor

    def __reduce_ex__(self, protocol):
        return torch.nn.parameter.Parameter, (self.tensor,), (True, False, collections.OrderedDict())


def legacy_parts(content):
    buffer = io.BytesIO()
    torch.save(content, buffer, _use_new_zipfile_serialization=False)
    buffer.seek(0)
    parts = []
    for _ in range(3):
        start = buffer.tell()
        pickle.load(buffer)
        parts.append(buffer.getvalue()[start:buffer.tell()])
    return parts, buffer.getvalue()[buffer.tell():]


LEGACY = {"_use_new_zipfile_serialization": False}
everything = tensors()
store("zip.pth", everything, everything)
store("legacy.pth", everything, everything, **LEGACY)
small = collections.OrderedDict([("weight", torch.randn(2, 3)), ("bias", torch.randn(2))])
store("zip_protocol4.pth", small, small, pickle_protocol=4)
store("legacy_protocol4.pth", small, small, pickle_protocol=4, **LEGACY)

model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
model(torch.randn(8, 3)).sum().backward()
optimizer.step()
state = model.state_dict()
store("module.pth", state, state)
parallel = collections.OrderedDict(("module." + name, tensor) for name, tensor in state.items())
store("parallel.pth", parallel, parallel, **LEGACY)
checkpoint = {"epoch": 3, "arch": "tiny", "state_dict": parallel, "best": torch.tensor(71.5), "lr": 1e-3, "note": None,
              "optimizer": optimizer.state_dict()}
store("checkpoint.pth", checkpoint, flatten(checkpoint))

with_state = torch.nn.Parameter(torch.randn(2))
with_state.origin = "golden"
store("parameter_state.pth", {"p": with_state}, {"p": with_state})
old = torch.randn(2, 2)
store("parameter_old.pth", {"p": OldParameter(old)}, {"p": old}, **LEGACY)

rewrite("zip_protocol4.pth", "zip64.pth", zip64=True)
expected["zip64.pth"] = expected["zip_protocol4.pth"]
# Of many tensors, so that the pickle is compressed by codes of its own and the storages by the fixed ones.
rewrite("zip.pth", "compressed.pth", method=zipfile.ZIP_DEFLATED)
expected["compressed.pth"] = describe(torch.load("compressed.pth", weights_only=True))
rewrite("zip_protocol4.pth", "bzip2.pth", method=zipfile.ZIP_BZIP2)
# As a machine of the other byte order writes it; PyTorch itself says what it holds.
mixed = {name: everything[name].clone() for name in ["float32", "float16", "bfloat16", "float64", "scalar"]}
mixed["transposed"] = torch.randn(4, 5).t()
mixed["count"] = torch.tensor([1, -2])
torch.save(mixed, "big_endian.pth")
sizes = [tensor.element_size() for tensor in mixed.values()]


def swapped(name, data):
    if name.endswith("byteorder"):
        return b"big"
    folder, _, key = name.rpartition("/")
    return numpy.frombuffer(data, f"V{sizes[int(key)]}").copy().view(f"u{sizes[int(key)]}").byteswap().tobytes() \
        if folder.endswith("/data") else data


os.rename("big_endian.pth", "little_endian.pth")
rewrite("little_endian.pth", "big_endian.pth", change=swapped)
os.remove("little_endian.pth")
expected["big_endian.pth"] = describe(torch.load("big_endian.pth", weights_only=True))
assert torch.equal(torch.load("big_endian.pth", weights_only=True)["transposed"], mixed["transposed"])
parts, rest = legacy_parts(small)
facts = {"protocol_version": 1001, "little_endian": False, "type_sizes": {"short": 2, "int": 4, "long": 4}}
with open("big_endian_legacy.pth", "wb") as file:
    file.write(parts[0] + parts[1] + pickle.dumps(facts, protocol=2) + rest)
expected["big_endian_legacy.pth"] = describe(torch.load("big_endian_legacy.pth", weights_only=True))
# What PyTorch's safe loader refuses, or runs without it, stays opaque beside the tensor.
store("evil.pth", {"weight": small["weight"], "evil": Evil()}, {"weight": small["weight"]})
store("evil_legacy.pth", {"weight": small["weight"], "evil": Evil()}, {"weight": small["weight"]}, **LEGACY)
store("whole_module.pth", {"weight": small["weight"], "model": model}, {"weight": small["weight"]})
store("namespace.pth", {"state": small, "args": argparse.Namespace(lr=0.1, start=datetime.datetime(2020, 1, 2)),
                        "best": numpy.float64(71.5), "history": numpy.ones(3), "path": pathlib.PurePosixPath("/x"),
                        "step": functools.partial(max, 1), "cls": torch.nn.Linear, "half": "\ud800"},
      flatten({"state": small}))
torch.save(model, "only_module.pth")
store("conjugated.pth", {"weight": torch.view_as_complex(torch.randn(2, 2)).conj(),
                         "negated": torch.view_as_complex(torch.randn(2, 2)).conj().imag, "plain": small["bias"]},
      {"plain": small["bias"]})
store("list.pth", [small["weight"], {"bias": small["bias"]}], flatten([small["weight"], {"bias": small["bias"]}]))

# Everything that torch.load(weights_only=True) knows beside plain tensors.
noted = torch.nn.Parameter(torch.randn(2, 2))
noted.note = "golden"
attributed = torch.randn(3)
attributed.note = "golden"
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [30, 60])
known = {
    "state_dict": state, "scheduler": scheduler.state_dict(), "counter": collections.Counter("abca"),
    "size": torch.Size([1, 2]), "device": torch.device("cpu"), "dtype": torch.float16, "set": {1, 2}, "complex": 1 + 2j,
    "bytes": b"abc", "bytearray": bytearray(b"xyz"), "uint16": torch.tensor([1, 65535], dtype=torch.uint16),
    "uint64": torch.tensor([1, 2**63], dtype=torch.uint64), "float8": torch.randn(3).to(torch.float8_e4m3fn),
    "quantized": torch.quantize_per_tensor(torch.ones(4), 0.1, 0, torch.qint8), "sparse": torch.eye(3).to_sparse(),
    "rows": torch.eye(3).to_sparse_csr(), "meta": torch.empty(2, device="meta"), "large": 2**300, "noted": noted,
    "attributed": attributed, "random": torch.get_rng_state()[:16].clone(), "layout": torch.strided,
    "shared": [state, {"again": state["0.weight"]}],
}
for path, options in [("known.pth", {}), ("known_legacy.pth", LEGACY)]:
    store(path, known, {})
    # PyTorch itself says what the file holds; a state dict under two names is told under the first.
    held = flatten(torch.load(path, weights_only=True))
    expected[path] = describe({name: tensor for name, tensor in held.items() if not name.startswith("shared.0")})
for protocol in [3, 5]:
    path = f"known_protocol{protocol}.pth"
    content = {"state_dict": small, "set": {1}, "frozen": frozenset([2]), "bytes": b"z" * 300, "large": 2**3000}
    store(path, content, flatten(content), pickle_protocol=protocol)
torch.jit.script(torch.nn.ReLU()).save("torchscript.pth")

typed = {name: tensor.detach().contiguous().clone() for name, tensor in everything.items()}
typed |= {"int32": torch.tensor([1, -2], dtype=torch.int32), "int16": torch.tensor([3], dtype=torch.int16),
          "int8": torch.tensor([-4], dtype=torch.int8), "uint8": torch.tensor([5, 6, 7], dtype=torch.uint8)}
save_file(typed, "types.safetensors", metadata={"format": "pt", "note": "\u00fc \"quoted\"\n"})
expected["types.safetensors"] = describe(typed)

# A header of an odd length: the elements are not aligned to 4 bytes.
header = b'{"x":{"shape":[3],"data_offsets":[0,12],"dtype":"F32"} }'
header += b" " * ((9 - len(header)) % 8)
odd = torch.tensor([1.0, -2.5, 3e-5])
with open("unaligned.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header + odd.numpy().tobytes())
expected["unaligned.safetensors"] = describe({"x": odd})

os.makedirs("wrapped", exist_ok=True)


class Tiny(torch.nn.Module):
    """wrapped/network.json, as a module."""

    def __init__(self, classes=2, width=2):
        super().__init__()
        self.features = torch.nn.Sequential(
            torch.nn.Conv2d(3, width, 1), torch.nn.ReLU(), torch.nn.Conv2d(width, 3, 3, padding=1), torch.nn.ReLU())
        self.classifier = torch.nn.Sequential(torch.nn.Dropout(), torch.nn.Linear(48, classes))


class Inside(torch.nn.Module):
    def __init__(self, **parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)


def renamed(change, source=None):
    return collections.OrderedDict((change(name), value) for name, value in (source or plain).items())


tiny = Tiny()
plain = tiny.state_dict()
part_parallel, part_compiled, pieces, parts = (copy.deepcopy(tiny) for _ in range(4))
part_parallel.features = torch.nn.DataParallel(part_parallel.features)
part_compiled.classifier = torch.compile(part_compiled.classifier)
pieces.features[0] = torch.nn.DataParallel(pieces.features[0])
pieces.features[2] = torch.compile(pieces.features[2])
pieces.classifier[1] = torch.nn.DataParallel(pieces.classifier[1])
average = torch.optim.swa_utils.AveragedModel(tiny)
for value in average.parameters():
    value.data.mul_(2)
optimizer = torch.optim.Adam(tiny.parameters())
adapted = copy.deepcopy(tiny)
adapted.features[0] = Inside(base_layer=adapted.features[0], lora_A=torch.nn.Conv2d(3, 1, 1))
normed = Tiny()
torch.nn.utils.parametrizations.spectral_norm(normed.features[0])
other = Tiny(width=5)
wrapped = {
    "plain.pth": plain,
    "module.pth": torch.nn.DataParallel(tiny).state_dict(),
    "features_module.pth": {"epoch": 3, "state_dict": part_parallel.state_dict(), "optimizer": optimizer.state_dict()},
    "orig_mod.pth": torch.compile(tiny).state_dict(),
    "module_orig_mod.pth": {"model": torch.nn.DataParallel(torch.compile(tiny)).state_dict()},
    "orig_mod_module.pth": torch.compile(torch.nn.DataParallel(tiny)).state_dict(),
    "classifier_orig_mod.pth": part_compiled.state_dict(),
    "pieces.pth": pieces.state_dict(),
    "lightning.pth": {"state_dict": Inside(model=tiny, loss=torch.nn.Linear(2, 2)).state_dict(), "epoch": 2,
                      "hyper_parameters": argparse.Namespace(lr=0.1)},
    "backbone.pth": Inside(backbone=Inside(body=tiny), head=torch.nn.Linear(2, 2)).state_dict(),
    "net.pth": {"net": plain, "acc": 71.5, "epoch": 1},
    "weights.pth": {"weights": plain},
    "nested.pth": {"state": {"model": torch.nn.DataParallel(tiny).state_dict(), "lr": 0.1}},
    "parts.pth": {"features": parts.features.state_dict(), "classifier": parts.classifier.state_dict()},
    "tuple.pth": (3, plain),
    "average.pth": {"averaged_model": torch.optim.swa_utils.AveragedModel(tiny).state_dict()},
    "aliases.pth": {"model": plain, "state_dict": plain, "copy": renamed(lambda name: "module." + name)},
    "beside.pth": {**plain, "ema": average.state_dict()},
    "model_and_ema.pth": {"model": plain, "model_ema": average.state_dict()},
    "teacher.pth": Inside(student=tiny, teacher=average.module).state_dict(),
    "two_widths.pth": {"model": other.state_dict(), "other": plain},
    "adapted.pth": adapted.state_dict(),
    "normed.pth": normed.state_dict(),
    "ten_classes.pth": {"model": Tiny(classes=10).state_dict()},
    "features_only.pth": {name: value for name, value in plain.items() if name.startswith("features")},
    "integers.pth": {**plain, "features.0.weight": plain["features.0.weight"].to(torch.int32)},
    "quantized.pth": {**plain, "features.0.weight":
                      torch.quantize_per_tensor(plain["features.0.weight"], 0.1, 0, torch.qint8)},
    "numpy.pth": {**plain, "features.0.weight": plain["features.0.weight"].numpy()},
}
for name, content in wrapped.items():
    torch.save(content, f"wrapped/{name}")
for name, change in {
    "module": lambda name: "module." + name,
    "orig_mod": lambda name: "_orig_mod." + name,
    "features_module": lambda name: name.replace("features.", "features.module."),
    "net": lambda name: "model.net." + name.replace("classifier.", "classifier.head."),
}.items():
    save_file({key: value.clone() for key, value in renamed(change).items()}, f"wrapped/{name}.safetensors")
expected["wrapped/plain.pth"] = describe(plain)

for path in pathlib.Path("wrapped").iterdir():
    path.chmod(0o644)

with open("expected.json", "w") as file:
    json.dump(expected, file, indent=1, sort_keys=True)
    file.write("\n")
total = sum(path.stat().st_size for path in pathlib.Path(".").rglob("*") if path.is_file())
print(f"{len(expected)} files expected to open, {total} bytes in all", file=sys.stderr)
