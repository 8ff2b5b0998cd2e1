// SPDX-License-Identifier: MIT OR Apache-2.0
//! Records what routines of a console ROM do, as a black box.
//!
//! `rom-record kscan|isr|search|tape|kscan-clocks|isr-clocks ROM GROM < cases` takes one case a line and gives one outcome a line.
//! `rom-record gpl|gpl-clocks ROM GROM CARTRIDGE < programs` takes lines `label address seed flags` of programs in the image of
//! GROMs 3 to 7 (`tests/data/gpl`); with `-clocks` the outcomes are clocks.

#[path = "../it/rom/gpl.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "the tests use more of it; cases are checked there")]
mod gpl;
#[path = "../it/rom/isr.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "the tests use more of it; cases are checked there")]
mod isr;
#[path = "../it/rom/rig.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "the tests use more of it; cases are checked there")]
mod rig;
#[path = "../it/rom/search.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "cases are checked where they are made")]
mod search;
#[path = "../it/rom/tape.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "cases are checked where they are made")]
mod tape;

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [area, rom, grom, rest @ ..] = args.as_slice() else {
        eprintln!(
            "usage: rom-record kscan|isr|search|tape|gpl|kscan-clocks|isr-clocks|gpl-clocks ROM GROM [CARTRIDGE] < cases > outcomes"
        );
        std::process::exit(2);
    };
    let cartridge = rest.first().map_or(
        Ok(if area.starts_with("tape") { tape::cartridge() } else { isr::cartridge() }),
        std::fs::read,
    )?;
    let (rom, grom) = (std::fs::read(rom)?, std::fs::read(grom)?);
    let rig = rig::Rig::new(&rom, &grom, &cartridge);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for case in std::io::stdin().lock().lines() {
        let case = case?;
        let mut words = case.split_whitespace().skip(1);
        let mut number =
            |radix| words.next().and_then(|word| u32::from_str_radix(word, radix).ok()).unwrap_or(0);
        let program = |n: &mut dyn FnMut(u32) -> u32| (n(16) as u16, n(10), n(16) as u8);
        match area.as_str() {
            "kscan" => writeln!(out, "{}", rig::kscan(&rig, &case).0)?,
            "kscan-clocks" => writeln!(out, "{:?}", rig::kscan(&rig, &case).1)?,
            "search" => writeln!(out, "{}", search::run(&rom, &grom, &case))?,
            "tape" => writeln!(out, "{}", tape::run(&rig, &case).0)?,
            "tape-clocks" => writeln!(out, "{:?}", tape::run(&rig, &case).1)?,
            "isr" => writeln!(out, "{}", isr::run(&rig, &case).0)?,
            "isr-clocks" => writeln!(out, "{}", isr::run(&rig, &case).1)?,
            _ => {
                let (address, seed, flags) = program(&mut number);
                let (changes, clocks) = gpl::run(&rig, address, seed, flags);
                if area == "gpl" { writeln!(out, "{changes}")? } else { writeln!(out, "{clocks}")? }
            }
        }
    }
    out.flush()
}
