#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Makes the operands of the floating-point tests and records a console's answers to them in tests/data/float.

    cargo build --release --no-default-features --example float-record
    tests/tools/float_cases.py ROM GROM

The console (ROM image, image of GROMs 0 to 2) is run as a black box by the example float-record, which calls its
services through the documented interface only. The operands come from seeded generators, so a second run writes the
same files. What the columns mean: tests/data/float/README.md.
"""
import gzip
import os
import random
import struct
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RECORDER = ROOT + '/target/release/examples/float-record'
DATA = ROOT + '/tests/data/float'
# The order of tests/it/float/rig.rs.
SERVICES = ('ROUND1 ROUND STST OVEXP OV FADD FSUB FMUL FDIV FCOMP SADD SSUB SMUL SDIV SCOMP CSN CSNGR CFI CNS INT '
            'PWR SQR EXP LOG COS SIN TAN ATN').split()
ZERO = bytes(8)


def call(service, fac=ZERO, arg=ZERO, text='', round9=0, position=0, options=(0, 0, 0), sign=0, exponent=0, status=0):
    """One record for float-record."""
    pad = bytearray(36)
    pad[0:8], pad[8], pad[10], pad[11:14], pad[18:26] = fac, round9, position, bytes(options), arg
    if service in ('CSN', 'CSNGR'):
        pad[12:14] = b'\x11\x00'
    record = bytes([SERVICES.index(service) + 1, 0]) + bytes(pad) + bytes([sign, 0])
    record += struct.pack('>H', exponent & 0xFFFF) + arg + text.encode().ljust(32, b'\0') + bytes([status])
    return record.ljust(88, b'\0')


def record(calls, images):
    """The scratchpads >8300 to >837F after the calls."""
    out = subprocess.run([RECORDER, *images], input=b''.join(calls), capture_output=True, check=True).stdout
    assert len(out) == 134 * len(calls)
    pads = []
    for at in range(0, len(out), 134):
        assert out[at:at + 4] != bytes(4), 'call %d did not return' % (at // 134)
        pads.append(out[at + 6:at + 134])
    return pads


def encode(negative, exponent, digits):
    """The eight bytes of a number: sign, power of 100 of the first digit, seven base-100 digits."""
    word = (exponent + 64) << 8 | digits[0]
    if negative:
        word = -word & 0xFFFF
    return struct.pack('>H', word) + bytes(digits[1:])


def decode(number):
    """(negative, exponent, digits) of eight bytes that are not zero."""
    word = number[0] << 8 | number[1]
    negative = word >> 15
    if negative:
        word = -word & 0xFFFF
    return negative, (word >> 8) - 64, [word & 255, *number[2:]]


def digits(rng):
    """Seven digits: random, short, runs of 99, around the rounding bound."""
    kind = rng.random()
    if kind < .12:
        d = [rng.randint(0, 99) for _ in range(rng.randint(1, 3))]
    elif kind < .2:
        d = [99] * rng.randint(1, 7)
    elif kind < .28:
        d = [rng.choice([0, 1, 49, 50, 51, 99, 98]) for _ in range(7)]
    elif kind < .33:
        d = [1] + [0] * rng.randint(0, 5) + [rng.randint(0, 99)]
    else:
        d = [rng.randint(0, 99) for _ in range(7)]
    d = (d + [0] * 7)[:7]
    d[0] = d[0] or rng.randint(1, 99)
    return d


def number(rng):
    """A number, mostly of everyday size, sometimes zero or anywhere in the range."""
    kind = rng.random()
    if kind < .02:
        return ZERO
    return encode(rng.random() < .4, rng.randint(-64, 63) if kind < .08 else rng.randint(-8, 8), digits(rng))


def pairs(count, seed):
    """Operand pairs: unrelated, of near exponents, nearly cancelling, with products and quotients at the range's ends."""
    rng = random.Random(seed)
    clamp = lambda e: max(-64, min(63, e))
    for _ in range(count):
        a = number(rng)
        kind = rng.random()
        if kind < .45 or a == ZERO:
            b = number(rng)
        else:
            _, e, d = decode(a)
            if kind < .8:
                b = encode(rng.random() < .5, clamp(e + rng.choice([0, 0, 0, 1, -1, 2, -2, 6, -6, 7, -7, 8, -8, 3, 5])),
                           digits(rng))
            elif kind < .95:
                d = list(d)
                at = rng.randint(0, 6)
                d[at] = (d[at] + rng.choice([1, -1, 2, 50, 0])) % 100
                d[0] = d[0] or 1
                b = encode(rng.random() < .5, e, d)
            else:
                t = rng.choice([63, 64, 62, -64, -65, -66, -63])
                b = encode(rng.random() < .5, clamp(t - e if rng.random() < .5 else e - t), digits(rng))
        yield a, b


