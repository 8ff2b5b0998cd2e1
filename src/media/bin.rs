// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cartridges from raw images by the field's naming conventions, settled by their contents.
//!
//! The last letter of a name before its extension says what a file holds: C ROM, D its second bank, G GROM, N the
//! Mini Memory's RAM, 8 banked ROM (74LS378), 9 or 3 banked ROM with inverted numbers (74LS379). Contents win over
//! names where they leave no doubt; a note then says so.
//! Covered too: files with a GRAM Kracker or GRAM Karte header, bare or in TIFILES; FinalGROM 99 RAM and GRAM modes.
//! Not covered: board types that only an RPK can name (MBX, paged7, SuperSpace, CRU-switched).
//!
//! Sources: Classic99 `tiemul.h` and V9T9 (letters); FinalGROM 99 manual, "Filenames" and "Advanced Modes";
//! ninerpedia, "GRAM Kracker format", "GRAM Karte format", "TIFILES format".

use super::archive::{self, Member};
use super::cartridge::{BANK, Banking, Cartridge, GROM_SLOT, Ram};
use super::error::MediaError;
use super::firmware::{self, Firmware};
use super::gram_file::{self, Piece};
use super::header::{self, Image, Kind};
use super::rpk;
use std::borrow::Cow;

/// GROMs 3 to 7.
const MAX_GROM: usize = 5 * GROM_SLOT;
/// The largest gigacart made.
const MAX_ROM: usize = 512 << 20;
/// What a zip of raw images may unpack to.
const MAX_UNPACKED: u64 = 32 << 20;
/// Shorter than a cartridge header.
const MIN_LEN: usize = 16;
/// How the Mini Memory calls itself: its common dumps lack the RAM that it needs.
const MINI_MEMORY: &str = "MINI MEMORY";

/// The letter that says what a file of a set holds, in the order of [`SET_MARKS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    C,
    D,
    G,
    N,
    Straight,
    Inverted,
}

/// The letters of files that belong together.
const SET_MARKS: [(char, Mark); 4] = [('c', Mark::C), ('d', Mark::D), ('g', Mark::G), ('n', Mark::N)];

/// A file's name in parts: folder with its separator, stem, extension with its dot.
#[derive(Clone, Copy)]
struct Name<'a> {
    folder: &'a str,
    stem: &'a str,
    ext: &'a str,
}

impl<'a> Name<'a> {
    fn new(given: &'a str) -> Self {
        let (folder, file) = given.split_at(given.rfind(['/', '\\', ':']).map_or(0, |at| at + 1));
        let (stem, ext) = file.split_at(file.rfind('.').filter(|&at| at > 0).unwrap_or(file.len()));
        Self { folder, stem, ext }
    }

    /// The stem without its last letter, and what that letter marks.
    fn marked(self) -> Option<(&'a str, Mark)> {
        let (at, last) = self.stem.char_indices().next_back().filter(|&(at, _)| at > 0)?;
        let mark = match last.to_ascii_lowercase() {
            '8' => Mark::Straight,
            '9' | '3' => Mark::Inverted,
            letter => SET_MARKS.iter().find(|(known, _)| *known == letter)?.1,
        };
        Some((&self.stem[..at], mark))
    }

    /// The same name with the letter of a set exchanged or, after a stem without one, added; in the case of the stem.
    fn with_letter(self, letter: char) -> String {
        let (root, like) = match self.marked() {
            Some((root, Mark::C | Mark::D | Mark::G | Mark::N)) => {
                (root, self.stem[root.len()..].chars().next())
            }
            _ => (self.stem, self.stem.chars().find(char::is_ascii_alphabetic)),
        };
        let upper = like.is_none_or(|c| c.is_ascii_uppercase());
        let letter = if upper { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() };
        format!("{}{root}{letter}{}", self.folder, self.ext)
    }
}

/// The names of the files that may belong to a file of this name: `GAMEC.bin` for `GAMEG.bin` and so on.
///
/// The caller offers those that exist to [`detect`] along with the file.
pub fn companions(name: &str) -> Vec<String> {
    let parts = Name::new(name);
    match parts.marked() {
        Some((_, own @ (Mark::C | Mark::D | Mark::G | Mark::N))) => {
            let others = SET_MARKS.iter().filter(|(_, mark)| *mark != own);
            others.map(|&(letter, _)| parts.with_letter(letter)).collect()
        }
        _ => Vec::new(),
    }
}

