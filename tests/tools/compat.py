#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Starts cartridges on Lubbock's own console and on a genuine one, and compares their pictures.

Usage: compat.py --rom ROM --grom GROM... [--markdown] [--lubbock PROGRAM] CARTRIDGE...

Each cartridge is chosen from the console's menu by its name. The pictures of both consoles are then taken frame by frame at four stages:
2, 6 and 12 seconds after the choice, and 4 seconds after SPACE, ENTER and a joystick's button were pressed at 13 seconds. A stage
is `same` when some picture of ours within a second equals some picture of the genuine console's in that second: programs
that draw at their own pace are compared whatever the console's own speed before they began. It is `same text` when they are equal
as soon as a cell that holds a letter of the console's typefaces, in whatever two colours, counts as that letter: our
typeface is another. The letters are learnt from pictures of a program that shows them, run on both consoles.

Ends with 1 if a stage differs. The genuine images are the user's; only results are printed.
"""
import argparse
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile

from mame import png_lines

STAGES = [2, 6, 12, 17]
FRAMES = 60
ENTRY = re.compile(r"^\s*(\S)\s+(?:FOR )?(\S.*?)\s*$")
# Lubbock's picture begins 13 dots left of the first column and 27 lines above the first row.
LEFT, TOP, WIDTH, HEIGHT = 13, 27, 256, 192

# Shows the characters >20 to >7E from row 0 on, the title's >20 to >5F from row 4 on, the copyright sign (10) in row 8.
SHEET = """
        GROM 3
        AORG >30
        TITLE 'SHEET'
START   ALL  ' '
        DST  >0900,@>834A
        CALL >0018
        DST  >0B00,@>834A
        CALL >004A
        DST  >0C00,@>834A
        CALL >0016
        DST  0,@>8304
        ST   >20,@>8302
NEXT    ST   @>8302,V@0(@>8304)
        DINC @>8304
        INC  @>8302
        CEQ  >7F,@>8302
        BR   NEXT
        DST  >80,@>8304
        ST   >80,@>8302
TITLES  ST   @>8302,V@0(@>8304)
        DINC @>8304
        INC  @>8302
        CEQ  >C0,@>8302
        BR   TITLES
        ST   10,V@>0100
STOP    BR   STOP
"""


class Console:
    """One of the two consoles: how to start it, and its letters."""

    def __init__(self, program, options):
        self.program, self.options = program, options
        self.tokens = {}
        self.letters = {}

    def run(self, cart, *extra):
        command = [self.program, "run", "--headless", *self.options, "--cart", str(cart), *extra]
        return subprocess.run(command, capture_output=True, text=True)

    def learn(self, cart):
        """Fills `letters`: dots of a cell, whole and without its last two columns, to the letter's number."""
        with tempfile.TemporaryDirectory() as folder:
            picture = pathlib.Path(folder) / "sheet.png"
            self.run(cart, "--type", " 2", "--seconds", "8", "--screenshot", str(picture))
            rows = inside(picture)
        ground = rows[0][:3]  # the first character is a blank
        cells = [(n, n) for n in range(95)] + [(n, 128 + n) for n in range(64)] + [(95, 256)]
        for letter, place in cells:
            y, x = place // 32 * 8, place % 32 * 8
            for width in (8, 6):
                dots = [rows[y + r][3 * (x + c):3 * (x + c) + 3] for r in range(8) for c in range(width)]
                shape = trimmed([d != ground for d in dots], width)
                if shape:
                    self.letters.setdefault((width, shape), letter)

    def token(self, width, cell):
        """A cell's bytes, or the letter it shows with its two colours."""
        key = width, cell
        if key not in self.tokens:
            dots = [cell[i:i + 3] for i in range(0, len(cell), 3)]
            colours = sorted(set(dots))
            found = cell
            if len(colours) == 2:
                for ground in colours:
                    letter = self.letters.get((width, trimmed([d != ground for d in dots], width)))
                    if letter is not None:
                        found = letter, ground, [c for c in colours if c != ground][0]
                        break
            self.tokens[key] = found
        return self.tokens[key]

    def cells(self, picture, width):
        """The picture's cells of 8 dots in width, or 6 as in text mode: bytes, and what they show."""
        rows = inside(picture)
        columns = range(0, WIDTH, 8) if width == 8 else range(6, 246, 6)
        whole = (b"".join(row[3 * x:3 * (x + width)] for row in rows[y:y + 8]) for y in range(0, HEIGHT, 8) for x in columns)
        return [(cell, self.token(width, cell)) for cell in whole]


