#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Assembles public sources with xas99 or xga99 and with lubbock, and compares the bytes.

    asm_compare.py [--cache FOLDER] [--lubbock PROGRAM] [--xas99 COMMAND] [--xga99 COMMAND] [--update] [LIST]

LIST (tests/data/asm/sources.txt) has a line per source: repository, commit, file, options, size and SHA-256 of the
output, and what the source exercises: lines in the listing, the number of different instructions, directives.
Option `obj` compares object code, for sources that need names from other modules: not its characters (xas99
breaks records elsewhere and signs the last one), but all words, names and entries in it. Option `text:FILE` assembles
that file to BYTE lines first, which the source copies. Repositories are cloned from GitHub into the cache (a folder
OWNER+NAME that is there already is used as it is); nothing of theirs belongs into this repository. --update writes sizes
and hashes anew from the output of xas99 or xga99. Exit code 1 if any output differs.
"""
import argparse
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


DIRECTIVES = set(
    "AORG RORG PSEG DSEG CSEG DORG XORG BANK SAVE EQU WEQU REQU DATA BYTE TEXT STRI FLOA FLOAT BSS BES EVEN AUTO COPY BCOPY DEF REF "
    "SREF DXOP IDT END GROM TITLE FMT".split()
)
PREPROCESSOR = re.compile(r"^[^*;\s]*\s+(\.[a-z]+)", re.I | re.M)


def exercises(command, folder, source, options):
    """What a source uses, by the listing and the files that it names."""
    with tempfile.TemporaryDirectory() as out:
        run = [*command, "-q", *options, source, "-o", f"{out}/x.bin", "-L", f"{out}/x.lst"]
        subprocess.run(run, cwd=folder, check=True, capture_output=True)
        listing = pathlib.Path(out, "x.lst").read_text(errors="replace")
    files = {line.strip() for line in listing.splitlines() if line.startswith("      ") and (pathlib.Path(folder) / line.strip()).is_file()}
    found, instructions, lines = set(), set(), 0
    for name in files:
        text = (pathlib.Path(folder) / name).read_text(errors="replace")
        lines += text.count("\n")
        for line in text.splitlines():
            word = re.match(r"[^*;\s]*\s+([A-Za-z+/]+)", line)
            word = word[1].upper() if word else ""
            found |= {word} & DIRECTIVES
            if word and word not in DIRECTIVES:
                instructions.add(word)
            if re.match(r"!\S*|\S*\s+\S+\s.*[-,@\s]!", line):
                found.add("local-labels")
        kinds = {"DEFM": "macros", "REPT": "repetition", "IF": "conditionals"}
        for word in PREPROCESSOR.findall(text):
            found |= {kind for start, kind in kinds.items() if word[1:].upper().startswith(start)}
    return ",".join([f"{lines}-lines", f"{len(instructions)}-instructions", *sorted(found)])


def outputs(command, folder, source, options):
    """The bytes of all files that the assembler wrote, by their names' endings (bank, address)."""
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run(
            [*command[:1], source, *command[1:], *options, "-o", f"{out}/x.bin"], cwd=folder, capture_output=True, timeout=300
        )
        if done.returncode:
            sys.exit(f"{folder}/{source}: {done.stderr.decode(errors='replace') or done.stdout.decode(errors='replace')}")
        return {path.name: path.read_bytes() for path in pathlib.Path(out).iterdir()}


def loaded(code):
    """What the loader gets from object code: words by address, names, entry, length."""
    words, names, at = {}, [], None
    for record in (code[i : i + 80] for i in range(0, len(code), 80)):
        while record[:1] not in (b"F", b":", b""):
            tag, field, record = record[:1].decode(), int(record[1:5], 16), record[5:]
            width = 8 if tag == "0" else 6 if tag in "3456" else 0
            name, record = record[:width].decode().strip(), record[width:]
            if tag in "9A":
                at = field
                base = tag
            elif tag in "BC":
                words[base, at & ~1] = (tag, field)
                at += 2
            elif tag in "0123456":
                if tag == "0":
                    base, at = "A", 0
                names.append((tag, field, name))
    # Unused names: xas99 gives address 0 of the relocatable part, or none at all.
    names = sorted(item for item in names if item[0] not in "34" or item[1:2] != (0,))
    return repr((sorted(words.items()), names)).encode()