/// The cartridges in these files, in the order given: RPKs, zips of images, and raw images with those that belong
/// together made one.
pub fn detect(files: &[(&str, &[u8])]) -> Result<Vec<Cartridge>, MediaError> {
    detect_nested(files, true)
}

fn detect_nested(files: &[(&str, &[u8])], archives: bool) -> Result<Vec<Cartridge>, MediaError> {
    let mut found = Found::default();
    for &(name, bytes) in files {
        if archives && archive::is_zip(bytes) {
            found.archive(name, bytes)?;
        } else {
            found.file(name, bytes)?;
        }
    }
    found.groups.into_iter().try_fold(Vec::new(), |mut all, group| {
        all.extend(group.build()?);
        Ok(all)
    })
}

/// What was found so far.
#[derive(Default)]
struct Found<'a> {
    groups: Vec<Group<'a>>,
}

/// Files that make up one cartridge, or cartridges that are complete.
enum Group<'a> {
    Ready(Vec<Cartridge>),
    Single(Raw<'a>),
    Set(Set<'a>),
    Pieces { key: String, name: &'a str, pieces: Vec<Piece> },
}

/// A raw image and the name the user gave it.
#[derive(Clone)]
struct Raw<'a> {
    given: &'a str,
    bytes: Cow<'a, [u8]>,
}

/// The files of a C/D/G/N set, by [`SET_MARKS`].
struct Set<'a> {
    key: String,
    files: [Option<Raw<'a>>; 4],
}

impl<'a> Found<'a> {
    fn archive(&mut self, file: &'a str, bytes: &[u8]) -> Result<(), MediaError> {
        if let Some(cartridge) = rpk::load(file, bytes)? {
            self.groups.push(Group::Ready(vec![cartridge]));
            return Ok(());
        }
        if Firmware::from_files(file, &[(file, bytes)]).is_ok() {
            let what = "is console firmware, not a cartridge: give it with --roms".to_owned();
            return Err(MediaError::NotACartridge { file: file.to_owned(), what });
        }
        let images = [".bin", ".rom", ".grom", ".grm"];
        let members = archive::unpack(file, bytes, MAX_UNPACKED, |name, _| {
            images.iter().any(|ext| name.to_ascii_lowercase().ends_with(ext))
        })?;
        if members.is_empty() {
            return Err(MediaError::EmptyArchive { file: file.to_owned() });
        }
        let named: Vec<Member> =
            members.into_iter().map(|m| Member { name: format!("{file}:{}", m.name), ..m }).collect();
        let files: Vec<_> = named.iter().map(|m| (m.name.as_str(), m.bytes.as_slice())).collect();
        self.groups.push(Group::Ready(detect_nested(&files, false)?));
        Ok(())
    }

    fn file(&mut self, given: &'a str, bytes: &'a [u8]) -> Result<(), MediaError> {
        let bytes = gram_file::without_tifiles(bytes);
        if bytes.len() < MIN_LEN {
            return Err(MediaError::TooShort { file: given.to_owned(), len: bytes.len() });
        }
        let name = Name::new(given);
        if let Some(piece) = gram_file::parse(&bytes) {
            // FOO, FOO1, FOO2: the names a GRAM Kracker gives the parts of one cartridge.
            let root = name.stem.trim_end_matches(|c: char| c.is_ascii_digit());
            let key = format!("{}{root}", name.folder).to_lowercase();
            let same =
                |group: &&mut Group| matches!(group, Group::Pieces { key: other, .. } if *other == key);
            match self.groups.iter_mut().find(same) {
                Some(Group::Pieces { pieces, .. }) => pieces.push(piece),
                _ => self.groups.push(Group::Pieces { key, name: given, pieces: vec![piece] }),
            }
            return Ok(());
        }
        let raw = Raw { given, bytes };
        let Some((root, place)) = name
            .marked()
            .and_then(|(root, mark)| Some((root, SET_MARKS.iter().position(|(_, known)| *known == mark)?)))
        else {
            self.groups.push(Group::Single(raw));
            return Ok(());
        };
        let key = format!("{}{root}{}", name.folder, name.ext).to_lowercase();
        let free = |group: &&mut Group| matches!(group, Group::Set(set) if set.key == key && set.files[place].is_none());
        match self.groups.iter_mut().find(free) {
            Some(Group::Set(set)) => set.files[place] = Some(raw),
            _ => {
                let mut set = Set { key, files: [const { None }; 4] };
                set.files[place] = Some(raw);
                self.groups.push(Group::Set(set));
            }
        }
        Ok(())
    }
}

impl Group<'_> {
    fn build(self) -> Result<Vec<Cartridge>, MediaError> {
        Ok(match self {
            Group::Ready(cartridges) => cartridges,
            Group::Single(raw) => vec![raw.build()?],
            Group::Set(set) => vec![set.build()?],
            Group::Pieces { name, pieces, .. } => vec![gram_file::assemble(Name::new(name).stem, pieces)],
        })
    }
}

