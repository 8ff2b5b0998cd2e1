#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Makes the cases of the cassette and records a console's answers in tests/data/tape/cases.txt.gz.

    cargo build --release --no-default-features --example rom-record
    tests/tools/tape_cases.py ROM GROM

The console (ROM image, image of GROMs 0 to 2) is run as a black box. Lines are `case TAB outcome`; tests/it/rom/tape.rs says what
both mean.
"""
import sys

from recorded import record

TAPE = 'z768 xFF0202 r7 r7 r8 r8'
READ = 'io:5:128:1000'
SAME = 'V1000:64:7 V1040:64:8'


def cases():
    for count in (1, 63, 64, 65, 200, 1000, 2560):
        yield 'V1000:3000:7 io:4:%d:1000' % count
        yield 'V1000:3000:7 io:4:%d:1000 again V1000:3000:9 io:5:%d:1000' % (count, count)
        yield 'V1000:3000:7 io:4:%d:1000 again io:6:%d:1000' % (count, count)
    for count in (1, 64, 65, 100, 128, 129, 256):
        yield '%s io:5:%d:1000' % (TAPE, count)
        yield '%s %s io:6:%d:1000' % (TAPE, SAME, count)
    # Wrong copies, numbers, a wrong byte in memory; no data.
    for records in ('b7 r7 r8 b8', 'r7 b7 r8 r8', 'b7 b7 r8 r8', 'r7 r7 b8 b8', 'r7 r7 r8 c8'):
        yield 'z768 xFF0202 %s %s' % (records, READ)
        yield 'z768 xFF0202 %s %s io:6:128:1000' % (records, SAME)
    for number in ('0102', '0201', '0000', '0303'):
        yield 'z768 xFF%s r7 r7 r8 r8 %s' % (number, READ)
    yield '%s V1000:64:9 V1040:64:8 io:6:128:1000' % TAPE
    for nothing in ('', 'q1000', 'z768'):
        yield '%s %s' % (nothing, READ)
    # Gaps, short and noisy begins.
    for records in ('c7 q20 r7 r8 r8', 'c7 q500 r7 r8 r8', 'r7 c7 q200 r8 r8', 'r7 q200 r7 r8 r8'):
        yield 'z768 xFF0202 %s %s' % (records, READ)
    for begin in ('n300 z768', 'z768 n30 z200', 'z400', 'z100', 'z20'):
        yield '%s xFF0202 r7 r7 r8 r8 %s' % (begin, READ)
    for signal in ('speed:90', 'speed:95', 'speed:105', 'speed:110', 'jitter:5', 'jitter:10', 'jitter:20', 'upside', 'speed:70', 'speed:150'):
        yield '%s %s %s' % (signal, TAPE, READ)


def main():
    images = sys.argv[1:3]
    if len(images) != 2:
        sys.exit('usage: tape_cases.py ROM GROM')
    record('tape', images, [' '.join(case.split()) for case in cases()])


if __name__ == "__main__":
    main()