def number_text(rng):
    """Text for CSN: numbers in every form, malformed ones, with whatever may follow."""
    def run(low, high):
        return ''.join(rng.choice('00123456789999') for _ in range(rng.randint(low, high)))
    kind = rng.random()
    sign = rng.choice(['', '', '', '-', '+'])
    if kind < .25:
        body = run(1, 16)
    elif kind < .55:
        body = run(0, 9) + '.' + run(0, 9)
    elif kind < .62:
        body = '0' * rng.randint(0, 4) + '.' + '0' * rng.randint(0, 6) + run(1, 14)
    elif kind < .70:
        body = '.'.join((run(1, 8), run(1, 8))).replace('.', rng.choice(['', '.'])) + rng.choice(['5', '49', '50', '99'])
    elif kind < .93:
        body = rng.choice([run(1, 8), run(0, 6) + '.' + run(1, 6)]) + 'E' + rng.choice(['', '+', '-']) + str(
            rng.choice([rng.randint(0, 20), rng.randint(0, 140), rng.randint(115, 135)]))
    else:
        body = ''.join(rng.choice('0123456789.E+-AX ') for _ in range(rng.randint(0, 8)))
    return (sign + body)[:28] + rng.choice([',', ' ', '', 'A', ')', '-', '"'])


def around_integers(rng):
    """Numbers for CFI and INT: integers, halves, values next to them, the ends of the 16-bit range."""
    kind = rng.random()
    if kind < .15:
        return number(rng)
    n = rng.choice([rng.randint(0, 120), rng.randint(0, 40000), rng.choice([32767, 32768, 32766, 100, 10000, 1000000])])
    places = 100 ** 7
    scaled = n * places + rng.choice([0, 0, places // 2, places // 2 - 1, places // 2 + 1, 1, rng.randrange(places), -1])
    return from_fraction(rng.random() < .5, max(0, scaled), -7)


def from_fraction(negative, scaled, exponent):
    """The number scaled * 100^exponent, cut to seven digits."""
    if scaled == 0:
        return ZERO
    d = []
    while scaled:
        d.insert(0, scaled % 100)
        scaled //= 100
    return encode(negative, exponent + len(d) - 1, (d + [0] * 7)[:7])


def argument(rng, service):
    """An argument in the range where the function is used, now and then anywhere."""
    kind = rng.random()
    if kind < .03:
        return number(rng)
    d = digits(rng)
    signed = rng.random() < (.03 if service in ('SQR', 'LOG') else .4)
    if service == 'EXP':
        e = rng.choice([0, 0, 0, 0, 1, -1, -1, -2, -3])
        d[0] = rng.randint(1, 3) if e == 1 else d[0]
    elif service in ('SIN', 'COS', 'TAN'):
        e = rng.choice([0, 0, 0, 0, 1, -1, -1, -2, -3, 2])
        d[0] = rng.randint(1, 20) if e == 0 else d[0]
    elif service == 'ATN':
        e = rng.choice([0, 0, -1, -1, -2, 1, 2, 5])
        d[0] = rng.randint(1, 20) if e == 0 else d[0]
    else:
        e = rng.choice([0, 0, 0, -1, -1, 1, 2, 5, -8, rng.randint(-64, 63)])
    return encode(signed, e, d)


def power(rng):
    """(base in ARG, exponent in FAC)."""
    kind = rng.random()
    if kind < .1:
        return number(rng), number(rng)
    small = lambda low, high: from_fraction(False, rng.randint(low, high), 0)
    if kind < .5:
        base, exponent = small(0, 60), small(0, 20)
    elif kind < .7:
        base, exponent = encode(False, rng.choice([0, 0, -1, 1]), digits(rng)), small(0, 12)
    else:
        base = encode(False, rng.choice([0, 0, -1, 1, 2]), digits(rng))
        exponent = encode(False, rng.choice([0, -1, -1]), digits(rng))
        if exponent[0] == 0x40:
            exponent = b'\x40' + bytes([rng.randint(1, 9)]) + exponent[2:]
    flip = lambda n: struct.pack('>H', -(n[0] << 8 | n[1]) & 0xFFFF) + n[2:]
    return flip(base) if rng.random() < .2 else base, flip(exponent) if rng.random() < .3 else exponent


def fac(pad):
    return pad[0x4A:0x52].hex()


def tail(pad):
    """Error byte, and of the status the bits that the documents give a meaning: H, GT, COND."""
    return '%x%02x' % (pad[0x54], pad[0x7C] & 0xE0)


def arithmetic(images):
    operands = list(pairs(6000, 1))
    columns = []
    for op in ('ADD', 'SUB', 'MUL', 'DIV'):
        answers = record([call('F' + op, f, a) for a, f in operands], images)
        stacked = record([call('S' + op, f, a) for a, f in operands], images)
        assert all(fac(x) + tail(x) == fac(y) + tail(y) for x, y in zip(answers, stacked)), op
        columns.append([fac(x) + ' ' + tail(x) for x in answers])
    columns.append([tail(x) for x in record([call('FCOMP', f, a) for a, f in operands], images)])
    return [' '.join((a.hex(), f.hex(), *row)) for (a, f), row in zip(operands, zip(*columns))]


def rounding(images):
    rng = random.Random(5)
    rows = []
    for service in ('ROUND1', 'ROUND', 'STST', 'OVEXP', 'OV'):
        for _ in range(1200 if service == 'ROUND1' else 400):
            d = rng.choice([digits(rng), [99] * rng.randint(1, 7)])
            f = encode(False, 0, (d + [rng.randint(0, 99)] * 7)[:7])
            if service == 'STST':
                f = number(rng)
            rows.append((service, f, rng.choice([0, 49, 50, 51, 99, rng.randint(0, 99)]), rng.randint(0, 8)
                         if service == 'ROUND' else 0, rng.choice([0, 255]),
                         rng.choice([0, 1, 0x40, 0x41, 0x7E, 0x7F, 0x80, 0x81, -1, -2, rng.randint(0, 127)])))
    answers = record([call(s, f, round9=r, position=p, sign=g, exponent=e) for s, f, r, p, g, e in rows], images)
    return ['%s %s %02x %d %02x %04x %s %s' % (s, f.hex(), r, p, g, e & 0xFFFF, fac(a), tail(a))
            for (s, f, r, p, g, e), a in zip(rows, answers)]


def from_text(images):
    rng = random.Random(2)
    texts = [number_text(rng) for _ in range(6000)]
    answers = record([call('CSN', text=t) for t in texts], images)
    return ['%s\t%s %s %d' % (t, fac(a), tail(a), (a[0x56] << 8 | a[0x57]) - 0x1100) for t, a in zip(texts, answers)]


def to_text(images):
    rng = random.Random(3)
    rows = [(rng.choice([number, around_integers])(rng), (0, 0, 0)) for _ in range(5000)]
    rows += [(number(rng), (8, rng.randint(1, 14), rng.randint(0, 8))) for _ in range(1000)]
    answers = record([call('CNS', n, options=o) for n, o in rows], images)
    return ['%s %s %s' % (n.hex(), bytes(o).hex(), a[a[0x55]:a[0x55] + a[0x56]].decode('latin-1'))
            for (n, o), a in zip(rows, answers)]


def integers(service):
    def rows(images):
        rng = random.Random(service)
        operands = [around_integers(rng) for _ in range(5500)]
        answers = record([call(service, n) for n in operands], images)
        if service == 'CFI':
            return ['%s %s %s' % (n.hex(), fac(a)[:4], tail(a)) for n, a in zip(operands, answers)]
        return ['%s %s %x' % (n.hex(), fac(a), a[0x54]) for n, a in zip(operands, answers)]
    return rows


def function(service):
    def rows(images):
        rng = random.Random(service)
        if service == 'PWR':
            operands = [power(rng) for _ in range(5200)]
        else:
            operands = [(ZERO, argument(rng, service)) for _ in range(5200)]
        answers = record([call(service, f, a) for a, f in operands], images)
        return [' '.join((*([a.hex()] if service == 'PWR' else []), f.hex(), fac(x), '%x' % x[0x54]))
                for (a, f), x in zip(operands, answers)]
    return rows


FILES = {'arithmetic': arithmetic, 'rounding': rounding, 'csn': from_text, 'cns': to_text, 'cfi': integers('CFI'),
         'int': integers('INT')}
FILES.update({s.lower(): function(s) for s in ('PWR', 'SQR', 'EXP', 'LOG', 'COS', 'SIN', 'TAN', 'ATN')})


def main():
    images = sys.argv[1:3]
    if len(images) != 2:
        sys.exit('usage: float_cases.py ROM GROM')
    os.makedirs(DATA, exist_ok=True)
    for name, rows in FILES.items():
        text = '\n'.join(rows(images)) + '\n'
        with open('%s/%s.txt.gz' % (DATA, name), 'wb') as out:
            out.write(gzip.compress(text.encode('latin-1'), 9, mtime=0))
        print(name, text.count('\n'))


main()
