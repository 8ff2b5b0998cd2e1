#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Runs the GPL test programs in MAME 0.251 and compares what they leave with what was recorded (tests/data/gpl).

    mame_gpl.py [--rom ROM --grom GROMS] [--mame MAME] [--lubbock LUBBOCK] [--show N]

Without images it runs Lubbock's firmware; a genuine console's ROM and GROMs (in one file) may be given: its outcomes must agree,
too, for they were recorded in Lubbock. Memory before a program and what is compared are those of tests/it/rom/gpl.rs. The
programs stand in the GROMs of a cartridge, of which MAME's have 6 KiB: those that lie higher go to a second cartridge with the same
GROM 3, which programs read. A routine in the memory expansion, entered through the interrupts' hook >83C4, waits for a
program's address, puts the VDP's registers and the 9901's outputs back to what they are at the title screen, and starts it by >0060;
XML >B0 leads back to it. A Lua script writes and reads the scratchpad and VDP RAM while it waits; the expansion's bytes go through VDP
RAM from >2000 on. Ends with 1 if a program differs.
"""
import argparse
import gzip
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

from mame import firmware, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "gpl"
EDGES = (0, 1, 2, 4, 7, 8, 0x10, 0x20, 0x7F, 0x80, 0x81, 0xC0, 0xEF, 0xF0, 0xFE, 0xFF)
# The bytes of tests/it/rom/gpl.rs: FIXED, and >83FD.
FIXED = {0x8340: 0x152B, 0x8342: 0x0123, 0x8344: 0x0205, 0x8346: 0x0003, 0x8348: 0xFFF0, 0x8370: 0x3FFF, 0x8372: 0xA182, 0x8374: 0x05FF,
         0x8376: 0, 0x8378: 0, 0x837A: 0, 0x83C2: 0, 0x83C4: 0, 0x83CC: 0, 0x83CE: 0, 0x83D4: 0xC000, 0x83D6: 0x1234, 0x83FA: 0x9800}
PAD, RAM, VRAM, SIZE = 0x100, 0x100, 0x1000, 0x1800
# At the title screen but for the interrupts; which bits of each register MAME keeps.
REGISTERS, KEPT = bytes.fromhex("00C0F00EF986F8F7"), bytes.fromhex("03FB0FFF077F07FF")

# VDP RAM: >2000 bytes of >A200, >2100 address of the program and a byte that is not 0 until it has run, >2300 the routine until it is
# installed.
ROUTINE = """
       AORG >A000
       DATA HOME               XML >B0
HOME   LWPI >A0C0
       LI   R3,>8C02
       LI   R5,>8800
       LI   R0,>6000
       BL   @VDP
       LI   R1,>A200
       LI   R2,256
OUT    MOVB *R1+,@>8C00
       DEC  R2
       JNE  OUT
       MOVB R2,@>8C00
       MOVB R2,@>8C00
       MOVB R2,@>8C00
WAIT   LI   R0,>2102
       BL   @VDP
       MOVB *R5,R6
       JEQ  WAIT
       LI   R0,>2100
       BL   @VDP
       MOVB *R5,R6
       MOVB *R5,@>A0CD         low byte of R6
       LI   R0,>2000
       BL   @VDP
       LI   R1,>A200
       LI   R2,256
IN     MOVB *R5,*R1+
       DEC  R2
       JNE  IN
       LI   R1,REGS
       LI   R2,16
SETREG MOVB *R1+,*R3
       DEC  R2
       JNE  SETREG
       LI   R12,>0020          motors and alpha lock's line are high, the other outputs low
       LI   R0,>00E0
       LDCR R0,9
       MOV  R6,@>83EC          R6 of the interpreter
       LWPI >83E0
       B    @>0060
VDP    SWPB R0
       MOVB R0,*R3
       SWPB R0
       MOVB R0,*R3
       B    *R11
REGS   BYTE %s
       END
""" % ",".join(">%02X,>%02X" % (value, 0x80 | n) for n, value in enumerate(REGISTERS))
INSTALL = """
       AORG >8300
       LIMI 0
       CLR  R0
       MOVB R0,@>8C02
       LI   R0,>2300
       MOVB R0,@>8C02
       LI   R1,>A000
       LI   R2,192
COPY   MOVB @>8800,*R1+
       DEC  R2
       JNE  COPY
       B    @>A002
       END
"""

# `cases`: for each program its address and the bytes before it. `mask`: which bytes of PAD those are.
LUA = r"""
local m = manager.machine
local pad, vdp = emu.item(m.devices[":scratchpad"].items["0/m_pointer"]), m.devices[":vdp"]
local vram, regs = vdp.spaces["vram"], {}
for n = 0, 7 do regs[n] = emu.item(vdp.items["0/m_Regs[" .. n .. "]"]) end
local function file(name) return io.open(name, "rb"):read("a") end
local input, mask, out = io.open("cases", "rb"), file("mask"), io.open("running", "wb")
local frame, base, busy = 0, nil, false

