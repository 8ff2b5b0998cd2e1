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
    fs::read(path).map_err(|why| Failure::Usage(format!("can't read {}: {why}", path.display())))
}

/// Writes a file by way of a temporary one beside it, so that nobody sees half of it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if path == Path::new("-") {
        return print(bytes);
    }
    files::write(path, bytes).map_err(|why| Failure::Usage(format!("can't write {}: {why}", path.display())))
}

/// Writes to standard output at once, as a terminal's user and a pipe's reader want it; `print!` would panic where nobody reads.
pub(super) fn print(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_ref()).and_then(|()| out.flush());
    written.map_err(|why| Failure::Usage(format!("can't write standard output: {why}")))
}

/// Writes the outputs of a command: all of them, or none if one can't be written. What was read is never overwritten.
pub(super) fn write_all(outputs: &[(PathBuf, Vec<u8>)], sources: &[PathBuf]) -> Result<(), Failure> {
    let place = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let mut seen: Vec<PathBuf> = Vec::new();
    for (path, _) in outputs {
        let at = place(path);
        let shown = path.display();
        if sources.iter().any(|source| place(source) == at) {
            return Err(Failure::Usage(format!("{shown} is the source: name another file with -o")));
        }
        if seen.contains(&at) {
            return Err(Failure::Usage(format!("{shown} is named for two outputs")));
        }
        seen.push(at);
    }
    let (streams, named): (Vec<_>, Vec<_>) = outputs.iter().partition(|output| output.0 == Path::new("-"));
    let files: Vec<(&Path, &[u8])> = named.iter().map(|(path, bytes)| (path.as_path(), &bytes[..])).collect();
    files::write_all(&files)
        .map_err(|(index, why)| Failure::Usage(format!("can't write {}: {why}", files[index].0.display())))?;
    streams.into_iter().try_for_each(|(path, bytes)| write(path, bytes))
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
