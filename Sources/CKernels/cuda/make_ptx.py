#!/usr/bin/env python3
"""Compiles kernels/*.cu to PTX with NVRTC: ptx/*.ptx, which the binary embeds.

    make_ptx.py            writes ptx/*.ptx
    make_ptx.py --check    compares them with what the kernels give now, and with the table of ck_cuda_ptx.c; status 1
                           where they differ
    make_ptx.py --ptxas    assembles ptx/*.ptx for the architectures of ARCHITECTURES; prints registers and spills

Status 3: NVRTC, or ptxas, is not installed (requirements.txt beside this file). Neither needs a GPU or a toolkit.
"""

import ctypes
import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
KERNELS, OUTPUT, HEADERS = HERE / "kernels", HERE / "ptx", HERE.parent / "include"
# The oldest architecture that is supported; a driver translates it for every newer one.
TARGET = "compute_75"
ARCHITECTURES = ["sm_75", "sm_80", "sm_89", "sm_90"]
VERSION = (12, 4)
OPTIONS = [
    f"--gpu-architecture={TARGET}", "--std=c++17", "--fmad=false", "--ftz=false", "--prec-div=true",
    "--prec-sqrt=true", f"--include-path={HEADERS}", f"--include-path={KERNELS}",
]
NOT_INSTALLED = 3


def package_file(package, pattern):
    """A file of a package from PyPI, or None."""
    try:
        found = importlib.util.find_spec(package)
    except ModuleNotFoundError:
        return None
    places = found.submodule_search_locations if found else None
    files = sorted(path for place in places or [] for path in Path(place).glob(pattern))
    return files[0] if files else None


class Compiler:
    def __init__(self, library):
        self.nvrtc = ctypes.CDLL(str(library))
        self.nvrtc.nvrtcGetErrorString.restype = ctypes.c_char_p
        major, minor = ctypes.c_int(), ctypes.c_int()
        self.call("nvrtcVersion", ctypes.byref(major), ctypes.byref(minor))
        if (major.value, minor.value) != VERSION:
            sys.exit(f"NVRTC {major.value}.{minor.value}, expected {VERSION[0]}.{VERSION[1]}: its PTX would need "
                     "another driver and differ from the committed one; install requirements.txt")

    def call(self, name, *arguments):
        status = getattr(self.nvrtc, name)(*arguments)
        if status:
            raise RuntimeError(f"{name}: {self.nvrtc.nvrtcGetErrorString(status).decode()}")

    def text(self, program, what):
        size = ctypes.c_size_t()
        self.call(f"nvrtcGet{what}Size", program, ctypes.byref(size))
        buffer = ctypes.create_string_buffer(size.value)
        self.call(f"nvrtcGet{what}", program, buffer)
        return buffer.value.decode()

    def ptx(self, source):
        program = ctypes.c_void_p()
        self.call("nvrtcCreateProgram", ctypes.byref(program), source.read_bytes(), source.name.encode(), 0, None, None)
        options = (ctypes.c_char_p * len(OPTIONS))(*[option.encode() for option in OPTIONS])
        try:
            self.call("nvrtcCompileProgram", program, len(OPTIONS), options)
        except RuntimeError as error:
            sys.exit(f"{source.name}: {error}\n{self.text(program, 'ProgramLog')}")
        text = self.text(program, "PTX")
        self.call("nvrtcDestroyProgram", ctypes.byref(program))
        return text


def without_comments(ptx):
    """NVRTC's text less its comments, empty lines and tabs: the driver's compiler reads nothing else."""
    lines = [line.split("//")[0].rstrip().replace("\t", " ") for line in ptx.splitlines()]
    return "\n".join(line for line in lines if line) + "\n"


def write_or_check(check):
    library = package_file("nvidia.cuda_nvrtc", "lib/libnvrtc.so.*")
    if library is None:
        print("NVRTC is not installed: pip install -r Sources/CKernels/cuda/requirements.txt")
        return NOT_INSTALLED
    compiler = Compiler(library)
    sources = sorted(KERNELS.glob("*.cu"))
    wrong = []
    for source in sources:
        target = OUTPUT / f"{source.stem}.ptx"
        text = without_comments(compiler.ptx(source))
        if not check:
            target.write_text(text)
            print(f"{target.name}: {len(text)} bytes")
        elif not target.exists() or target.read_text() != text:
            wrong.append(f"{target.name} is not what {source.name} gives: make ptx")
    names = [source.stem for source in sources]
    for path in sorted(OUTPUT.iterdir()):
        if path.suffix != ".ptx" or path.stem not in names:
            wrong.append(f"ptx/{path.name} has no source in kernels/: remove it")
    embedded = re.findall(r'^#embed "ptx/(\w+)\.ptx"', (HERE / "ck_cuda_ptx.c").read_text(), re.MULTILINE)
    if embedded != names:
        wrong.append("the table of ck_cuda_ptx.c has not each file of ptx/ once, in the order of their names: "
                     + ", ".join(sorted(set(embedded) ^ set(names)) or ["the order"]))
    for line in wrong:
        print(line)
    return 1 if wrong else 0


def assemble():
    assembler = package_file("nvidia.cuda_nvcc", "bin/ptxas")
    if assembler is None:
        print("ptxas is not installed: pip install -r Sources/CKernels/cuda/requirements.txt")
        return NOT_INSTALLED
    print(f"{'kernel':28}{'':8}{'registers':>10}{'spilled bytes':>15}{'shared bytes':>14}")
    for source in sorted(OUTPUT.glob("*.ptx")):
        for architecture in ARCHITECTURES:
            with tempfile.TemporaryDirectory() as directory:
                done = subprocess.run(
                    [assembler, "-v", f"-arch={architecture}", source, "-o", Path(directory) / "kernels.cubin"],
                    capture_output=True, text=True)
            if done.returncode:
                print(f"{source.name}, {architecture}:\n{done.stdout}{done.stderr}")
                return 1
            for entry in done.stderr.split("Compiling entry function '")[1:]:
                name = entry.split("'")[0]
                spills = sum(int(n) for n in re.findall(r"(\d+) bytes spill", entry))
                registers = int(re.search(r"Used (\d+) registers", entry)[1])
                shared = re.search(r"(\d+) bytes smem", entry)
                print(f"{name:28}{architecture:8}{registers:10}{spills:15}{int(shared[1]) if shared else 0:14}")
    return 0


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments not in ([], ["--check"], ["--ptxas"]):
        sys.exit(__doc__)
    sys.exit(assemble() if arguments == ["--ptxas"] else write_or_check(check=arguments == ["--check"]))
