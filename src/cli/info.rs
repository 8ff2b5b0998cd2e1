// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock info`: what files are, with the CRC32s by which they are known.

use super::Failure;
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
            Ok(firmware) => print_firmware(&path.display().to_string(), &firmware),
            Err(failure) if path.is_dir() => return Err(failure),
            Err(_) if !path.exists() => return Err(missing(path)),
            Err(_) => cartridges(&[path])?.iter().for_each(|cartridge| print_cartridge(path, cartridge)),
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
    if folder.is_dir() && !candidates(&folder)?.is_empty() {
        print_firmware(&paths::display(&folder), &firmware_in(&folder)?);
    } else {
        println!("Lubbock's own firmware (no console images in {})", paths::display(&folder));
        println!("  {:08x}  console ROM", crc32fast::hash(firmware::ROM));
        for (number, grom) in firmware::GROMS.iter().enumerate() {
            println!("  {:08x}  console GROM {number}", crc32fast::hash(*grom));
        }
    }
    println!("settings: {}", paths::display(&paths::settings_file()));
    Ok(())
}

fn print_firmware(place: &str, firmware: &Firmware) {
    println!("{place}: console firmware");
    for part in &firmware.parts {
        println!(
            "  {:08x}  {} of {}: {}",
            part.crc32,
            part.chip,
            part.known.unwrap_or("an unknown console"),
            part.source
        );
    }
    print_notes(&firmware.notes);
}

fn print_cartridge(path: &Path, cartridge: &Cartridge) {
    println!("{}: cartridge \"{}\", board {}", path.display(), cartridge.name, cartridge.banking);
    if !cartridge.rom.is_empty() {
        println!("  {:08x}  ROM, {} bytes", crc32fast::hash(&cartridge.rom), cartridge.rom.len());
    }
    for (number, grom) in cartridge.groms.iter().enumerate() {
        if let Some(grom) = grom {
            let kind = if cartridge.gram { "GRAM" } else { "GROM" };
            println!("  {:08x}  {kind} {number}, {} bytes", crc32fast::hash(grom), grom.len());
        }
    }
    if let Some(ram) = &cartridge.ram {
        let battery = if ram.battery { " with battery" } else { "" };
        println!("            RAM, {} bytes{battery}", ram.initial.len());
    }
    print_notes(&cartridge.notes);
}

fn print_notes(notes: &[String]) {
    notes.iter().for_each(|note| println!("  note: {note}"));
}