impl Raw<'_> {
    fn name(&self) -> Name<'_> {
        Name::new(self.given)
    }

    fn not_a_cartridge(&self, what: &str) -> MediaError {
        MediaError::NotACartridge { file: self.given.to_owned(), what: what.to_owned() }
    }

    /// Refuses what is known to be something else, and what no cartridge can hold.
    fn check(&self) -> Result<(), MediaError> {
        let bytes = &self.bytes[..];
        let what = if firmware::is_console_rom(bytes) {
            "is a console ROM, not a cartridge: give it with --rom"
        } else if firmware::is_console_grom(bytes) {
            "is a console GROM, not a cartridge: give it with --grom"
        } else if bytes.get(13..16) == Some(b"DSK") {
            "is a disk image, not a cartridge: give a .rpk or .bin file"
        } else if bytes.starts_with(b"\x07TIFILES") {
            "is a file from a TI disk (TIFILES), not a cartridge: give a .rpk or .bin file"
        } else if bytes.starts_with(b"RIFF") {
            "is a WAV recording, not a cartridge: give a .rpk or .bin file"
        } else if bytes.len() > MAX_ROM {
            return Err(MediaError::TooLarge {
                file: self.given.to_owned(),
                len: bytes.len() as u64,
                what: "the largest cartridge",
                limit: MAX_ROM as u64,
                hint: "give a cartridge image",
            });
        } else {
            return Ok(());
        };
        Err(self.not_a_cartridge(what))
    }

    /// A file that stands alone: ROM or GROM as its contents say.
    fn build(&self) -> Result<Cartridge, MediaError> {
        self.check()?;
        let bytes = &self.bytes[..];
        let Some(bank) = header_bank(bytes) else {
            return Err(self.not_a_cartridge(&no_header(bytes.len())));
        };
        let marked = matches!(self.name().marked(), Some((_, Mark::Straight | Mark::Inverted | Mark::C)));
        match header::kind(&bytes[bank * BANK..]) {
            _ if bank > 0 => self.rom_only(),
            Kind::Grom if !marked || !bytes.len().is_multiple_of(GROM_SLOT) => self.grom_only(),
            Kind::Unclear if !marked => Err(MediaError::Ambiguous {
                file: self.given.to_owned(),
                what: "could be a ROM or a GROM image",
                first: self.name().with_letter('c'),
                first_means: "ROM",
                second: self.name().with_letter('g'),
                second_means: "GROM",
            }),
            _ => self.rom_only(),
        }
    }

    fn rom_only(&self) -> Result<Cartridge, MediaError> {
        let mut cartridge = Cartridge::empty(self.name().stem, Banking::Standard);
        cartridge.rom = self.bytes.to_vec();
        cartridge.banking = self.banking(&mut cartridge.notes);
        if matches!(cartridge.rom.get(3), Some(b'R' | b'X')) {
            finalgrom_ram(&mut cartridge);
        }
        Ok(cartridge)
    }

    fn grom_only(&self) -> Result<Cartridge, MediaError> {
        let mut cartridge = Cartridge::empty(self.name().stem, Banking::Standard);
        self.insert_groms(&mut cartridge)?;
        cartridge.gram = matches!(self.bytes.get(3), Some(b'G' | b'X'));
        Ok(cartridge)
    }

    fn insert_groms(&self, cartridge: &mut Cartridge) -> Result<(), MediaError> {
        if self.bytes.len() > MAX_GROM {
            return Err(MediaError::TooLarge {
                file: self.given.to_owned(),
                len: self.bytes.len() as u64,
                what: "a cartridge's GROM space",
                limit: MAX_GROM as u64,
                hint: "give the part from G>6000 on",
            });
        }
        cartridge.insert_groms(3, &self.bytes);
        Ok(())
    }

    /// The banking of a ROM-only image, by name and by where its headers are.
    fn banking(&self, notes: &mut Vec<String>) -> Banking {
        let rom = &self.bytes[..];
        let banks = rom.len().div_ceil(BANK);
        if banks < 2 {
            return Banking::Standard;
        }
        let mark = self.name().marked().map(|(_, mark)| mark);
        let (first, last) = (header::bank_has_header(rom, 0), header::bank_has_header(rom, banks - 1));
        let given = self.given;
        match (first, last, mark) {
            (true, false, Some(Mark::Inverted)) => {
                notes.push(format!(
                    "{given}: only the first bank has a header: taken as 378 in spite of its name"
                ));
                straight(banks)
            }
            (false, true, Some(Mark::Straight | Mark::C)) => {
                notes.push(format!(
                    "{given}: only the last bank has a header: taken as 379i in spite of its name"
                ));
                Banking::Paged379i
            }
            (false, true, _) | (true, true, Some(Mark::Inverted)) => Banking::Paged379i,
            (true, true, None | Some(Mark::D | Mark::G | Mark::N)) => self.by_continuation(banks, notes),
            _ => straight(banks),
        }
    }

    /// First and last bank have a header and the name says nothing: looks at what a start in each order would run.
    fn by_continuation(&self, banks: usize, notes: &mut Vec<String>) -> Banking {
        match header::continuation_blank(&self.bytes) {
            Some([true, false]) => Banking::Paged379i,
            Some([false, true]) => straight(banks),
            _ => {
                let Name { folder, stem, ext } = self.name();
                notes.push(format!(
                    "{}: its headers fit 378 and 379i banking, taken as 378: if it does not start, name it \
                     {folder}{stem}9{ext}",
                    self.given
                ));
                straight(banks)
            }
        }
    }
}

