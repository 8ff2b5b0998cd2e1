// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock info`: what files are, with the CRC32s by which they are known.

use super::Failure;
use super::files::print;
use super::machine::{candidates, cartridges, firmware_in};
use crate::firmware;
use crate::host::paths;
use crate::media::cartridge::Cartridge;
use crate::media::firmware::Firmware;
use std::path::{Path, PathBuf};

/// Say what cartridge and firmware files are; without files, which firmware a machine boots
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Cartridges, console images, or folders of these
    files: Vec<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if args.files.is_empty() {
        return defaults();
    }
    for path in &args.files {
        // A complete set of console images is firmware, whatever else it could be.
        match firmware_in(path) {
            Ok(firmware) => print(firmware_lines(&path.display().to_string(), &firmware))?,
            Err(failure) if path.is_dir() => return Err(failure),
            Err(_) if !path.exists() => return Err(missing(path)),
            Err(_) => {
                cartridges(&[path])?.iter().try_for_each(|found| print(cartridge_lines(path, found)))?;
            }
        }
    }
    Ok(())
}

fn missing(path: &Path) -> Failure {
    Failure::Usage(format!("can't read {}: no such file", path.display()))
}

/// What is used when the command line names nothing.
fn defaults() -> Result<(), Failure> {
    let folder = paths::roms_dir();
    let mut text = if folder.is_dir() && !candidates(&folder)?.is_empty() {
        firmware_lines(&paths::display(&folder), &firmware_in(&folder)?)
    } else {
        let mut own = format!("Lubbock's own firmware (no console images in {})\n", paths::display(&folder));
        own += &format!("  {:08x}  console ROM\n", crc32fast::hash(firmware::ROM));
        for (number, grom) in firmware::GROMS.iter().enumerate() {
            own += &format!("  {:08x}  console GROM {number}\n", crc32fast::hash(*grom));
        }
        own
    };
    text += &format!("settings: {}\n", paths::display(&paths::settings_file()));
    print(text)
}

fn firmware_lines(place: &str, firmware: &Firmware) -> String {
    let mut text = format!("{place}: console firmware\n");
    for part in &firmware.parts {
        let console = part.known.unwrap_or("an unknown console");
        text += &format!("  {:08x}  {} of {console}: {}\n", part.crc32, part.chip, part.source);
    }
    text + &note_lines(&firmware.notes)
}

fn cartridge_lines(path: &Path, cartridge: &Cartridge) -> String {
    let mut text =
        format!("{}: cartridge \"{}\", board {}\n", path.display(), cartridge.name, cartridge.banking);
    if !cartridge.rom.is_empty() {
        text += &format!("  {:08x}  ROM, {} bytes\n", crc32fast::hash(&cartridge.rom), cartridge.rom.len());
    }
    for (number, grom) in cartridge.groms.iter().enumerate() {
        if let Some(grom) = grom {
            let kind = if cartridge.gram { "GRAM" } else { "GROM" };
            text += &format!("  {:08x}  {kind} {number}, {} bytes\n", crc32fast::hash(grom), grom.len());
        }
    }
    if let Some(ram) = &cartridge.ram {
        let battery = if ram.battery { " with battery" } else { "" };
        text += &format!("            RAM, {} bytes{battery}\n", ram.initial.len());
    }
    text + &note_lines(&cartridge.notes)
}

fn note_lines(notes: &[String]) -> String {
    notes.iter().map(|note| format!("  note: {note}\n")).collect()
}
