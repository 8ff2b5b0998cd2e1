// SPDX-License-Identifier: MIT OR Apache-2.0
//! Traces of a run: a line `cycle pc wp st` for each instruction, the format of the golden traces (`docs/cpu-suite.md`).

use crate::console::TracePoint;
use crate::host::files;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Why a trace could not be written.
#[derive(Debug, thiserror::Error)]
#[error("can't write the trace {}: {source}", path.display())]
pub struct TraceError {
    path: PathBuf,
    source: io::Error,
}

/// A trace being written; its file has its name only when [`Trace::finish`] gives it.
#[derive(Debug)]
pub struct Trace {
    path: PathBuf,
    out: Out,
}

#[derive(Debug)]
enum Out {
    File(BufWriter<NamedTempFile>),
    Device(BufWriter<File>),
    Standard(BufWriter<io::Stdout>),
}

impl Trace {
    /// Begins a trace; `-` is standard output. Devices and pipes get the lines as they come.
    ///
    /// # Errors
    /// When no file can be made there.
    pub fn create(path: &Path) -> Result<Self, TraceError> {
        let failed = |source| TraceError { path: path.to_owned(), source };
        let out = if path == Path::new("-") {
            Out::Standard(BufWriter::new(io::stdout()))
        } else if files::is_device(path) {
            Out::Device(BufWriter::new(File::options().write(true).open(path).map_err(failed)?))
        } else {
            Out::File(BufWriter::with_capacity(1 << 16, files::stage(path).map_err(failed)?))
        };
        Ok(Self { path: path.to_owned(), out })
    }

    /// Adds an instruction; `symbol` is the last one at or before it.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn line(&mut self, point: TracePoint, symbol: Option<(&u16, &String)>) -> Result<(), TraceError> {
        let TracePoint { cycle, regs } = point;
        let out: &mut dyn Write = match &mut self.out {
            Out::File(out) => out,
            Out::Device(out) => out,
            Out::Standard(out) => out,
        };
        let numbers = write!(out, "{} {:04X} {:04X} {:04X}", cycle.0, regs.pc, regs.wp, regs.st);
        let name = |out: &mut dyn Write| match symbol {
            Some((&at, name)) if at == regs.pc => writeln!(out, " {name}"),
            Some((&at, name)) => writeln!(out, " {name}+>{:X}", regs.pc - at),
            None => writeln!(out),
        };
        numbers.and_then(|()| name(out)).map_err(|source| TraceError { path: self.path.clone(), source })
    }

    /// Completes the file and gives it its name.
    ///
    /// # Errors
    /// When the disk is full or the name cannot be taken.
    pub fn finish(self) -> Result<(), TraceError> {
        let Self { path, out } = self;
        let written = match out {
            Out::Standard(mut out) => out.flush(),
            Out::Device(mut out) => out.flush(),
            Out::File(out) => out
                .into_inner()
                .map_err(io::IntoInnerError::into_error)
                .and_then(|file| file.persist(&path).map(drop).map_err(|e| e.error)),
        };
        written.map_err(|source| TraceError { path, source })
    }
}
