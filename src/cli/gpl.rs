// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock gpl`: GPL sources to GROM images and cartridges.

use super::Failure;
use super::asm::with_suffix;
use super::files::{Disk, read, write};
use crate::diag::{Diagnostic, Severity};
use crate::gpl::{Assembly, Options, Style, assemble};
use std::path::PathBuf;

/// Assemble GPL sources to GROM images or a cartridge.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The source; further sources come in by COPY
    file: PathBuf,
    /// Where to write (`-`: standard output) [default: the source's name with .bin or .rpk]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Make a cartridge (RPK); without a header in the sources, one is made
    #[arg(short, long)]
    cart: bool,
    /// Name in the cartridge's menu [default: TITLE, or the source's name]
    #[arg(short, long, requires = "cart")]
    name: Option<String>,
    /// Write one file per GROM, with _g3 … before the ending
    #[arg(short = 'g', long, conflicts_with = "cart")]
    split: bool,
    /// Fill up whole GROMs of 8 KiB
    #[arg(short = 'B', long, conflicts_with = "cart")]
    pad: bool,
    /// GROM to start in: 0 to 7 or an address [default: 0; cartridges: 3]
    #[arg(short = 'G', long, value_name = "GROM")]
    grom: Option<String>,
    /// Address in that GROM to start at
    #[arg(short = 'A', long, value_name = "ADDRESS")]
    aorg: Option<String>,
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
    /// Don't show warnings
    #[arg(short, long)]
    quiet: bool,
}

/// A number as `123`, `>7B`, `0x7B`.
pub(super) fn number(text: &str) -> Result<u16, Failure> {
    let hex = text.strip_prefix('>').or_else(|| text.strip_prefix("0x"));
    let value = hex.map_or_else(|| text.parse(), |digits| u16::from_str_radix(digits, 16));
    value.map_err(|_| {
        Failure::Usage(format!("`{text}` is not a number of 16 bits; write 24576, '>6000' or 0x6000"))
    })
}

fn options(args: &Args) -> Result<Options, Failure> {
    let grom = args.grom.as_deref().map_or(Ok(if args.cart { 3 } else { 0 }), number)?;
    let offset = args.aorg.as_deref().map_or(Ok(0), number)?;
    if offset >= 0x2000 {
        return Err(Failure::Usage(format!("--aorg >{offset:04X} is not inside a GROM (>0000 to >1FFF)")));
    }
    // The target is also a symbol, by xga99's names, so that sources for it find what they ask for.
    let target = if args.cart { "_XGA99_CART" } else { "_XGA99_GBC" };
    let mut defines = vec![(target.to_string(), 1), ("_LUBBOCK".to_string(), 1)];
    for define in &args.define {
        let (name, value) = define.split_once('=').unwrap_or((define, "1"));
        defines.push((name.to_uppercase(), number(value)?));
    }
    let style = match (args.strict, args.relaxed) {
        (true, _) => Style::Strict,
        (_, true) => Style::Relaxed,
        _ => Style::Modern,
    };
    let base = if grom < 8 { grom << 13 } else { grom & 0xE000 };
    Ok(Options { origin: base | offset, style, defines, tolerant: false })
}

fn joined(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
}

/// Shows the warnings of an assembly, or makes its errors the failure.
pub(super) fn report<T>(
    outcome: Result<T, Vec<Diagnostic>>,
    quiet: bool,
    warnings: impl Fn(&T) -> &[Diagnostic],
) -> Result<T, Failure> {
    let done = outcome.map_err(|mut found| {
        found.retain(|d| d.severity == Severity::Error || !quiet);
        let errors = found.iter().filter(|d| d.severity == Severity::Error).count();
        Failure::Input(format!(
            "{}\n\n{errors} error{}; nothing written",
            joined(&found),
            if errors == 1 { "" } else { "s" }
        ))
    })?;
    if !quiet && !warnings(&done).is_empty() {
        eprintln!("{}\n", joined(warnings(&done)));
    }
    Ok(done)
}

/// Assembles and writes all that was asked for.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let options = options(args)?;
    read(&args.file)?;
    let disk = Disk { include: args.include.clone() };
    let name = args.file.to_string_lossy();
    let assembly = report(assemble(&disk, &name, &options), args.quiet, |done| &done.warnings)?;
    for (path, bytes) in outputs(args, &assembly)? {
        write(&path, &bytes)?;
    }
    Ok(())
}

/// All files to write: made before the first is written.
fn outputs(args: &Args, assembly: &Assembly) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
    let failed =
        |why: crate::gpl::OutputError| Failure::Input(format!("error: {}: {why}", args.file.display()));
    let default = args.file.with_extension(if args.cart { "rpk" } else { "bin" });
    let output = args.output.clone().unwrap_or(default);
    let mut files = Vec::new();
    if args.cart {
        let stem = args.file.file_stem().unwrap_or_default().to_string_lossy();
        let short: String = stem.chars().take(16).collect::<String>().to_uppercase();
        let name = args.name.clone().or_else(|| assembly.title.clone()).unwrap_or(short);
        files.push((output, assembly.rpk(&name).map_err(failed)?));
    } else if args.split {
        for (grom, (start, mut bytes)) in assembly.split() {
            if args.pad {
                bytes.splice(0..0, vec![0; usize::from(start % 0x2000)]);
                bytes.resize(0x2000, 0);
            }
            files.push((with_suffix(&output, &format!("_g{grom}")), bytes));
        }
    } else {
        files.push((output, assembly.image(args.pad).map_err(failed)?.1));
    }
    files.extend(args.listing.clone().map(|path| (path, assembly.listing_text().into_bytes())));
    files.extend(args.symbols.clone().map(|path| (path, assembly.symbols_text().into_bytes())));
    Ok(files)
}
