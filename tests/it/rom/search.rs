// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs the searches of cards and GROMs of a console (`tests/data/search`): cards, cartridges and cells in, calls and cells out.
//!
//! A case is a row of words:
//!
//! * `card:1100:08:ABC/s,AB/c` is a card at that CRU base whose list of that type (its place in the header) holds these names;
//!   the routine of `/s` says that it is done, that of `/c` wants the search to go on. `/l` behind the last name: the list
//!   leads back to its first item. `nohead:…` is the same without >AA.
//! * `grom:4@1:06:GAME` is a list in the header of GROM 4 of the second base.
//! * `name:ABC` name and length where the searches expect them, `8355=00` bytes at a CPU address, `r1:0005` a register.
//! * `run:0AC0` calls the routine there, `link:08:ABC.X` the service at GROM >0010 with a name in VDP RAM, `namlnk:0A` that at
//!   >003D, `isr` the interrupt service.
//!
//! Routines of cards note their number, R12, R1, R9 (their own address), >83D0 and >83D2; those of GROMs count in >8348 and leave
//! their number in >8349. Byte >8347 tells where a call went on: >55 in the GPL program that called, >77 at the address on top of the
//! subroutine stack, >66 behind the call of a service; one more with COND; 0: at the address in R11.

use super::rig::{HOME, PATIENCE, Rig, put, run_home};
use lubbock::chips::tms9900::Registers;
use lubbock::console::Machine;
use lubbock::media::cartridge::{Banking, Cartridge};
use lubbock::peb::rom_card::RomCard;
use std::collections::BTreeMap;

/// Where cards' routines, which keep all registers, note what they see; the word before it points behind the last note.
const NOTES: u16 = 0xA400;
/// GPL at the end of GROM 3: `ST >77,@>8347`, `XML >B0`, >78 with COND: whoever pops the stack gets here.
const POPPED: u16 = 0x7700;
/// The same with >55: where the GROM address stands when a routine of the ROM is called.
const RETURNED: u16 = 0x7710;
/// GPL there for each type: `CALL service`, type, `ST >66,@>8347`, `XML >B0`.
const LINK: u16 = 0x7700;
const NAMLNK: u16 = 0x77A0;
/// Where the rig puts its own code.
const CODE: u16 = 0xA120;
/// The name of a device in VDP RAM.
const PAB_NAME: u16 = 0x1009;

/// An image of a header at `base` with its lists; cards' routines are machine code, GROMs' are GPL.
struct Image {
    bytes: Vec<u8>,
    base: u16,
    next: usize,
    routines: usize,
}

impl Image {
    fn new(base: u16) -> Self {
        let mut bytes = vec![0; 0x1800];
        bytes[..2].copy_from_slice(&[0xAA, 1]);
        Self { bytes, base, next: 0x10, routines: 0 }
    }

    fn word(&mut self, at: usize, word: u16) {
        self.bytes[at..at + 2].copy_from_slice(&word.to_be_bytes());
    }

    fn stubs(&mut self) {
        let mut put = |at: u16, code: &[u8]| {
            self.bytes[usize::from(at - 0x6000)..][..code.len()].copy_from_slice(code);
        };
        // BS, ST, XML >B0, and where BS leads to: ST, XML >B0. The number tells of COND, too.
        let mut end = |at: u16, head: &[u8], number: u8| {
            let bit = at + head.len() as u16 + 7;
            let bs = [0x60 | (bit >> 8 & 0x1F) as u8, bit as u8];
            put(
                at,
                &[head, &bs, &[0xBE, 0x47, number, 0x0F, 0xB0, 0xBE, 0x47, number + 1, 0x0F, 0xB0]].concat(),
            );
        };
        end(POPPED, &[], 0x77);
        end(RETURNED, &[], 0x55);
        for kind in [0x04, 0x06, 0x08, 0x0A] {
            end(LINK + u16::from(kind) * 8, &[0x06, 0x00, 0x10, kind], 0x66);
        }
        end(NAMLNK, &[0x06, 0x00, 0x3D], 0x66);
    }

