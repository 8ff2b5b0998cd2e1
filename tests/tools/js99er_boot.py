#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Boots Lubbock's firmware in js99er (github.com/Rasmus-M/js99er-angular) under Node and in Lubbock, and compares the pictures:
title, menu, TI BASIC, a typed program.

    js99er_boot.py CHECKOUT [--lubbock LUBBOCK] [--patched]

CHECKOUT is a copy of js99er with its packages (`npm install`, or only `npm install esbuild assemblyscript rxjs jquery`). Its emulator
is compiled outside it as it stands but for its own console images, in whose place the ones under roms/system stand, and what a browser
gives, of which the least is stubbed. js99er writes three bytes into the console ROM, to mend the timing of Texas Instruments' cassette
routines; in another ROM they fall anywhere, so they are left out here unless --patched is given. Both machines get the same keys at the
same frames; the 256 by 192 dots inside the borders are compared, colours one to one. Ends with 1 if a picture differs.
"""
import argparse
import base64
import json
import pathlib
import subprocess
import sys
import tempfile

from mame import SYSTEM, firmware
from mame_boot import HEIGHT, WIDTH, differing, inside
from pictures import BORDER, lubbock_pictures, place, schedule

# js99er's picture is 320 by 240 dots, with the same border left and right, above and below.
WIDE, HIGH = 320, 240

DRIVER = """
import {createRequire} from 'node:module';
import {readFileSync, writeFileSync} from 'node:fs';
import {execFileSync} from 'node:child_process';
import {pathToFileURL} from 'node:url';
const [checkout, work] = process.argv.slice(2);
const esbuild = createRequire(checkout + '/package.json')('esbuild');
const plan = JSON.parse(readFileSync(work + '/plan.json'));
const bytes = (text) => [...Buffer.from(text, 'base64')];

// The program without its pages: console images are ours, services and dialogs of the browser are empty.
const ours = {name: 'ours', setup(build) {
  build.onResolve({filter: /(^|\\/)(system)$/}, () => ({path: 'system', namespace: 'ours'}));
  build.onResolve({filter: /^@angular|^gapi|services\\/|components\\/|^jquery$|^@zip/}, (a) => ({path: a.path, namespace: 'empty'}));
  build.onLoad({filter: /.*/, namespace: 'ours'}, () => ({contents:
    `export const System = ${JSON.stringify({ROM: bytes(plan.rom), GROM: bytes(plan.grom), SPEECH_ROM: []})};`}));
  build.onLoad({filter: /.*/, namespace: 'empty'}, () => ({contents:
    `const nothing = new Proxy(function () {}, {get: (_, n) => n === Symbol.toPrimitive ? () => '' : nothing, apply: () => nothing});
     module.exports = Object.create(nothing);`}));
}};
await esbuild.build({stdin: {resolveDir: checkout, contents:
  `export {TI994A} from './src/app/emulator/classes/ti994a'; export {Settings} from './src/app/classes/settings';
   export {Log} from './src/app/classes/log';`},
  bundle: true, format: 'esm', platform: 'node', outfile: work + '/js99er.mjs', plugins: [ours], logLevel: 'error',
  tsconfigRaw: {compilerOptions: {experimentalDecorators: true, useDefineForClassFields: false}}});
execFileSync('node', [checkout + '/node_modules/assemblyscript/bin/asc.js', 'assembly/index.ts', '--outFile', work + '/index.wasm',
  '-O3', '--importMemory', '--memoryBase', '98304', '--runtime', 'stub'], {cwd: checkout, stdio: 'inherit'});

const memory = new WebAssembly.Memory({initial: 21, maximum: 21});
const {instance} = await WebAssembly.instantiate(readFileSync(work + '/index.wasm'), {env: {memory, abort() { process.exit(3); }}});
const wasm = {getExports: () => instance.exports, getMemoryBuffer: () => memory.buffer};
let shown = null;
globalThis.ImageData = class { constructor(data) { this.data = data; } };
const page = {addEventListener() {}, removeEventListener() {}};
globalThis.window = {...page, setInterval: () => 1, clearInterval() {}, setTimeout: () => 1, clearTimeout() {}};
globalThis.setInterval = () => 1;
globalThis.AudioContext = null;
globalThis.navigator ??= {userAgent: ''};
const canvas = {getContext: () => ({putImageData: (image) => { shown = image.data; }})};

const {TI994A, Settings, Log} = await import(pathToFileURL(work + '/js99er.mjs'));
Log.getLog().setMinLevel(4);
const settings = Object.assign(new Settings(), {enableSpeech: false, disk: 'NONE', ram: 'NONE'});
const machine = new TI994A(page, canvas, [null, null, null], settings, null, wasm, () => {});
if (!plan.patched) machine.getMemory().patchROMForTapeUsage = () => {};
machine.reset(false);
machine.getKeyboard().alphaLock = false;
let at = 0;
for (const [frame, what, name, column, row] of plan.events) {
  for (; at < frame; at++) machine.frame();
  if (what === 'shot') writeFileSync(`${work}/${name}.rgba`, shown);
  // Its matrix counts rows by the 9901's inputs, from the third on.
  else machine.getKeyboard().columns[column][row + 3] = what === 'down';
}
process.exit(0);
"""


def theirs(checkout, events, work, patched):
    """The pictures of js99er: name to rows of dots."""
    rom, grom = firmware()
    # A GROM of 6 KiB stands in each 8 KiB of js99er's image.
    slots = b"".join(grom[n:n + 0x1800].ljust(0x2000, b"\0") for n in range(0, len(grom), 0x1800))
    plan = {"rom": base64.b64encode(rom).decode(), "grom": base64.b64encode(slots).decode(), "patched": patched,
            "events": [(*event, *(place(event[2]) if event[1] != "shot" else ())) for event in events]}
    (work / "plan.json").write_text(json.dumps(plan))
    (work / "driver.mjs").write_text(DRIVER)
    subprocess.run(["node", work / "driver.mjs", checkout.resolve(), work], check=True)
    pictures = {}
    for name in (name for _, what, name in events if what == "shot"):
        data = (work / f"{name}.rgba").read_bytes()
        dots = [tuple(data[i:i + 3]) for i in range(0, len(data), 4)]
        rows = [dots[y * WIDE:(y + 1) * WIDE] for y in range(HIGH)]
        pictures[name] = inside(rows, (WIDE - WIDTH) // 2, (HIGH - HEIGHT) // 2)
    return pictures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkout", type=pathlib.Path)
    parser.add_argument("--lubbock", default="target/release/lubbock")
    parser.add_argument("--patched", action="store_true", help="let js99er write into the ROM")
    options = parser.parse_args()
    events, failed = schedule(), False
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        options.rom, options.grom = SYSTEM / "rom.bin", work / "grom.bin"
        options.grom.write_bytes(firmware()[1])
        ours = lubbock_pictures(options, events, folder)
        for name, picture in theirs(options.checkout, events, work, options.patched).items():
            count = differing(picture, inside(ours[name], BORDER, BORDER))
            colours = len({dot for row in picture for dot in row})
            print(f"{name}: {count} of {WIDTH * HEIGHT} dots differ, {colours} colours")
            failed |= count > 0 or colours < 2
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
