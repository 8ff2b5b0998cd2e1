// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock build`: several sources to several images, by a manifest.
//!
//! The manifest names programs (TMS9900 or GPL), the images cut out of their address spaces, and the areas of these
//! images whose use is reported. Programs may use each other's symbols: they are assembled until no symbol changes.

use super::Failure;
use super::files::{Disk, print, read, write_all};
use super::sources::report;
use crate::source::Files;
use crate::{asm, gpl};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The manifest's name in a folder.
const MANIFEST: &str = "lubbock.toml";

/// Build images by a manifest (lubbock.toml).
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The manifest, or the folder that holds it
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Write nothing: compare the images with the files that stand there
    #[arg(short, long)]
    check: bool,
    /// Don't show warnings and the report
    #[arg(short, long)]
    quiet: bool,
}

/// The manifest.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Manifest {
    program: Vec<Program>,
}

#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Language {
    Tms9900,
    Gpl,
}

/// Sources that make one address space.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Program {
    name: String,
    language: Language,
    source: PathBuf,
    /// Programs whose symbols this one knows.
    #[serde(default)]
    uses: Vec<String>,
    /// Symbols, as with -D.
    #[serde(default)]
    define: BTreeMap<String, u16>,
    /// Where to write the symbols as EQU lines.
    symbols: Option<PathBuf>,
    listing: Option<PathBuf>,
    #[serde(default)]
    image: Vec<Image>,
}

/// A file cut out of an address space.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Image {
    file: PathBuf,
    start: u16,
    size: u32,
    #[serde(default)]
    area: Vec<Area>,
}

/// A part of an image whose use is reported.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Area {
    name: String,
    from: u16,
    to: u16,
}

/// What assembling a program gave.
#[derive(Default)]
struct Built {
    cells: Vec<Option<u8>>,
    symbols: BTreeMap<String, u16>,
    symbols_text: String,
    listing: String,
}

/// More rounds than programs need whose symbols depend on each other.
const MOST_ROUNDS: usize = 16;

/// Builds, reports, writes or compares.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let path = match &args.path {
        here if here == Path::new(".") => PathBuf::from(MANIFEST),
        folder if folder.is_dir() => folder.join(MANIFEST),
        file => file.clone(),
    };
    let text = String::from_utf8_lossy(&read(&path)?).into_owned();
    let manifest: Manifest = toml::from_str(&text).map_err(|why| {
        Failure::Input(format!("error: {}: {}", path.display(), why.to_string().trim_end()))
    })?;
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    check_uses(&manifest).map_err(|why| Failure::Input(format!("error: {}: {why}", path.display())))?;
    let built = build(&manifest, &folder, args.quiet)?;
    let mut files = Vec::new();
    let mut shown = String::new();
    for (program, built) in manifest.program.iter().zip(&built) {
        let failed = |why: String| Failure::Input(format!("error: {}: {why}", path.display()));
        check_placed(program, built).map_err(failed)?;
        for image in &program.image {
            let end = usize::from(image.start) + image.size as usize;
            let bytes = built
                .cells
                .get(usize::from(image.start)..end)
                .ok_or_else(|| failed(format!("{}: the image ends beyond >FFFF", image.file.display())))?;
            let bytes: Vec<u8> = bytes.iter().map(|cell| cell.unwrap_or(0)).collect();
            describe(&mut shown, image, built, &bytes);
            files.push((folder.join(&image.file), bytes));
        }
        let texts = [(&program.symbols, &built.symbols_text), (&program.listing, &built.listing)];
        for (file, text) in texts {
            files.extend(file.iter().map(|file| (folder.join(file), text.clone().into_bytes())));
        }
    }
    if args.check {
        compare(&files)?;
    } else {
        let sources: Vec<_> = manifest.program.iter().map(|program| folder.join(&program.source)).collect();
        write_all(&files, &sources)?;
    }
    if !args.quiet {
        print(shown)?;
    }
    Ok(())
}

fn check_uses(manifest: &Manifest) -> Result<(), String> {
    for program in &manifest.program {
        if let Some(used) = program.uses.iter().find(|u| !manifest.program.iter().any(|p| p.name == **u)) {
            return Err(format!("program `{}` uses `{used}`, which is not in the manifest", program.name));
        }
    }
    Ok(())
}

/// Assembles all programs until their symbols settle.
fn build(manifest: &Manifest, folder: &Path, quiet: bool) -> Result<Vec<Built>, Failure> {
    let mut built: Vec<Built> = Vec::new();
    // A first round for the symbols; it is needed only where a program uses one that stands behind it, or itself.
    for round in 0..MOST_ROUNDS {
        let mut next = Vec::new();
        for program in &manifest.program {
            let known = |name: &String| {
                let at = manifest.program.iter().position(|p| p.name == *name)?;
                next.get(at).or(built.get(at)).map(|b: &Built| &b.symbols)
            };
            let tolerant = round == 0 && !program.uses.iter().all(|name| known(name).is_some());
            let mut defines = vec![("_LUBBOCK".to_string(), 1)];
            let used = program.uses.iter().filter_map(known);
            defines.extend(used.flatten().map(|(name, value)| (name.clone(), *value)));
            defines.extend(program.define.iter().map(|(name, value)| (name.to_uppercase(), *value)));
            next.push(assemble(program, folder, defines, tolerant, quiet || round > 1)?);
        }
        let same =
            built.len() == next.len() && built.iter().zip(&next).all(|(old, new)| old.symbols == new.symbols);
        let alone = manifest.program.iter().all(|program| program.uses.is_empty());
        built = next;
        if same || alone {
            return Ok(built);
        }
    }
    Err(Failure::Input(
        "error: the programs' symbols don't settle: they depend on each other's lengths".into(),
    ))
}

