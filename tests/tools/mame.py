# SPDX-License-Identifier: MIT OR Apache-2.0
"""What the recording scripts share: MAME 0.251 runs with a Lua script, MAME's set of a console's images, pictures."""
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

SYSTEM = pathlib.Path(__file__).resolve().parents[2] / "roms" / "system"


def firmware(rom=None, groms=None):
    """ROM and GROMs of these files; Lubbock's own where none is named."""
    own = [SYSTEM / f"grom{n}.bin" for n in range(3)]
    return (rom or SYSTEM / "rom.bin").read_bytes(), b"".join(path.read_bytes() for path in ([groms] if groms else own))


def write_romset(folder, rom, grom):
    """The ti99_4a set: even and odd bytes of the ROM apart, three GROMs of 6 KiB."""
    slot = 0x2000 if len(grom) == 0x6000 else 0x1800
    os.makedirs(folder)
    files = {"994a_rom_hb.u610": rom[0::2], "994a_rom_lb.u611": rom[1::2]}
    for n in range(3):
        files[f"994a_grom{n}.u50{n}"] = grom[n * slot:n * slot + 0x1800]
    for name, contents in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(contents)


def run(rom, grom, lua, seconds, results, mame=None, options=(), files=None):
    """Runs MAME on these images with a Lua script, in a folder of its own that holds `files` (name to contents); returns the contents
    of the files named in `results`, which the script writes. MAME crashes at its start now and then: it is started again until they
    are there."""
    mame = mame or shutil.which("mame") or "/usr/games/mame"
    with tempfile.TemporaryDirectory() as work:
        write_romset(os.path.join(work, "roms", "ti99_4a"), rom, grom)
        for name, contents in {**(files or {}), "run.lua": lua.encode()}.items():
            with open(os.path.join(work, name), "wb") as file:
                file.write(contents)
        command = [mame, "ti99_4a", "-rompath", os.path.join(work, "roms"), "-homepath", work, "-cfg_directory", work,
                   "-nvram_directory", work, "-snapshot_directory", work, "-video", "none", "-sound", "none",
                   "-nothrottle", "-skip_gameinfo", "-autoboot_script", "run.lua", "-autoboot_delay", "0",
                   "-seconds_to_run", str(seconds), *options]
        environment = dict(os.environ, SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy")
        for _ in range(10):
            subprocess.run(command, env=environment, capture_output=True, cwd=work)
            paths = [os.path.join(work, name) for name in results]
            if all(os.path.exists(path) for path in paths):
                return [open(path, "rb").read() for path in paths]
    sys.exit("MAME did not finish its run")


def read_png(data):
    """A PNG file of 8-bit RGB or RGBA: rows of (r, g, b)."""
    size, lines = png_lines(data)
    return [[tuple(line[x:x + 3]) for x in range(0, len(line), size)] for line in lines]


def png_lines(data):
    """The same as the number of bytes of a dot, and the lines' bytes."""
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">IIBB", body[:10])
        elif kind == b"IDAT":
            packed += body
        at += length + 12
    if depth != 8 or color not in (2, 6):
        sys.exit("a picture is not 8-bit RGB")
    size = 3 if color == 2 else 4
    raw, stride = zlib.decompress(packed), width * size
    lines, above = [], bytes(stride)
    for y in range(height):
        start = y * (stride + 1)
        above = unfiltered(raw[start], raw[start + 1:start + 1 + stride], above, size)
        lines.append(above)
    return size, lines


def unfiltered(kind, line, above, size):
    """One line of a PNG file without its filter (PNG specification, section 9)."""
    if kind == 0:
        return bytes(line)
    out = bytearray(line)
    for i in range(len(out)):
        left = out[i - size] if i >= size else 0
        up, corner = above[i], above[i - size] if i >= size else 0
        if kind == 4:
            estimate = left + up - corner
            add = min((left, up, corner), key=lambda value: abs(estimate - value))
        else:
            add = (0, left, up, (left + up) // 2)[kind]
        out[i] = (out[i] + add) & 0xFF
    return bytes(out)
