#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Lists runs of 16 bytes or more that our console ROM or GROMs have in common with the user's genuine images.

Usage: originality.py GENUINE...    (any ROM and GROM files). Ends with 1 if there is a run.
Runs of one repeated byte (filler) do not count. Only addresses and lengths are printed, never TI's bytes.
"""
import pathlib
import sys

LEAST = 16
OURS = pathlib.Path(__file__).resolve().parents[2] / "roms" / "system"


def main(paths):
    if not paths or paths[0].startswith('-'):
        sys.exit(__doc__)
    known = set()
    for path in paths:
        data = pathlib.Path(path).read_bytes()
        known |= {data[i:i + LEAST] for i in range(len(data) - LEAST + 1)}
    found = 0
    for name in ("rom.bin", "grom0.bin", "grom1.bin", "grom2.bin"):
        data, i = (OURS / name).read_bytes(), 0
        while i + LEAST <= len(data):
            end = i
            while data[end:end + LEAST] in known and len(set(data[end:end + LEAST])) > 1:
                end += 1
            if end > i:
                print(f"{name}: >{i:04X}, {end - i + LEAST - 1} bytes")
                found += 1
            i = end + 1
    print(f"{found} runs of {LEAST} bytes or more in common")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