def fetch(cache, repository, commit):
    folder = cache / repository.replace("/", "+")
    if not folder.exists():
        subprocess.run(["git", "clone", "-q", f"https://github.com/{repository}", str(folder)], check=True)
        subprocess.run(["git", "-C", str(folder), "checkout", "-q", commit], check=True)
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", nargs="?", type=pathlib.Path, default=HERE.parent / "data/asm/sources.txt")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path("target/asm-sources"))
    parser.add_argument("--lubbock", default="target/release/lubbock")
    parser.add_argument("--xas99", default="xas99.py")
    parser.add_argument("--xga99", default="xga99.py")
    parser.add_argument("--update", action="store_true")
    args = parser.parse_args()
    lubbock = str(pathlib.Path(args.lubbock).resolve())
    work = tempfile.mkdtemp()
    for name in ("asm", "gpl"):
        (pathlib.Path(work) / name).mkdir()
    rows, different, size = [], 0, 0
    for line in args.list.read_text().splitlines():
        if not line or line.startswith("#"):
            rows.append(line)
            continue
        repository, commit, name, options, *_ = line.split()
        path = fetch(args.cache, repository, commit) / name
        options_here = [] if options == "-" else options.split(",")
        extra = [option for option in options_here if option != "obj" and not option.startswith("text:")]
        texts = [option[5:] for option in options_here if option.startswith("text:")]
        folder, file = path.parent, path.name
        asm, gpl = pathlib.Path(work) / "asm", pathlib.Path(work) / "gpl"
        for text in texts:
            copied = pathlib.Path(text).with_suffix(".dat").name
            (asm / copied).write_bytes(outputs([args.xas99, "-t", "a2", "-R", "-q"], folder, text, [])["x.bin"])
            (gpl / copied).write_bytes(outputs([lubbock, "-q"], folder, "asm", ["-t", text])["x.bin"])
        if name.endswith((".gpl", ".g99")):
            ours_is = [lubbock, "gpl"]
            theirs = outputs([args.xga99, "-q"], folder, file, [*extra, "-I", str(asm)])
            ours = outputs([lubbock, "-q"], folder, "gpl", [*extra, "-I", str(gpl), file])
        elif "obj" in options_here:
            ours_is = [lubbock, "asm"]
            theirs = {"x": loaded(outputs([args.xas99, "-R", "-q"], folder, file, extra)["x.bin"])}
            ours = {"x": loaded(outputs([lubbock, "-q"], folder, "asm", [*extra, file])["x.bin"])}
        else:
            ours_is = [lubbock, "asm"]
            theirs = outputs([args.xas99, "-b", "-R", "-q"], folder, file, extra)
            ours = outputs([lubbock, "-b", "-q"], folder, "asm", [*extra, file])
        # xas99 leaves out what is in no bank; here it is a file of its own.
        kept = sorted(ours[name] for name in ours if name != "x.bin" or len(ours) == 1 or "x.bin" in theirs)
        if len(ours) == len(theirs):
            kept = sorted(ours.values())
        wanted = sorted(theirs.values())
        digest = hashlib.sha256(b"".join(wanted)).hexdigest()
        same = kept == wanted
        whole = sum(map(len, wanted))
        binary = [] if "obj" in options_here or ours_is[1] == "gpl" else ["-b"]
        used = exercises([*ours_is, *binary], folder, file, [*extra, "-I", str(gpl)])
        rows.append(" ".join([repository, commit, name, options, str(whole), digest, used]))
        if not args.update:
            same = same and rows[-1] == line
        different += not same
        size += whole
        if not same:
            print(f"DIFFERENT {repository} {name}")
    count = sum(1 for row in rows if row and not row.startswith("#"))
    print(f"{count - different} of {count} sources give the same bytes ({size} bytes)")
    if args.update:
        args.list.write_text("\n".join(rows) + "\n")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