def trimmed(dots, width):
    """A cell's dots without blank rows above and below: programs put the letters higher or lower."""
    rows = [tuple(dots[i:i + width]) for i in range(0, len(dots), width)]
    full = [i for i, row in enumerate(rows) if any(row)]
    return tuple(rows[full[0]:full[-1] + 1]) if full else ()


def inside(path):
    """The rows of dots of the picture without its border, three bytes a dot."""
    size, lines = png_lines(pathlib.Path(path).read_bytes())
    assert size == 3, path
    return [line[3 * LEFT:3 * (LEFT + WIDTH)] for line in lines[TOP:TOP + HEIGHT]]


def menu_key(console, cart):
    """The key of the cartridge's first program, and its name; None if it needs no choice."""
    run = console.run(cart, "--type", " ", "--seconds", "5", "--screen")
    for row in run.stdout.splitlines():
        found = ENTRY.match(row)
        if found and found[1] in "123456789" and found[2] != "TI BASIC":
            return found[1], found[2]
    return None, ""


def pictures(console, cart, key, folder):
    """For each stage, the files of the pictures of a second."""
    lines = ['wait 3 seconds', 'type " "', 'wait 1 second'] if key else ['wait 4 seconds']
    if key:
        lines.append(f'type "{key}"')
    clock = 0
    names = []
    for stage in STAGES:
        if stage > 13 > clock:
            lines.append(f"wait {13 - clock} seconds")
            for keys in ("SPACE", "ENTER", "JOY1_FIRE"):
                lines += [f"press {keys}", "wait 6 frames", f"release {keys}", "wait 6 frames"]
            clock = 13
        lines.append(f"wait {stage - clock} seconds")
        names.append([f"{folder}/{stage}-{n}.png" for n in range(FRAMES)])
        for name in names[-1]:
            lines += [f'screenshot "{name}"', "wait 1 frame"]
        clock = stage + 1
    script = pathlib.Path(folder) / "script"
    script.write_text("\n".join(lines) + "\n")
    run = console.run(cart, "--script", str(script))
    if run.returncode:
        raise RuntimeError(f"{cart}: {run.stderr.strip()}")
    return names


def distinct(names):
    """Pictures of a stage, each once: digest to file."""
    return {hashlib.sha1(pathlib.Path(n).read_bytes()).hexdigest(): n for n in names}


def stage_result(consoles, stages):
    ours, genuine = (distinct(names) for names in stages)
    if set(ours) & set(genuine):
        return "same"
    for width in (8, 6):
        ours_cells, genuine_cells = ([c.cells(n, width) for n in d.values()] for c, d in zip(consoles, (ours, genuine)))
        for a in ours_cells:
            for b in genuine_cells:
                if all(p[0] == q[0] or p[1] == q[1] for p, q in zip(a, b)):
                    return "same text"
    return "differs, moving" if len(genuine) > 1 else "differs"


def compare(consoles, cart):
    titles, shots = [], []
    with tempfile.TemporaryDirectory() as folder:
        for n, console in enumerate(consoles):
            key, title = menu_key(console, cart)
            place = pathlib.Path(folder) / str(n)
            place.mkdir()
            titles.append(title)
            shots.append(pictures(console, cart, key, place))
        return titles, [stage_result(consoles, stages) for stages in zip(*shots)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rom", required=True)
    parser.add_argument("--grom", required=True, action="append", help="GROMs 0 to 2: one image, or three --grom")
    parser.add_argument("--lubbock", default="lubbock")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("carts", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    genuine = ["--rom", args.rom] + [option for grom in args.grom for option in ("--grom", grom)]
    consoles = [Console(args.lubbock, ["--own"]), Console(args.lubbock, genuine)]
    with tempfile.TemporaryDirectory() as folder:
        source, sheet = pathlib.Path(folder) / "sheet.gpl", pathlib.Path(folder) / "sheet.rpk"
        source.write_text(SHEET)
        subprocess.run([args.lubbock, "gpl", "--cart", source, "-o", sheet], check=True)
        for console in consoles:
            console.learn(sheet)
    differ = 0
    for cart in args.carts:
        try:
            (ours, title), results = compare(consoles, cart)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            differ += 1
            continue
        if title != ours:
            results.append(f"menu: {ours or 'nothing'}")
        differ += title != ours or not all(r.startswith("same") for r in results)
        cells = [cart.name, title or "(starts by itself)", *results]
        print("| " + " | ".join(cells) + " |" if args.markdown else "  ".join(cells), flush=True)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
