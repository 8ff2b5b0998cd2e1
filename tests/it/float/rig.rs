// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rig that runs one floating-point service of a console as a black box: operands in, FAC, error, status and clocks out.
//!
//! Machine-code services are found through the XML tables at >0D1A and >12A0 and called with `BL`; GPL services are
//! called at their vectors in GROM 0 by four bytes of a cartridge GROM. Both come back to the console rig's home, XML >B0 too.
//! Sources: the interfaces of console-contract.md, sections 2, 3, 4 and 9.
//! The recorder (`tests/tools/float_record.rs`) uses it with the genuine console, the tests with ours.

use super::console_rig::{self, HOME, call_at, put};
use lubbock::chips::tms9900::Registers;

/// The services in the order of their numbers in case files: XML >01 to >12, then GROM vectors.
pub(crate) const SERVICES: [(&str, Entry); 28] = [
    ("ROUND1", Entry::Xml(0x01)),
    ("ROUND", Entry::Xml(0x02)),
    ("STST", Entry::Xml(0x03)),
    ("OVEXP", Entry::Xml(0x04)),
    ("OV", Entry::Xml(0x05)),
    ("FADD", Entry::Xml(0x06)),
    ("FSUB", Entry::Xml(0x07)),
    ("FMUL", Entry::Xml(0x08)),
    ("FDIV", Entry::Xml(0x09)),
    ("FCOMP", Entry::Xml(0x0A)),
    ("SADD", Entry::Xml(0x0B)),
    ("SSUB", Entry::Xml(0x0C)),
    ("SMUL", Entry::Xml(0x0D)),
    ("SDIV", Entry::Xml(0x0E)),
    ("SCOMP", Entry::Xml(0x0F)),
    ("CSN", Entry::Xml(0x10)),
    ("CSNGR", Entry::Xml(0x11)),
    ("CFI", Entry::Xml(0x12)),
    ("CNS", Entry::Grom(0x14)),
    ("INT", Entry::Grom(0x22)),
    ("PWR", Entry::Grom(0x24)),
    ("SQR", Entry::Grom(0x26)),
    ("EXP", Entry::Grom(0x28)),
    ("LOG", Entry::Grom(0x2A)),
    ("COS", Entry::Grom(0x2C)),
    ("SIN", Entry::Grom(0x2E)),
    ("TAN", Entry::Grom(0x30)),
    ("ATN", Entry::Grom(0x32)),
];

/// How a service is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// An XML number.
    Xml(u16),
    /// A vector in GROM 0.
    Grom(u16),
}

/// The value stack's top and the string for CSN, in VDP RAM.
const STACK: u16 = 0x1000;
const STRING: u16 = 0x1100;

/// One call's input.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The bytes of >834A to >836D: FAC, work bytes, ARG.
    pub(crate) pad: [u8; 36],
    /// Sign and exponent bytes of the rounding services, >8375 and >8376 (a word).
    pub(crate) sign: u8,
    pub(crate) exponent: u16,
    /// The value on the stack in VDP RAM.
    pub(crate) stack: [u8; 8],
    /// The string at VDP >1100.
    pub(crate) text: Vec<u8>,
    /// The status byte before the call.
    pub(crate) status: u8,
}

impl Default for Case {
    fn default() -> Self {
        Self { pad: [0; 36], sign: 0, exponent: 0, stack: [0; 8], text: Vec::new(), status: 0 }
    }
}

impl Case {
    /// A case with FAC and ARG given; the stack holds ARG, too.
    pub(crate) fn with(fac: [u8; 8], arg: [u8; 8]) -> Self {
        let mut case = Self { stack: arg, ..Self::default() };
        case.pad[..8].copy_from_slice(&fac);
        case.pad[0x12..0x1A].copy_from_slice(&arg);
        case
    }
}

/// What a call leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Clocks from the call to the return, for GPL services including the entry through the interpreter.
    pub(crate) clocks: u64,
    /// The scratchpad's first half, >8300 to >837F.
    pub(crate) pad: [u8; 128],
}

impl Outcome {
    /// The bytes from >8300 + `at`.
    pub(crate) fn bytes(&self, at: usize, len: usize) -> &[u8] {
        &self.pad[at..at + len]
    }
}

/// A console at its title screen, ready to be called.
pub(crate) struct Rig {
    console: console_rig::Rig,
}

impl Rig {
    /// Boots the images (ROM, and GROMs 0 to 2 at 8 KiB each) with the calls of the GPL services as cartridge.
    pub(crate) fn new(rom: &[u8], grom: &[u8]) -> Self {
        let calls = SERVICES.iter().flat_map(|&(_, entry)| match entry {
            // CALL vector, XML >B0.
            Entry::Grom(vector) => [0x06, 0x00, vector as u8, 0x0F, 0xB0, 0, 0, 0],
            Entry::Xml(_) => [0; 8],
        });
        Self { console: console_rig::Rig::new(rom, grom, &calls.collect::<Vec<u8>>()) }
    }

    /// Calls a service; `Err` tells where a call that never returned was.
    pub(crate) fn call(&self, service: usize, case: &Case) -> Result<Outcome, Registers> {
        let mut m = self.console.machine();
        for (at, &byte) in (0x834A..).zip(&case.pad) {
            put(&mut m, at, byte);
        }
        m.poke(0x836E, STACK);
        put(&mut m, 0x8375, case.sign);
        m.poke(0x8376, case.exponent);
        put(&mut m, 0x837C, case.status);
        put(&mut m, 0x8389, 0);
        for (at, &byte) in (STACK..).zip(&case.stack) {
            m.poke_vram(at, byte);
        }
        for (at, &byte) in (STRING..).zip(case.text.iter().chain(&[0; 8])) {
            m.poke_vram(at, byte);
        }
        let pc = match SERVICES[service].1 {
            Entry::Xml(n) if n < 0x10 => m.peek(0x0D1A + 2 * n),
            Entry::Xml(n) => m.peek(0x12A0 + 2 * (n & 15)),
            Entry::Grom(_) => 0x0060,
        };
        m.poke(0x83E0 + 2 * 6, 0x6000 + 8 * service as u16);
        m.poke(0x83E0 + 2 * 11, HOME);
        let clocks = call_at(&mut m, pc)?;
        let mut pad = [0; 128];
        for (at, byte) in (0x8300..).zip(&mut pad) {
            *byte = m.peek_byte(at);
        }
        Ok(Outcome { clocks, pad })
    }
}