impl Set<'_> {
    fn build(self) -> Result<Cartridge, MediaError> {
        for raw in self.files.iter().flatten() {
            raw.check()?;
        }
        match &self.files {
            [Some(c), None, None, None] if header_bank(&c.bytes).is_some() => c.build(),
            [Some(c), None, None, None] if c.bytes.len() > 4 * BANK => {
                Err(c.not_a_cartridge(&no_header(c.bytes.len())))
            }
            [Some(c), None, None, None] => Err(incomplete(c, "has no header, so is the ROM of a set", 'g')),
            [None, None, Some(g), None] => lone_g(g),
            // A name can end in D or N by chance, as no other file says what it is.
            [None, Some(lone), None, None] | [None, None, None, Some(lone)]
                if header_bank(&lone.bytes).is_some() =>
            {
                lone.build()
            }
            [None, Some(d), ..] => Err(incomplete(d, "is the second ROM bank of a set", 'c')),
            [None, None, None, Some(n)] => Err(incomplete(n, "has no header, so is the RAM of a set", 'g')),
            [c, d, g, n] => joined(c.as_ref(), d.as_ref(), g.as_ref(), n.as_ref()),
        }
    }
}

/// A file ending in G without others: GROM, unless it is a ROM whose name ends so by chance.
fn lone_g(g: &Raw<'_>) -> Result<Cartridge, MediaError> {
    let bytes = &g.bytes[..];
    let is_rom = bytes[0] == 0xAA && header::kind(bytes) == Kind::Rom && header::bank_has_header(bytes, 0);
    if is_rom || (bytes.len() > MAX_GROM && header_bank(bytes).is_some()) {
        let mut cartridge = g.rom_only()?;
        cartridge.notes.push(format!("{}: holds machine code: taken as ROM in spite of its name", g.given));
        return Ok(cartridge);
    }
    if !header::grom_has_header(bytes) {
        return Err(
            g.not_a_cartridge("has no header (>AA) in any GROM: not a cartridge, or not from G>6000 on")
        );
    }
    g.grom_only()
}

/// A set of more than one file.
fn joined(
    c: Option<&Raw<'_>>,
    d: Option<&Raw<'_>>,
    g: Option<&Raw<'_>>,
    n: Option<&Raw<'_>>,
) -> Result<Cartridge, MediaError> {
    let any = c.or(g).or(d).or(n);
    let name = any.and_then(|raw| raw.name().marked()).map_or("", |(root, _)| root);
    let mut cartridge = Cartridge::empty(name, Banking::Standard);
    if let Some(g) = g {
        g.insert_groms(&mut cartridge)?;
    }
    if let Some(c) = c {
        cartridge.rom = c.bytes.to_vec();
        cartridge.banking = match d {
            Some(d) => join_banks(&mut cartridge.rom, c, d)?,
            None if g.is_none() => c.banking(&mut cartridge.notes),
            None => straight(c.bytes.len().div_ceil(BANK)),
        };
    }
    let mode = g.or(c).and_then(|raw| raw.bytes.get(3)).copied().unwrap_or(0);
    cartridge.gram = g.is_some() && matches!(mode, b'G' | b'X');
    if matches!(mode, b'R' | b'X') && n.is_none() && c.is_some() {
        finalgrom_ram(&mut cartridge);
    } else if n.is_some()
        || (d.is_none() && cartridge.titles().iter().any(|title| title.contains(MINI_MEMORY)))
    {
        mini_memory(&mut cartridge, n)?;
    }
    Ok(cartridge)
}

