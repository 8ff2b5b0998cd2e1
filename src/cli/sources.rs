// SPDX-License-Identifier: MIT OR Apache-2.0
//! What `lubbock asm` and `lubbock gpl` have in common: how sources are read, and what is written beside the code.

use super::Failure;
use super::files::{Disk, read};
use crate::diag::{Diagnostic, Severity};
use crate::source::Style;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Options of both assemblers.
#[derive(clap::Args, Debug)]
pub(super) struct SourceArgs {
    /// TI's syntax: a blank ends the operands
    #[arg(short, long, conflicts_with = "relaxed")]
    strict: bool,
    /// Blanks anywhere among the operands; only `;` starts a comment
    #[arg(short, long)]
    relaxed: bool,
    /// Folder to look for COPY and BCOPY files in
    #[arg(short = 'I', long, value_name = "FOLDER")]
    include: Vec<PathBuf>,
    /// Define a symbol: NAME (as 1) or NAME=VALUE
    #[arg(short = 'D', long, value_name = "NAME[=VALUE]")]
    define: Vec<String>,
    /// Write a listing
    #[arg(short = 'L', long, value_name = "FILE")]
    listing: Option<PathBuf>,
    /// Write the symbols as EQU lines
    #[arg(short = 'E', long, value_name = "FILE")]
    symbols: Option<PathBuf>,
    /// Evaluate * / before + - and so on; TI's order is from left to right
    #[arg(short, long)]
    pub(super) precedence: bool,
    /// Warn about symbols that nothing uses
    #[arg(short, long)]
    pub(super) unused: bool,
    /// Don't show warnings
    #[arg(short, long)]
    pub(super) quiet: bool,
}

impl SourceArgs {
    pub(super) fn style(&self) -> Style {
        match (self.strict, self.relaxed) {
            (true, _) => Style::Strict,
            (_, true) => Style::Relaxed,
            _ => Style::Modern,
        }
    }

    /// The symbols defined from outside: what is made, by the name that sources for other assemblers ask for, this
    /// program, and those of the command line.
    pub(super) fn defines(&self, target: &str) -> Result<Vec<(String, u16)>, Failure> {
        let mut defines = vec![(target.to_string(), 1), ("_LUBBOCK".to_string(), 1)];
        for define in &self.define {
            let (name, value) = define.split_once('=').unwrap_or((define, "1"));
            defines.push((name.to_uppercase(), number(value)?));
        }
        Ok(defines)
    }

    pub(super) fn disk(&self) -> Disk {
        Disk { include: self.include.clone() }
    }

    /// Listing and symbols, where they are asked for.
    pub(super) fn texts(
        &self,
        listing: impl FnOnce() -> String,
        symbols: impl FnOnce() -> String,
    ) -> Vec<(PathBuf, Vec<u8>)> {
        let listing = self.listing.clone().map(|path| (path, listing().into_bytes()));
        let symbols = self.symbols.clone().map(|path| (path, symbols().into_bytes()));
        listing.into_iter().chain(symbols).collect()
    }
}

/// The sources' names; all of them can be read.
pub(super) fn names(files: &[PathBuf]) -> Result<Vec<Cow<'_, str>>, Failure> {
    files.iter().map(|file| read(file).map(|_| file.to_string_lossy())).collect()
}

/// A number as `123`, `>7B`, `0x7B`.
pub(super) fn number(text: &str) -> Result<u16, Failure> {
    let hex = text.strip_prefix('>').or_else(|| text.strip_prefix("0x"));
    let value = hex.map_or_else(|| text.parse(), |digits| u16::from_str_radix(digits, 16));
    value.map_err(|_| {
        Failure::Usage(format!("`{text}` is not a number of 16 bits; write 24576, '>6000' or 0x6000"))
    })
}

/// The diagnostics with blank lines between them, but for notes, which have one line each.
fn joined(diagnostics: &[&Diagnostic]) -> String {
    let mut text = String::new();
    for (i, diagnostic) in diagnostics.iter().enumerate() {
        let gap = match i.checked_sub(1).map(|before| diagnostics[before].severity) {
            None => "",
            Some(Severity::Note) if diagnostic.severity == Severity::Note => "\n",
            Some(_) => "\n\n",
        };
        let _ = write!(text, "{gap}{diagnostic}");
    }
    text
}

/// Shows the warnings of an assembly, or makes its errors the failure.
pub(super) fn report<T>(
    outcome: Result<T, Vec<Diagnostic>>,
    quiet: bool,
    warnings: impl Fn(&T) -> &[Diagnostic],
) -> Result<T, Failure> {
    let wanted = |d: &&Diagnostic| d.severity != Severity::Warning || !quiet;
    let done = outcome.map_err(|found| {
        let found: Vec<_> = found.iter().filter(wanted).collect();
        let errors = found.iter().filter(|d| d.severity == Severity::Error).count();
        Failure::Input(format!(
            "{}\n\n{errors} error{}; nothing written",
            joined(&found),
            if errors == 1 { "" } else { "s" }
        ))
    })?;
    let found: Vec<_> = warnings(&done).iter().filter(wanted).collect();
    if let Some(last) = found.last() {
        let gap = if last.severity == Severity::Note { "" } else { "\n" };
        eprintln!("{}{gap}", joined(&found));
    }
    Ok(done)
}
