// SPDX-License-Identifier: MIT OR Apache-2.0
//! A soak of TI BASIC: hours of random typing, running, breaking and editing, with its memory checked at every prompt.
//!
//! ```text
//! cargo run --release --example basic-soak -- --hours 24            of the machine's time
//! cargo run --release --example basic-soak -- --hours 1 --seed 7    another session
//! … --system roms/system                                            images from a folder instead of those built in
//! ```
//!
//! Ends with 1 and what was typed last when BASIC hangs or its memory is wrong. `tests/it/soak.rs` runs a short one.

mod memory;
mod session;
mod words;
#[path = "../it/xorshift.rs"]
mod xorshift;

use lubbock::console::ConsoleImages;
use session::{Soak, Tally};
use std::path::PathBuf;

/// What the command line asks for.
struct Options {
    hours: u64,
    seed: u64,
    /// Folder with rom.bin and grom0.bin to grom2.bin.
    system: Option<PathBuf>,
}

fn main() {
    match options().and_then(|options| run(&options)) {
        Ok(tally) => println!("{tally:#?}\nno fault"),
        Err(fault) => {
            eprintln!("basic-soak: {fault}");
            std::process::exit(1);
        }
    }
}

fn options() -> Result<Options, String> {
    let mut options = Options { hours: 1, seed: 1, system: None };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let value = args.next().ok_or(format!("{arg} needs a value"))?;
        let number = value.parse().map_err(|_| format!("{arg} takes a number, not {value}"));
        match arg.as_str() {
            "--hours" => options.hours = number?,
            "--seed" => options.seed = number?,
            "--system" => options.system = Some(value.into()),
            _ => return Err(format!("{arg} is no option: there are --hours, --seed, --system")),
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Result<Tally, String> {
    let seconds = options.hours * 3600;
    let Some(system) = &options.system else { return Soak::new(options.seed)?.run(seconds) };
    let read = |name: &str| {
        let path = system.join(name);
        std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))
    };
    let (rom, groms) = (read("rom.bin")?, [read("grom0.bin")?, read("grom1.bin")?, read("grom2.bin")?]);
    let images = ConsoleImages { rom: &rom, groms: [&groms[0], &groms[1], &groms[2]] };
    Soak::with(images, options.seed)?.run(seconds)
}
