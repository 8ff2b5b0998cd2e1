// SPDX-License-Identifier: MIT OR Apache-2.0
//! A short soak of TI BASIC, and proof that its checks see what they are for. `docs/basic-suite.md` has the long one.

#[path = "../soak/memory.rs"]
mod memory;
#[path = "../soak/session.rs"]
mod session;
#[path = "../soak/words.rs"]
mod words;
#[path = "xorshift.rs"]
mod xorshift;

use lubbock::console::{Config, ConsoleImages, Machine, Profile, Region};
use lubbock::firmware;
use lubbock::headless::{Session, basic};
use session::Soak;

#[test]
fn ten_minutes_of_random_typing_leave_memory_in_order() {
    let tally = Soak::new(1).unwrap().run(600).unwrap_or_else(|fault| panic!("{fault}"));
    assert!(tally.checks > 50 && tally.news > 0 && tally.edits > 3 && tally.breaks > 3, "{tally:?}");
    assert_eq!(Soak::new(1).unwrap().run(600), Ok(tally), "the same seed is the same session");
}

/// A program with strings, an array and a function, run and at the prompt.
fn console() -> Machine {
    let config = Config { profile: Profile::DOCUMENTED, region: Region::Ntsc, ram32k: false };
    let groms = firmware::GROMS.map(|grom| grom.as_slice());
    let machine = Machine::new(config, ConsoleImages { rom: firmware::ROM, groms }, Vec::new());
    let mut session = Session::new(machine);
    basic::enter(&mut session).unwrap();
    let listing =
        "10 DIM A$(3)\n20 A$(2)=\"LUB\"&\"BOCK\"\n30 B$=A$(2)&\"!\"\n40 DEF F(X)=X+1\n50 N=F(1)\nRUN\n";
    basic::type_in(&mut session, listing).unwrap();
    session.finish().unwrap()
}

#[test]
fn each_corruption_is_seen() {
    let sound = console();
    assert_eq!(memory::check(&sound), Ok(()));
    assert!(memory::check_empty(&sound).unwrap_err().contains("line number table"));
    let table = sound.peek(0x8330);
    let strings = sound.peek(0x8318);
    let symbols = sound.peek(0x833E);
    // VDP address, byte, and what the fault says.
    for (addr, byte, expected) in [
        (table + 1, 0x05, "lies behind line"),
        (table + 3, 0x00, "in the table|said to be|was due"),
        (sound.peek(0x8370), 0x41, "its end is not 0"),
        (strings, 0x03, "the other end says"),
        (strings - 10, 0x01, "belongs to"),
        (symbols + 1, 0x10, "has a name of 16 bytes"),
        (symbols + 2, 0x10, "symbol at >10"),
    ] {
        let mut spoilt = sound.clone();
        spoilt.poke_vram(addr, byte);
        let fault = memory::check(&spoilt).unwrap_err();
        assert!(expected.split('|').any(|part| fault.contains(part)), "byte at >{addr:04X}: {fault}");
    }
    // Word of the scratchpad, value, fault.
    for (addr, word, expected) in [
        (0x8318, strings - 1, "string"),
        (0x831A, sound.peek(0x831A) - 2, "string"),
        (0x833C, 0x1000, "file block"),
        (0x836E, 0x06F9, "value stack"),
        (0x8332, 0x0000, "line number table"),
    ] {
        let mut spoilt = sound.clone();
        assert!(spoilt.poke(addr, word));
        let fault = memory::check(&spoilt).unwrap_err();
        assert!(fault.contains(expected), "word at >{addr:04X}: {fault}");
    }
}
