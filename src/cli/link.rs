// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock link`: object files to binaries, program images and cartridges.

use super::Failure;
use super::asm::{Format, named, programs, warn_overlaps};
use super::files::{read, write_all};
use super::sources::number;
use crate::asm::{LinkError, Object, link_objects};
use std::path::PathBuf;

/// Link object files (Editor/Assembler's option 3) into one program.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The object files, plain or compressed, in the order they are to stand in
    #[arg(required = true)]
    file: Vec<PathBuf>,
    /// Where to write [default: the first file's name with the format's ending]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    format: Format,
    /// Address where the relocatable code is to run [default: >A000; cartridges: >6030]
    #[arg(short, long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Name in the cartridge's menu [default: the first file's name]
    #[arg(short, long)]
    name: Option<String>,
    /// Write the exported names as EQU lines
    #[arg(short = 'E', long, value_name = "FILE")]
    symbols: Option<PathBuf>,
}

/// Links and writes.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let default = if args.format.cart { 0x6030 } else { 0xA000 };
    let base = args.address.as_deref().map_or(Ok(default), number)?;
    let mut objects = Vec::new();
    for file in &args.file {
        let object = Object::read(&read(file)?)
            .map_err(|why| Failure::Input(format!("error: {}: {why}", file.display())))?;
        objects.push((file.display().to_string(), object));
    }
    let named_objects: Vec<(&str, Object)> =
        objects.iter().map(|(name, object)| (name.as_str(), object.clone())).collect();
    let first = &args.file[0];
    let failed = |why: LinkError| Failure::Input(format!("error: {}: {why}", first.display()));
    let program = link_objects(&named_objects, base).map_err(failed)?;
    warn_overlaps(&program, first);
    let name = named(first, args.name.as_deref(), "");
    let output = args.output.clone().unwrap_or_else(|| first.with_extension(args.format.ending()));
    let mut files = programs(&program, &args.format, &output, &name, &[], &[]).map_err(failed)?;
    files.extend(args.symbols.clone().map(|path| (path, program.symbols_text().into_bytes())));
    write_all(&files, &args.file)
}
