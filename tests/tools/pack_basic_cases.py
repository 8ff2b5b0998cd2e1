#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Pack TI BASIC conformance cases for the tests: one compressed file for each area.

usage: pack_basic_cases.py CASES tests/data/basic-cases

CASES is the corpus' folder, with a folder for each area. The same cases give the same bytes.
"""
import gzip
import json
import pathlib
import sys


def main(source, target):
    for area in sorted(path for path in pathlib.Path(source).iterdir() if path.is_dir()):
        cases = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(area.glob("*.json"))]
        text = "[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n"
        packed = gzip.compress(text.encode("ascii"), 9, mtime=0)
        pathlib.Path(target, area.name + ".json.gz").write_bytes(packed)


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
