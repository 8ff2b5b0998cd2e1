#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Compare Lubbock's pictures with MAME 0.251's on console ROMs of your own: title screen, menu, TI BASIC, a program.

usage: pictures.py --rom FILE --grom FILE [--lubbock PATH] [--mame PATH]

Both machines boot the same images and get the same keys at the same frames. Compared are the 256 x 192 dots of the picture and
the 12 dots of border that MAME shows around them; colours need only correspond to each other. Exit code 0 when all
pictures agree, 1 when one differs. ROM: 8,192 bytes. GROM: 18,432 bytes, or 24,576 with each GROM in an 8 KiB slot.
"""
import argparse
import os
import subprocess
import sys
import tempfile

from mame import read_png, run

PROGRAM = """10 CALL CLEAR
20 CALL SCREEN(5)
30 CALL COLOR(5,16,7)
40 CALL CHAR(128,"FF818199998181FF")
50 CALL COLOR(13,12,14)
60 CALL HCHAR(10,3,128,28)
70 PRINT "ABCDEFGHIJ"
80 GOTO 80
RUN
"""
BORDER = 12
# Lubbock's border above and left of the picture.
ABOVE, LEFT = 27, 13

LUA = """
local m = manager.machine
local screen
for _, s in pairs(m.screens) do screen = s end
local keys = {}
for _, port in pairs(m.ioport.ports) do
  for name, field in pairs(port.fields) do keys[port.tag .. "/" .. field.mask] = field end
end
local frame = 0
local events = {%s}
keep = emu.register_frame_done(function()
  frame = frame + 1
  for _, event in ipairs(events) do
    if event[1] == frame then
      if event[2] == "shot" then screen:snapshot(event[3] .. ".png")
      else keys[event[3]]:set_value(event[2] == "down" and 1 or 0) end
    end
  end
  if frame == %d then m:exit() end
end)
"""

# Column and row of each key in the matrix (reference page tms9901.md, section 3).
MATRIX = ["= SPACE ENTER - FCTN SHIFT CTRL", ". L O 9 2 S W X", ", K I 8 3 D E C", "M J U 7 4 F R V", "N H Y 6 5 G T B",
          "/ ; P 0 1 A Q Z"]


def place(key):
    columns = [keys.split() for keys in MATRIX]
    column = next(n for n, keys in enumerate(columns) if key in keys)
    return column, columns[column].index(key)


def chords(text):
    """The keys of each character, as a person types them with ALPHA LOCK up."""
    shifted, fronts = {"(": "9", ")": "0"}, {'"': "P"}
    for c in text:
        if c == "\n":
            yield ["ENTER"]
        elif c == " ":
            yield ["SPACE"]
        elif c.isupper():
            yield ["SHIFT", c]
        elif c in shifted:
            yield ["SHIFT", shifted[c]]
        elif c in fronts:
            yield ["FCTN", fronts[c]]
        else:
            yield [c]


def schedule():
    """(frame, what, key or name of the picture)"""
    events, at = [(200, "shot", "title")], 210
    for key, name, pause in [("SPACE", "menu", 60), ("1", "basic", 180)]:
        events += [(at, "down", key), (at + 6, "up", key), (at + pause, "shot", name)]
        at += pause + 10
    for keys in chords(PROGRAM):
        events += [(at, "down", key) for key in keys] + [(at + 4, "up", key) for key in keys]
        at += 60 if keys == ["ENTER"] else 8
    return events + [(at + 400, "shot", "program")]


def mame_pictures(options, rom, grom, events):
    def event(at, what, name):
        if what != "shot":
            column, row = place(name)
            name = f":COL{column}/{1 << row}"
        return f'{{{at}, "{what}", "{name}"}}'
    lua = LUA % (", ".join(event(*e) for e in events), events[-1][0] + 2)
    names = [name for _, what, name in events if what == "shot"]
    files = run(rom, grom, lua, 120, [name + ".png" for name in names], options.mame)
    return {name: read_png(data) for name, data in zip(names, files)}


def lubbock_pictures(options, events, work):
    lines, at = [], 0
    for frame, what, name in events:
        if frame > at:
            lines.append(f"wait {frame - at} frames")
            at = frame
        lines.append(f"screenshot {name}.png" if what == "shot" else
                     f"{'press' if what == 'down' else 'release'} {name}")
    script = os.path.join(work, "keys")
    with open(script, "w") as file:
        file.write("\n".join(lines) + "\n")
    subprocess.run([os.path.abspath(options.lubbock), "run", "--headless", "--rom", os.path.abspath(options.rom), "--grom",
                    os.path.abspath(options.grom), "--ram", "none", "--timing", "mame", "--script", script],
                   cwd=work, check=True)
    pictures = {}
    for _, what, name in events:
        if what == "shot":
            with open(os.path.join(work, name + ".png"), "rb") as file:
                rows = read_png(file.read())
            top, left = ABOVE - BORDER, LEFT - BORDER
            width, height = 256 + 2 * BORDER, 192 + 2 * BORDER
            pictures[name] = [row[left:left + width] for row in rows[top:top + height]]
    return pictures


def difference(theirs, ours):
    """None when colours correspond one to one."""
    if [len(row) for row in theirs] != [len(row) for row in ours]:
        return "the sizes differ"
    there, back = {}, {}
    for y, (row, other) in enumerate(zip(theirs, ours)):
        for x, (a, b) in enumerate(zip(row, other)):
            if there.setdefault(a, b) != b or back.setdefault(b, a) != a:
                return f"first difference at x {x - BORDER}, y {y - BORDER}: MAME {a}, Lubbock {b}"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rom", required=True)
    parser.add_argument("--grom", required=True)
    parser.add_argument("--lubbock", default="target/release/lubbock")
    parser.add_argument("--mame")
    options = parser.parse_args()
    with open(options.rom, "rb") as rom, open(options.grom, "rb") as grom:
        images = rom.read(), grom.read()
    events = schedule()
    theirs = mame_pictures(options, *images, events)
    with tempfile.TemporaryDirectory() as work:
        ours = lubbock_pictures(options, events, work)
    failed = False
    for name, picture in theirs.items():
        problem = difference(picture, ours[name])
        colours = len({dot for row in picture for dot in row})
        print(f"{name}: {problem or f'identical, {colours} colours'}")
        failed |= problem is not None
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
