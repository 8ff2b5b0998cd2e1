#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Plays TI BASIC cases in MAME 0.251 with Lubbock's firmware and compares what shows with what the genuine console showed.

    mame_basic.py [--each N | --all] [--filter TEXT] [--rom ROM --grom GROMS] [--mame MAME] [--jobs N]

The cases are those of tests/data/basic-cases (docs/basic-suite.md): N of each area (4), spread over it, all, or those whose
area/name contains TEXT. Compared exactly: the whole screen, the cursor, the backdrop, and where a case has them colours,
patterns and registers of the VDP, each at the end and at each snap. Sounds and traces are left to `lubbock test basic`. Ends with 1
if a case differs. Images of another console may be given: a ROM, and its GROMs in one file.
"""
import argparse
import concurrent.futures
import gzip
import json
import pathlib
import sys

from mame import firmware, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "data" / "basic-cases"

# MAME's ports of the keyboard: the keys of each column from bit 0 on; `#` none.
MATRIX = ("= \n#fsc#", ".LO92SWX", ",KI83DEC", "MJU74FRV", "NHY65GTB", "/;P01AQZ")
KEYS = {key: (f":COL{n}", 1 << bit) for n, column in enumerate(MATRIX) for bit, key in enumerate(column)}
NAMED = {"SPACE": " ", "ENTER": "\n", "FCTN": "f", "SHIFT": "s", "CTRL": "c"}
STICK = ("FIRE", "LEFT", "RIGHT", "DOWN", "UP")
SHIFTED = dict(zip("!@#$%^&*()+:<>-", "1234567890=;,./"))
FCTNED = dict(zip("~[]_?'\"|{}\\`", "WRTUIOPAFGZC"))

# Operations: D and U close and open a contact, W lets frames pass, C waits for the cursor, T for a text, S records the screen when
# only the cursor has changed for 70 frames, N as it is. A record is a line: name, cursor's place or -1, bytes of screen, registers,
# colours, patterns, all of them hexadecimal.
LUA = r"""
local m, vram = manager.machine, manager.machine.devices[":vdp"].spaces["vram"]
local items, out = m.devices[":vdp"].items, {}
local function pass(n) for _ = 1, n do coroutine.yield() end end
local function screen() return vram:read_range(0, 767, 8) end
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
local function contact(o, on) m.ioport.ports[o[2]]:field(o[3]):set_value(on) end
local function shows(text)
  local s = screen():gsub(".", function(c)
    local code = (c:byte() - 96) & 255
    return string.char(code > 31 and code < 127 and code or 32)
  end)
  for row = 0, 23 do if s:sub(row * 32 + 1, row * 32 + 32):find(text, 1, true) then return true end end
end
local function wait(limit, test)
  for _ = 1, limit do if test() then return end pass(1) end
end
local function record(name, s, cursor)
  local regs = {}
  for i = 0, 7 do regs[i + 1] = ("%02x"):format(emu.item(items["0/m_Regs[" .. i .. "]"]):read(0) & 255) end
  out[#out + 1] = table.concat({name, cursor, hex(s), table.concat(regs), hex(vram:read_range(0x310, 0x31f, 8)),
                                hex(vram:read_range(0, 0x7ff, 8))}, " ")
end
local function settled(name)
  local before, kept, cursor, quiet = screen(), nil, -1, 0
  for _ = 1, 3000 do
    pass(1)
    local now, place, changed = screen(), -1, 0
    for i = 1, 768 do if now:byte(i) ~= before:byte(i) then place, changed = i, changed + 1 end end
    if changed == 0 then quiet = quiet + 1
    elseif changed == 1 and (now:byte(place) == 126 or before:byte(place) == 126) and (cursor < 0 or cursor == place - 1) then
      cursor, quiet = place - 1, quiet + 1
    else cursor, quiet = -1, 0 end
    if cursor < 0 or now:byte(cursor + 1) ~= 126 then kept = now end
    before = now
    if quiet == 70 then break end
  end
  record(name, kept or before, cursor)
