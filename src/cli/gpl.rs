// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock gpl`: GPL sources to GROM images and cartridges.

use super::Failure;
use super::asm::{named, with_suffix};
use super::files::write_all;
use super::sources::{SourceArgs, names, number, report};
use super::text::Text;
use crate::gpl::{Assembly, Options, assemble};
use std::path::PathBuf;

/// Assemble GPL sources to GROM images or a cartridge.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The sources, assembled one behind the other as one program
    #[arg(required = true)]
    file: Vec<PathBuf>,
    /// Where to write (`-`: standard output) [default: the first source's name with .bin, .rpk or .dat]
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
    /// Write the bytes as lines of a source: asm (BYTE lines), or c
    #[arg(short, long, value_name = "LANGUAGE", num_args = 0..=1, require_equals = true, default_missing_value = "asm",
        conflicts_with = "cart")]
    text: Option<Text>,
    /// Fill up whole GROMs of 8 KiB
    #[arg(short = 'B', long, conflicts_with = "cart")]
    pad: bool,
    /// GROM to start in: 0 to 7 or an address [default: 0; cartridges: 3]
    #[arg(short = 'G', long, value_name = "GROM")]
    grom: Option<String>,
    /// Address in that GROM to start at
    #[arg(short = 'A', long, value_name = "ADDRESS")]
    aorg: Option<String>,
    #[command(flatten)]
    sources: SourceArgs,
}

fn options(args: &Args) -> Result<Options, Failure> {
    let grom = args.grom.as_deref().map_or(Ok(if args.cart { 3 } else { 0 }), number)?;
    let offset = args.aorg.as_deref().map_or(Ok(0), number)?;
    if offset >= 0x2000 {
        return Err(Failure::Usage(format!("--aorg >{offset:04X} is not inside a GROM (>0000 to >1FFF)")));
    }
    // The target is also a symbol, by xga99's names, so that sources for it find what they ask for.
    let target = if args.cart { "_XGA99_CART" } else { "_XGA99_GBC" };
    let base = if grom < 8 { grom << 13 } else { grom & 0xE000 };
    let (style, defines) = (args.sources.style(), args.sources.defines(target)?);
    let (precedence, unused) = (args.sources.precedence, args.sources.unused);
    Ok(Options { origin: base | offset, style, precedence, unused, defines, tolerant: false })
}

/// Assembles and writes all that was asked for.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let options = options(args)?;
    let names = names(&args.file)?;
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let disk = args.sources.disk();
    let assembly = report(assemble(&disk, &names, &options), args.sources.quiet, |done| &done.warnings)?;
    write_all(&outputs(args, &assembly)?, &args.file)
}

/// All files to write: made before the first is written.
fn outputs(args: &Args, assembly: &Assembly) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
    let first = &args.file[0];
    let failed = |why: crate::gpl::OutputError| Failure::Input(format!("error: {}: {why}", first.display()));
    let ending = match (args.cart, args.text) {
        (true, _) => "rpk",
        (_, Some(_)) => "dat",
        _ => "bin",
    };
    let written = |start: u16, bytes: Vec<u8>| match args.text {
        Some(text) => text.lines(start, &bytes),
        None => bytes,
    };
    let default = first.with_extension(ending);
    let output = args.output.clone().unwrap_or(default);
    let mut files = Vec::new();
    if args.cart {
        let title = assembly.title.as_deref().unwrap_or_default();
        let name = named(first, args.name.as_deref(), title);
        files.push((output, assembly.rpk(&name).map_err(failed)?));
    } else if args.split {
        for (grom, (start, mut bytes)) in assembly.split() {
            if args.pad {
                bytes.splice(0..0, vec![0; usize::from(start % 0x2000)]);
                bytes.resize(0x2000, 0);
            }
            let start = if args.pad { start & 0xE000 } else { start };
            files.push((with_suffix(&output, &format!("_g{grom}")), written(start, bytes)));
        }
    } else {
        let (start, bytes) = assembly.image(args.pad).map_err(failed)?;
        files.push((output, written(start, bytes)));
    }
    files.extend(args.sources.texts(|| assembly.listing_text(), || assembly.symbols_text()));
    Ok(files)
}
