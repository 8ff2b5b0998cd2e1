// SPDX-License-Identifier: MIT OR Apache-2.0
//! The machine as a whole: determinism, save states, the debugger's door. The programs are golden cases' ROM images.

use crate::support::{data_dir, gunzip};
use lubbock::clock::Cycles;
use lubbock::console::{Config, ConsoleImages, Key, Machine, Profile, Region, RestoreError};
use lubbock::suite::cpu::Case;

/// The golden cases whose programs the tests run: interrupts, timer, GROM, VDP, expansion RAM.
const PROGRAMS: &[&str] = &["in-both", "in-vdp-mix", "in-idle-vdp", "dv-gromseq", "dv-vdp", "rn-15"];

fn images(name: &str) -> (Vec<u8>, Vec<u8>) {
    let dir = data_dir().join("cpu");
    let text = gunzip(&dir.join(format!("{name}.case.gz")));
    let case = Case::parse(std::str::from_utf8(&text).unwrap()).unwrap();
    (case.rom, gunzip(&dir.join("grom.bin.gz")))
}

fn machine(name: &str, profile: Profile) -> Machine {
    let (rom, grom) = images(name);
    let groms = [&grom[..0x1800], &grom[0x1800..0x3000], &grom[0x3000..]];
    let config = Config { profile, region: Region::Ntsc, ram32k: true };
    Machine::new(config, ConsoleImages { rom: &rom, groms }, Vec::new())
}

#[test]
fn a_restored_machine_goes_on_identically() {
    for name in PROGRAMS {
        for profile in [Profile::DOCUMENTED, Profile::MAME] {
            let mut original = machine(name, profile);
            original.run_until(Cycles(60_123));
            let saved = original.snapshot();
            let mut restored = machine(name, profile);
            restored.restore(&saved).unwrap();
            assert_eq!(restored.snapshot(), saved, "{name}");
            for end in [60_500, 100_000, 200_000] {
                original.run_until(Cycles(end));
                restored.run_until(Cycles(end));
                assert_eq!(original.snapshot(), restored.snapshot(), "{name} at {end}");
            }
        }
    }
}

#[test]
fn running_in_pieces_changes_nothing() {
    for name in PROGRAMS {
        let mut whole = machine(name, Profile::DOCUMENTED);
        let mut pieces = whole.clone();
        whole.run_until(Cycles(150_000));
        let mut at = 0;
        while at < 150_000 {
            at += 1 + at % 977;
            pieces.run_until(Cycles(at.min(150_000)));
            // Asking for picture and sound on the way must not matter either.
            pieces.take_audio(&mut Vec::new());
        }
        assert_eq!(whole.snapshot(), pieces.snapshot(), "{name}");
    }
}

#[test]
fn peeking_has_no_side_effect() {
    let mut peeked = machine("dv-gromseq", Profile::DOCUMENTED);
    peeked.run_until(Cycles(5_000));
    let before = peeked.snapshot();
    for addr in 0..=0xFFFFu16 {
        peeked.peek(addr);
        peeked.peek_byte(addr);
        peeked.peek_grom(addr);
    }
    assert_eq!(peeked.snapshot(), before);
}

#[test]
fn keys_reach_the_9901_as_they_are_set() {
    let mut machine = machine("rn-15", Profile::DOCUMENTED);
    machine.set_key(Key::A, true);
    assert!(machine.keyboard().is_down(Key::A));
    let held = machine.snapshot();
    machine.release_all_keys();
    assert!(!machine.keyboard().is_down(Key::A));
    machine.restore(&held).unwrap();
    assert!(machine.keyboard().is_down(Key::A));
}

#[test]
fn states_that_do_not_fit_are_refused_and_change_nothing() {
    let mut machine = machine("in-both", Profile::DOCUMENTED);
    machine.run_until(Cycles(30_000));
    let good = machine.snapshot();
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] ^= byte;
        bytes
    };
    let rows: &[(Vec<u8>, RestoreError)] = &[
        (Vec::new(), RestoreError::Magic),
        (b"PNG".to_vec(), RestoreError::Magic),
        (good[..12].to_vec(), RestoreError::Damaged),
        (good[..good.len() - 1].to_vec(), RestoreError::Damaged),
        (with(8, 0x40), RestoreError::Version { found: 0x44 }),
        (with(10, 1), RestoreError::Firmware),
        (with(14, 1), RestoreError::Cartridges),
        (with(100, 1), RestoreError::Damaged),
        (self::machine("in-both", Profile::MAME).snapshot(), RestoreError::Config),
    ];
    for (bytes, error) in rows {
        assert_eq!(machine.restore(bytes).as_ref(), Err(error));
        assert_eq!(machine.snapshot(), good);
    }
}

/// A machine whose ROM has this code at its reset vector's PC, >0024, and a table of X *R1+ from >0100 on.
fn machine_with_chain(code: &[u16], links: u16) -> Machine {
    let mut rom = vec![0; 0x2000];
    let mut put = |at: u16, word: u16| rom[usize::from(at)..][..2].copy_from_slice(&word.to_be_bytes());
    put(0, 0x83E0);
    put(2, 0x0024);
    code.iter().zip((0x24..).step_by(2)).for_each(|(&word, at)| put(at, word));
    (0..links).for_each(|n| put(0x100 + 2 * n, 0x04B1));
    put(0x100 + 2 * links, 0x0582);
    Machine::new(Config::default(), ConsoleImages { rom: &rom, groms: [&[], &[], &[]] }, Vec::new())
}

#[test]
fn a_chain_of_x_takes_its_time_and_ends() {
    // LI R1,>0100; CLR R2; X *R1+ through the table to INC R2; JMP $.
    let elapsed = |links: u16| {
        let mut machine = machine_with_chain(&[0x0201, 0x0100, 0x04C2, 0x04B1, 0x10FF], links);
        while machine.registers().pc != 0x002C || machine.peek(0x83E4) == 0 {
            machine.step();
        }
        assert_eq!((machine.peek(0x83E2), machine.peek(0x83E4)), (0x0102 + 2 * links, 1), "{links}");
        machine.now().0
    };
    // Each link adds what one adds, beyond the length that a single step executes too.
    let link = elapsed(2) - elapsed(1);
    assert_eq!(elapsed(200), elapsed(1) + 199 * link);
    assert_eq!(elapsed(64), elapsed(1) + 63 * link);
}

#[test]
fn an_endless_x_does_not_hang_the_host() {
    // LI R0,>0480; X R0, which executes itself for ever, on the chip as well.
    let mut machine = machine_with_chain(&[0x0200, 0x0480, 0x0480], 0);
    machine.run_until(Cycles(100_000));
    let mut restored = machine_with_chain(&[0x0200, 0x0480, 0x0480], 0);
    restored.restore(&machine.snapshot()).unwrap();
    for machine in [&mut machine, &mut restored] {
        machine.run_until(Cycles(200_000));
        assert_eq!(machine.registers().pc, 0x002A);
    }
    assert_eq!(machine.snapshot(), restored.snapshot());
}
