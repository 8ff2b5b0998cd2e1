// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be wrong with the media a user gives: one line each, saying what, where and what to do.

/// Why bytes could not be used as a cartridge or as console firmware.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// No file, or one too short to hold anything.
    #[error(
        "{file}: {len} bytes are too few for a ROM or GROM image: the file is damaged or not a cartridge"
    )]
    TooShort {
        /// The file as the user named it.
        file: String,
        /// Its length in bytes.
        len: usize,
    },
    /// Larger than the hardware it is meant for.
    #[error("{file}: {len} bytes, but {what} holds at most {limit}: {hint}")]
    TooLarge {
        /// The file as the user named it.
        file: String,
        /// Its length in bytes.
        len: u64,
        /// What it was taken for.
        what: &'static str,
        /// What fits, in bytes.
        limit: u64,
        /// What to do.
        hint: &'static str,
    },
    /// A zip archive that cannot be read.
    #[error("{file}: cannot read this zip archive ({what}): get or pack it again")]
    Zip {
        /// The archive, with the member where that matters.
        file: String,
        /// What the reader says.
        what: String,
    },
    /// An archive whose members together exceed any cartridge: a zip bomb.
    #[error(
        "{file}: unpacks to more than {limit} bytes, which no cartridge does: the archive is damaged or hostile"
    )]
    ZipBomb {
        /// The archive.
        file: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// An archive without anything to use.
    #[error(
        "{file}: the archive holds neither layout.xml nor cartridge images: give an RPK or a zip of .bin files"
    )]
    EmptyArchive {
        /// The archive.
        file: String,
    },
    /// A fault in an RPK's layout.xml.
    #[error("{file}: layout.xml:{line}:{column}: {what}")]
    Layout {
        /// The RPK.
        file: String,
        /// Line in layout.xml, from 1.
        line: u32,
        /// Column in layout.xml, from 1.
        column: u32,
        /// What is wrong and what to do.
        what: String,
    },
    /// A file that is something else.
    #[error("{file}: {what}")]
    NotACartridge {
        /// The file as the user named it.
        file: String,
        /// What it seems to be and what to do.
        what: String,
    },
    /// A part of a set whose other parts are missing.
    #[error("{file}: {what}: give {missing} too")]
    Incomplete {
        /// The file as the user named it.
        file: String,
        /// What part it is.
        what: &'static str,
        /// The file that belongs to it.
        missing: String,
    },
    /// Content and name allow more than one reading.
    #[error("{file}: {what}: name it {first} for {first_means} or {second} for {second_means}")]
    Ambiguous {
        /// The file as the user named it.
        file: String,
        /// What is unclear.
        what: &'static str,
        /// A name that would settle it.
        first: String,
        /// What that name stands for.
        first_means: &'static str,
        /// Another name that would settle it.
        second: String,
        /// What the other name stands for.
        second_means: &'static str,
    },
    /// A console ROM or GROM image of the wrong size.
    #[error("{file}: {len} bytes, but {what}")]
    FirmwareSize {
        /// The file as the user named it.
        file: String,
        /// Its length in bytes.
        len: usize,
        /// The sizes that fit and what to do.
        what: &'static str,
    },
    /// A console image in the other one's place.
    #[error("{file}: is a console {is}, not a {wanted}: give it with the other of --rom and --grom")]
    FirmwareSwapped {
        /// The file as the user named it.
        file: String,
        /// What it is.
        is: &'static str,
        /// What it was given as.
        wanted: &'static str,
    },
    /// Parts of the console's firmware that were not found.
    #[error("no {missing} found in {place}: {hint}")]
    FirmwareMissing {
        /// The missing parts.
        missing: String,
        /// Where they were looked for.
        place: String,
        /// What to do.
        hint: &'static str,
    },
    /// Several candidates for one part of the firmware.
    #[error(
        "{place}: {first} and {second} both look like the {part}: name one with --rom and --grom, or remove one"
    )]
    FirmwareAmbiguous {
        /// Where they were found.
        place: String,
        /// The part of the console.
        part: &'static str,
        /// One file.
        first: String,
        /// The other file.
        second: String,
    },
}

/// Text from inside a file, fit for a message: one line, no control characters, not endless.
pub(super) fn printable(text: &str) -> String {
    const MAX: usize = 400;
    let clean = text.chars().map(|c| if c.is_control() { '?' } else { c });
    let (kept, more): (String, bool) = (clean.clone().take(MAX).collect(), clean.count() > MAX);
    if more { kept + "..." } else { kept }
}
