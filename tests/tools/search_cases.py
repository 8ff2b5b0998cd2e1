#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Makes the cases of searches of cards and GROMs and records a console's answers in tests/data/search/cases.txt.gz.

    cargo build --release --no-default-features --example rom-record
    tests/tools/search_cases.py ROM GROM

The console (ROM image, image of GROMs 0 to 2) is run as a black box. Lines are `case TAB outcome`; tests/it/rom/search.rs
says what both mean.
"""
import sys

from recorded import record

CARDS = {
    "none": "",
    "one": "card:1100:08:ABC/s",
    "goes on": "card:1100:08:ABC/c",
    "list": "card:1100:08:AB/s,ABC/s,ABCD/s,ABC/s",
    "list goes on": "card:1100:08:AB/c,ABC/c,ABCD/c,ABC/c",
    "ends": "card:1000:08:ABC/c card:1F00:08:ABC/s",
    "two": "card:1300:08:ABC/s card:1200:08:ABC/s",
    "two go on": "card:1300:08:ABC/c,X/c card:1200:08:Y/c,ABC/c",
    "types": "card:1400:08:ABC/s card:1500:0A:ABC/s card:1500:06:ABC/s",
    "no head": "nohead:1100:08:ABC/s card:1600:08:ABC/c,ABC/s",
}
NAMES = ["ABC", "A", "ABD", "ABCD", "XYZ", "ABCDEFG", "Y"]
LISTS = {
    "none": "",
    "one": "grom:3@0:{t}:ABC",
    "four": "grom:3@0:{t}:AB,ABC,ABCD,ABC",
    "slots": "grom:4@0:{t}:ABC grom:7@0:{t}:X,ABC grom:3@0:{t}:Y",
    "bases": "grom:3@0:{t}:AB grom:3@1:{t}:ABC grom:5@1:{t}:ABC,ABC grom:6@2:{t}:X,ABC",
    "other type": "grom:3@0:06:ABC grom:4@0:08:ABC grom:4@0:0A:ABC,ABC",
}


def cards():
    for place in CARDS.values():
        for name in NAMES if "," in place else NAMES[:3]:
            yield f"{place} 836D=08 name:{name} run:0AC0"
        for kind in ("06", "0A", "0C"):
            yield f"{place} 836D={kind} name:ABC run:0AC0"
        yield f"{place} 836D=08 name:ABC r1:1234 run:0AC2"
        yield f"{place} 836D=08 name:ABC 836C=07 r1:0005 run:0AC0"
        # Once more from where it stopped, and from a given place.
        yield f"{place} 836D=08 name:ABC run:0AC0 8372=A182 run:0AC0 8372=A182 run:0AC0"
        yield f"{place} 836D=08 name:ABC r1:0001 run:0AC2 8372=A182 run:0AC2"
        yield f"{place} 836D=08 name:ABC 83D0=1300 83D2=4010 run:0AC0"
        yield f"{place} 836D=08 name:ABC 83D0=1100 83D2=4010 run:0AC0"
        yield f"{place} 836D=08 name:ABC 83D0=1200 83D2=4008 run:0AC0"
        yield f"{place} 836D=08 name:ABD 837C=20 run:0AC0"
        # No name: every routine is called.
        yield f"{place} 836D=08 run:0AC0"
    for end in "sc":
        yield f"card:1000:04:/c,/c,/{end} card:1100:04:/c,/{end} 836D=04 run:0AC0"
        yield f"card:1000:04:/{end} card:1100:08:ABC/c 836D=04 run:0AC0"
    for names in ("/c", "/c,/c,/c"):
        yield f"card:1000:0C:{names} isr"
        yield f"card:1000:08:ABC/c card:1200:0C:{names} card:1F00:0C:{names} isr"
        yield f"nohead:1000:0C:{names} card:1A00:0C:{names} isr"
    for cell in ("8354=01", "8354=FF", "8355=08", "8355=FF"):
        yield f"card:1100:08:ABC/s,ABCDEFGH/s 836D=08 name:ABC {cell} run:0AC0"


def groms():
    for kind in ("06", "08", "0A"):
        for place in LISTS.values():
            place = place.format(t=kind)
            for name in NAMES[:5]:
                yield f"{place} 836D={kind} name:{name} run:0B24"
            again = " ".join(["run:0B24"] * 4)
            yield f"{place} 836D={kind} name:ABC {again}"
            yield f"{place} 836D={kind} name:ABC 837C=20 run:0B24"
            yield f"{place} 836D={kind} name:XY 837C=20 run:0B24"
            yield f"{place} 836D={kind} name:ABC 836C=05 r1:0003 run:0B24"
            yield f"{place} 836D={kind} name:ABC 83D0=9804 run:0B24"
            yield f"{place} 836D={kind} name:ABC 83D0=9800 83D2=6000 run:0B24"
            yield f"{place} 836D={kind} name:ABC 83D0=9800 83D2=6010 run:0B24"
            yield f"{place} 836D={kind} name:ABC 83D0=9804 83D2=6010 run:0B24"
            yield f"{place} 836D={kind} name:ABC 83D0=983C 83D2=A010 run:0B24"
    # Without a name a call ends with each base. The console itself has no list of the type 0C.
    for place in ("", "grom:3@0:0C:X,Y", "grom:3@0:0C:X grom:5@0:0C:Y,Z grom:4@1:0C:X", "grom:4@2:0C:X"):
        for start in ("", "83D0=9804 83D2=E000", "83D0=983C 83D2=E000", "83D0=9800 83D2=6010"):
            yield f"{place} 836D=0C {start} " + " ".join(["run:0B24"] * 6)


def services():
    for place in CARDS.values():
        for name in ("ABC", "ABC.DEF", "A.BC", "ABCDEFG", "ABCDEFGH", "XYZ", ".ABC"):
            yield f"{place} link:08:{name}"
        yield f"{place} link:0A:ABC"
    for kind in ("08", "0A"):
        for place in LISTS.values():
            place = place.format(t=kind)
            for name in ("ABC", "ABC.DEF", "XYZ", "AB"):
                yield f"{place} link:{kind}:{name}"
            yield f"{place} card:1700:{kind}:ABC/c link:{kind}:ABC"
            yield f"{place} card:1700:{kind}:ABC/s link:{kind}:ABC.1"
            yield f"{place} name:ABC namlnk:{kind}"
            yield f"{place} name:XY namlnk:{kind}"
            yield f"{place} card:1700:{kind}:ABC/s name:ABC namlnk:{kind}"


def main():
    images = sys.argv[1:3]
    if len(images) != 2:
        sys.exit('usage: search_cases.py ROM GROM')
    record('search', images, [' '.join(case.split()) for case in [*cards(), *groms(), *services()]])


if __name__ == "__main__":
    main()
