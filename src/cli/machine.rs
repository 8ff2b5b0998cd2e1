// SPDX-License-Identifier: MIT OR Apache-2.0
//! The options that build a machine, shared by all commands that run one: firmware, cartridges, memory, region.

use super::Failure;
use super::files::read;
use crate::console::{Config, ConsoleImages, Machine, Profile, Region};
use crate::firmware;
use crate::host::paths;
use crate::media::cartridge::{Cartridge, GROM_CHIP, GROM_SLOT};
use crate::media::firmware::{Firmware, is_console_rom};
use crate::media::{MediaError, companions, detect};
use clap::ValueEnum;
use std::fs;
use std::path::{Path, PathBuf};

/// What the machine is built of.
#[derive(clap::Args, Debug, Clone)]
pub(super) struct MachineArgs {
    #[command(flatten)]
    firmware: FirmwareArgs,
    /// Cartridges: RPK files or raw images; several appear in the console's menu
    #[arg(long = "cart", value_name = "FILE", num_args = 1..)]
    carts: Vec<PathBuf>,
    /// Memory expansion
    #[arg(long, value_enum, value_name = "SIZE", default_value = "32k")]
    ram: Ram,
    /// Television standard: 60 or 50 pictures a second
    #[arg(long, value_enum, value_name = "NAME", default_value = "ntsc")]
    region: Television,
    /// Whose figures where references disagree (docs/accuracy.md)
    #[arg(long, value_enum, value_name = "NAME", default_value = "documented")]
    timing: Timing,
}

