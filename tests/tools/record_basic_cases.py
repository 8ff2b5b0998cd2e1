#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Record what genuine console images do in TI BASIC cases, and keep those cases in which the project's firmware agrees.

usage: record_basic_cases.py CASES.json ROM GROM OUT.json.gz

CASES.json is a list of cases without `expect` (docs/basic-suite.md). They are run by the `lubbock` in PATH on the images, which show what
the genuine console shows in all 769 cases of the corpus; what they show becomes `expect`. The images are only run, never read here.
"""
import gzip
import json
import subprocess
import sys
import tempfile

NOTHING = {"screen": ["?" * 32] * 24, "cursor": [0, 0], "backdrop": 99}


def run(cases, options):
    """The results by name: `exact`, and `got` for a case that differs."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(cases, file)
        file.flush()
        command = ["lubbock", "test", "basic", "--json", *options, "--", file.name]
        done = subprocess.run(command, capture_output=True, text=True)
        if not done.stdout:
            sys.exit(done.stderr)
        return {(case["area"], case["name"]): case for case in json.loads(done.stdout)["cases"]}


def main(source, rom, grom, target):
    with open(source, encoding="utf-8") as file:
        cases = json.load(file)
    for case in cases:
        case["expect"] = NOTHING
    genuine = run(cases, ["--rom", rom, "--grom", grom])
    # A case in which a step had to wait in vain says nothing about BASIC.
    cases = [case for case in cases if not genuine[case["area"], case["name"]]["notes"]]
    for case in cases:
        case["expect"] = genuine[case["area"], case["name"]]["got"]
    own = run(cases, ["--own"])
    kept = [case for case in cases if own[case["area"], case["name"]]["exact"]]
    text = "[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in kept) + "\n]\n"
    with open(target, "wb") as file:
        file.write(gzip.compress(text.encode("ascii"), 9, mtime=0))
    print(f"{len(cases)} recorded, {len(kept)} kept")


if len(sys.argv) != 5:
    sys.exit(__doc__)
main(*sys.argv[1:])
