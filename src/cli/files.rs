// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files of the tools: read whole, written whole or not at all; `-` is standard output.

use super::Failure;
use crate::host::files;
use crate::source::Files;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|why| Failure::Input(format!("error: can't read {}: {why}", path.display())))
}

/// Writes a file by way of a temporary one beside it, so that nobody sees half of it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed =
        |why: std::io::Error| Failure::Input(format!("error: can't write {}: {why}", path.display()));
    if path == Path::new("-") {
        return std::io::stdout().write_all(bytes).map_err(failed);
    }
    files::write(path, bytes).map_err(failed)
}

/// Source files on disk: beside the including file, then in the folders of `-I`; `DSKn.NAME` is NAME.
pub(super) struct Disk {
    /// Folders to search.
    pub(super) include: Vec<PathBuf>,
}

/// Endings that TI names go without.
const ENDINGS: &[&str] =
    &["", ".a99", ".A99", ".asm", ".ASM", ".s", ".S", ".gpl", ".GPL", ".g99", ".G99", ".g", ".G"];

impl Files for Disk {
    fn read(&self, from: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        let ti_name = name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("DSK"));
        let (plain, endings) = match name.split_once('.') {
            Some((_, rest)) if ti_name => (rest, ENDINGS),
            _ => (name, &ENDINGS[..1]),
        };
        let plain = plain.replace('\\', "/");
        let beside = Path::new(from).parent().unwrap_or(Path::new("")).to_path_buf();
        for folder in std::iter::once(&beside).chain(&self.include) {
            for stem in [plain.clone(), plain.to_lowercase()] {
                for ending in endings {
                    let path = folder.join(format!("{stem}{ending}"));
                    if path.is_file() {
                        let bytes =
                            fs::read(&path).map_err(|why| format!("can't read {}: {why}", path.display()))?;
                        return Ok((path.display().to_string(), bytes));
                    }
                }
            }
        }
        Err(format!("file not found: {name}"))
    }
}