/// Which firmware is in the console.
#[derive(clap::Args, Debug, Clone)]
pub(super) struct FirmwareArgs {
    /// Console ROM: an image of 8K. Without --rom, --grom and --roms: those in the data folder, else Lubbock's own
    #[arg(long, value_name = "FILE")]
    rom: Option<PathBuf>,
    /// Console GROMs 0 to 2: one image of 18K or 24K, or up to three of 6K or 8K in their order
    #[arg(long, value_name = "FILE", num_args = 1..=3)]
    grom: Vec<PathBuf>,
    /// Folder or archive with console images, in any layout (MAME's ti99_4a.zip too)
    #[arg(long, value_name = "DIR", conflicts_with_all = ["rom", "grom"])]
    roms: Option<PathBuf>,
    /// Lubbock's own firmware, whatever is in the data folder
    #[arg(long, conflicts_with_all = ["rom", "grom", "roms"])]
    own: bool,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Ram {
    #[value(name = "32k")]
    Expansion,
    None,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Television {
    Ntsc,
    Pal,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timing {
    Documented,
    Mame,
}

impl Timing {
    pub(super) fn profile(self) -> Profile {
        match self {
            Self::Documented => Profile::DOCUMENTED,
            Self::Mame => Profile::MAME,
        }
    }
}

/// The images of a console.
struct Images {
    rom: Vec<u8>,
    groms: [Vec<u8>; 3],
}

impl Images {
    fn own() -> Self {
        Self { rom: firmware::ROM.to_vec(), groms: firmware::GROMS.map(|grom| grom.to_vec()) }
    }

    fn of(firmware: Firmware) -> Self {
        for note in &firmware.notes {
            log::info!("{note}");
        }
        Self { rom: firmware.rom.to_vec(), groms: firmware.groms }
    }
}

impl MachineArgs {
    /// The machine, with `media` in its cartridge port behind those of `--cart`, and what to call it.
    pub(super) fn build(&self, media: &[PathBuf]) -> Result<(Machine, String), Failure> {
        let paths: Vec<&Path> = self.carts.iter().chain(media).map(PathBuf::as_path).collect();
        let cartridges = cartridges(&paths)?;
        let name = cartridges.first().map_or("TI-99/4A".to_owned(), |cartridge| cartridge.name.clone());
        Ok((self.firmware.machine(self.config(), cartridges)?, name))
    }

    fn config(&self) -> Config {
        Config {
            profile: self.timing.profile(),
            region: match self.region {
                Television::Ntsc => Region::Ntsc,
                Television::Pal => Region::Pal,
            },
            ram32k: self.ram == Ram::Expansion,
        }
    }
}

impl FirmwareArgs {
    /// A machine with this firmware.
    pub(super) fn machine(&self, config: Config, cartridges: Vec<Cartridge>) -> Result<Machine, Failure> {
        let images = self.images()?;
        let [grom0, grom1, grom2] = &images.groms;
        let images = ConsoleImages { rom: &images.rom, groms: [grom0, grom1, grom2] };
        Ok(Machine::new(config, images, cartridges))
    }

    fn images(&self) -> Result<Images, Failure> {
        if self.own {
            return Ok(Images::own());
        }
        if let Some(place) = &self.roms {
            return firmware_in(place).map(Images::of);
        }
        if self.rom.is_some() || !self.grom.is_empty() {
            return self.named_images();
        }
        let folder = paths::roms_dir();
        if folder.is_dir() && !candidates(&folder)?.is_empty() {
            return firmware_in(&folder).map(Images::of);
        }
        Ok(Images::own())
    }

    /// From `--rom` and `--grom`; the part that is not given is Lubbock's own.
    fn named_images(&self) -> Result<Images, Failure> {
        let rom = match &self.rom {
            Some(path) => (path.display().to_string(), read(path)?),
            None => ("Lubbock's ROM".to_owned(), firmware::ROM.to_vec()),
        };
        let grom = self.named_groms()?;
        Firmware::from_images((&rom.0, &rom.1), (&grom.0, &grom.1)).map(Images::of).map_err(usage)
    }

    fn named_groms(&self) -> Result<(String, Vec<u8>), Failure> {
        let files: Vec<(&PathBuf, Vec<u8>)> =
            self.grom.iter().map(|path| Ok((path, read(path)?))).collect::<Result<_, Failure>>()?;
        if let Some((path, _)) = files.iter().find(|(_, bytes)| is_console_rom(bytes)) {
            let file = path.display().to_string();
            return Err(usage(MediaError::FirmwareSwapped { file, is: "ROM", wanted: "GROM" }));
        }
        let single = |bytes: &[u8]| matches!(bytes.len(), GROM_CHIP | GROM_SLOT);
        match files.as_slice() {
            [] => Ok(("Lubbock's GROMs".to_owned(), firmware::GROMS.map(|grom| grom.as_slice()).concat())),
            [(path, bytes)] if !single(bytes) => Ok((path.display().to_string(), bytes.clone())),
            files => {
                let mut groms = firmware::GROMS.map(|grom| grom.to_vec());
                for (grom, (path, bytes)) in groms.iter_mut().zip(files) {
                    if !single(bytes) {
                        let (path, len) = (path.display(), bytes.len());
                        return Err(Failure::Usage(format!(
                            "{path}: {len} bytes, but one GROM of several has 6144 or 8192: give files of that size"
                        )));
                    }
                    *grom = bytes[..GROM_CHIP].to_vec();
                }
                Ok((files[0].0.display().to_string(), groms.concat()))
            }
        }
    }
}

fn usage(error: MediaError) -> Failure {
    Failure::Usage(error.to_string())
}

/// The cartridges in files, each with the files of its set that lie beside it.
pub(super) fn cartridges(paths: &[&Path]) -> Result<Vec<Cartridge>, Failure> {
    let mut names: Vec<String> = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let beside: Vec<String> =
            companions(&name).into_iter().filter(|other| Path::new(other).is_file()).collect();
        for name in std::iter::once(name).chain(beside) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let files: Vec<(String, Vec<u8>)> = names
        .into_iter()
        .map(|name| read(Path::new(&name)).map(|bytes| (name, bytes)))
        .collect::<Result<_, _>>()?;
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let found = detect(&files).map_err(usage)?;
    for note in found.iter().flat_map(|cartridge| &cartridge.notes) {
        log::info!("{note}");
    }
    Ok(found)
}

/// The console's firmware in a folder, or in a single archive.
pub(super) fn firmware_in(place: &Path) -> Result<Firmware, Failure> {
    let paths = if place.is_dir() { candidates(place)? } else { vec![place.to_owned()] };
    let files: Vec<(String, Vec<u8>)> = paths
        .iter()
        .map(|path| read(path).map(|bytes| (path.display().to_string(), bytes)))
        .collect::<Result<_, _>>()?;
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    Firmware::from_files(&place.display().to_string(), &files).map_err(usage)
}

/// The files of a folder that may hold firmware, in the order of their names.
pub(super) fn candidates(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |why: std::io::Error| Failure::Usage(format!("can't read {}: {why}", folder.display()));
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let Ok(metadata) = fs::metadata(&path) else { continue };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if metadata.is_file() && Firmware::is_candidate(&name, metadata.len()) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
