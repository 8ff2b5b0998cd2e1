// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock dis`: TMS9900 and GPL code to sources.

use super::Failure;
use super::files::{read, write_all};
use super::sources::number;
use crate::asm::dis::Tms9900;
use crate::asm::flow::{Image, Options, disassemble};
use crate::gpl::dis::Gpl;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Disassemble TMS9900 or GPL code to a source that assembles to the same bytes.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The image: raw bytes
    file: PathBuf,
    /// GPL, not TMS9900 code
    #[arg(short, long)]
    gpl: bool,
    /// Address of the first byte
    #[arg(short, long, default_value = ">6000")]
    address: String,
    /// Follow the program from its headers and entries; the rest is data
    #[arg(short, long)]
    flow: bool,
    /// An address where code begins (implies --flow)
    #[arg(short, long, value_name = "ADDRESS")]
    entry: Vec<String>,
    /// Names: EQU lines, as the assemblers write them
    #[arg(short, long, value_name = "FILE")]
    symbols: Option<PathBuf>,
    /// Write the names used as EQU lines
    #[arg(short = 'E', long, value_name = "FILE")]
    equ: Option<PathBuf>,
    /// Where to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Reads `NAME EQU >hex`; a name with a colon may stand in the line before.
pub(super) fn names(path: &Path) -> Result<BTreeMap<u16, String>, Failure> {
    let text = String::from_utf8_lossy(&read(path)?).into_owned();
    let mut names = BTreeMap::new();
    let mut pending = None;
    for (index, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (name, value) = match (words.as_slice(), pending.take()) {
            ([], _) => continue,
            ([name], _) if name.ends_with(':') => {
                pending = Some(name.trim_end_matches(':').to_string());
                continue;
            }
            ([equ, value], Some(name)) if equ.eq_ignore_ascii_case("EQU") => (name, value),
            ([name, equ, value, ..], _) if equ.eq_ignore_ascii_case("EQU") => ((*name).to_string(), value),
            _ => {
                let place = format!("{}:{}", path.display(), index + 1);
                return Err(Failure::Input(format!(
                    "error: {place}: expected `NAME EQU >1234`, found `{line}`"
                )));
            }
        };
        let value = number(value).map_err(|_| {
            Failure::Input(format!("error: {}:{}: `{value}` is not a number", path.display(), index + 1))
        })?;
        names.insert(value, name);
    }
    Ok(names)
}

/// Disassembles.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let base = number(&args.address)?;
    let entries = args.entry.iter().map(|entry| number(entry)).collect::<Result<Vec<_>, _>>()?;
    let bytes = read(&args.file)?;
    let room = 0x1_0000 - usize::from(base);
    if bytes.is_empty() || bytes.len() > room {
        let size = bytes.len();
        let message = format!(
            "{} has {size} bytes; from >{base:04X} on there is room for 1 to {room}",
            args.file.display()
        );
        return Err(Failure::Input(format!("error: {message}")));
    }
    let symbols = args.symbols.as_deref().map_or_else(|| Ok(BTreeMap::new()), names)?;
    let options = Options { flow: args.flow || !entries.is_empty(), entries, symbols };
    let image = Image { base, bytes: &bytes };
    let listing = if args.gpl {
        disassemble::<Gpl>(&image, &options)
    } else {
        disassemble::<Tms9900>(&image, &options)
    };
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from("-"));
    let mut files = vec![(output, listing.text.into_bytes())];
    if let Some(path) = &args.equ {
        let mut text = String::new();
        for (at, name) in &listing.symbols {
            let _ = writeln!(text, "{name:<8} EQU  >{at:04X}");
        }
        files.push((path.clone(), text.into_bytes()));
    }
    write_all(&files, std::slice::from_ref(&args.file))
}
