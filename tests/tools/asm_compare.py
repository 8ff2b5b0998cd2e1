#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Assembles public sources with xas99 or xga99 and with lubbock, and compares the bytes.

    asm_compare.py [--cache FOLDER] [--lubbock PROGRAM] [--xas99 COMMAND] [--xga99 COMMAND] [--update] [LIST]

LIST (tests/data/asm/sources.txt) has a line per source: repository, commit, file, options, size and SHA-256 of the
output. Option `obj` compares object code, for sources that need names from other modules: not its characters (xas99
breaks records elsewhere and signs the last one), but all words, names and entries in it. Repositories are cloned from GitHub into the cache (a folder OWNER+NAME that is there already is used as it is);
nothing of theirs belongs into this repository. --update writes sizes and hashes anew from the output of xas99 or xga99.
Exit code 1 if any output differs.
"""
import argparse
import hashlib
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def outputs(command, folder, source, options):
    """The bytes of all files that the assembler wrote, by their names' endings (bank, address)."""
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run(
            [*command, *options, source, "-o", f"{out}/x.bin"], cwd=folder, capture_output=True, timeout=300
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
    rows, different, size = [], 0, 0
    for line in args.list.read_text().splitlines():
        if not line or line.startswith("#"):
            rows.append(line)
            continue
        repository, commit, name, options, *_ = line.split()
        path = fetch(args.cache, repository, commit) / name
        extra = [] if options == "-" else [option for option in options.split(",") if option != "obj"]
        if name.endswith(".gpl"):
            theirs = outputs([args.xga99], path.parent, path.name, extra)
            ours = outputs([lubbock, "gpl", "-q"], path.parent, path.name, extra)
        elif "obj" in options:
            theirs = {"x": loaded(outputs([args.xas99, "-R", "-q"], path.parent, path.name, extra)["x.bin"])}
            ours = {"x": loaded(outputs([lubbock, "asm", "-q"], path.parent, path.name, extra)["x.bin"])}
        else:
            theirs = outputs([args.xas99, "-b", "-R", "-q"], path.parent, path.name, extra)
            ours = outputs([lubbock, "asm", "-b", "-q"], path.parent, path.name, extra)
        # xas99 leaves out what is in no bank; here it is a file of its own.
        kept = sorted(ours[name] for name in ours if name != "x.bin" or len(ours) == 1 or "x.bin" in theirs)
        if len(ours) == len(theirs):
            kept = sorted(ours.values())
        wanted = sorted(theirs.values())
        digest = hashlib.sha256(b"".join(wanted)).hexdigest()
        same = kept == wanted
        whole = sum(map(len, wanted))
        rows.append(" ".join([repository, commit, name, options, str(whole), digest]))
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
