"""Compares decoding, resize and crop with Pillow's bytes over every JPEG under some folders.

    python check_pillow.py FOLDER...        needs pillow and, for the other side, this package's tests
"""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from pillow_stages import stages

PACKAGE = pathlib.Path(__file__).resolve().parents[3]


def main():
    files = [file for folder in sys.argv[1:] for file in pathlib.Path(folder).resolve().rglob("*.[jJ][pP]*[gG]")]
    digests, compared = {}, 0
    for file in files:
        digests[str(file)] = {}
        for label, raw in stages(file):
            digests[str(file)][label] = hashlib.sha256(raw).hexdigest()
            compared += len(raw)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as out:
        json.dump(digests, out)
        out.flush()
        command = ["swift", "test", "-c", "release", "--disable-xctest", "--filter", "anyFolderHasPillowsBytes"]
        status = subprocess.run(command, cwd=PACKAGE, env={**os.environ, "STNET_PILLOW_DIGESTS": out.name}).returncode
    print(f"{len(files)} files, {compared} bytes:", "0 differing bytes" if status == 0 else "bytes DIFFER")
    sys.exit(status)


if __name__ == "__main__":
    main()