end
local doing = {
  D = function(o) contact(o, 1) end,
  U = function(o) contact(o, 0) end,
  W = function(o) pass(o[2]) end,
  C = function(o) wait(o[2], function() return screen():find("\126", 1, true) end) end,
  T = function(o) wait(o[3], function() return shows(o[2]) end) end,
  S = function(o) settled(o[2]) end,
  N = function(o) local s = screen() record(o[2], s, (s:find("\126", 1, true) or 0) - 1) end,
}
local play = coroutine.create(function()
  for _, o in ipairs(OPS) do doing[o[1]](o) end
  local file = io.open("records", "w") file:write(table.concat(out, "\n")) file:close()
  m:exit()
end)
keep = emu.register_frame_done(function()
  if coroutine.status(play) == "suspended" then
    local ok, fault = coroutine.resume(play)
    if not ok then print(fault) m:exit() end
  end
end)
"""


def contact(name):
    """Port and mask of a key as the cases name it."""
    if name.startswith("JOY"):
        return f":joyport:twinjoy:JOY{name[3]}", 1 << STICK.index(name[5:])
    return KEYS[NAMED.get(name, name)]


def chord(character):
    """Keys that type a character while ALPHA LOCK is up."""
    if character.isupper():
        return ["SHIFT", character]
    for modifier, keys in (("SHIFT", SHIFTED), ("FCTN", FCTNED)):
        if character in keys:
            return [modifier, keys[character]]
    return ["SPACE" if character == " " else character.upper()]


def tap(keys, down=3, up=3):
    contacts = [contact(key) for key in keys]
    return [["D", *c] for c in contacts] + [["W", down]] + [["U", *c] for c in contacts] + [["W", up]]


def typed(text):
    return [op for character in text for op in tap(chord(character))]


def line(text, step):
    end = [["C", int(step.get("timeout", 30) * 60)], ["W", 2]] if step.get("wait", True) else []
    return [["C", 1200], *typed(text), *tap(["ENTER"]), ["W", 4], *end]


def operations(step):
    """One step of a case as operations of the script."""
    if isinstance(step, str):
        return line(step, {})
    kind = next(iter(step))
    value = step[kind]
    if kind == "key":
        return tap([value] if value == "+" else value.split("+"), step.get("frames", 3), step.get("after", 3))
    marks = [["T", mark, int(step.get("timeout", 300) * 60)] for mark in step.get("marks", ())]
    return {
        "line": lambda: line(value, step),
        "type": lambda: typed(value),
        "press": lambda: [["D", *contact(key)] for key in value.split("+")],
        "release": lambda: [["U", *contact(key)] for key in value.split("+")],
        "wait": lambda: [["W", int(value * 60 + .5)]],
        "wait_ready": lambda: [["W", 4], ["C", int(value * 60)]],
        "wait_text": lambda: [["T", value, int(step.get("timeout", 30) * 60)]],
        "alpha_lock": lambda: [["D" if value else "U", ":ALPHA1", 16], ["W", 3]],
        "snap": lambda: [["N" if step.get("now") else "S", value]],
        "record": lambda: [],
        "time": lambda: [["C", 1200], *typed(value), *tap(["ENTER"]), *marks, ["W", 4], ["C", 600]],
    }[kind]()


def script(case):
    ops = [["W", 150], *tap(["SPACE"], 6, 40), *tap(["1"], 6, 6), ["T", "TI BASIC READY", 600], ["C", 300], ["W", 20], ["N", "(ready)"]]
    for step in case["steps"]:
        ops += operations(step)
    # JSON text in brackets of Lua: no case has a text with such brackets.
    rows = ",".join("{" + ",".join(json.dumps(v) if isinstance(v, int) else "[==[" + v + "]==]" for v in op) + "}"
                    for op in ops + [["S", "(end)"]])
    return f"local OPS = {{{rows}}}\n{LUA}"


def cell(byte):
    code = byte - 0x60 & 0xFF
    return {30: "\u2588", 31: "\u00b7"}.get(code, chr(code) if 32 <= code <= 126 else chr(0xE000 + code))


def records(text):
    """What the script wrote, by name: fields as a case's `expect` has them."""
    found = {}
    for row in text.decode().splitlines():
        name, cursor, screen, registers, colors, patterns = row.rsplit(" ", 5)
        cells, cursor = [cell(byte) for byte in bytes.fromhex(screen)], int(cursor)
        found[name] = {"screen": ["".join(cells[n:n + 32]) for n in range(0, 768, 32)],
                       "cursor": [cursor // 32, cursor % 32] if cursor >= 0 else None,
                       "vdpregs": list(bytes.fromhex(registers)), "colors": [colors[n:n + 2] for n in range(0, 32, 2)],
                       "patterns": patterns}
    ready = found.pop("(ready)")["patterns"]
    for record in found.values():
        record["backdrop"], shapes = record["vdpregs"][7], record["patterns"]
        record["patterns"] = {}
        for code in range(256):
            place = slice((code + 0x60 & 0xFF) * 16, (code + 0x60 & 0xFF) * 16 + 16)
            same = code <= 127 and shapes[place] == ready[place]
            record["patterns"][str(code)] = "standard" if same else shapes[place]
    return found


def same_screen(rules, want, got):
    first, last = rules.get("rows", (0, 23))
    rows = [n for n in range(first, last + 1) if n not in rules.get("ignore_rows", ())]
    if "count" in rules:
        return abs("".join(want).count(rules["count"]) - "".join(got).count(rules["count"])) <= rules.get("tolerance", 0)
    return all(want[n] == got[n] for n in rows)


def same_cursor(rules, want, got):
    if want is None or got is None or want[0] != got[0]:
        return want == got
    return abs(want[1] - got[1]) <= rules.get("cursor_tolerance", 0)


def differences(rules, want, got):
    """Names of the fields in which a record differs from the expectation."""
    found = []
    for field in ("screen", "cursor", "backdrop", "vdpregs", "colors"):
        same = {"screen": same_screen, "cursor": same_cursor}.get(field, lambda _, a, b: a == b)
        if field in want and not same(rules, want[field], got[field]):
            found.append(field)
    return found + [f"pattern {code}" for code, shape in want.get("patterns", {}).items() if got["patterns"][code] != shape]


def judge(case, rom, groms, mame):
    expect = case["expect"]
    got = records(run(rom, groms, script(case), 1500, ("records",), mame)[0])
    wanted = {"(end)": expect, **expect.get("snaps", {})}
    return [f"{name}: {', '.join(found)}" for name, want in wanted.items()
            if (found := differences(case.get("compare", {}), want, got[name]))]


def chosen(args):
    for path in sorted(CASES.glob("*.json.gz")):
        cases = json.loads(gzip.decompress(path.read_bytes()))
        if args.filter:
            cases = [case for case in cases if args.filter in f"{case['area']}/{case['name']}"]
        count = len(cases) if args.all or args.filter else min(args.each, len(cases))
        yield from (cases[n * len(cases) // count] for n in range(count))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=4)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--filter")
    parser.add_argument("--rom", type=pathlib.Path)
    parser.add_argument("--grom", type=pathlib.Path)
    parser.add_argument("--mame")
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    rom, groms = firmware(args.rom, args.grom)
    failed, areas = 0, {}
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        cases = list(chosen(args))
        for case, found in zip(cases, pool.map(lambda case: judge(case, rom, groms, args.mame), cases)):
            total = areas.setdefault(case["area"], [0, 0])
            total[0] += 1
            total[1] += not found
            if found:
                failed += 1
                print(f"{case['area']}/{case['name']} differs in {'; '.join(found)}", flush=True)
    print(", ".join(f"{area} {same} of {total}" for area, (total, same) in areas.items()))
    print(f"{len(cases) - failed} of {len(cases)} cases are the same in MAME")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
