// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock asm`: TMS9900 sources to binaries, object code, program images and cartridges.

use super::Failure;
use super::files::{Disk, read, write};
use super::gpl::{number, report};
use crate::asm::{Assembly, Options, assemble};
use crate::source::Style;
use std::path::{Path, PathBuf};

/// Assemble TMS9900 sources.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The sources, assembled one behind the other as one program
    #[arg(required = true)]
    file: Vec<PathBuf>,
    /// Where to write (`-`: standard output) [default: the first source's name with the format's ending]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the bytes alone: one file, or one per bank and SAVE
    #[arg(short, long)]
    binary: bool,
    /// Address where relocatable code is to run [default: 0]
    #[arg(short, long, value_name = "ADDRESS")]
    address: Option<String>,
    /// TI's syntax: a blank ends the operands
    #[arg(short, long, conflicts_with = "relaxed")]
    strict: bool,
    /// Blanks anywhere among the operands; only `;` starts a comment
    #[arg(short, long)]
    relaxed: bool,
    /// Evaluate * / before + - and so on; TI's order is from left to right
    #[arg(short, long)]
    precedence: bool,
    /// References from one bank to another are errors
    #[arg(short = 'X', long)]
    strict_banks: bool,
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
    /// Warn about symbols that nothing uses
    #[arg(short, long)]
    unused: bool,
    /// Don't show warnings
    #[arg(short, long)]
    quiet: bool,
}

fn options(args: &Args) -> Result<Options, Failure> {
    let mut defines = vec![("_LUBBOCK".to_string(), 1), ("_XAS99_BIN".to_string(), 1)];
    for define in &args.define {
        let (name, value) = define.split_once('=').unwrap_or((define, "1"));
        defines.push((name.to_uppercase(), number(value)?));
    }
    let style = match (args.strict, args.relaxed) {
        (true, _) => Style::Strict,
        (_, true) => Style::Relaxed,
        _ => Style::Modern,
    };
    let (precedence, strict_banks, unused) = (args.precedence, args.strict_banks, args.unused);
    Ok(Options { style, precedence, defines, strict_banks, unused, ..Options::default() })
}

/// Assembles and writes all that was asked for.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let options = options(args)?;
    let base = args.address.as_deref().map_or(Ok(0), number)?;
    let mut names = Vec::new();
    for file in &args.file {
        read(file)?;
        names.push(file.to_string_lossy());
    }
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let disk = Disk { include: args.include.clone() };
    let assembly = report(assemble(&disk, &names, &options), args.quiet, |done| &done.warnings)?;
    for (path, bytes) in outputs(args, &assembly, base)? {
        write(&path, &bytes)?;
    }
    Ok(())
}

/// All files to write: made before the first is written.
fn outputs(args: &Args, assembly: &Assembly, base: u16) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
    let first = &args.file[0];
    let failed = |why: crate::asm::LinkError| Failure::Input(format!("error: {}: {why}", first.display()));
    let output = args.output.clone().unwrap_or_else(|| first.with_extension("bin"));
    let mut files = Vec::new();
    let binaries = assembly.program(base).map_err(failed)?.binaries(&assembly.saves);
    let several = binaries.iter().filter(|b| b.bank == binaries[0].bank).count() > 1;
    for (i, binary) in binaries.into_iter().enumerate() {
        let mut ending = binary.bank.map_or_else(String::new, |bank| format!("_b{bank}"));
        if several && i > 0 {
            ending.push_str(&format!("_{:04x}", binary.start));
        }
        files.push((with_suffix(&output, &ending), binary.bytes));
    }
    files.extend(args.listing.clone().map(|path| (path, assembly.listing_text().into_bytes())));
    files.extend(args.symbols.clone().map(|path| (path, assembly.symbols_text().into_bytes())));
    Ok(files)
}

/// `game.bin` as `game_b1.bin`.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    if suffix.is_empty() {
        return path.to_path_buf();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map_or_else(String::new, |e| format!(".{}", e.to_string_lossy()));
    path.with_file_name(format!("{stem}{suffix}{ending}"))
}
