#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Boots Lubbock's firmware in MAME and in Lubbock and compares the pictures of title and menu, pixel for pixel.

    mame_boot.py [--mame MAME] [--lubbock LUBBOCK]

MAME 0.251's ti99_4a takes the images under roms/system as a set with other checksums. Borders differ between the emulators (MAME
shows 12 pixels of it, Lubbock what a television shows), so the 256 by 192 dots inside are compared; colours are compared
through a one-to-one mapping, since the palettes differ. Ends with 1 if a picture differs.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

from mame import SYSTEM, firmware, read_png, run

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


def theirs(program):
    """Title and menu in MAME."""
    return run(*firmware(), LUA % (TITLE, DOWN, UP, MENU), 60, ("title.png", "menu.png"), program)


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
        for name, their, mine in zip(("title", "menu"), theirs(args.mame), ours(args.lubbock, folder)):
            a, b = read_png(their), read_png(mine.read_bytes())
            a = inside(a, (len(a[0]) - WIDTH) // 2, (len(a) - HEIGHT) // 2)
            # Lubbock's picture begins 13 dots left of the first column and 27 lines above the first row.
            b = inside(b, 13, 27)
            count, colours = differing(a, b), len({p for row in b for p in row})
            print(f"{name}: {count} of {WIDTH * HEIGHT} dots differ, {colours} colours")
            failed |= count > 0 or colours < 2
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