local function scratchpad()
  local all = {}
  for n = 1, %(pad)d do all[n] = string.char(pad:read(n - 1)) end
  return table.concat(all)
end
local function store(first, bytes)
  for n = 1, #bytes do vram:write_u8(first + n - 1, bytes:byte(n)) end
end
local function write(case)
  local given = case:sub(3)
  for n = 1, %(pad)d do pad:write(n - 1, (mask:byte(n) > 0 and given or base):byte(n)) end
  store(0x2000, case:sub(3 + %(pad)d, 2 + %(pad)d + %(ram)d))
  store(0, case:sub(3 + %(pad)d + %(ram)d))
  store(0x2100, case:sub(1, 2) .. "!")
end
keep = emu.register_frame_done(function()
  frame = frame + 1
  if frame == 200 then
    store(0x2300, file("routine"))
    store(0x2102, "!")
    local install = file("install")
    for n = 1, #install do pad:write(n - 1, install:byte(n)) end
    pad:write(0xc4, 0x83)
    pad:write(0xc5, 0x00)
  elseif frame > 200 and vram:read_u8(0x2102) == 0 then
    if not base then
      base = scratchpad()
      out:write(base)
    end
    if busy then
      out:write(scratchpad(), vram:read_range(0x2000, 0x20ff, 8), vram:read_range(0, %(vram)d - 1, 8))
      for n = 0, 7 do out:write(string.char(regs[n]:read(0) & 255)) end
    end
    local case = input:read(2 + %(pad)d + %(ram)d + %(vram)d)
    busy = case ~= nil
    if busy then write(case) else out:close() os.rename("running", "outcomes") m:exit() end
  end
end)
"""


def seeded(seed):
    """Scratchpad (address to byte), RAM, VDP RAM before a program."""
    state = seed

    def byte():
        nonlocal state
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        return EDGES[state >> 24 & 15] if state >> 16 & 1 else state >> 24

    pad = {at: byte() for at in (*range(0x8300, 0x8370), *range(0x8380, 0x83C2))}
    pad[0x837C] = byte() & 0xF8
    pad[0x837D] = byte()
    pad[0x837E] = byte() % 24
    pad[0x837F] = byte() % 32
    ram, vram = (bytes(byte() for _ in range(size)) for size in (RAM, VRAM))
    for at, word in FIXED.items():
        pad[at], pad[at + 1] = word >> 8, word & 255
    pad[0x83FD] = 8
    return pad, ram, vram


def state(pad, ram, vram, registers, flags):
    """What counts, by place, as tests/it/rom/gpl.rs has it."""
    pad = bytearray(pad)
    pad[0x7C] &= flags
    for at in range(0x80, 0xA0):
        if at > 1 + pad[0x73]:
            pad[at] = 0
    yield from (("%04X" % (0x8300 + at), pad[at]) for at in (*range(0xE0), *range(0xFA, 0x100)))
    yield from (("%04X" % (0xA200 + n), byte) for n, byte in enumerate(ram))
    yield from (("V%03X" % n, byte) for n, byte in enumerate(vram))
    yield from (("R%d" % n, byte) for n, byte in enumerate(registers))


def changes(before, after):
    """The recorded form: place=byte, rows of equal bytes in VDP RAM as first-last=byte."""
    rows = []
    for n, ((place, old), (_, new)) in enumerate(zip(before, after)):
        if old == new:
            continue
        if rows and place[0] == "V" and rows[-1][0][0] == "V" and rows[-1][2:] == [n - 1, new]:
            rows[-1][1:3] = [place, n]
        else:
            rows.append([place, place, n, new])
    return " ".join("%s=%02X" % (first if first == last else first + "-" + last, byte) for first, last, _, byte in rows)


def kept(outcome):
    """An outcome with the bits of VDP registers that MAME keeps."""
    words = []
    for word in outcome.split():
        if word[0] == "R":
            n, byte = int(word[1]), int(word[3:], 16)
            if (byte ^ REGISTERS[n]) & KEPT[n] == 0:
                continue
            word = "R%d=%02X" % (n, byte & KEPT[n])
        words.append(word)
    return " ".join(words)


def cartridge(image):
    layout = ('<romset version="1.0"><resources><rom id="groms" file="groms.bin"/></resources><configuration><pcb type="standard">'
              '<socket id="grom_socket" uses="groms"/></pcb></configuration></romset>')
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as rpk:
        rpk.writestr("layout.xml", layout)
        rpk.writestr("groms.bin", image)
    return packed.getvalue()


def assembled(lubbock, source):
    with tempfile.TemporaryDirectory() as folder:
        path, image = pathlib.Path(folder) / "routine.a99", pathlib.Path(folder) / "image"
        path.write_text(source)
        subprocess.run([lubbock, "asm", "-q", "-b", "-o", image, path], check=True)
        return image.read_bytes()


def programs(lubbock, source):
    """The image of GROMs 3 to 7; label, address, seed and mask of flags of each program."""
    with tempfile.TemporaryDirectory() as folder:
        path, image, symbols = (pathlib.Path(folder) / name for name in ("cases.gpl", "image", "symbols"))
        path.write_text(source)
        subprocess.run([lubbock, "gpl", "-q", "-B", "-G", "3", "-o", image, "-E", symbols, path], check=True)
        found = re.findall(r"^(C\d+_(\d+)_(\w\w))\s+EQU\s+>(\w+)", symbols.read_text(), re.M)
        cases = {label: (int(at, 16), int(seed), int(flags, 16)) for label, seed, flags, at in found}
        return image.read_bytes(), cases


def cartridges(lubbock, source):
    """Image and programs of the two cartridges."""
    image, cases = programs(lubbock, source)
    order = sorted(cases, key=lambda label: cases[label][0])
    ends = dict(zip(order, [cases[label][0] for label in order[1:]] + [0x10000]))
    high = [label for label in order if ends[label] - 1 & 0x1FFF >= SIZE]
    body_of = dict(re.findall(r"^(\w+):\n((?:[ !].*\n)*)", re.sub(r"^ *(GROM \d|END)\n", "", source, flags=re.M), re.M))
    text, grom, room = "        GROM 3\n", 3, 0
    text += "".join(f"{label}:\n{body_of[label]}" for label in order if cases[label][0] < 0x8000 and label not in high)
    for label in high:
        body = f"{label}:\n{body_of[label]}"
        size = min(ends[label] - cases[label][0], 0x100)
        if room < size:
            grom, room = grom + 1, SIZE
            text += f"        GROM {grom}\n"
        room -= size
        text += body
    again, moved = programs(lubbock, text + "        END\n")
    return [(image, {label: case for label, case in cases.items() if label not in high}),
            (again, {label: moved[label] for label in high})]


def outcomes(args, image, cases):
    """What each of the programs leaves in MAME, as it is recorded."""
    rom, groms = firmware(args.rom, args.grom)
    befores = {seed: seeded(seed) for _, seed, _ in cases.values()}
    places = next(iter(befores.values()))[0]
    mask = bytes(0x8300 + n in places for n in range(PAD))
    blob = b""
    for at, seed, _ in cases.values():
        pad, ram, vram = befores[seed]
        blob += at.to_bytes(2, "big") + bytes(pad.get(0x8300 + n, 0) for n in range(PAD)) + ram + vram
    files = {"cases": blob, "mask": mask, "cases.rpk": cartridge(image), "routine": assembled(args.lubbock, ROUTINE),
             "install": assembled(args.lubbock, INSTALL)}
    [left] = run(rom, groms, LUA % {"pad": PAD, "ram": RAM, "vram": VRAM}, 20 + len(cases) // 20, ["outcomes"], args.mame,
                 ["-cart", "cases.rpk", "-ioport", "peb", "-ioport:peb:slot2", "32kmem"], files)
    base, size, found = left[:PAD], PAD + RAM + VRAM + len(REGISTERS), {}
    for n, (label, (_, seed, flags)) in enumerate(cases.items()):
        pad, ram, vram = befores[seed]
        registers = bytes(value & bits for value, bits in zip(REGISTERS, KEPT))
        before = state(bytes(pad.get(0x8300 + k, base[k]) for k in range(PAD)), ram, vram, registers, flags)
        after = left[PAD + n * size:PAD + (n + 1) * size]
        found[label] = changes(before, state(after[:PAD], after[PAD:PAD + RAM], after[PAD + RAM:-8], after[-8:], flags))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rom", type=pathlib.Path)
    parser.add_argument("--grom", type=pathlib.Path)
    parser.add_argument("--mame", default="/usr/games/mame")
    parser.add_argument("--lubbock", default="lubbock")
    parser.add_argument("--show", type=int, default=10)
    args = parser.parse_args()
    rows = gzip.decompress((DATA / "outcomes.txt.gz").read_bytes()).decode().splitlines()
    expected, found = dict(row.split("\t") for row in rows), {}
    source = gzip.decompress((DATA / "cases.gpl.gz").read_bytes()).decode()
    for image, cases in cartridges(args.lubbock, source):
        found |= outcomes(args, image, cases)
    expected = {label: kept(want) for label, want in expected.items()}
    wrong = [label for label, want in expected.items() if found[label] != want]
    for label in wrong[:args.show]:
        print(f"{label}\n  recorded {expected[label]}\n  MAME     {found[label]}")
    print(f"{len(expected) - len(wrong)} of {len(expected)} programs leave what was recorded")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
