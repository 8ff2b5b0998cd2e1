#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Plays public TI BASIC listings (docs/listings.md) on Lubbock's firmware and on genuine images, and compares what shows.

    listings.py FOLDER --rom ROM --grom GROMS [--filter TEXT] [--lubbock LUBBOCK] [--show]

FOLDER holds checkouts of the repositories that docs/listings.md names, each under its name. The plays are in listings.plays. Text is typed
as it stands; a program file loses the header that some emulators put before it, and is typed when a person could type it, else put into
memory as OLD leaves it. RANDOMIZE without a number becomes RANDOMIZE 1: both consoles then draw the same numbers. --show
prints the screens. Ends with 1 when a listing differs.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import typing

from mame_basic import chord

SYSTEM = pathlib.Path(__file__).resolve().parents[2] / "roms" / "system"
PLAYS = pathlib.Path(__file__).with_suffix(".plays")
TYPED_LINE = 112
# Frames for which keys are held, and pauses behind them, of the commands that press keys.
KEYS = {"keys": (6, 30), "hold": (36, 60), "answers": (6, 600)}
# What is compared: codes, shapes, colours.
LOOKS = {"look": (True, True), "see": (True, False), "codes": (False, False)}
# From power-on to BASIC's prompt.
ENTER = ['type " 1"', 'wait text "READY"', "wait cursor"]
# Screen codes of BASIC's cursor and of a blank.
CURSOR, BLANK = 0x7E, 0x80


def plays():
    """Path and commands of each listing."""
    text = "\n".join(line for line in PLAYS.read_text().splitlines() if not line.startswith("#"))
    for section in re.split(r"^\[", text, flags=re.M)[1:]:
        path, commands = section.split("]\n", 1)
        yield path, [line for line in commands.splitlines() if line]


def listing(lubbock, source, folder):
    """The program as a file to type (.bas) or to load (.prg)."""
    data = source.read_bytes()
    if b"\0" in data:
        # The header of V9T9 has 128 bytes and begins with ten for the name, padded with blanks, and two that are 0.
        bare = folder / "listing.prg"
        bare.write_bytes(data[128:] if re.match(rb"[!-~]+ *\0\0", data[:12]) else data)
        data = subprocess.run([lubbock, "basic", "decode", bare], check=True, capture_output=True).stdout
    lines = [re.sub(r"^(\d+ RANDOMIZE) *$", r"\1 1", line) for line in data.decode("latin-1").splitlines()]
    if any(len(line) > TYPED_LINE or "\\x" in line for line in lines):
        return bare
    text = folder / "listing.bas"
    text.write_text("\n".join(lines) + "\n", encoding="latin-1")
    return text


def script(commands, folder):
    """The play with each look as rows of text and a file of the VDP's first 2 KiB, in which all that shows lies."""
    lines = []
    for number, command in enumerate(commands):
        verb, _, text = command.partition(" ")
        if verb in KEYS:
            for character in text.replace("\\n", "\n"):
                keys = ["ENTER"] if character == "\n" else chord(character)
                lines += [f"key {'+'.join(keys)} for {KEYS[verb][0]} frames", f"wait {KEYS[verb][1]} frames"]
        elif command in LOOKS:
            lines += ['print "(look)"', "screen", f"dump vdp 0 2048 {folder / f'{number:03}-{command}'}"]
        else:
            lines.append(command)
    path = folder / "script"
    path.write_text("\n".join(lines) + "\n")
    return path