    fn list(&mut self, kind: usize, names: &str, card: bool) {
        let first = self.base + self.next as u16;
        let mut link = kind;
        for item in names.split(',') {
            let (name, end) = item.split_once('/').unwrap_or((item, ""));
            let entry = 0x400 + 0x40 * self.routines;
            self.routines += 1;
            let (at, base) = (self.next, self.base);
            self.word(link, base + at as u16);
            self.word(at, if end.contains('l') { first } else { 0 });
            self.word(at + 2, base + entry as u16);
            self.bytes[at + 4] = name.len() as u8;
            self.bytes[at + 5..at + 5 + name.len()].copy_from_slice(name.as_bytes());
            self.next = (at + 6 + name.len()) & !1;
            link = at;
            if card {
                // MOV R0,@NOTES-4; MOV @NOTES-2,R0; six words; MOV R0,@NOTES-2; MOV @NOTES-4,R0; INCT R11 or NOP; B *R11; the number.
                let end = if end.contains('s') { 0x05CB } else { 0x1000 };
                let (number, at) = (self.routines as u16, base + entry as u16 + 0x3E);
                let mut code = vec![0xC800, NOTES - 4, 0xC020, NOTES - 2];
                code.extend([0xCC20, at, 0xCC0C, 0xCC01, 0xCC09, 0xCC20, 0x83D0, 0xCC20, 0x83D2]);
                code.extend([0xC800, NOTES - 2, 0xC020, NOTES - 4, end, 0x045B]);
                self.word(entry + 0x3E, number);
                (entry..).step_by(2).zip(code).for_each(|(at, word)| self.word(at, word));
            } else {
                // INC @>8348; ST n,@>8349; CALL >0012.
                let code = [0x90, 0x48, 0xBE, 0x49, self.routines as u8, 0x06, 0x00, 0x12];
                self.bytes[entry..entry + code.len()].copy_from_slice(&code);
            }
        }
    }
}

/// The cartridges of a case, one for each base. All hold the stubs, because a search of GROMs goes on in the base it stops at.
fn cartridges(groms: BTreeMap<(usize, usize), Image>) -> Vec<Cartridge> {
    let bases = groms.keys().map(|key| key.0 + 1).max().unwrap_or(1);
    let mut chips = groms;
    for base in 0..bases {
        let chip =
            chips.entry((base, 3)).or_insert_with(|| Image { bytes: vec![0; 0x1800], ..Image::new(0x6000) });
        chip.stubs();
    }
    let cartridge = |base| {
        let mut cartridge = Cartridge::empty(&format!("{base}"), Banking::Standard);
        for ((_, slot), chip) in chips.range((base, 0)..(base + 1, 0)) {
            cartridge.insert_groms(*slot, &chip.bytes);
        }
        cartridge
    };
    (0..bases).map(cartridge).collect()
}

fn hex(text: &str) -> u16 {
    u16::from_str_radix(text, 16).unwrap()
}

/// A machine with the case's hardware, stopped, and the words that tell what to do with it.
fn build<'a>(rom: &[u8], grom: &[u8], case: &'a str) -> (Machine, Vec<&'a str>) {
    let (mut cards, mut groms) = (BTreeMap::new(), BTreeMap::new());
    let mut orders = Vec::new();
    for word in case.split_whitespace() {
        let parts: Vec<&str> = word.split(':').collect();
        match parts[..] {
            ["card" | "nohead", base, kind, names] => {
                let card = cards.entry(hex(base)).or_insert_with(|| Image::new(0x4000));
                card.list(usize::from(hex(kind)), names, true);
                if parts[0] == "nohead" {
                    card.bytes[0] = 0;
                }
            }
            ["grom", place, kind, names] => {
                let (slot, base) = place.split_once('@').unwrap();
                let (slot, base): (u16, usize) = (slot.parse().unwrap(), base.parse().unwrap());
                let key = (base, usize::from(slot));
                groms.entry(key).or_insert_with(|| Image::new(slot << 13)).list(
                    usize::from(hex(kind)),
                    names,
                    false,
                );
            }
            _ => orders.push(word),
        }
    }
    let mut m = Rig::with(rom, grom, cartridges(groms)).machine();
    for (base, image) in cards {
        m.plug_card(RomCard::new(base, &image.bytes));
    }
    (m, orders)
}

/// What a search can change: scratchpad but for the interpreter's R0 to R12 and the interrupt workspace's end. Without meaning are
/// flags (COND is told by >8347), what lies above the tops of the stacks, and work cells of the GROM's services (reference page
/// gpl.md section 9).
fn state(m: &Machine) -> Vec<(u16, u8)> {
    let tops = [0x8372, 0x8373].map(|at| 0x8300 + u16::from(m.peek_byte(at)));
    let value = |at| match at {
        0x8352 | 0x8353 | 0x8358..0x836C => 0,
        0x8380..0x83A0 if at > tops[1] + 1 => 0,
        0x83A0..0x83C0 if at > tops[0] + 1 => 0,
        0x837C => 0,
        _ => m.peek_byte(at),
    };
    (0x8300..0x83D8).chain(0x83FA..0x8400).map(|at| (at, value(at))).collect()
}

