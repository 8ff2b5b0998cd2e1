#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Starts cartridges on Lubbock's own console and on a genuine one, and compares their pictures.

Usage: compat.py --rom ROM --grom GROM... [--own FOLDER] [--markdown] [--lubbock PROGRAM] CARTRIDGE...

Each cartridge's first program is chosen from the console's menu by its name, and filmed for 18 seconds, a picture a frame, from the
moment it starts: the consoles need different times from the key to the program, which a program of known behaviour shows. Both get
the same random number (>83C0) at the choice. SPACE, ENTER and a joystick's button are pressed 13 seconds after the start. A
cartridge that starts by itself is filmed from 3 seconds after power-on.

Stages are the seconds that begin 2, 6, 12 and 17 seconds after the start. The first of these that holds is shown:
  same     a picture of ours equals, dot by dot, one of the genuine console's in that second
  letters  the same once a cell that holds a letter of the console's typefaces, in whatever two colours, counts as that letter
  face     the same, leaving out cells that change on ours when its typeface is altered
  motion   each cell of the picture by itself is equal, or the same letter, at some time from one second before to one second
           behind the stage: moving parts are out of step
  pace     a picture of ours in that second equals (or by its letters) one that the genuine console shows at another time
  differs  none of these

The letters are learnt from pictures of a program that shows them, run on both consoles. Ends with 1 if a stage differs. The genuine
images are the user's; only results are printed.
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
LENGTH = 18
SIGNS = {"same": "=", "letters": "t", "face": "f", "motion": "m", "pace": "p", "differs": "≠"}
ENTRY = re.compile(r"^\s*(\S)\s+(?:FOR )?(\S.*?)\s*$")
# Lubbock's picture begins 13 dots left of the first column and 27 lines above the first row.
LEFT, TOP, WIDTH, HEIGHT = 13, 27, 256, 192
# GROM 0's character tables, from the title's to the lower case's end.
GLYPHS = range(0x4B4, 0x94D)

# Changes the backdrop as soon as it runs. Then shows the characters >20 to >7E from row 0 on, the title's >20 to >5F from row 4 on,
# the copyright sign (10) in row 8.
SHEET = """
        GROM 3
        AORG >30
        TITLE 'SHEET'
START   BACK >15
        ALL  ' '
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
STOP    B    STOP
"""


class Console:
    """One of the consoles: how to start it, its letters, the frames from a key in its menu to the program's start."""

    def __init__(self, program, options):
        self.program, self.options = program, options
        self.tokens, self.letters, self.frames, self.delay = {}, {}, {}, 0

    def run(self, cart, *extra):
        command = [self.program, "run", "--headless", *self.options, "--cart", str(cart), *extra]
        return subprocess.run(command, capture_output=True, text=True)

    def learn(self, cart):
        """Fills `delay` and `letters`: dots of a cell, whole and without its last two columns, to the letter's number."""
        with tempfile.TemporaryDirectory() as folder:
            film = self.film(cart, "2", 8, folder)
            self.delay = next(n for n, name in enumerate(film) if digest(name) != digest(film[0]))
            rows = inside(film[-1])
        ground = rows[0][:3]  # the first character is a blank
        cells = [(n, n) for n in range(95)] + [(n, 128 + n) for n in range(64)] + [(95, 256)]
        for letter, place in cells:
            y, x = place // 32 * 8, place % 32 * 8
            for width in (8, 6):
                dots = [rows[y + r][3 * (x + c):3 * (x + c) + 3] for r in range(8) for c in range(width)]
                shape = trimmed([d != ground for d in dots], width)
                if shape:
                    self.letters.setdefault((width, shape), letter)

    def film(self, cart, key, seconds, folder):
        """Pictures of the program, one a frame, as files."""
        lines = ["wait 3 seconds"]
        if key:
            lines += ["press SPACE", "wait 6 frames", "release SPACE", "wait 1 second", f"press {key}", "wait 10 frames",
                      f"release {key}", "poke cpu 0x83C0 12 34"]
        if self.delay and key:
            lines.append(f"wait {self.delay} frames")
        presses = {}
        for n, name in enumerate(("SPACE", "ENTER", "JOY1_FIRE")):
            presses[13 * FRAMES + 12 * n] = f"press {name}"
            presses[13 * FRAMES + 12 * n + 6] = f"release {name}"
        names = [f"{folder}/{n}.png" for n in range(seconds * FRAMES)]
        for n, name in enumerate(names):
            lines += [presses[n]] if n in presses else []
            lines += [f'screenshot "{name}"', "wait 1 frame"]
        script = pathlib.Path(folder) / "script"
        script.write_text("\n".join(lines) + "\n")
        run = self.run(cart, "--script", str(script))
        if run.returncode:
            raise RuntimeError(f"{cart}: {run.stderr.strip()}")
        return names

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
        """The picture's cells of 8 dots in width, or 6 as in text mode: for each its bytes, and what it shows."""
        key = digest(picture), width
        if key not in self.frames:
            rows = inside(picture)
            columns = range(0, WIDTH, 8) if width == 8 else range(6, 246, 6)
            spans = [(3 * x, 3 * (x + width)) for x in columns]
            whole = (b"".join(row[a:b] for row in rows[y:y + 8]) for y in range(0, HEIGHT, 8) for a, b in spans)
            self.frames[key] = [(cell, self.token(width, cell)) for cell in whole]
        return self.frames[key]


def digest(name):
    return hashlib.sha1(pathlib.Path(name).read_bytes()).digest()


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


