#!/usr/bin/env python3
"""Holds ck_cuda_driver.h against NVIDIA's own cuda.h: every function, structure and constant that it declares itself.

    check_header.py                       the header of requirements.txt; status 1 where something differs
    check_header.py --declarations FILE   another file than ck_cuda_driver.h (for the test of this check)
    check_header.py --header FILE         another cuda.h

A C++ compiler ($CXX, or else clang++, g++) makes the comparison: static assertions, nothing is run. Status 3: the
header (requirements.txt beside this file) or a compiler is not installed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from make_ptx import HEADERS, HERE, NOT_INSTALLED, package_file

# What is asserted of one type of ours and the header's, so that a call through either passes the same bits in the same
# places. Handles, pointers to structures that the header does not define, are void * of ours; enumerations are int.
RULES = r"""
#include <cstddef>
#include <type_traits>
#include "cuda.h"
#include DECLARATIONS

template <typename T, typename = void> struct is_defined : std::false_type {};
template <typename T> struct is_defined<T, std::void_t<decltype(sizeof(T))>> : std::true_type {};

template <typename Ours, typename Theirs> constexpr bool passes_alike() {
    if constexpr (std::is_pointer_v<Ours> && std::is_pointer_v<Theirs>) {
        using O = std::remove_pointer_t<Ours>;
        using T = std::remove_pointer_t<Theirs>;
        if constexpr (std::is_const_v<O> != std::is_const_v<T>) return false;
        else if constexpr (std::is_void_v<O>) return std::is_void_v<T> || !is_defined<T>::value;
        else if constexpr (std::is_void_v<T>) return false;
        else return passes_alike<std::remove_cv_t<O>, std::remove_cv_t<T>>();
    } else if constexpr (std::is_pointer_v<Ours> || std::is_pointer_v<Theirs>) {
        return false;
    } else if constexpr (std::is_class_v<Ours> && std::is_class_v<Theirs>) {
        // One structure, whose members are asserted below.
        return sizeof(Ours) == sizeof(Theirs) && alignof(Ours) == alignof(Theirs);
    } else if constexpr (std::is_enum_v<Theirs>) {
        return std::is_same_v<Ours, int> && sizeof(Ours) == sizeof(Theirs);
    } else {
        return sizeof(Ours) == sizeof(Theirs) && std::is_floating_point_v<Ours> == std::is_floating_point_v<Theirs> &&
               std::is_integral_v<Ours> == std::is_integral_v<Theirs> &&
               std::is_signed_v<Ours> == std::is_signed_v<Theirs>;
    }
}

template <typename Ours, typename Theirs> struct calls_alike : std::false_type {};
template <typename R, typename... P, typename S, typename... Q> struct calls_alike<R (*)(P...), S (*)(Q...)> {
    static constexpr bool all() {
        if constexpr (sizeof...(P) != sizeof...(Q)) return false;
        else return passes_alike<R, S>() && (passes_alike<P, Q>() && ...);
    }
    static constexpr bool value = all();
};

constexpr bool same(const char *a, const char *b) { return *a == *b && (*a == 0 || same(a + 1, b + 1)); }
#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)
"""

ALWAYS = r"""
static_assert(CK_CUDA_DRIVER_VERSION <= CUDA_VERSION,
              "differs: CK_CUDA_DRIVER_VERSION is newer than the header (requirements.txt)");
static_assert(sizeof(ck_cuda_uuid) == sizeof(CUuuid) && alignof(ck_cuda_uuid) == alignof(CUuuid) &&
              offsetof(ck_cuda_uuid, bytes) == offsetof(CUuuid, bytes) &&
              sizeof(ck_cuda_uuid::bytes) == sizeof(CUuuid::bytes), "differs: ck_cuda_uuid is not laid out as CUuuid");
static_assert(sizeof(CUdeviceptr) == sizeof(uint64_t), "differs: an address has not 64 bits");
"""


def assertions(declarations):
    """The lines that assert each entry of the two tables, and how many functions and constants there are."""
    functions = re.findall(r'\bF\((\w+),\s*"(\w+)"', declarations)
    constants = re.findall(r"\bC\((\w+),", declarations)
    if not functions or not constants:
        sys.exit("no functions or no constants were found: expected CK_CUDA_FUNCTIONS(F) and CK_CUDA_CONSTANTS(C)")
    lines = []
    for field, symbol in functions:
        base = re.sub(r"_v\d+$", "", symbol)
        # A program that includes the header calls what its macros make of the plain name. Where they make nothing of
        # it, the name that is looked up has to be declared as it is.
        lines.append(
            f'static_assert(same(TEXT({base}), "{symbol}") || (same(TEXT({base}), "{base}") && '
            f'same(TEXT({symbol}), "{symbol}")), '
            f'"differs: {symbol}: the header calls " TEXT({base}) " under that name");')
        lines.append(
            f"static_assert(calls_alike<decltype(ck_cuda_driver::{field}), decltype(&::{symbol})>::value, "
            f'"differs: {symbol}: other parameters or another result than the header\'s");')
    for name in constants:
        lines.append(
            f"static_assert((long long)CK_{name} == (long long){name}, "
            f'"differs: {name}: another value than the header\'s");')
    return lines, len(functions), len(constants)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--declarations", type=Path, default=HERE / "ck_cuda_driver.h")
    options.add_argument("--header", type=Path, default=package_file("nvidia.cuda_runtime", "include/cuda.h"))
    asked = options.parse_args()
    compiler = os.environ.get("CXX") or shutil.which("clang++") or shutil.which("g++")
    if asked.header is None or compiler is None:
        print("cuda.h is not installed: pip install -r Sources/CKernels/cuda/requirements.txt" if compiler else
              "no C++ compiler: set CXX, or install clang++ or g++")
        return NOT_INSTALLED
    lines, functions, constants = assertions(asked.declarations.read_text())
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory) / "check.cpp"
        named = f'#define DECLARATIONS "{asked.declarations.resolve()}"\n'
        source.write_text(named + RULES + ALWAYS + "\n".join(lines) + "\n")
        done = subprocess.run(
            [compiler, "-std=c++17", "-fsyntax-only", f"-I{asked.header.resolve().parent}", f"-I{HEADERS}", source],
            capture_output=True, text=True)
    if done.returncode:
        # An assertion's own words; of any other error, a name that the header lacks, the compiler's.
        for line in done.stderr.splitlines():
            if ": error: " in line:
                print(f"{asked.declarations.name}: {line.split(': error: ')[1].split('differs: ')[-1]}")
        return 1
    version = re.search(r"#define CUDA_VERSION (\d+)", asked.header.read_text())[1]
    print(f"{functions} functions, {constants} constants and the structure of ck_cuda_driver.h are those of "
          f"CUDA {int(version) // 1000}.{int(version) % 1000 // 10}'s header")
    return 0


if __name__ == "__main__":
    sys.exit(main())