fn assemble(
    program: &Program,
    folder: &Path,
    defines: Vec<(String, u16)>,
    tolerant: bool,
    quiet: bool,
) -> Result<Built, Failure> {
    let source = folder.join(&program.source);
    read(&source)?;
    let name = source.to_string_lossy();
    let disk: &dyn Files = &Disk { include: Vec::new() };
    match program.language {
        Language::Tms9900 => {
            let options = asm::Options { defines, tolerant, ..asm::Options::default() };
            let done = report(asm::assemble(disk, &[&name], &options), quiet, |done| &done.warnings)?;
            let failed = |why: asm::LinkError| Failure::Input(format!("error: {}: {why}", source.display()));
            // Addresses that aren't known yet may well collide.
            let linked = if tolerant { None } else { Some(done.program(0).map_err(failed)?) };
            if let Some((from, to)) = linked.as_ref().and_then(|linked| linked.overlaps.first()) {
                let message = format!("two pieces of the program stand at >{from:04X} to >{to:04X}");
                return Err(Failure::Input(format!("error: {}: {message}", source.display())));
            }
            let cells = linked.map_or_else(Vec::new, |linked| linked.cells());
            let symbols = done.symbols.iter().map(|(name, (value, _))| (name.clone(), *value)).collect();
            Ok(Built { cells, symbols, symbols_text: done.symbols_text(), listing: done.listing_text() })
        }
        Language::Gpl => {
            let options = gpl::Options { defines, tolerant, ..gpl::Options::default() };
            let done = report(gpl::assemble(disk, &[&name], &options), quiet, |done| &done.warnings)?;
            let mut cells = vec![None; 0x1_0000];
            for (&grom, slot) in &done.groms {
                let start = usize::from(grom) << 13;
                cells[start..start + slot.len()].clone_from_slice(slot);
            }
            let (symbols_text, listing) = (done.symbols_text(), done.listing_text());
            Ok(Built { cells, symbols: done.symbols, symbols_text, listing })
        }
    }
}

/// Refuses bytes that are in none of the images.
fn check_placed(program: &Program, built: &Built) -> Result<(), String> {
    let inside = |at: usize| {
        program.image.iter().any(|image| {
            let start = usize::from(image.start);
            (start..start + image.size as usize).contains(&at)
        })
    };
    let outside = |&(at, cell): &(usize, &Option<u8>)| cell.is_some() && !inside(at);
    let lost: Vec<usize> = built.cells.iter().enumerate().filter(outside).map(|(at, _)| at).collect();
    match (lost.first(), program.image.is_empty()) {
        (Some(first), false) => Err(format!(
            "program `{}` has {} bytes that are in none of its images, the first at >{first:04X}",
            program.name,
            lost.len()
        )),
        _ => Ok(()),
    }
}

/// A line about an image, and one for each of its areas: used and free bytes, and the longest free stretch.
fn describe(text: &mut String, image: &Image, built: &Built, bytes: &[u8]) {
    let row = |name: &str, from: usize, to: usize| {
        let cells = &built.cells[from..to];
        let used = cells.iter().filter(|cell| cell.is_some()).count();
        let longest = cells.split(Option::is_some).map(<[_]>::len).max().unwrap_or(0);
        let (size, free) = (to - from, to - from - used);
        format!(
            "{name:<32} >{from:04X} to >{:04X} {size:6} bytes {used:6} used {free:6} free {longest:6} in one piece",
            to - 1
        )
    };
    let (start, end) = (usize::from(image.start), usize::from(image.start) + bytes.len());
    let whole = row(&image.file.to_string_lossy(), start, end);
    let _ = writeln!(text, "{whole}  CRC-32 {:08X}", crc32fast::hash(bytes));
    for area in &image.area {
        let (from, to) = (usize::from(area.from).max(start), (usize::from(area.to) + 1).min(end));
        if from < to {
            let _ = writeln!(text, "{}", row(&format!("  {}", area.name), from, to));
        }
    }
}

/// Says which files differ from what the sources give.
fn compare(files: &[(PathBuf, Vec<u8>)]) -> Result<(), Failure> {
    let mut differences = Vec::new();
    for (file, bytes) in files {
        let old = read(file)?;
        if old != *bytes {
            let first = old.iter().zip(bytes).position(|(a, b)| a != b).unwrap_or(old.len().min(bytes.len()));
            differences.push(format!(
                "error: {} differs from what its sources give, first at offset >{first:04X}; build it anew",
                file.display()
            ));
        }
    }
    if differences.is_empty() { Ok(()) } else { Err(Failure::Input(differences.join("\n"))) }
}
