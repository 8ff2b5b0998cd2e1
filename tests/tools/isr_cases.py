#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Makes the interrupt cases and records a console's answers to them in tests/data/isr/cases.txt.gz.

    cargo build --release --no-default-features --example rom-record
    tests/tools/isr_cases.py ROM GROM

The console (ROM image, image of GROMs 0 to 2) is run as a black box: its interrupt service is entered while the VDP asks
for it. The generator is seeded. Lines are `case TAB outcome`; tests/it/rom/isr.rs says what both mean.
"""
import random
import sys

from recorded import record

RNG = random.Random(12)


def motions():
    for y in (0, 1, 0x40, 0xBE, 0xBF, 0xC0, 0xC1, 0xC2, 0xCF, 0xD0, 0xD1, 0xDE, 0xDF, 0xE0, 0xE1, 0xFE, 0xFF):
        for v in (0, 1, 0x10, 0x11, 0x20, 0x7F, 0x80, 0xE0, 0xEF, 0xF0, 0xFF):
            yield '837A=01 V0300=%02X604800 V0780=%02X000000 ticks:1' % (y, v)
    for ticks in (2, 20, 150, 300):
        for _ in range(4):
            yield '837A=01 V0300=%s V0780=%s0000 ticks:%d' % (RNG.randbytes(4).hex(), RNG.randbytes(2).hex(), ticks)
    for n in (1, 2, 5, 28, 32):
        for _ in range(6):
            yield '837A=%02X V0300=%s V0780=%s ticks:%d' % (n, RNG.randbytes(4 * n).hex(), RNG.randbytes(4 * n).hex(), RNG.randint(1, 9))
    for switch in (0x80, 0x40, 0x20, 0x10, 0x0F):
        yield '837A=01 83C2=%02X V0300=40604800 V0780=10100000 ticks:1' % switch


def sounds():
    lists = 'V0200=03C510920202A5B00300021004019F00 V0210=01B101FF6000'
    for n in (*range(1, 16), 40):
        yield '83CC=6000 83CE=01 83FD=08 V0200=03C5109202019F00 ticks:%d' % n
        yield '83CC=0200 83CE=01 83FD=09 %s ticks:%d' % (lists, n)
        yield '83CC=6020 83CE=01 83FD=08 ticks:%d' % n
    for start in ('83CC=6030 83CE=01', '83CC=6030 83CE=05', '83CC=6030 83CE=00', '83CC=6000 83CE=FF'):
        for switch in ('00', '20', '80', '50'):
            yield '%s 83FD=08 83C2=%s ticks:3' % (start, switch)


def rest():
    for n in (1, 2, 3, 255, 256):
        yield 'ticks:%d' % n
    for keys in ('FCTN+=', 'FCTN', '=', 'FCTN+=+SHIFT', 'FCTN+4', 'CTRL+='):
        for switch in ('00', '10', '80', '60'):
            yield 'keys:%s 83C2=%s ticks:1' % (keys, switch)
    for switch in ('00', 'F0'):
        yield '83C4=A3F0 83C2=%s ticks:3' % switch
    for out in ('FFFE', 'FFFF', 'FFFC', '0000'):
        for r1 in ('E0', '80', 'F2'):
            yield '83D6=%s 83D4=%s ticks:2' % (out, r1)
    for step in ('00', '05', 'FF'):
        yield '83FC=%s 8379=FE ticks:3' % step


def main():
    images = sys.argv[1:3]
    if len(images) != 2:
        sys.exit('usage: isr_cases.py ROM GROM')
    cases = [*motions(), *sounds(), *rest()]
    record('isr', images, cases)


main()