/// Adds the second bank D to the ROM of C.
fn join_banks(rom: &mut Vec<u8>, c: &Raw<'_>, d: &Raw<'_>) -> Result<Banking, MediaError> {
    const HALF: usize = BANK / 2;
    match (c.bytes.len(), d.bytes.len()) {
        // Extended BASIC as its chips are: 4K fixed, and 8K of two pages.
        (HALF, BANK) => {
            rom.resize(BANK, 0);
            rom.extend_from_slice(&d.bytes);
            Ok(Banking::Paged12k)
        }
        // The same as banks: D without the 4K that both share.
        (BANK, HALF) => {
            rom.extend_from_within(..HALF);
            rom.extend_from_slice(&d.bytes);
            Ok(Banking::Paged16k)
        }
        (1..=BANK, 1..=BANK) => {
            rom.resize(BANK, 0);
            rom.extend_from_slice(&d.bytes);
            Ok(Banking::Paged16k)
        }
        _ => Err(d.not_a_cartridge(&format!(
            "a D file is a second bank of 8192 bytes after a C file of 8192, but these have {} and {}: \
             join them to one file whose name ends in 8",
            d.bytes.len(),
            c.bytes.len()
        ))),
    }
}

/// 4K of ROM and 4K of battery RAM, from the N file or else from the upper half of C.
fn mini_memory(cartridge: &mut Cartridge, n: Option<&Raw<'_>>) -> Result<(), MediaError> {
    let half = BANK / 2;
    let mut initial = match n {
        Some(n) if n.bytes.len() > half => {
            return Err(MediaError::TooLarge {
                file: n.given.to_owned(),
                len: n.bytes.len() as u64,
                what: "the Mini Memory's RAM",
                limit: half as u64,
                hint: "an N file holds >7000-7FFF",
            });
        }
        Some(n) => n.bytes.to_vec(),
        None => cartridge.rom.get(half..).unwrap_or_default().to_vec(),
    };
    initial.resize(half, 0);
    cartridge.rom.truncate(half);
    cartridge.banking = Banking::MiniMemory;
    cartridge.ram = Some(Ram { initial, battery: true });
    Ok(())
}

/// FinalGROM RAM mode: the upper halves of the banks become RAM with their contents preset.
fn finalgrom_ram(cartridge: &mut Cartridge) {
    cartridge.rom.resize(cartridge.rom.len().next_multiple_of(BANK), 0);
    let halves = cartridge.rom.chunks(BANK).flat_map(|bank| &bank[BANK / 2..]);
    cartridge.ram = Some(Ram { initial: halves.copied().collect(), battery: false });
    cartridge.banking = Banking::FinalGromRam;
}

/// The board for so many banks numbered from the first.
fn straight(banks: usize) -> Banking {
    match banks {
        0..=1 => Banking::Standard,
        2..=64 => Banking::Paged378,
        65..=256 => Banking::Paged377,
        _ => Banking::Gigacart { data_bits: banks.next_power_of_two().ilog2().saturating_sub(12) as u8 },
    }
}

/// The bank whose header the console can find at power-on: the first or the last.
fn header_bank(rom: &[u8]) -> Option<usize> {
    let last = rom.len().div_ceil(BANK).checked_sub(1)?;
    // A GROM image's header counts as well, whose lists may lie beyond 8K.
    let whole = Image { bytes: &rom[..rom.len().min(MAX_GROM)], base: 0x6000 };
    if whole.has_header(0x6000) { Some(0) } else { header::bank_has_header(rom, last).then_some(last) }
}

fn no_header(len: usize) -> String {
    match len.div_ceil(BANK) {
        0..=1 => {
            "has no cartridge header (>AA at its start): not a cartridge image, or a part of a set".to_owned()
        }
        banks => format!(
            "has no cartridge header (>AA) in the first or the last of its {banks} banks: not a cartridge image, or a \
             part of a set"
        ),
    }
}

fn incomplete(raw: &Raw<'_>, what: &'static str, letter: char) -> MediaError {
    let missing = raw.name().with_letter(letter);
    MediaError::Incomplete { file: raw.given.to_owned(), what, missing }
}