def distinct(names):
    """Pictures, each once: digest to file."""
    return {digest(n): n for n in names}


def agree(a, b, mask=()):
    return all(p[0] == q[0] or p[1] == q[1] or n in mask for n, (p, q) in enumerate(zip(a, b)))


class Films:
    """The films of a cartridge on both consoles, and when it is wanted on ours with another typeface."""

    def __init__(self, consoles, altered, cart, folder):
        self.consoles, self.altered, self.cart = consoles, altered, cart
        self.titles, self.films, self.keys = [], [], []
        self.folder = folder
        for n, console in enumerate(consoles):
            key, title = menu_key(console, cart)
            self.keys.append(key)
            self.titles.append(title)
            self.films.append(self.shoot(console, key, str(n)))
        self.other = None

    def shoot(self, console, key, name):
        place = pathlib.Path(self.folder) / name
        place.mkdir()
        return console.film(self.cart, key, LENGTH, place)

    def span(self, n, start, end):
        return self.films[n][max(0, start):end]

    def cells(self, n, names, width):
        return [self.consoles[n].cells(name, width) for name in names]

    def result(self, stage):
        first, last = stage * FRAMES, (stage + 1) * FRAMES
        ours, genuine = (distinct(self.span(n, first, last)) for n in (0, 1))
        if set(ours) & set(genuine):
            return "same"
        for width in (8, 6):
            pairs = [self.cells(0, ours.values(), width), self.cells(1, genuine.values(), width)]
            if any(agree(a, b) for a in pairs[0] for b in pairs[1]):
                return "letters"
        if self.face(first, last, ours, genuine):
            return "face"
        if any(self.motion(first - FRAMES, last + FRAMES, width) for width in (8, 6)):
            return "motion"
        return "pace" if self.pace(ours) else "differs"

    def face(self, first, last, ours, genuine):
        """Equal but for cells that the altered typeface changes, the films of ours being in step."""
        if self.other is None:
            self.other = self.shoot(self.altered, self.keys[0], "face")
        for width in (8, 6):
            for name in genuine.values():
                cells = self.consoles[1].cells(name, width)
                for n in range(first, last):
                    own = self.consoles[0].cells(self.films[0][n], width)
                    other = self.consoles[0].cells(self.other[n], width)
                    mask = {i for i, (p, q) in enumerate(zip(own, other)) if p[0] != q[0]}
                    if len(mask) < len(own) // 2 and agree(own, cells, mask):
                        return True
        return False

    def motion(self, first, last, width):
        """Each cell by itself agrees at some time."""
        seen = []
        for n in (0, 1):
            pictures = self.cells(n, distinct(self.span(n, first, last)[::2]).values(), width)
            seen.append([set().union(*cell) for cell in zip(*pictures)])
        return all(a & b for a, b in zip(*seen))

    def pace(self, ours):
        whole = distinct(self.films[1])
        plain = {d for d, name in ours.items() if len(set(inside(name))) > 1}
        if plain & set(whole):
            return True
        for width in (8, 6):
            pictures = self.cells(1, list(whole.values())[::3], width)
            for d in plain:
                own = self.consoles[0].cells(ours[d], width)
                if any(agree(own, other) for other in pictures):
                    return True
        return False


def altered_images(folder, source):
    """Our images with another typeface: each dot of a glyph's rows that aren't blank shifted by one place."""
    grom = bytearray((source / "grom0.bin").read_bytes())
    for at in GLYPHS:
        grom[at] = grom[at] >> 1 ^ (0x10 if grom[at] else 0)
    (folder / "grom0.bin").write_bytes(grom)
    return images(source, folder)


def images(source, first=None):
    groms = [(first or source) / "grom0.bin", source / "grom1.bin", source / "grom2.bin"]
    return ["--rom", str(source / "rom.bin"), "--grom", *map(str, groms)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rom", required=True)
    parser.add_argument("--grom", required=True, action="append", help="GROMs 0 to 2: one image, or three --grom")
    parser.add_argument("--own", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "roms" / "system",
                        help="folder with our images")
    parser.add_argument("--lubbock", default="lubbock")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("carts", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    genuine = ["--rom", args.rom] + [option for grom in args.grom for option in ("--grom", grom)]
    consoles = [Console(args.lubbock, images(args.own)), Console(args.lubbock, genuine)]
    differ = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        altered = Console(args.lubbock, altered_images(folder, args.own))
        source, sheet = folder / "sheet.gpl", folder / "sheet.rpk"
        source.write_text(SHEET)
        subprocess.run([args.lubbock, "gpl", "--cart", source, "-o", sheet], check=True)
        for console in consoles:
            console.learn(sheet)
        altered.delay = consoles[0].delay
        for cart in args.carts:
            try:
                with tempfile.TemporaryDirectory() as place:
                    films = Films(consoles, altered, cart, place)
                    results = [films.result(stage) for stage in STAGES]
            except RuntimeError as error:
                print(error, file=sys.stderr, flush=True)
                differ += 1
                continue
            for console in consoles:
                console.frames.clear()
            ours, title = films.titles
            notes = [f"menu: {ours or 'nothing'}"] if title != ours else []
            differ += title != ours or "differs" in results
            if args.markdown:
                results = [" ".join(SIGNS[r] for r in results)]
            cells = [cart.name, title or "(starts by itself)", *results, *notes]
            print("| " + " | ".join(cells) + " |" if args.markdown else "  ".join(cells), flush=True)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
