#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Writes the GPL test programs, tests/data/gpl/cases.gpl.gz: one source for GROMs 3 to 7, about 3,700 small programs.

    cargo build --release --no-default-features --example rom-record
    tests/tools/gpl_cases.py [ROM GROM]

With a genuine console's images it runs them there, as a black box, and writes what they leave to outcomes.txt.gz.
Each program is a label `Cn_s_m` (n its number, s the seed of the memory it starts from, m the mask of the flags that count: tests/it/rom/gpl.rs), some
instructions, and XML >B0, which leaves it. The generator is seeded.
"""
import gzip
import os
import pathlib
import random
import sys
import tempfile

from gpl_speed import assemble, programs as labels, run
from recorded import RECORDER

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RNG = random.Random(4)
# Cells with useful contents (tests/it/rom/gpl.rs): >8340, >8341 pointers to bytes, >8342, >8344 VDP addresses, >8346, >8348
# index words 3 and -16.
FORMS = {
    'near': lambda: '@>%04X' % RNG.randrange(0x8300, 0x8338),
    'far': lambda: '@>%04X' % RNG.randrange(0x83A4, 0x83B8),
    'ram': lambda: '@>%04X' % RNG.randrange(0xA200, 0xA2F0),
    'ind': lambda: '*>%04X' % RNG.choice([0x8340, 0x8341]),
    'indx': lambda: '*>833D(@>8346)',
    'idx': lambda: '@>%04X(@>%04X)' % RNG.choice([(RNG.randrange(0x8300, 0x8330), 0x8346), (RNG.randrange(0x8318, 0x8338), 0x8348)]),
    'v': lambda: 'V@>%04X' % RNG.choice([RNG.randrange(0x20, 0x700), RNG.randrange(0xF10, 0xF70)]),
    'vind': lambda: 'V*>%04X' % RNG.choice([0x8342, 0x8344]),
    'vidx': lambda: 'V@>%04X(@>%04X)' % (RNG.randrange(0x20, 0x700), RNG.choice([0x8346, 0x8348])),
    'vindx': lambda: 'V*>833F(@>8346)',
}
BYTES = [0, 1, 2, 3, 7, 8, 0xF, 0x10, 0x20, 0x63, 0x64, 0x7F, 0x80, 0x81, 0xAA, 0xFE, 0xFF]
WORDS = BYTES + [0x100, 0x7FFF, 0x8000, 0x8001, 0xFFFE, 0xFFFF, 0x1234, 0x6FE5, 0xFF00, 0x2710]
TWO = 'ADD SUB MUL DIV AND OR XOR ST EX CH CHE CGT CGE CEQ CLOG SRA SLL SRL SRC'.split()
ONE = 'ABS NEG INV CLR PUSH CZ INC DEC INCT DECT'.split()
LOGICAL = [d + op for op in ('AND', 'OR', 'XOR', 'CEQ', 'CZ') for d in ('', 'D')]
programs = []


def program(*lines):
    programs.append(lines)


def any_form(*but):
    return FORMS[RNG.choice([f for f in FORMS if f not in but])]()


def value(word):
    return '>%04X' % RNG.choice(WORDS) if word else '>%02X' % RNG.choice(BYTES)


def two_operands():
    for op in TWO:
        for d in ('', 'D'):
            for form in FORMS:
                if op != 'EX':
                    program(d + op + ' ' + value(d) + ',' + FORMS[form]())
                for other in FORMS if op in ('ADD', 'ST', 'EX') else [RNG.choice(list(FORMS))]:
                    program(d + op + ' ' + FORMS[form]() + ',' + FORMS[other]())
            for _ in range(4):
                if op != 'EX':
                    program('%sST %s,@>8310' % (d, value(d)), '%s%s %s,@>8310' % (d, op, value(d)))
                program('%sST %s,@>8310' % (d, value(d)), '%sST %s,@>8320' % (d, value(d)), '%s%s @>8320,@>8310' % (d, op))


def numbers():
    """MUL, DIV and the shifts at their limits; flags of sums."""
    for a in (0, 1, 0x7F, 0x80, 0xFF):
        for b in (0, 1, 0x7F, 0x80, 0xFF):
            for op in ('ADD', 'SUB', 'CH', 'CHE', 'CGT', 'CGE', 'MUL', 'CEQ'):
                program('ST >%02X,@>8310' % a, '%s >%02X,@>8310' % (op, b))
    for a in (0, 1, 0x7FFF, 0x8000, 0xFFFF):
        for b in (0, 1, 0x7FFF, 0x8000, 0xFFFF):
            for op in ('DADD', 'DSUB', 'DCH', 'DCHE', 'DCGT', 'DCGE', 'DMUL'):
                program('DST >%04X,@>8310' % a, '%s >%04X,@>8310' % (op, b))
    for n in (0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0xFE01, 0xFEFF, 0xFF00, 0xFFFF, 0x7F80, 0x1234):
        for by in (0, 1, 2, 0x10, 0x7F, 0x80, 0xFF):
            program('DST >%04X,@>8310' % n, 'DIV >%02X,@>8310' % by)
    for high, low, by in ((0, 0, 0), (0, 5, 2), (1, 0, 1), (1, 0, 2), (0xFFFE, 1, 0xFFFF), (0xFFFF, 0, 0xFFFF), (0x1234, 0x5678, 0x1235),
                          (0, 0xFFFF, 1), (0x7FFF, 0xFFFF, 0x8000), (0x8000, 0, 0x8000)):
        program('DST >%04X,@>8310' % high, 'DST >%04X,@>8312' % low, 'DDIV >%04X,@>8310' % by)
        program('DST >%04X,V@>0100' % high, 'DST >%04X,V@>0102' % low, 'DDIV >%04X,V@>0100' % by)
    for op in ('SRA', 'SLL', 'SRL', 'SRC'):
        for n in (0, 1, 4, 7, 8, 9, 15, 16, 17, 0x20, 0x80, 0xFF):
            program('%s >%02X,@>8310' % (op, n))
            program('D%s >%04X,@>8310' % (op, n))
            program('D%s >%04X,@>8310' % (op, n << 8))
    for op in ('ADD', 'SUB', 'AND', 'OR', 'XOR', 'INC', 'DEC', 'CZ', 'ABS', 'DADD', 'DSUB', 'DINC', 'DDEC', 'DCZ', 'ST', 'CEQ', 'CH', 'CGT', 'CLOG', 'NEG', 'SLL'):
        for test in ('H', 'GT', 'CARRY', 'OVF'):
            if test == 'OVF' and op in LOGICAL:
                continue
            one = op.lstrip('D') in ('INC', 'EC', 'DEC', 'CZ', 'ABS', 'NEG') or op in ('DEC', 'DDEC')
            program('%s %s@>8310' % (op, '' if one else '@>8320,'), test, 'BS $+4', 'INC @>8330')


def one_operand():
    for op in ONE:
        for d in ('', 'D') if op != 'PUSH' else ('',):
            for form in FORMS:
                program(d + op + ' ' + FORMS[form]())
            for v in BYTES[:3] + [0x7F, 0x80, 0xFE, 0xFF]:
                program('ST >%02X,@>8310' % v, '%s @>8310' % op)
            for v in (0, 1, 2, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF):
                program('DST >%04X,@>8310' % v, 'BYTE >8D,>10' if op == 'PUSH' else 'D%s @>8310' % op)


def flow():
    for n in range(4):
        program('ST %d,@>8310' % n, 'CASE @>8310', *['BR !%d' % k for k in range(4)], *[x for k in range(4) for x in ('!%d INC @>832%d' % (k, k),)])
        program('DST %d,@>8310' % n, 'DCASE @>8310', *['BR !%d' % k for k in range(4)], *[x for k in range(4) for x in ('!%d INC @>832%d' % (k, k),)])
    for jump in ('BR', 'BS'):
        for cond in ('CEQ 5,@>8310', 'ST 5,@>8310'):
            program('ST 5,@>8310', cond, '%s !a' % jump, 'INC @>8320', '!a INC @>8321')
            program('ST 6,@>8310', cond, '%s !a' % jump, 'INC @>8320', '%s !a' % jump, 'INC @>8322', '!a INC @>8321')
    program('CALL !s', 'INC @>8320', 'B !e', '!s INC @>8321', 'RTN', '!e INC @>8322')
    program('CALL !s', 'INC @>8320', 'B !e', '!s CEQ @>8310,@>8310', 'RTNC', '!e INC @>8322')
    program('CALL !s', 'INC @>8320', 'B !e', '!s CEQ @>8310,@>8310', 'RTN', '!e INC @>8322')
    program('CEQ @>8310,@>8310', 'CALL !s', 'BYTE >12,>34', 'INC @>8320', 'B !e', '!s FETCH @>8321', 'FETCH V@>0100', 'RTNC', '!e INC @>8322')
    program('CALL !s', 'BYTE >12,>34', 'INC @>8320', 'B !e', '!s BYTE >89,>24', 'BYTE >89,>A1,>00', 'RTNC', '!e INC @>8322')
    program('CALL !s', 'INC @>8320', 'B !e', '!s CALL !t', 'BYTE >9A', 'RTN', '!t FETCH *>8340', 'RTN', '!e INC @>8322')
    program('CEQ @>8310,@>8310', 'B !e', 'INC @>8320', '!e INC @>8322')
    for status in range(0, 256, 16):
        for test in ('H', 'GT', 'CARRY', 'OVF'):
            program('ST >%02X,@>837C' % status, test)
        program('ST >%02X,@>837C' % status, 'BS !a', 'INC @>8320', '!a ABS @>8321')
    program('DST >9804,@>8310', 'DSWGR !x,@>8310', '!r B !e', '!x DST @>83FA,@>8320', 'CEQ @>8310,@>8310', 'RTGR', '!e DST @>83FA,@>8322')
    program('DST >9800,V@>0100', 'DST !x,@>8310', 'DSWGR @>8310,V@>0100', '!r B !e', '!x INC @>8320', 'RTGR', '!e INC @>8322')
    for n in (0, 1, 2, 9, 0x63, 0x7F, 0x80, 0xFE, 0xFF):
        program('DST >%04X,@>83C0' % RNG.choice(WORDS), 'RAND >%02X' % n, 'ST @>8378,@>8310', 'RAND >%02X' % n)
    for n in (0, 0x17, 0xF5):
        program('BACK >%02X' % n)
        program('ALL >%02X' % n)
    for fn in (0, 1):
        program('DST >1234,@>8310', 'I/O %d,@>8310' % fn)
    for bit, count in ((22, 1), (22, 2), (24, 1), (0x12, 3), (0x12, 4), (21, 4)):
        for data in (0, 0xFF, 0xA5):
            program('DST %d,@>8310' % bit, 'ST %d,@>8312' % count, 'ST >20,@>8313', 'ST >%02X,@>8320' % data, 'I/O 3,@>8310',
                    'DST >8022,@>8312', 'ST %d,@>8312' % count, 'ST >22,@>8313', 'I/O 2,@>8310')
    for count in (1, 3, 8, 9, 15, 16):
        program('DST >0016,@>8310', 'ST %d,@>8312' % count, 'ST >22,@>8313', 'I/O 2,@>8310')


def coincidences():
    for _ in range(60):
        h, w = RNG.randint(0, 9), RNG.randint(0, 9)
        h1, w1 = RNG.randint(0, h), RNG.randint(0, w)
        grain = RNG.choice([0, 0, 1, 2, 3])
        bits = [RNG.getrandbits(8) for _ in range(((h + 1) * (w + 1) + 7) // 8)]
        row, col = RNG.randint(0, 255), RNG.randint(0, 255)
        near = lambda x, n: (x + RNG.randint(-(n + 2), n + 2) * 2 ** grain) & 255
        program('DST >%02X%02X,@>8310' % (row, col), 'DST >%02X%02X,@>8320' % (near(row, h), near(col, w)), 'COINC @>8310,@>8320',
                'BYTE %d' % grain, 'DATA !t', 'XML >B0', '!t BYTE %s' % ','.join('%d' % b for b in [h, w, h1, w1] + bits))


def moves():
    ends = {
        'near': lambda: '@>%04X' % RNG.randrange(0x8300, 0x8320), 'far': lambda: '@>%04X' % RNG.randrange(0x83A4, 0x83AC),
        'ram': lambda: '@>%04X' % RNG.randrange(0xA200, 0xA2C0), 'ind': lambda: '*>%04X' % RNG.choice([0x8340, 0x8341]),
        'idx': lambda: '@>%04X(@>8346)' % RNG.randrange(0x8300, 0x8320), 'v': FORMS['v'], 'vind': FORMS['vind'], 'vidx': FORMS['vidx'],
        'vindx': FORMS['vindx'],
    }
    groms = ['G@>%04X', 'G@>%04X(@>8346)', 'G@>%04X(@>8348)']
    grom = lambda: RNG.choice(groms) % RNG.randrange(0x6010, 0x7700)
    for source in [*ends, 'grom']:
        for target in [*ends, 'register', 'grom']:
            for _ in range(3):
                n = RNG.choice([1, 2, 3, 5, 8])
                src = grom() if source == 'grom' else ends[source]()
                dst = grom() if target == 'grom' else ends[target]() if target in ends else '#%d' % RNG.choice([0, 2, 3, 4, 5, 6, 7])
                if target == 'register':
                    n = min(n, 8 - int(dst[1:]), 1 if dst == '#0' else 8)
                if RNG.random() < .5:
                    program('MOVE %d,%s,%s' % (n, src, dst))
                else:
                    where = RNG.choice(['@>8334', 'V@>0150', '@>83B8'])
                    program('DST %d,%s' % (n, where), 'MOVE %s,%s,%s' % (where, src, dst))
    for n in (16, 17, 100, 256, 257, 1000):
        program('MOVE %d,V@>0100,V@>0101' % n)
        program('MOVE %d,V@>0101,V@>0100' % n)
        program('MOVE %d,G@>6020,V@>0100' % n)
    program('MOVE 20,@>8300,@>8301')
    program('MOVE 20,@>8301,@>8300')
    program('MOVE 30,@>8300,@>A200')
    program('MOVE 30,@>A200,V@>0030')
    program('ST >80,@>8310', 'MOVE 1,@>8310,#1', 'ST >82,@>8310', 'MOVE 1,@>8310,#1')
    program('MOVE 3,@>8300,@>837D')
    program('MOVE 1,@>837C,@>8300')


def screen_cell():
    """The cell >837D, through which GPL writes and reads at the cursor."""
    for d in ('', 'D'):
        program(d + 'ST @>8310,@>837D')
        program(d + 'ST @>837D,@>8310')
        program(d + 'INC @>837D')
        program(d + 'ADD 5,@>837D')
        program(d + 'EX @>837D,@>8310')
        program(d + 'EX @>8310,@>837D')
        program(d + 'CEQ @>837D,@>8310')
        program(d + 'CLR @>837D')
        program(d + 'ST @>837C,@>8310')
        program(d + 'EX @>837C,@>8310')
        program(d + 'ST @>8310,@>837A(@>8346)')
        program(d + 'ST @>837A(@>8346),@>8310')
        program('ST >7D,@>8340', d + 'ST @>8310,*>8340')
        program('ST >7D,@>8340', d + 'ST *>8340,@>8310')
        program('PUSH @>837D')
        program(d + 'ST @>8310,@>837C')
        program(d + 'ST @>8310,@>837E')
        program('DST >0000,@>837E', d + 'ST @>8310,@>837D')
        program('DST >1F1F,@>837E', d + 'ST @>8310,@>837D')
        program('DST >183F,@>837E', d + 'ST @>8310,@>837D')
        program('DST >FF85,@>837E', d + 'ST @>8310,@>837D')


def formats():
    char = lambda: '>%02X' % RNG.getrandbits(8)
    for _ in range(100):
        lines, depth = ['FMT'], 0
        for _ in range(RNG.randint(1, 6)):
            kind = RNG.randrange(12)
            n = RNG.choice([1, 2, 3, 5, 12, 27, 32])
            if kind == 0:
                lines.append("HTEXT '%s'" % ''.join(RNG.choice('ABCDEFGHIJKLMNOPQRSTUVWXYZ ') for _ in range(n)))
            elif kind == 1:
                lines.append("VTEXT '%s'" % ''.join(RNG.choice('ABCDEFGHIJKLMNOPQRSTUVWXYZ ') for _ in range(n)))
            elif kind == 2:
                lines.append('HCHAR %d,%s' % (n, char()))
            elif kind == 3:
                lines.append('VCHAR %d,%s' % (n, char()))
            elif kind == 4:
                lines.append('COL+ %d' % n)
            elif kind == 5:
                lines.append('ROW+ %d' % n)
            elif kind == 6:
                lines.append('HSTR %d,%s' % (min(n, 27), RNG.choice(['@>8310', '@>83A0', '@>A210'])))
            elif kind == 7:
                lines.append('BIAS %s' % RNG.choice(['>60', '@>8310', '@>A220', '>FF']))
            elif kind == 8:
                lines.append('ROW %d' % RNG.choice([0, 5, 23, 24, 31]))
            elif kind == 9:
                lines.append('COL %d' % RNG.choice([0, 5, 30, 31]))
            elif kind == 10 and depth < 3:
                lines.append('FOR %d' % RNG.choice([1, 2, 3, 7]))
                depth += 1
            elif depth:
                lines.append('FEND')
                depth -= 1
        lines += ['FEND'] * (depth + 1)
        program(*lines)
    for row, col in ((0, 0), (23, 31), (24, 5), (31, 31), (40, 33), (5, 255)):
        for item in ('ROW 3', 'COL 40', 'HCHAR 3,65', 'VCHAR 3,65', 'COL+ 5', 'ROW+ 9', 'VCHAR 30,66', 'HCHAR 32,67'):
            program('DST >%02X%02X,@>837E' % (row, col), 'FMT', item, 'FEND')


def conditions():
    """What each instruction makes of COND: set, then reset before it."""
    two = ['%s%s @>8320,@>8310' % (d, op) for op in TWO for d in ('', 'D')] + ['ADD @>8320,V@>0110', 'DST @>8320,V@>0110']
    one = ['%s%s @>8310' % (d, op) for op in ONE for d in ('', 'D') if d + op != 'DPUSH'] + ['DCLR V@>0110', 'INC V@>0110']
    rest = ['MOVE 4,@>8320,V@>0110', 'MOVE 4,G@>6010,@>8310', 'MOVE 1,@>8320,#7', 'ALL >41', 'BACK >17', 'RAND 9', 'I/O 0,@>8310', 'I/O 1,@>8310']
    fetch = [('CALL !s', 'BYTE >12', 'B !e', '!s %s', 'FETCH @>8321', 'RTNC', '!e INC @>8322')]
    for first in ('CEQ @>8310,@>8310', 'CH @>8310,@>8310'):
        for line in two + one + rest:
            program(first, line)
        program(first, 'FMT', 'HCHAR 3,65', 'FEND')
        for lines in fetch:
            program(*[line.replace('%s', first) for line in lines])
        for lines in (('B !e', 'INC @>8320', '!e ABS @>8322'), ('ST 2,@>8310', 'CASE @>8310', 'BR !e', 'BR !e', 'BS !e', 'INC @>8321', '!e ABS @>8322'),
                      ('CALL !s', 'ABS @>8320', 'B !e', '!s RTN', '!e ABS @>8322'), ('CALL !s', 'ABS @>8320', 'B !e', '!s RTNC', '!e ABS @>8322'),
                      ('DST >05A0,@>83A8', 'DST >8320,@>83AA', 'DST >045B,@>83AC', 'DST >83A8,@>8300', 'XML >F0', 'ABS @>8322')):
            program(first, *lines)


def services():
    """RAND's sequence, SCAN without a key, CRU input, operands through the status and the cell >837D, SWGR within SWGR."""
    for seed in (0, 1, 0x3567, 0x8000, 0xFFFF):
        for n in (0, 9, 0x63, 0xFF):
            program('DST >%04X,@>83C0' % seed, *[line for k in range(6) for line in ('RAND >%02X' % n, 'ST @>8378,@>83%02X' % (0x10 + k))])
    for mode in range(6):
        for last in (0xFF, 0x0D):
            program('ST %d,@>8374' % mode, 'DST >02FF,@>83C6', 'ST >%02X,@>83C8' % last, 'DST >FFFF,@>83C9', 'SCAN')
            program('CEQ @>8310,@>8310', 'ST %d,@>8374' % mode, 'DST >0100,@>83C6', 'ST >%02X,@>83C8' % last, 'DST >%02X%02X,@>83C9' % (last, last), 'SCAN')
    for bit, count in ((3, 8), (3, 5)):
        program('DST %d,@>8310' % bit, 'ST %d,@>8312' % count, 'ST >22,@>8313', 'I/O 2,@>8310')
    for line in ('ST *>837C,@>8310', 'ADD *>837C,@>8310', 'CEQ *>837C,@>8310', 'ST *>837C,V@>0110', 'INC @>837C', 'ADD 5,@>837C', 'DINC @>837C',
                 'DMUL 3,@>837D', 'MOVE 2,@>837C,@>8310', 'SLL 1,@>837D', 'XOR @>837D,@>837D',
                 'ST @>837E,@>8310', 'DST @>837D,V@>0110', 'EX V@>0110,@>837D', 'CLOG @>837D,@>837C'):
        program(line)
    for line in ('BIAS @>8310', 'HSTR 2,@>8310', 'HSTR 3,@>A210'):
        program('FMT', line, 'HCHAR 2,65', 'FEND')
    program('DST >9804,@>8310', 'DST >9808,@>8312', 'DSWGR !x,@>8310', '!r B !e', '!x DST @>83FA,@>8320', 'DSWGR !y,@>8312', 'RTGR', '!y DST @>83FA,@>8322',
            'RTGR', '!e DST @>83FA,@>8324')
    for target in ('V@>0110', '*>8340', '@>8300(@>8346)', '@>A210', 'V*>8342'):
        program('CALL !s', 'BYTE >12,>34', 'INC @>8320', 'B !e', '!s FETCH %s' % target, 'FETCH @>8321', 'RTN', '!e INC @>8322')
    for place in ('@>83A4', '@>8330', '@>8320'):
        for fn in (0, 1):
            program('DST >1234,%s' % place, 'ST >%02X,@>83FD' % (8 | fn ^ 1), 'I/O %d,%s' % (fn, place))


