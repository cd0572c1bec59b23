#!/usr/bin/env python3
"""Writes archives.json: tar archives in the forms that programs write, made by GNU tar and Python's tarfile, and what
Python's tarfile reads in each of them (the judge; GNU tar must unpack the same). An archive is kept as its blocks that are
not zero, trailing zeros cut off, so that the file is small.

    Tests/DatasetTests/Golden/make_archives.py
"""
import base64
import hashlib
import io
import json
import os
import pathlib
import subprocess
import tarfile
import tempfile

HERE = pathlib.Path(__file__).parent
BLOCK = 512
IMAGES = (".jpg", ".jpeg")


def run(*arguments, folder):
    subprocess.run(arguments, cwd=folder, check=True, env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def tar(folder, *arguments):
    path = folder / "out.tar"
    path.unlink(missing_ok=True)
    run("tar", "--owner=u:1", "--group=g:1", "--mtime=@1500000000", "--sort=name", "-b1", "-cf", "out.tar", *arguments,
        folder=folder)
    return path.read_bytes()


def write_with_holes(path, runs):
    """A block of data, a block of zeros, and so on; at the end a hole of the file system's, or tar looks for none."""
    text = b"".join((b"run %d" % number).ljust(2 * BLOCK, b"\0") for number in range(runs))
    path.write_bytes(text)
    os.truncate(path, len(text) + 100_100)


def checksummed(header):
    header = bytearray(header)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


def plain(name, content, **changes):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in changes.items():
        setattr(info, key, value)
    return info


def written(entries, **options):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", **options) as archive:
        for info, content in entries:
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def link(name, target, kind):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def archives(folder):
    """Name, bytes; `in` holds two images, and what each needs beside them."""
    source = folder / "in"
    source.mkdir()
    (source / "a.jpg").write_bytes(b"the first")
    (source / "b.JPEG").write_bytes(b"the second one")
    for form in ("v7", "ustar", "oldgnu", "gnu", "posix"):
        yield form, tar(folder, f"--format={form}", "in")
    yield "volume label", tar(folder, "--format=gnu", "-V", "photographs", "in")
    yield "volume label, posix", tar(folder, "--format=posix", "-V", "photographs", "in")
    yield "no folder", tar(folder, "-C", "in", "a.jpg", "b.JPEG")

    long = "d" * 90 + "/" + "n" * 120 + ".jpg"
    (source / long).parent.mkdir()
    (source / long).write_bytes(b"a long name")
    (source / "to-long.jpg").symlink_to(long)
    os.link(source / long, source / "z-hard.jpg")
    for form in ("gnu", "posix"):
        yield f"long names and links, {form}", tar(folder, f"--format={form}", "in")
    for name in ("to-long.jpg", "z-hard.jpg", long):
        (source / name).unlink()
    (source / long).parent.rmdir()

    for runs in (2, 5, 30):
        write_with_holes(source / "s.jpg", runs)
        for name, options in (("oldgnu", ["--format=oldgnu"]), ("gnu", ["--format=gnu"]),
                              ("0.0", ["--format=posix", "--sparse-version=0.0"]),
                              ("0.1", ["--format=posix", "--sparse-version=0.1"]),
                              ("1.0", ["--format=posix", "--sparse-version=1.0"])):
            yield f"sparse {name}, {runs} runs", tar(folder, "-S", "--hole-detection=raw", *options, "in")
    write_with_holes(source / "s.jpg", 0)
    yield "sparse, nothing but a hole", tar(folder, "-S", "--hole-detection=raw", "--format=posix", "in")
    (source / "s.jpg").unlink()

    first = tar(folder, "in")
    (source / "c.jpg").write_bytes(b"a third")
    (source / "a.jpg").write_bytes(b"the first, changed")
    second = tar(folder, "in/a.jpg", "in/c.jpg")
    yield "one behind the other", first + second
    yield "one behind the other, many zeros between", first + bytes(40 * BLOCK) + second
    (folder / "first.tar").write_bytes(first)
    run("tar", "-b1", "-rf", "first.tar", "in/a.jpg", "in/c.jpg", folder=folder)
    yield "appended: the last of one name counts", (folder / "first.tar").read_bytes()
    (folder / "first.tar").write_bytes(first)
    (folder / "second.tar").write_bytes(second)
    run("tar", "-b1", "-Af", "first.tar", "second.tar", folder=folder)
    yield "tar -A", (folder / "first.tar").read_bytes()
    yield "text behind the end", first + b"no archive, only text".ljust(3 * BLOCK)
    yield "one block of zeros at the end", first.rstrip(b"\0").ljust((len(first.rstrip(b"\0")) + 511) // 512 * 512 + 512, b"\0")

    one = (plain("store/0123", b"without an extension"), b"without an extension")
    yield "links to a store", written([
        one, link("val/a.jpg", "../store/0123", tarfile.SYMTYPE), link("val/b.jpg", "a.jpg", tarfile.SYMTYPE),
        link("c.jpg", "store/0123", tarfile.LNKTYPE), link("val/./d.jpg", "./../val/../c.jpg", tarfile.SYMTYPE)])
    yield "global attributes", written(
        [one, (plain("e.jpg", b"e"), b"e")], format=tarfile.PAX_FORMAT, pax_headers={"comment": "all of them"})
    yield "attributes for names", written(
        [(plain("\u00e9t\u00e9/\u00e9.jpg", b"e"), b"e")], format=tarfile.PAX_FORMAT)
    yield "slash and dots in front", written(
        [(plain("/x/a.jpg", b"1"), b"1"), (plain("./y/./b.jpg", b"2"), b"2"), (plain("z//c.jpg", b"3"), b"3")])
    header = bytearray(plain("a.jpg", b"x" * 700).tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\x80" + (700).to_bytes(11, "big")
    yield "a binary size", checksummed(header) + (b"x" * 700).ljust(2 * BLOCK, b"\0") + bytes(2 * BLOCK)
    header = bytearray(plain("\u00e9.jpg", b"x").tobuf(tarfile.GNU_FORMAT, "latin-1"))
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(byte - 256 if byte > 127 else byte for byte in header)
    yield "a signed checksum", bytes(header) + b"x".ljust(BLOCK, b"\0") + bytes(2 * BLOCK)
    pax = plain("a.jpg", b"x", pax_headers={"path": "s/solaris.jpg"}).tobuf(tarfile.PAX_FORMAT)
    solaris = checksummed(pax[:156] + b"X" + pax[157:BLOCK]) + pax[BLOCK:]
    yield "attributes of Solaris", solaris + b"x".ljust(BLOCK, b"\0") + bytes(2 * BLOCK)
    folderlike = plain("in/", b"", type=tarfile.AREGTYPE)
    yield "old folders", folderlike.tobuf(tarfile.USTAR_FORMAT) + first


def read(data):
    """What Python's tarfile has under each name of an image, the last of one name."""
    images = {}
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:", ignore_zeros=True) as archive:
        members = archive.getmembers()
        for member in members:
            name = member.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            name = "/".join(part for part in name.split("/") if part not in ("", "."))
            if not name.lower().endswith(IMAGES) or member.isdir():
                continue
            content = archive.extractfile(member).read()
            images[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return images


def unpacked(data):
    """The same as GNU tar leaves it."""
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        (place / "x.tar").write_bytes(data)
        (place / "out").mkdir()
        subprocess.run(["tar", "-i", "-xf", "../x.tar"], cwd=place / "out", stderr=subprocess.DEVNULL)
        images = {}
        for path in (place / "out").rglob("*"):
            if path.name.lower().endswith(IMAGES) and path.is_file():
                content = path.read_bytes()
                images[str(path.relative_to(place / "out"))] = {
                    "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        return images


def packed(data):
    blocks = {}
    for place in range(0, len(data), BLOCK):
        block = data[place:place + BLOCK].rstrip(b"\0")
        if block:
            blocks[str(place // BLOCK)] = base64.b64encode(block).decode()
    return {"bytes": len(data), "blocks": blocks}


def main():
    golden = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, data in archives(pathlib.Path(folder)):
            try:
                images = read(data)
            except tarfile.ReadError as error:
                raise SystemExit(f"{name}: {error}")
            assert images, name
            if name != "a signed checksum":  # its name is no UTF-8
                assert unpacked(data) == images, (name, unpacked(data), images)
            golden[name] = {**packed(data), "images": images}
    (HERE / "archives.json").write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
    print(len(golden), "archives")


main()
