#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Generates programs, assembles them with xas99 or xga99 and with lubbock, and compares the bytes.

    asm_generate.py [--tms9900 200] [--gpl 100] [--seed 1] [--lubbock PROGRAM] [--xas99 COMMAND] [--xga99 COMMAND]

TMS9900 programs hold every instruction with every addressing mode, all data directives, segments, XORG, local labels,
macros, repetition, conditionals, expressions; GPL programs all instructions with all operand kinds, FMT blocks, MOVE.
A program that differs is left in the folder `target/asm-differs`. Exit code 1 if any does.
"""
import argparse
import pathlib
import random
import subprocess
import sys
import tempfile

TWO = "SZC SZCB S SB C CB A AB MOV MOVB SOC SOCB".split()
REGISTER = "COC CZC XOR MPY DIV".split()
ONE = "B X CLR NEG INV INC INCT DEC DECT BL SWPB SETO ABS BLWP".split()
IMMEDIATE = "LI AI ANDI ORI CI".split()
CONTROL = "IDLE RSET RTWP CKON CKOF LREX NOP RT".split()
JUMP = "JMP JLT JLE JEQ JHE JGT JNE JNC JOC JNO JL JH JOP".split()


class Tms9900:
    """A source of about `size` statements."""

    def __init__(self, rng, size):
        self.moved = False
        self.rng, self.lines, self.labels = rng, [], [f"L{i}" for i in range(size // 6 + 2)]
        self.equates = [f"E{i}" for i in range(8)]
        self.add(f"* seed program\n       AORG >{rng.randrange(0x1000, 0x9000) & ~1:04X}")
        for i, name in enumerate(self.equates):
            self.add(f"{name} EQU {self.number()}" if i % 2 else f"{name}:\n       EQU {self.expression(False)}")
        self.add("       .DEFM TWICE\n       DATA #1,#2\n       BYTE #1\n       .ENDM")
        waiting = self.labels[:]
        while waiting or size > 0:
            size -= 1
            label = waiting.pop(0) if waiting and rng.random() < 0.2 or waiting and size <= 0 else ""
            self.statement(label)
        self.add("       END")

    def add(self, line):
        self.lines.append(line)

    def number(self):
        r = self.rng
        kind = r.randrange(5)
        value = r.choice([r.randrange(16), r.randrange(256), r.randrange(65536)])
        return [str(value), f">{value:X}", f":{value:b}", f"'{chr(r.randrange(65, 91))}'", f"'{chr(r.randrange(65, 91))}x'"][kind]

    def expression(self, labels=True):
        r = self.rng
        terms = []
        for _ in range(r.choice([1, 1, 1, 2, 3])):
            names = self.labels if labels and r.random() < 0.4 else None
            term = r.choice(names) if names else self.number()
            if not names and r.random() < 0.2:
                term = r.choice("-~") + term
            elif r.random() < 0.1:
                term = f"({term}+{r.randrange(9)})"
            terms.append(term)
        out = terms[0]
        for term in terms[1:]:
            operator = r.choice(["+", "-", "*", "&", "|", "^", "+", "-", "//", "%%", "/", "%"])
            if operator in ("//", "%%", "/", "%"):
                term = str(r.randrange(1, 300))
            out += operator + term
        return out

    def address(self):
        return self.rng.choice([self.rng.choice(self.labels), f">{self.rng.randrange(65536):04X}", self.expression(), "$"])

    def register(self):
        return f"{self.rng.choice('Rr')}{self.rng.randrange(16)}"

    def general(self):
        r = self.rng
        return r.choice([
            self.register,
            lambda: "*" + self.register(),
            lambda: "*" + self.register() + "+",
            lambda: "@" + self.address(),
            lambda: f"@{self.address()}(R{r.randrange(1, 16)})",
        ])()

    def statement(self, label):
        r = self.rng
        kind = r.randrange(20)
        comment = r.choice(["", "", "  comment", " ; it's a comment", "\tnote"])
        if kind < 5:
            op = f"{r.choice(TWO)} {self.general()},{self.general()}"
        elif kind < 7:
            op = f"{r.choice(ONE)} {self.general()}"
        elif kind == 7:
            op = f"{r.choice(REGISTER)} {self.general()},{self.register()}"
        elif kind == 8:
            op = f"{r.choice(IMMEDIATE)} {self.register()},{self.expression()}"
        elif kind == 9:
            op = f"{r.choice(JUMP)} $+{r.randrange(-120, 120) * 2}".replace("+-", "-")
        elif kind == 10:
            op = r.choice([f"{r.choice('SRA SRL SLA SRC'.split())} {self.register()},{r.randrange(16)}",
                           f"{r.choice(['LDCR', 'STCR'])} {self.general()},{r.randrange(16)}",
                           f"{r.choice(['SBO', 'SBZ', 'TB'])} {r.randrange(-128, 128)}",
                           f"XOP {self.general()},{r.randrange(16)}"])
        elif kind == 11:
            op = r.choice([r.choice(CONTROL), f"{r.choice(['STWP', 'STST'])} {self.register()}",
                           f"{r.choice(['LWPI', 'LIMI'])} {self.expression()}"])
        elif kind == 12:
            op = "DATA " + ",".join(self.expression() for _ in range(r.randrange(1, 5)))
        elif kind == 13:
            op = "BYTE " + ",".join(self.expression() for _ in range(r.randrange(1, 5)))
        elif kind == 14:
            op = r.choice(["TEXT 'It''s; a  text'", "TEXT -'ABC'", "TEXT 'A',>0D0A,'B'", "STRI 'ABC'", "FLOA 3.25", "FLOA -100"])
        elif kind == 15:
            op = r.choice([f"BSS {r.randrange(9)}", f"BES {r.randrange(9)}", "EVEN"])
        elif kind == 16:
            op = f".TWICE {self.number()},{self.number()}"
        elif kind == 17:
            self.add(f"!      DEC R1\n       JNE -!\n       JMP !\n!      {r.choice(ONE[2:])} {self.register()}")
            op = "NOP"
        elif kind == 18:
            self.add(f"       .{r.choice(['IFEQ', 'IFNE', 'IFGT', 'IFGE'])} {r.choice(self.equates)},{self.number()}\n"
                     f"       DATA {self.number()}\n       .ELSE\n       BYTE {self.number()}\n       .ENDIF")
            op = "NOP"
        else:
            op = r.choice([f"XORG >{r.randrange(0x8300, 0x83F0) & ~1:04X}", f"AORG >{r.randrange(0xA000, 0xC000) & ~1:04X}"])
            if op.startswith("AORG") and self.moved:
                op = "NOP"
            self.moved |= op.startswith("AORG")
            if op.startswith("XORG"):
                self.add(f"       {op}\n       {r.choice(ONE)} {self.general()}")
                op = "AORG"
                comment = ""
                label = label or ""
        if r.random() < 0.3 and "'" not in op:
            op = op.lower()
        self.add(f"{label:<6} {op}{comment}".rstrip() if label else f"       {op}{comment}".rstrip())

    def text(self):
        return "\n".join(self.lines) + "\n"


GPL_ONE = "ABS NEG INV CLR CASE CZ INC DEC INCT DECT".split()
GPL_TWO = "ADD SUB MUL DIV AND OR XOR ST EX CH CHE CGT CGE CEQ CLOG SRA SLL SRL SRC".split()
GPL_ALONE = "RTN RTNC SCAN GT OVF H CARRY EXIT CONT".split()


class Gpl:
    """A GPL source of about `size` statements."""

    def __init__(self, rng, size):
        self.rng, self.lines = rng, ["       GROM 3"]
        self.labels = [f"G{i}" for i in range(size // 6 + 2)]
        waiting = self.labels[:]
        while waiting or size > 0:
            size -= 1
            label = waiting.pop(0) if waiting and (rng.random() < 0.2 or size <= 0) else ""
            self.lines.append(f"{label:<6} {self.statement()}")

    def memory(self):
        r = self.rng
        address = f">{r.choice([r.randrange(0x8300, 0x8380), r.randrange(0x8380, 0x8400), r.randrange(0x2000, 0xFFFF)]):04X}"
        video = f">{r.randrange(0x4000):04X}"
        index = f"(@>{r.randrange(0x8300, 0x8400):04X})"
        pad = f">{r.randrange(0x8300, 0x8400):04X}"
        return r.choice([f"@{address}", f"V@{video}", f"*{pad}", f"V*{pad}", f"@{address}{index}", f"V@{video}{index}"])

    def statement(self):
        r = self.rng
        kind = r.randrange(9)
        label = r.choice(self.labels)
        if kind < 3:
            wide = r.random() < 0.5
            name = ("D" if wide else "") + r.choice(GPL_TWO)
            source = r.choice([self.memory(), str(r.randrange(65536 if wide else 256))])
            return f"{name} {source},{self.memory()}"
        if kind == 3:
            name = r.choice(["FETCH", "PUSH", *("D" + name for name in GPL_ONE), *GPL_ONE])
            return f"{name} {self.memory()}"
        if kind == 4:
            return r.choice([r.choice(GPL_ALONE), f"{r.choice(['BR', 'BS'])} {label}", f"{r.choice(['B', 'CALL'])} {label}",
                             f"{r.choice(['ALL', 'BACK', 'XML', 'RAND', 'PARSE'])} {r.randrange(256)}"])
        if kind < 7:
            length = r.choice([str(r.randrange(1, 999)), self.memory()])
            source = r.choice([self.memory(), f"G@{label}", f"G@{label}(@>8302)"])
            target = r.choice([self.memory(), self.memory(), f"#{r.randrange(8)}"])
            return f"MOVE {length},{source},{target}"
        if kind == 7:
            return r.choice([f"DATA {r.randrange(65536)},{label}", f"BYTE {r.randrange(256)},'A'", "TEXT 'It''s'", "STRI 'ABC'",
                             "FLOAT 2.5", f"BSS {r.randrange(5)}"])
        block = ["FMT"]
        for _ in range(r.randrange(1, 5)):
            block.append("       " + r.choice([
                "HTEXT 'HELLO'", "VTEXT 'AB'", f"HCHAR {r.randrange(1, 33)},{r.randrange(256)}", f"VCHAR {r.randrange(1, 25)},' '",
                f"ROW {r.randrange(24)}", f"COL {r.randrange(32)}", f"ROW+ {r.randrange(1, 20)}", f"COL+ {r.randrange(1, 30)}",
                f"HSTR {r.randrange(1, 20)},@>83{r.randrange(128):02X}", f"BIAS {r.randrange(256)}",
                f"FOR {r.randrange(1, 20)}\n       HTEXT 'X'\n       FEND"]))
        return "\n".join(block + ["       FEND"])

    def text(self):
        return "\n".join(self.lines) + "\n"


def assemble(command, source):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out.bin"
        done = subprocess.run([*command, str(source), "-o", str(out)], capture_output=True, text=True, timeout=120)
        if done.returncode or not out.exists():
            return f"error: {(done.stderr or done.stdout)[:500]}"
        return out.read_bytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tms9900", type=int, default=200)
    parser.add_argument("--gpl", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lubbock", default="target/release/lubbock")
    parser.add_argument("--xas99", default="xas99.py")
    parser.add_argument("--xga99", default="xga99.py")
    args = parser.parse_args()
    kept = pathlib.Path("target/asm-differs")
    same = size = 0
    for i in range(args.tms9900 + args.gpl):
        gpl = i >= args.tms9900
        rng = random.Random(args.seed * 100_000 + i)
        text = (Gpl if gpl else Tms9900)(rng, rng.randrange(20, 400)).text()
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / f"p{i}.{'gpl' if gpl else 'a99'}"
            source.write_text(text)
            if gpl:
                theirs = assemble([args.xga99], source)
                ours = assemble([args.lubbock, "gpl", "-q", "-G", "0"], source)
            else:
                theirs = assemble([args.xas99, "-b", "-R", "-q"], source)
                ours = assemble([args.lubbock, "asm", "-b", "-q"], source)
            if isinstance(theirs, bytes) and theirs == ours:
                same += 1
                size += len(ours)
                continue
            kept.mkdir(parents=True, exist_ok=True)
            (kept / source.name).write_text(text)
            print(f"DIFFERENT {source.name}: {theirs if isinstance(theirs, str) else len(theirs)} / "
                  f"{ours if isinstance(ours, str) else len(ours)}")
    total = args.tms9900 + args.gpl
    print(f"{same} of {total} generated programs give the same bytes ({size} bytes)")
    sys.exit(0 if same == total else 1)


if __name__ == "__main__":
    main()