def longest(line):
    """At least the number of bytes that the line makes."""
    if 'TEXT' in line or 'BYTE' in line:
        return len(line)
    size = 1
    for operand in line.split()[-1].split(','):
        near = operand.startswith('@>83') and operand[4] < '8'
        size += 4 if '(' in operand or '@>A' in operand or '>0F' in operand else 1 if near else 2
    return size


def record(source, images):
    """What each program leaves on the console of these images, with its label."""
    with tempfile.TemporaryDirectory() as folder:
        image, cases = assemble('lubbock', source, pathlib.Path(folder))
        outcomes = run(RECORDER, 'gpl', *images, image, text=cases).splitlines()
    rows = ['%s\t%s\n' % (label, outcome) for (label, _), outcome in zip(labels(source), outcomes, strict=True)]
    with open(ROOT + '/tests/data/gpl/outcomes.txt.gz', 'wb') as out:
        out.write(gzip.compress(''.join(rows).encode(), 9, mtime=0))


def main():
    two_operands()
    numbers()
    one_operand()
    flow()
    coincidences()
    moves()
    screen_cell()
    formats()
    first_later = len(programs)
    conditions()
    services()
    text, size, grom = ['* SPDX-License-Identifier: MIT OR Apache-2.0'], 1 << 16, 2
    for n, lines in enumerate(programs):
        bound = sum(map(longest, lines)) + 2
        if n == first_later:
            size = 0x1300  # where the assembler stands
        if n >= first_later:
            bound = bound * 2 // 3  # these have short operands
        if size + bound > 0x2000:
            grom, size = grom + 1, 0
            text += ['        GROM %d' % grom]
        size += bound
        # What the overflow flag is after the logical instructions and comparisons with 0 depends on how operands are decoded.
        logical = lines[-1].split()[0] in LOGICAL
        text.append('C%d_%d_%s:' % (n, RNG.randrange(1000), 'F0' if logical else 'F8'))
        text += [line if line[0] == '!' else '        ' + line for line in lines]
        text.append('        XML >B0')
    assert grom <= 7, (grom, len(programs))
    os.makedirs(ROOT + '/tests/data/gpl', exist_ok=True)
    source = '\n'.join(text) + '\n        END\n'
    with open(ROOT + '/tests/data/gpl/cases.gpl.gz', 'wb') as out:
        out.write(gzip.compress(source.encode(), 9, mtime=0))
    if len(sys.argv) == 3:
        record(source, sys.argv[1:])
    print(len(programs), 'programs, last GROM', grom)


main()
