#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Converts public BASIC programs and compares the bytes.

    basic_compare.py [--cache FOLDER] [--lubbock PROGRAM] [--xbas99 COMMAND] [LIST]

LIST (tests/data/basic/public.txt) has a line per program: repository, commit, file, options for `basic encode`. A listing
(`.bas`) must encode to what xbas99 makes of it; a program file must come back byte for byte after decoding and encoding,
but for the ten characters of its TIFILES header that hold a name. Repositories are cloned as asm_compare.py does; nothing
of theirs belongs into this repository. Exit code 1 if any differs.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

from asm_compare import HERE, fetch

NAME = slice(16, 26)


def run(*command):
    subprocess.run(list(map(str, command)), check=True, capture_output=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", nargs="?", type=pathlib.Path, default=HERE.parent / "data/basic/public.txt")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path("target/asm-sources"))
    parser.add_argument("--lubbock", default="target/release/lubbock")
    parser.add_argument("--xbas99", default="xbas99.py")
    args = parser.parse_args()
    different = count = 0
    for line in args.list.read_text().splitlines():
        if line.startswith("#"):
            continue
        repository, commit, name, *options = line.split()
        path = fetch(args.cache, repository, commit) / name
        with tempfile.TemporaryDirectory() as folder:
            ours, theirs, text = (pathlib.Path(folder, n) for n in ("ours", "theirs", "text.bas"))
            if path.suffix.lower() == ".bas":
                run(args.lubbock, "basic", "encode", "-q", *options, path, "-o", ours)
                run(args.xbas99, "-c", path, "-o", theirs, *(["-L"] if "-l" in options else []))
                same = ours.read_bytes() == theirs.read_bytes()
            else:
                run(args.lubbock, "basic", "decode", path, "-o", text)
                run(args.lubbock, "basic", "encode", "-q", *options, text, "-o", ours)
                found, wanted = bytearray(ours.read_bytes()), bytearray(path.read_bytes())
                found[NAME] = wanted[NAME]
                same = found == wanted
        count += 1
        different += not same
        if not same:
            print(f"DIFFERENT {repository} {name}")
    print(f"{count - different} of {count} programs are the same")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
