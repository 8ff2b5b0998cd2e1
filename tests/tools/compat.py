#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Starts cartridges on Lubbock's own console and on a genuine one, and compares their pictures.

Usage: compat.py --rom ROM --grom GROM [--markdown] [--lubbock PROGRAM] CARTRIDGE...

Each cartridge is chosen from the console's menu by its name. The pictures of both consoles are then taken frame by frame at four stages:
2, 6 and 12 seconds after the choice, and 4 seconds after SPACE, ENTER and a joystick's button were pressed at 13 seconds. A stage
is the same when some picture of ours within a second equals some picture of the genuine console's in that second: programs
that draw at their own pace are compared whatever the console's own speed before they began.

Ends with 1 if a stage differs. The genuine images are the user's; only results are printed.
"""
import argparse
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile

STAGES = [2, 6, 12, 17]
FRAMES = 60
ENTRY = re.compile(r"^\s*(\S)\s+(?:FOR )?(\S.*?)\s*$")


def lubbock(args, console, cart, extra):
    command = [args.lubbock, "run", "--headless", *console, "--cart", str(cart), *extra]
    return subprocess.run(command, capture_output=True, text=True)


def menu_key(args, console, cart):
    """The key of the cartridge's first program, and its name; None if it needs no choice."""
    run = lubbock(args, console, cart, ["--type", " ", "--seconds", "5", "--screen"])
    for row in run.stdout.splitlines():
        found = ENTRY.match(row)
        if found and found[1] in "123456789" and found[2] != "TI BASIC":
            return found[1], found[2]
    return None, ""


def pictures(args, console, cart, key, folder):
    """For each stage, the hashes of the pictures of a second."""
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
    run = lubbock(args, console, cart, ["--script", str(script)])
    if run.returncode:
        sys.exit(f"{cart}: {run.stderr.strip()}")
    return [[hashlib.sha1(pathlib.Path(n).read_bytes()).hexdigest() for n in stage] for stage in names]


def compare(args, cart):
    results = {}
    for name, console in (("ours", ["--own"]), ("genuine", ["--rom", args.rom, "--grom", args.grom])):
        key, title = menu_key(args, console, cart)
        with tempfile.TemporaryDirectory() as folder:
            results[name] = key, title, pictures(args, console, cart, key, folder)
    (_, ours_title, ours), (_, title, genuine) = results["ours"], results["genuine"]
    same = [bool(set(a) & set(b)) for a, b in zip(ours, genuine)]
    moves = [len(set(stage)) > 1 for stage in genuine]
    return title, ours_title, same, moves


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rom", required=True)
    parser.add_argument("--grom", required=True)
    parser.add_argument("--lubbock", default="lubbock")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("carts", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    differ = 0
    for cart in args.carts:
        title, ours, same, moves = compare(args, cart)
        signs = ["same" if s else "differs" + (" (moving)" if m else "") for s, m in zip(same, moves)]
        if title != ours:
            signs.append(f"menu: {ours or 'nothing'}")
        differ += title != ours or not all(same)
        cells = [cart.name, title or "(starts by itself)", *signs]
        print("| " + " | ".join(cells) + " |" if args.markdown else "  ".join(cells), flush=True)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