class Console:
    """A console's images, and the shapes it gives to characters 32 to 127."""

    def __init__(self, lubbock, images):
        self.command, self.images = [lubbock, "run", "--headless", "--ram", "none"], images
        with tempfile.TemporaryDirectory() as folder:
            path = script([*ENTER, "look"], pathlib.Path(folder))
            subprocess.run([*self.command, "--script", path, *images], check=True, capture_output=True)
            self.standard = pathlib.Path(folder, f"{len(ENTER):03}-look").read_bytes()

    def play(self, program, commands):
        """What each look recorded: text, and what is compared; and the text of a failure."""
        with tempfile.TemporaryDirectory() as folder:
            typed = program.suffix == ".bas"
            entered = [*ENTER, f'type-file {program}', 'type "RUN\\n"'] if typed else []
            path = script([*entered, *commands], pathlib.Path(folder))
            done = subprocess.run([*self.command, *([] if typed else [program]), "--script", path, *self.images],
                                  capture_output=True, encoding="utf-8")
            texts = done.stdout.split("(look)\n")[1:]
            dumps = sorted(path for path in pathlib.Path(folder).iterdir() if path.name[:3].isdigit())
            return [(text, self.shown(path)) for text, path in zip(texts, dumps)], done.stderr.split("\n")[0]

    def shown(self, dump):
        """Cells with their shapes, and the colours of all sets. The cursor blinks: a blank."""
        vram, (shapes, colours) = dump.read_bytes(), LOOKS[dump.name.split("-")[1]]
        cells = []
        for cell in vram[:768].replace(bytes([CURSOR]), bytes([BLANK])):
            place, pair = slice(cell * 8, cell * 8 + 8), vram[0x300 + cell // 8]
            standard = 0x80 <= cell < 0xE0 and vram[place] == self.standard[place]
            # Nobody sees a shape in one colour, unless it flashes.
            seen = shapes and (pair >> 4 != pair & 15 or not colours)
            cells.append(Cell(cell - 0x60 & 0xFF, vram[place] if seen else b"", standard))
        return cells, vram[0x310:0x320] if colours else b""


class Cell(typing.NamedTuple):
    """A place of the screen."""
    code: int
    shape: bytes
    standard: bool

    def like(self, other):
        """The consoles' own characters have other shapes."""
        return self.code == other.code and (self.shape == other.shape or self.standard and other.standard)


def different(mine, theirs):
    """What differs between two looks, in words; nothing if they are the same."""
    (cells, colours), (others, their_colours) = mine, theirs
    unlike = [(n, a, b) for n, (a, b) in enumerate(zip(cells, others)) if not a.like(b)]
    places = [f"{n // 32 + 1},{n % 32 + 1}" for n, a, b in unlike if a.code != b.code]
    shapes = sorted({a.code for _, a, b in unlike if a.code == b.code})
    found = ((places, f"codes at {' '.join(places)}"), (shapes, f"shapes of {shapes}"), (colours != their_colours, "colours"))
    return ", ".join(text for there, text in found if there)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rom", required=True)
    parser.add_argument("--grom", required=True)
    parser.add_argument("--filter", default="")
    parser.add_argument("--lubbock", default="lubbock")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    own = [arg for file in ("rom", "grom0", "grom1", "grom2") for arg in (f"--{file.rstrip('012')}", SYSTEM / f"{file}.bin")]
    ours, genuine = Console(args.lubbock, own), Console(args.lubbock, ["--rom", args.rom, "--grom", args.grom])
    chosen = [play for play in plays() if args.filter in play[0]]
    failed = 0
    for path, commands in chosen:
        with tempfile.TemporaryDirectory() as folder:
            program = listing(args.lubbock, args.folder / path, pathlib.Path(folder))
            (mine, fault), (theirs, other) = (console.play(program, commands) for console in (ours, genuine))
        found = [different(a[1], b[1]) for a, b in zip(mine, theirs)]
        looks = sum(command in LOOKS for command in commands)
        good = len(found) == looks and not any(found) and fault == other
        failed += not good
        print(f"{path}: {found.count('')} of {looks} screens the same {fault if fault == other else (fault, other)}", flush=True)
        for (text, _), (wanted, _), unlike in zip(mine, theirs, found):
            if args.show or unlike:
                print(f"ours:\n{text}genuine:\n{wanted}{unlike}" if unlike else text)
    print(f"{len(chosen) - failed} of {len(chosen)} listings play the same")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
