// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock asm`: TMS9900 sources to binaries, object code, program images and cartridges.

use super::Failure;
use super::files::write_all;
use super::sources::{SourceArgs, names, number, report};
use super::text::Text;
use crate::asm::{Assembly, LinkError, Options, Program, assemble};
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
    #[command(flatten)]
    format: Format,
    /// Compress the object code
    #[arg(short = 'C', long, conflicts_with_all = ["binary", "image", "cart", "text"])]
    compress: bool,
    /// Address where relocatable code is to run [default: 0; images: >A000; cartridges: >6030, or >6000 with a header]
    #[arg(short, long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Name in the cartridge's menu [default: IDT, or the source's name]
    #[arg(short, long, requires = "cart")]
    name: Option<String>,
    /// References from one bank to another are errors
    #[arg(short = 'X', long)]
    strict_banks: bool,
    #[command(flatten)]
    sources: SourceArgs,
}

/// What to write.
#[derive(clap::Args, Debug)]
pub(super) struct Format {
    /// Write the bytes alone: one file, or one per bank and SAVE
    #[arg(short, long)]
    binary: bool,
    /// Write a program image for the Editor/Assembler's option 5: files of up to 8 KiB
    #[arg(short, long, conflicts_with = "binary")]
    image: bool,
    /// Write a cartridge: RPK, or the ROM alone if the output's name ends with .bin; without a header, one is made
    #[arg(short, long, conflicts_with_all = ["binary", "image"])]
    pub(super) cart: bool,
    /// Write the bytes as lines of a source: asm (BYTE lines), or c
    #[arg(short, long, value_name = "LANGUAGE", num_args = 0..=1, require_equals = true, default_missing_value = "asm",
        conflicts_with_all = ["binary", "image", "cart"])]
    text: Option<Text>,
}

impl Format {
    /// Ending of the output's name.
    pub(super) fn ending(&self) -> &'static str {
        match (self.image, self.cart, self.text) {
            (true, ..) => "img",
            (_, true, _) => "rpk",
            (.., Some(_)) => "dat",
            _ => "bin",
        }
    }

    fn is_object(&self) -> bool {
        !(self.binary || self.image || self.cart || self.text.is_some())
    }
}

fn options(args: &Args) -> Result<Options, Failure> {
    // The format is also a symbol, by xas99's names, so that sources for it find what they ask for.
    let format = match &args.format {
        Format { binary: true, .. } => "_XAS99_BIN",
        Format { image: true, .. } => "_XAS99_IMAGE",
        Format { cart: true, .. } => "_XAS99_CART",
        Format { text: Some(_), .. } => "_XAS99_TEXT",
        _ => "_XAS99_OBJ",
    };
    let (style, defines) = (args.sources.style(), args.sources.defines(format)?);
    let (precedence, strict_banks, unused) =
        (args.sources.precedence, args.strict_banks, args.sources.unused);
    Ok(Options { style, precedence, defines, strict_banks, unused, ..Options::default() })
}

/// Assembles and writes all that was asked for.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let options = options(args)?;
    let base = args.address.as_deref().map(number).transpose()?;
    let names = names(&args.file)?;
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let disk = args.sources.disk();
    let assembly = report(assemble(&disk, &names, &options), args.sources.quiet, |done| &done.warnings)?;
    write_all(&outputs(args, &assembly, base)?, &args.file)
}

/// All files to write: made before the first is written.
fn outputs(args: &Args, assembly: &Assembly, base: Option<u16>) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
    let first = &args.file[0];
    let failed = |why: String| Failure::Input(format!("error: {}: {why}", first.display()));
    let format = &args.format;
    let mut files = Vec::new();
    if format.is_object() {
        let output = args.output.clone().unwrap_or_else(|| first.with_extension("obj"));
        files.push((output, assembly.object_code(args.compress).map_err(|why| failed(why.to_string()))?));
    } else {
        let default = match (format.image, format.cart) {
            (true, _) => 0xA000,
            (_, true) if assembly.has_header() => 0x6000,
            (_, true) => 0x6030,
            _ => 0,
        };
        let base = base.unwrap_or(default);
        let output = args.output.clone().unwrap_or_else(|| first.with_extension(format.ending()));
        let name = named(first, args.name.as_deref(), assembly.name());
        let written = assembly.program(base).and_then(|program| {
            if !args.sources.quiet {
                warn_overlaps(&program, first);
            }
            programs(&program, format, &output, &name, &assembly.saves, &assembly.areas(base))
        });
        files.extend(written.map_err(|why| failed(why.to_string()))?);
    }
    files.extend(args.sources.texts(|| assembly.listing_text(), || assembly.symbols_text()));
    Ok(files)
}

/// Warns of pieces that stand where others do.
pub(super) fn warn_overlaps(program: &Program, file: &Path) {
    for (from, to) in &program.overlaps {
        eprintln!(
            "warning: {}: two pieces of the program stand at >{from:04X} to >{to:04X}; the later one counts",
            file.display()
        );
    }
}

/// The name for a cartridge's menu: as given, or else of the module, or else of the file.
pub(super) fn named(file: &Path, given: Option<&str>, module: &str) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let known = given.or(Some(module).filter(|name| !name.is_empty()));
    known.map_or_else(|| stem.chars().take(16).collect::<String>().to_uppercase(), str::to_string)
}

/// A linked program in the wanted format.
pub(super) fn programs(
    program: &Program,
    format: &Format,
    output: &Path,
    name: &str,
    saves: &[(Option<u16>, Option<u16>)],
    areas: &[(u16, u16)],
) -> Result<Vec<(PathBuf, Vec<u8>)>, LinkError> {
    if format.cart {
        let bare = output.extension().is_some_and(|e| e.eq_ignore_ascii_case("bin"));
        let bytes = if bare { program.cartridge(name)? } else { program.rpk(name)? };
        return Ok(vec![(output.to_path_buf(), bytes)]);
    }
    if format.image {
        // The Editor/Assembler counts up the last character of the name: GAME, GAMF, GAMG.
        let stem = output.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let numbered = |i: usize| {
            let mut name = stem.clone();
            let last = name.pop().unwrap_or('A');
            name.push(char::from_u32(u32::from(last) + i as u32).unwrap_or(last));
            let ending = output.extension().map_or_else(String::new, |e| format!(".{}", e.to_string_lossy()));
            output.with_file_name(name + &ending)
        };
        let images = program.images(areas)?;
        return Ok(images.into_iter().enumerate().map(|(i, bytes)| (numbered(i), bytes)).collect());
    }
    let mut files = Vec::new();
    let mut seen = Vec::new();
    for binary in program.binaries(saves) {
        let mut ending = binary.bank.map_or_else(String::new, |bank| format!("_b{bank}"));
        if seen.contains(&binary.bank) {
            ending.push_str(&format!("_{:04x}", binary.start));
        }
        seen.push(binary.bank);
        let bytes = match format.text {
            Some(text) => text.lines(binary.start, &binary.bytes),
            None => binary.bytes,
        };
        files.push((with_suffix(output, &ending), bytes));
    }
    if files.is_empty() { Err(LinkError::Empty) } else { Ok(files) }
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
