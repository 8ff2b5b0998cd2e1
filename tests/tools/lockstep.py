#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Compare Lubbock with MAME 0.251 instruction by instruction on console ROMs of your own.

usage: lockstep.py --rom FILE --grom FILE [--instructions N] [--lubbock PATH] [--mame PATH]

Both boot the same images; clock, PC, WP and ST before each instruction are compared as numbers. The MAME side is traced by
its debugger without disassembly. ROM: 8,192 bytes. GROM: 18,432 bytes, or 24,576 with each GROM in an 8 KiB slot.
Exit code 0 when all lines agree, 1 when one differs, 2 when a run failed.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

from mame import write_romset

LUA = """
local debugger = manager.machine.debugger
debugger:command('trace %s,maincpu,noloop,{tracelog "%%d %%04X %%04X %%04X|",totalcycles,pc,wp,st}')
debugger:command('go')
"""
CLOCKS_PER_INSTRUCTION = 25  # more than the console's average, so that the run is long enough


def mame_lines(mame, rom, grom, count, work):
    """MAME's first `count` lines. MAME's debugger crashes at start now and then; it is started again."""
    write_romset(os.path.join(work, "roms", "ti99_4a"), rom, grom)
    trace, script = os.path.join(work, "trace"), os.path.join(work, "run.lua")
    with open(script, "w") as file:
        file.write(LUA % trace)
    seconds = count * CLOCKS_PER_INSTRUCTION // 3_000_000 + 2
    command = [mame, "ti99_4a", "-rompath", os.path.join(work, "roms"), "-homepath", work, "-cfg_directory", work,
               "-nvram_directory", work, "-video", "none", "-sound", "none", "-nothrottle", "-skip_gameinfo",
               "-debug", "-debugger", "none", "-autoboot_script", script, "-autoboot_delay", "0",
               "-seconds_to_run", str(seconds)]
    environment = dict(os.environ, SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy")
    for _ in range(10):
        subprocess.run(command, env=environment, capture_output=True, cwd=work)
        if os.path.exists(trace):
            with open(trace) as file:
                lines = [normal(line) for line in file if "|" in line][:count]
            if len(lines) == count:
                return lines
    sys.exit("lockstep: MAME did not finish a run of that length")


def normal(line):
    """MAME prints the clock after the opcode's fetch: 2 clocks on the 16-bit bus, 6 behind the multiplexer."""
    cycle, pc, wp, st = line.split("|")[0].split()
    address = int(pc, 16)
    fetch = 2 if address < 0x2000 or address & 0xFC00 == 0x8000 else 6
    return f"{int(cycle) - fetch} {pc} {wp} {st}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rom", required=True)
    parser.add_argument("--grom", required=True)
    parser.add_argument("--instructions", type=int, default=2_000_000)
    parser.add_argument("--lubbock", default="target/release/lubbock")
    parser.add_argument("--mame", default=shutil.which("mame") or "/usr/games/mame")
    options = parser.parse_args()
    with open(options.rom, "rb") as rom, open(options.grom, "rb") as grom:
        images = rom.read(), grom.read()
    with tempfile.TemporaryDirectory() as work:
        expected = mame_lines(options.mame, *images, options.instructions, work)
        ours = os.path.join(work, "ours")
        done = subprocess.run([options.lubbock, "run", "--headless", "--rom", options.rom, "--grom", options.grom,
                               "--ram", "none", "--timing", "mame", "--instructions", str(options.instructions),
                               "--trace", ours])
        if done.returncode != 0:
            return 2
        with open(ours) as file:
            for number, (theirs, line) in enumerate(zip(expected, file), 1):
                if theirs != line.strip():
                    print(f"line {number}: MAME {theirs}, Lubbock {line.strip()}")
                    print("before it:", *expected[max(0, number - 6):number - 1], sep="\n  ")
                    return 1
    print(f"{options.instructions} instructions agree in clock, PC, WP and ST")
    return 0


sys.exit(main())
