#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Makes the keyboard-scan cases and records a console's answers to them in tests/data/kscan/cases.txt.gz.

    cargo build --release --no-default-features --example rom-record
    tests/tools/kscan_cases.py ROM GROM

The console (ROM image, image of GROMs 0 to 2) is run as a black box: its KSCAN is called at >000E with keys held, and the
documented cells are read afterwards. The generator is seeded: a second run writes the same file. Its lines are
`case TAB outcome`; tests/it/rom/rig.rs says what both mean.
"""
import itertools
import random
import sys

from recorded import record

KEYS = '= SPACE ENTER . L O 9 2 S W X , K I 8 3 D E C M J U 7 4 F R V N H Y 6 5 G T B / ; P 0 1 A Q Z'.split()
SHIFTS = ['+'.join(s) for n in range(4) for s in itertools.combinations(['SHIFT', 'FCTN', 'CTRL'], n)]
DIRECTIONS = ['LEFT', 'RIGHT', 'DOWN', 'UP', 'FIRE']


def held(*keys):
    return '+'.join(k for k in keys if k)


def single_keys():
    """Every key in every mode and shift state, with alpha lock up and down."""
    for mode in range(6):
        for shift in SHIFTS:
            for alpha in ('', 'ALPHA'):
                for key in KEYS:
                    yield '%d:%s' % (mode, held(alpha, shift, key))
    for shift in SHIFTS:
        yield '5:%s' % shift


def modes():
    """Mode 0 goes on as the last of 3 to 5 did."""
    for first, key in itertools.product((1, 2, 3, 4, 5), ('A', 'CTRL+A', 'FCTN+S', 'FCTN+G')):
        yield '%d: 0:%s 0: -:%s' % (first, key, key)


def two_keys():
    """A second key while one is held, then the second alone, then none."""
    for a, b in itertools.permutations(KEYS, 2):
        yield '5:{0} 5:{0} 5:{0}+{1} 5:{1} 5:'.format(a, b)
    for mode in (1, 2):
        for a, b in itertools.permutations(KEYS[3:], 2):
            yield '{2}:{0} {2}:{0}+{1} {2}:{1} {2}:'.format(a, b, mode)


def memory():
    """Each kind of last code in >83C8 to >83CA, which programs overwrite to force a new key."""
    for scan in '3:A 4:A 5:A 5:P 5:SPACE 5: 1:A 1: 2:P 2: 1:P 2:A 3:FCTN+A 1:JOY1_FIRE'.split():
        for last in itertools.product(('FF', '2A', '2D', '06', '11'), ('FF', '2A', '29'), ('FF', '2D', '25')):
            yield '83C8=%s 83C9=%s 83CA=%s %s' % (*last, scan)
    for status in ('FF', 'DF', '20', '5A'):
        for scan in ('5:A', '5:', '1:S', '2:'):
            yield '837C=%s %s 837C=%s %s' % (status, scan, status, scan)


def joysticks():
    """All contacts of both, alone, with alpha lock, and with keys."""
    for mode, stick in itertools.product((1, 2, 3, 5), (1, 2)):
        for n in range(32):
            contacts = ['JOY%d_%s' % (stick, d) for i, d in enumerate(DIRECTIONS) if n >> i & 1]
            for alpha in ('', 'ALPHA'):
                yield '%d:%s' % (mode, held(alpha, *contacts))
    for mode in (1, 2):
        for key, d in itertools.product(KEYS, DIRECTIONS):
            yield '{0}:{1}+JOY{0}_{2} {0}:JOY{0}_{2}'.format(mode, key, d)


def random_runs():
    """Several keys, sticks and modes in turn: ghosts, rollover, both halves."""
    rng = random.Random(9)
    everything = KEYS + KEYS + ['SHIFT', 'FCTN', 'CTRL', 'ALPHA'] * 3
    everything += ['JOY%d_%s' % (n, d) for n in (1, 2) for d in DIRECTIONS]
    for _ in range(3000):
        steps, now = [], set()
        for _ in range(rng.randint(3, 8)):
            for _ in range(rng.randint(0, 3)):
                now ^= {rng.choice(everything)}
            if rng.random() < .2:
                now = set()
            steps.append('%d:%s' % (rng.randint(0, 5), held(*sorted(now))))
        yield ' '.join(steps)


def main():
    images = sys.argv[1:3]
    if len(images) != 2:
        sys.exit('usage: kscan_cases.py ROM GROM')
    cases = [*single_keys(), *modes(), *two_keys(), *memory(), *joysticks(), *random_runs()]
    record('kscan', images, cases)


main()
