#!/usr/bin/env python3
"""Writes pictures.json: what begins a file of each kind that Pillow writes, and of other kinds that stand in an image's place.

    Tests/DatasetTests/Golden/make_pictures.py    (needs numpy and Pillow)
"""
import base64
import bz2
import gzip
import io
import json
import lzma
import pathlib
import zipfile

import numpy
from PIL import Image, features

HERE = pathlib.Path(__file__).parent


def picture(form, **options):
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 100, 50)).save(stream, form, **options)
    return stream.getvalue()


def main():
    files = {name: picture(form) for name, form in {
        "a PNG picture": "PNG", "a GIF picture": "GIF", "a BMP picture": "BMP", "a TIFF picture": "TIFF",
        "a JPEG 2000 picture": "JPEG2000", "a WebP picture": "WEBP", "a PDF document": "PDF"}.items()}
    if features.check("avif"):
        files["a HEIF or AVIF picture"] = picture("AVIF")
    array = io.BytesIO()
    numpy.save(array, numpy.zeros((2, 2)))
    files["a NumPy array"] = array.getvalue()
    files["a gzip file"] = gzip.compress(b"x" * 100, mtime=0)
    files["a bzip2 file"] = bz2.compress(b"x" * 100)
    files["an xz file"] = lzma.compress(b"x" * 100)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr(zipfile.ZipInfo("x.txt"), "x")
    files["a zip archive"] = archive.getvalue()
    files["an HTML page"] = b"\n<!DOCTYPE HTML><html><title>404 Not Found</title>"
    files["a Git LFS pointer in the place of the file"] = (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 109527\n")
    golden = {name: base64.b64encode(data[:64]).decode() for name, data in files.items()}
    (HERE / "pictures.json").write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
    print(len(golden), "kinds")


main()
