"""Makes the weight files of this folder, and expected.json with what they hold.

    python make_golden.py        needs torch and safetensors from PyPI; made with torch 2.15.0, safetensors 0.8.0

expected.json: file -> tensor -> {"dtype", "shape", "bits"}, where "bits" is the row-major float32 values' bit
patterns as 8 hexadecimal digits each, as PyTorch converts them; null for types that do not convert.
"""

import collections
import io
import json
import os
import pickle
import struct
import sys
import zipfile

import numpy
import torch
from safetensors.torch import save_file

os.chdir(os.path.dirname(os.path.abspath(__file__)))
torch.manual_seed(7)
expected = {}

FLOATS = {torch.float32: "float32", torch.float16: "float16", torch.bfloat16: "bfloat16", torch.float64: "float64"}
OTHERS = {torch.int64: "int64", torch.int32: "int32", torch.int16: "int16", torch.int8: "int8",
          torch.uint8: "uint8", torch.bool: "bool"}


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
store("parallel.pth", parallel, state, **LEGACY)
checkpoint = {"epoch": 3, "arch": "tiny", "state_dict": parallel, "best": torch.tensor(71.5), "lr": 1e-3, "note": None,
              "optimizer": optimizer.state_dict()}
store("checkpoint.pth", checkpoint, state)

with_state = torch.nn.Parameter(torch.randn(2))
with_state.origin = "golden"
store("parameter_state.pth", {"p": with_state}, {"p": with_state})
old = torch.randn(2, 2)
store("parameter_old.pth", {"p": OldParameter(old)}, {"p": old}, **LEGACY)

rewrite("zip_protocol4.pth", "zip64.pth", zip64=True)
expected["zip64.pth"] = expected["zip_protocol4.pth"]
rewrite("zip_protocol4.pth", "compressed.pth", method=zipfile.ZIP_DEFLATED)
rewrite("zip_protocol4.pth", "big_endian.pth",
        change=lambda name, data: b"big" if name.endswith("byteorder") else data)
parts, rest = legacy_parts(small)
facts = {"protocol_version": 1001, "little_endian": False, "type_sizes": {"short": 2, "int": 4, "long": 4}}
with open("big_endian_legacy.pth", "wb") as file:
    file.write(parts[0] + parts[1] + pickle.dumps(facts, protocol=2) + rest)
torch.save({"weight": small["weight"], "evil": Evil()}, "evil.pth")
torch.save({"weight": small["weight"], "evil": Evil()}, "evil_legacy.pth", **LEGACY)
torch.save({"weight": small["weight"], "model": model}, "whole_module.pth")
torch.save({"weight": torch.view_as_complex(torch.randn(2, 2)).conj()}, "conjugated.pth")
torch.save([small["weight"]], "list.pth")
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

with open("expected.json", "w") as file:
    json.dump(expected, file, indent=1, sort_keys=True)
    file.write("\n")
total = sum(os.path.getsize(name) for name in os.listdir("."))
print(f"{len(expected)} files expected to open, {total} bytes in all", file=sys.stderr)
