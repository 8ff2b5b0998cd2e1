#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Boots Lubbock's firmware in MAME and in Lubbock and compares the pictures of title and menu, pixel for pixel.

    mame_boot.py [--mame MAME] [--lubbock LUBBOCK]

MAME 0.251's ti99_4a takes the images under roms/system as a set with other checksums. Borders differ between the emulators (MAME
shows 12 pixels of it, Lubbock what a television shows), so the 256 by 192 dots inside are compared; colours are compared
through a one-to-one mapping, since the palettes differ. Ends with 1 if a picture differs.
"""
import argparse
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

SYSTEM = pathlib.Path(__file__).resolve().parents[2] / "roms" / "system"
WIDTH, HEIGHT = 256, 192
# Frames from power-on: title, SPACE down, SPACE up, menu.
TITLE, DOWN, UP, MENU = 140, 150, 160, 300

LUA = """
local m, frame, screen = manager.machine, 0, nil
for _, s in pairs(m.screens) do screen = s end
keep = emu.register_frame_done(function()
  frame = frame + 1
  local space = m.ioport.ports[":COL0"].fields["Space"]
  if frame == %d then screen:snapshot("title.png") end
  if frame == %d then space:set_value(1) end
  if frame == %d then space:set_value(0) end
  if frame == %d then screen:snapshot("menu.png") m:exit() end
end)
"""


def pixels(path):
    """Rows of pixel values of an 8-bit PNG without interlacing."""
    data = pathlib.Path(path).read_bytes()
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", data[at + 8:at + 18])
        elif kind == b"IDAT":
            packed += data[at + 8:at + 8 + length]
        at += 12 + length
    assert depth == 8, f"{path}: {depth} bits"
    size = {0: 1, 2: 3, 3: 1, 6: 4}[colour]
    raw, rows, before = zlib.decompress(packed), [], bytes(width * size)
    for y in range(height):
        kind, *line = raw[y * (width * size + 1):(y + 1) * (width * size + 1)]
        for i in range(len(line)):
            left, up = (line[i - size] if i >= size else 0), before[i]
            corner = before[i - size] if i >= size else 0
            if kind == 4:
                p = left + up - corner
                guess = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]
            else:
                guess = (0, left, up, (left + up) // 2)[kind]
            line[i] = line[i] + guess & 255
        before = bytes(line)
        rows.append([before[i:i + min(size, 3)] for i in range(0, len(before), size)])
    return rows


def inside(rows, left, top):
    return [row[left:left + WIDTH] for row in rows[top:top + HEIGHT]]


def differing(a, b):
    """Number of dots that no one-to-one mapping of colours explains."""
    there, back, count = {}, {}, 0
    for one, other in zip(a, b):
        for p, q in zip(one, other):
            if there.setdefault(p, q) != q or back.setdefault(q, p) != p:
                count += 1
    return count


def mame(program, folder):
    roms = pathlib.Path(folder) / "ti99_4a"
    roms.mkdir()
    rom = (SYSTEM / "rom.bin").read_bytes()
    (roms / "994a_rom_hb.u610").write_bytes(rom[0::2])
    (roms / "994a_rom_lb.u611").write_bytes(rom[1::2])
    for n, chip in enumerate(("u500", "u501", "u502")):
        (roms / f"994a_grom{n}.{chip}").write_bytes((SYSTEM / f"grom{n}.bin").read_bytes())
    script = pathlib.Path(folder) / "boot.lua"
    script.write_text(LUA % (TITLE, DOWN, UP, MENU))
    command = [program, "ti99_4a", "-rompath", folder, "-skip_gameinfo", "-video", "none", "-sound", "none", "-nothrottle",
               "-seconds_to_run", "60", "-snapshot_directory", folder, "-cfg_directory", folder, "-nvram_directory", folder,
               "-autoboot_script", str(script), "-autoboot_delay", "0"]
    env = dict(os.environ, SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy")
    wanted = [pathlib.Path(folder) / n for n in ("title.png", "menu.png")]
    for _ in range(10):  # this MAME sometimes crashes at start
        subprocess.run(command, env=env, capture_output=True)
        if all(w.exists() for w in wanted):
            return wanted
    sys.exit("MAME made no pictures")


def ours(program, folder):
    wanted = [pathlib.Path(folder) / n for n in ("our-title.png", "our-menu.png")]
    script = pathlib.Path(folder) / "script"
    script.write_text(f'wait {TITLE} frames\nscreenshot "{wanted[0]}"\nwait {DOWN - TITLE} frames\n'
                      f'key SPACE for {UP - DOWN} frames\nwait {MENU - UP} frames\nscreenshot "{wanted[1]}"\n')
    subprocess.run([program, "run", "--headless", "--rom", SYSTEM / "rom.bin",
                    *(a for n in range(3) for a in ("--grom", SYSTEM / f"grom{n}.bin")), "--script", script], check=True)
    return wanted


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mame", default="/usr/games/mame")
    parser.add_argument("--lubbock", default="lubbock")
    args = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, theirs, mine in zip(("title", "menu"), mame(args.mame, folder), ours(args.lubbock, folder)):
            a, b = pixels(theirs), pixels(mine)
            a = inside(a, (len(a[0]) - WIDTH) // 2, (len(a) - HEIGHT) // 2)
            # Lubbock's picture begins 13 dots left of the first column and 27 lines above the first row.
            b = inside(b, 13, 27)
            count, colours = differing(a, b), len({p for row in b for p in row})
            print(f"{name}: {count} of {WIDTH * HEIGHT} dots differ, {colours} colours")
            failed |= count > 0 or colours < 2
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
