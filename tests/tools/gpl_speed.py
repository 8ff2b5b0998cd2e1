#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Clocks of GPL on Lubbock's console to those on a genuine one: by instruction, by kind of operand, and of whole programs.

    cargo build --release --no-default-features --example rom-record
    tests/tools/gpl_speed.py ROM GROM [--worst N] [--lubbock LUBBOCK] [--own ROM GROM]

ROM and GROM are a genuine console's images (GROMs 0 to 2 in slots of 8 KiB); both consoles run in Lubbock, as black boxes. The
instructions are the recorded programs of tests/data/gpl, counted by their last instruction, entry and exit included; the
programs are those of gpl_bench.gpl; then come interrupts and keyboard scans (tests/data/isr, kscan). Ends with 1 if a class of
instructions, a program, or the interrupts take more clocks than on the genuine console.
"""
import argparse
import collections
import gzip
import pathlib
import re
import subprocess
import sys
import tempfile

from recorded import RECORDER

TESTS = pathlib.Path(__file__).resolve().parents[1]
SYSTEM = TESTS.parent / 'roms' / 'system'
LABEL = re.compile(r'(\w+?)_(\d+)_([0-9A-F]{2}):$')


def run(*command, text=None):
    return subprocess.run([str(word) for word in command], input=text, capture_output=True, check=True, text=True).stdout


def programs(source):
    """The programs of a source: label and lines."""
    found = []
    for line in source.splitlines():
        if LABEL.match(line):
            found.append((line[:-1], []))
        elif found and line.strip() not in ('END', '') and 'GROM ' not in line:
            found[-1][1].append(line.strip())
    return found


def assemble(lubbock, source, folder):
    """The image of a source for GROMs 3 to 7, and its programs as rom-record wants them."""
    path, image, symbols = (folder / name for name in ('cases.gpl', 'cases.bin', 'symbols'))
    path.write_text(source)
    run(lubbock, 'gpl', '-q', '-B', '-G', 3, '-o', image, '-E', symbols, path)
    at = dict(re.findall(r'^(\w+)\s+EQU\s+>(\w+)', symbols.read_text(), re.M))
    return image, ''.join('%s %s %s %s\n' % (label, at[label.upper()], *label.rsplit('_', 2)[1:]) for label, _ in programs(source))


def clocks(kind, consoles, cases, *cartridge):
    """Clocks of each case on each console; the keyboard's come as lists."""
    sums = lambda row: sum(map(int, re.findall(r'\d+', row)))
    return [[sums(row) for row in run(RECORDER, kind + '-clocks', *images, *cartridge, text=cases).splitlines()] for images in consoles]


def operand(text):
    """near: one byte of code; far: other CPU RAM; V in VDP RAM, * indirect, x indexed; # immediate."""
    if text[0] in '>0123456789':
        return '#'
    kind = ('V' if text[0] == 'V' else '') + ('*' if '*' in text else '') + ('x' if '(' in text else '')
    address = re.match(r'@>([0-9A-F]{4})$', text)
    return kind or ('near' if address and 0x8300 <= int(address[1], 16) < 0x8380 else 'far')


def classes(lines):
    """The names that a program counts for: its last instruction, and that one's operands if it is the only one."""
    lines = [line for line in lines if line != 'XML >B0']
    words = [word for word in lines[-1].split() if word[0] != '!']
    name = 'FMT' if 'FMT' in lines else 'COINC' if any('COINC' in line for line in lines) else words[0]
    name = 'CASE' if any('CASE' in line for line in lines) else name
    yield 'instruction', name
    if len(lines) == 1 and len(words) == 2 and name not in ('MOVE', 'FMT', 'ALL', 'BACK'):
        size = 'words' if name[0] == 'D' and name not in ('DEC', 'DECT', 'DIV') else 'bytes'
        yield 'operands, source first', size + ' ' + ','.join(map(operand, words[1].split(',')))


def table(title, rows):
    """Prints rows of (name, genuine, ours) and says whether all are at most 1."""
    print('\n%s\n%-34s %6s %12s %12s %6s' % (title, '', 'number', 'genuine', 'ours', 'ratio'))
    sums = collections.defaultdict(lambda: [0, 0, 0])
    for name, genuine, ours in rows:
        sums[name] = [a + b for a, b in zip(sums[name], (1, genuine, ours))]
    for name, (n, genuine, ours) in sorted(sums.items(), key=lambda item: item[1][1] / item[1][2]):
        print('%-34s %6d %12d %12d %6.3f' % (name, n, genuine, ours, ours / genuine))
    return all(ours <= genuine for _, genuine, ours in sums.values())


def rows_of(kind):
    text = gzip.open(TESTS / 'data' / kind / 'cases.txt.gz', 'rt').read()
    return ''.join(line.split('\t')[0] + '\n' for line in text.splitlines())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('genuine', nargs=2, metavar='IMAGE', help='ROM, and GROMs in one file')
    parser.add_argument('--own', nargs=2, metavar=('ROM', 'GROM'))
    parser.add_argument('--worst', type=int, default=20)
    parser.add_argument('--lubbock', default='lubbock')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        groms = [(SYSTEM / ('grom%d.bin' % n)).read_bytes().ljust(0x2000, b'\0') for n in range(3)]
        (folder / 'grom.bin').write_bytes(b''.join(groms))
        consoles = [args.genuine, args.own or (SYSTEM / 'rom.bin', folder / 'grom.bin')]
        source = gzip.open(TESTS / 'data/gpl/cases.gpl.gz', 'rt').read()
        image, cases = assemble(args.lubbock, source, folder)
        timed = list(zip(programs(source), *clocks('gpl', consoles, cases, image)))
        source = (TESTS / 'tools/gpl_bench.gpl').read_text()
        image, cases = assemble(args.lubbock, source, folder)
        bench = zip(programs(source), *clocks('gpl', consoles, cases, image))
        bench = [(label.rsplit('_', 2)[0], a, b) for (label, _), a, b in bench]
        services = [(kind, sum(a), sum(b)) for kind in ('isr', 'kscan') for a, b in [clocks(kind, consoles, rows_of(kind))]]
    named = [(kind, name, a, b) for (_, lines), a, b in timed for kind, name in classes(lines)]
    good = [table(kind, [row[1:] for row in named if row[0] == kind]) for kind in ('instruction', 'operands, source first')]
    good += [table('programs', bench), table('services', services)]
    slower = sorted(((b / a, a, b, '; '.join(lines[:-1])) for (_, lines), a, b in timed if b > a), reverse=True)
    print('\n%d of %d recorded programs are slower, the worst:' % (len(slower), len(timed)))
    for ratio, genuine, ours, text in slower[:args.worst]:
        print('%6.3f %8d %8d  %s' % (ratio, genuine, ours, text))
    genuine, ours = (sum(row[n] for row in timed) for n in (1, 2))
    print('\nall recorded programs: %d clocks, genuine %d, ratio %.3f' % (ours, genuine, ours / genuine))
    return int(not all(good))


if __name__ == '__main__':
    sys.exit(main())
