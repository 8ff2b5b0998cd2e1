// SPDX-License-Identifier: MIT OR Apache-2.0
//! Targets: save states, and random memory executed.

use crate::Target;
use crate::images::rom;
use lubbock::console::{Config, ConsoleImages, Machine};
use lubbock::media::cartridge::{Banking, Cartridge, Ram};

pub(crate) const STATE: Target =
    Target { name: "state", seeds: state_seeds, words: &["LUBBOCK\u{1A}"], run: run_state, inputs: 200 };

pub(crate) const MEMORY: Target =
    Target { name: "memory", seeds: memory_seeds, words: &[], run: run_memory, inputs: 4 };

/// Instructions of random memory that one input executes.
const INSTRUCTIONS: u32 = 100_000;
/// Bytes of a save state before its body, the last four of which are the body's checksum (docs/save-state.md).
const STATE_HEADER: usize = 22;

/// A machine with a program that works on memory, VDP, sound and GROM, and a cartridge with RAM.
fn machine() -> Machine {
    let mut image = vec![0; 0x2000];
    // Reset vector; LI R0,>8C02; INC R1; MOVB R1,*R0; MOVB R1,@>8400; MOVB @>9800,R2; MOV R1,@>7000; JMP back.
    image[..4].copy_from_slice(&[0x83, 0xE0, 0x00, 0x24]);
    let code = [0x0200, 0x8C02, 0x0581, 0xD401, 0xD801, 0x8400, 0xD0A0, 0x9800, 0xC801, 0x7000, 0x10F7u16];
    for (at, word) in code.into_iter().enumerate() {
        image[0x24 + 2 * at..][..2].copy_from_slice(&word.to_be_bytes());
    }
    build(&image)
}

fn build(console_rom: &[u8]) -> Machine {
    let mut cartridge = Cartridge::empty("fuzz", Banking::MiniMemory);
    cartridge.rom = rom("FUZZ");
    cartridge.ram = Some(Ram { initial: vec![0; 0x1000], battery: true });
    let grom = vec![0x55; 0x1800];
    let images = ConsoleImages { rom: console_rom, groms: [&grom, &grom, &grom] };
    Machine::new(Config::default(), images, vec![cartridge])
}

fn state_seeds() -> Vec<Vec<u8>> {
    let mut machine = machine();
    let mut seeds = Vec::new();
    for _ in 0..3 {
        seeds.push(machine.snapshot());
        for _ in 0..5000 {
            machine.step();
        }
    }
    seeds
}

/// Loads a mutated state as it is, and again with its checksum made right so that the contents are reached.
fn run_state(input: &[u8]) {
    let mut machine = machine();
    let before = machine.snapshot();
    if let Err(error) = machine.restore(input) {
        assert!(!error.to_string().contains('\n'), "{error}");
        assert!(machine.snapshot() == before, "a refused state has changed the machine");
    }
    let mut mended = input.to_vec();
    if mended.len() < STATE_HEADER {
        return;
    }
    mended[..STATE_HEADER - 4].copy_from_slice(&before[..STATE_HEADER - 4]);
    let sum = crc32fast::hash(&mended[STATE_HEADER..]);
    mended[STATE_HEADER - 4..STATE_HEADER].copy_from_slice(&sum.to_le_bytes());
    if machine.restore(&mended).is_ok() {
        for _ in 0..2000 {
            machine.step();
        }
        machine.run_frame();
        machine.snapshot();
    }
}

/// Console ROM contents: random words, of which the vectors are made plausible.
fn memory_seeds() -> Vec<Vec<u8>> {
    let noise = |seed: u32| {
        let mut x = seed;
        (0..0x2000).map(move |_| {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (x >> 24) as u8
        })
    };
    (1..5).map(|seed| noise(seed).collect()).collect()
}

/// Runs the memory, saves and restores half way, and holds that both machines end alike.
fn run_memory(input: &[u8]) {
    let mut image = input.to_vec();
    image.resize(0x2000, 0);
    // Reset to a workspace in the scratchpad; otherwise the bytes are taken as they are.
    image[..4].copy_from_slice(&[0x83, 0x00, 0x00, 0x24]);
    let mut machine = build(&image);
    for _ in 0..INSTRUCTIONS / 2 {
        machine.step();
    }
    let mut twin = build(&image);
    twin.restore(&machine.snapshot()).unwrap();
    for _ in 0..INSTRUCTIONS / 2 {
        machine.step();
        twin.step();
    }
    assert!(machine.snapshot() == twin.snapshot(), "a restored machine has gone another way");
}