fn order(m: &mut Machine, word: &str, r1: &mut u16) -> Option<Result<u64, Registers>> {
    let call = |m: &mut Machine, pc, r6| {
        m.poke(0x83E0 + 2, *r1);
        m.poke(0x83E0 + 2 * 6, r6);
        m.poke(0x83E0 + 2 * 11, HOME);
        m.set_registers(Registers { pc, wp: 0x83E0, st: 0 });
        Some(run_home(m))
    };
    match word.split(':').collect::<Vec<_>>()[..] {
        ["run", at] => {
            // MOVB R6,@>9C02; SWPB R6; MOVB R6,@>9C02; B @at.
            let code = [0xD806, 0x9C02, 0x06C6, 0xD806, 0x9C02, 0x0460, hex(at)];
            for (at, word) in (CODE..).step_by(2).zip(code) {
                m.poke(at, word);
            }
            call(m, CODE, RETURNED)
        }
        ["link", kind, name] => {
            m.poke_vram(PAB_NAME, name.len() as u8);
            (PAB_NAME + 1..).zip(name.bytes()).for_each(|(at, byte)| m.poke_vram(at, byte));
            m.poke(0x8356, PAB_NAME);
            call(m, 0x0060, LINK + hex(kind) * 8)
        }
        ["namlnk", kind] => {
            put(m, 0x836D, hex(kind) as u8);
            call(m, 0x0060, NAMLNK)
        }
        ["isr"] => {
            for (at, word) in [(0x83DA, 0xA200), (0x83DC, HOME), (0x83DE, 0x0000)] {
                m.poke(at, word);
            }
            m.set_registers(Registers { pc: m.peek(6), wp: m.peek(4), st: 0 });
            Some(run_home(m))
        }
        ["r1", value] => {
            *r1 = hex(value);
            None
        }
        ["name", name] => {
            m.poke(0x8354, name.len() as u16);
            (0x834A..).zip(name.bytes()).for_each(|(at, byte)| put(m, at, byte));
            None
        }
        _ => {
            let (at, bytes) = word.split_once('=').unwrap();
            let bytes =
                (0..bytes.len() / 2).map(|i| u8::from_str_radix(&bytes[2 * i..2 * i + 2], 16).unwrap());
            (hex(at)..).zip(bytes).for_each(|(at, byte)| put(m, at, byte));
            None
        }
    }
}

/// Runs a case and gives, for each call: calls of routines, bytes changed, and the word at >4000, not 0 while a card is on.
pub(crate) fn run(rom: &[u8], grom: &[u8], case: &str) -> String {
    let (mut m, orders) = build(rom, grom, case);
    for at in (0x8300..0x8370).chain(0x8380..0x83C0) {
        put(&mut m, at, 0);
    }
    for (at, word) in
        [(0x8372, 0xA182), (0x8382, POPPED), (0x83D0, 0), (0x83D2, 0), (0x837C, 0), (NOTES - 2, NOTES)]
    {
        m.poke(at, word);
    }
    let (mut r1, mut seen, mut rows) = (0, NOTES, Vec::new());
    let mut before = state(&m);
    for word in orders {
        put(&mut m, 0x8347, 0);
        let Some(end) = order(&mut m, word, &mut r1) else {
            before = state(&m);
            continue;
        };
        if end.is_err() {
            rows.push(format!("hangs after {PATIENCE} clocks"));
            break;
        }
        let top = m.peek(NOTES - 2);
        // The interrupt service promises no register but R12.
        let words = if word == "isr" { 2 } else { 6 };
        let note =
            |at: u16| (0..words).map(|n| format!("{:04X}", m.peek(at + 2 * n))).collect::<Vec<_>>().join(":");
        let notes = (seen..top).step_by(12).map(note);
        seen = top;
        let now = state(&m);
        let changed = before.iter().zip(&now).filter(|(old, new)| old.1 != new.1);
        let changed = changed.map(|(_, (at, byte))| format!("{at:04X}={byte:02X}"));
        rows.push(
            notes
                .chain(changed)
                .chain([format!("on={:02X}", m.peek(0x4000) >> 8)])
                .collect::<Vec<_>>()
                .join(" "),
        );
        before = now;
    }
    rows.join(" | ")
}
