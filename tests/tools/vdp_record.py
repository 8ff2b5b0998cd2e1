#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Record the pictures of the VDP test programs from MAME 0.251.

usage: vdp_record.py [--lubbock PATH] [--mame PATH] [NAME ...]

Each tests/data/vdp/NAME.a99 is assembled to a console ROM and runs in MAME's ti99_4a for 200 frames; the picture MAME shows then,
280 x 216 dots with 12 dots of border, goes to NAME.gz: a byte for each dot, row by row, the palette index (1 for both blacks).
"""
import argparse
import gzip
import os
import subprocess
import sys
import tempfile

from mame import read_png, run

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "vdp")
FRAME = 200
# MAME's palette; index 0 is black as 1 is.
PALETTE = ["21C842", "5EDC78", "5455ED", "7D76FC", "D4524D", "42EBF5", "FC5554", "FF7978", "D4C154", "E6CE80", "21B03B",
           "C95BBA", "CCCCCC", "FFFFFF"]
INDEX = {tuple(bytes.fromhex(color)): n for n, color in enumerate(PALETTE, 2)}
INDEX[0, 0, 0] = 1

LUA = f"""
local screen
for _, s in pairs(manager.machine.screens) do screen = s end
local frame = 0
keep = emu.register_frame_done(function()
  frame = frame + 1
  if frame == {FRAME} then screen:snapshot("shot.png") end
  if frame == {FRAME} + 2 then manager.machine:exit() end
end)
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lubbock", default="target/release/lubbock")
    parser.add_argument("--mame")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    names = options.names or sorted(name[:-4] for name in os.listdir(DATA) if name.endswith(".a99"))
    for name in names:
        with tempfile.TemporaryDirectory() as work:
            binary = os.path.join(work, "rom")
            subprocess.run([options.lubbock, "asm", "-b", "-o", binary, os.path.join(DATA, name + ".a99")], check=True)
            with open(binary, "rb") as file:
                rom = file.read().ljust(0x2000, b"\0")
        shot, = run(rom, bytes(0x4800), LUA, 30, ["shot.png"], options.mame)
        dots = bytes(INDEX[dot] for row in read_png(shot) for dot in row)
        packed = gzip.compress(dots, 9, mtime=0)
        with open(os.path.join(DATA, name + ".gz"), "wb") as file:
            file.write(packed)
        print(f"{name}: {len(set(dots))} colours, {len(packed)} bytes")


sys.exit(main())
