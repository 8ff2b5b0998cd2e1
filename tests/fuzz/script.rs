// SPDX-License-Identifier: MIT OR Apache-2.0
//! Target: scripts, read and then played for a fraction of a second.

use crate::Target;
use lubbock::clock::Cycles;
use lubbock::console::{Config, ConsoleImages, Machine};
use lubbock::headless::{PlayError, Player, Script, Session};
use std::fmt::Write as _;

pub(crate) const SCRIPT: Target = Target { name: "script", seeds, words: WORDS, run, inputs: 300 };

const WORDS: &[&str] = &[
    "wait ",
    "text ",
    "cursor",
    " within ",
    "frames",
    "seconds",
    "expect ",
    "no text ",
    "row ",
    "register ",
    "cpu ",
    "vdp ",
    "grom ",
    ">8300",
    "key ",
    "FCTN+4",
    "press ",
    "release all",
    "type \"",
    "\\n\"",
    "poke ",
    "dump ",
    "alpha-lock on",
];

/// Commands that name files, which a fuzzer must not touch; these lines are read and not played.
const WITH_FILES: &[&str] =
    &["type-file", "screen ", "screenshot", "save-state", "load-state", "record", "trace", "dump"];

/// A second of the machine's time.
const DEADLINE: Cycles = Cycles(3_000_000);

fn seeds() -> Vec<Vec<u8>> {
    [
        "# comment\nwait text \"PRESS\" within 2 seconds\ntype \"10 PRINT \\\"A\\\"\\n\"\nkey FCTN+4 for 5 frames\n",
        "press SHIFT A\nwait 3 frames\nrelease all\nexpect no text \"X\"\nexpect register 1 E0\nexpect row 24 \"\"\n",
        "poke cpu >8300 01 02\nexpect cpu >8300 01 02\npoke vdp 0 FF\nexpect grom 0 AA\nprint \"ok\"\nscreen\nreset\n",
        "alpha-lock on\nwait cursor within 5 frames\ndump vdp 0 64\ndump cpu >8300 16 pad.bin\nrecord stop\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Err(error) = Script::parse(&text) {
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let harmless = text.lines().filter(|line| !WITH_FILES.iter().any(|word| line.contains(word)));
    let harmless = harmless.fold(String::new(), |mut all, line| {
        writeln!(all, "{line}").unwrap();
        all
    });
    let Ok(script) = Script::parse(&harmless) else { return };
    let grom = lubbock::firmware::GROMS.map(|grom| grom.as_slice());
    let images = ConsoleImages { rom: lubbock::firmware::ROM, groms: grom };
    let mut session = Session::new(Machine::new(Config::default(), images, Vec::new()));
    let mut printed = Vec::new();
    match Player::new(&mut session, DEADLINE, &mut printed).play(&script) {
        Ok(()) | Err(PlayError::Failed { .. }) => {}
        Err(error) => panic!("{error}"),
    }
}
