// SPDX-License-Identifier: MIT OR Apache-2.0
//! BASIC programs as files of the host: bare, or behind a TIFILES header.
//!
//! TIFILES is 128 bytes in front of a file's sectors: `07 "TIFILES"`, sectors (word), flags, records per sector,
//! bytes used of the last sector, record length, records (low byte first), then a name. Flags: `>01` PROGRAM,
//! `>02` INTERNAL, `>80` VARIABLE. Records of VARIABLE files are a length byte and data, never across sectors; `FF`
//! ends a sector. Bare record files are the same without padding, as xbas99 writes them.
//!
//! Sources: reference page on peripherals, disk files.

use super::program::{Program, ProgramError};
use thiserror::Error;

const HEADER: usize = 128;
const SECTOR: usize = 256;
const MAGIC: &[u8; 8] = b"\x07TIFILES";
const PROGRAM: u8 = 0x01;
const INTERNAL: u8 = 0x02;
const VARIABLE: u8 = 0x80;

/// How a program is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A memory image, for OLD of any BASIC; the value is the top of memory it is made for.
    Image(u16),
    /// INT/VAR 254, for Extended BASIC with memory expansion.
    Long,
    /// DIS/VAR 163, for MERGE of Extended BASIC.
    Merge,
}

/// Why a file is no BASIC program.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ContainerError {
    /// What is inside is wrong.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// A TIFILES file of another type.
    #[error("the TIFILES header says {0}, not PROGRAM, INT/VAR 254 or DIS/VAR 163")]
    Type(String),
    /// A record leaves the file.
    #[error("the record at byte {0} is longer than the file")]
    Record(usize),
}

/// The file for a program.
///
/// # Errors
/// What [`Program::to_image`] and [`Program::to_long`] report.
pub fn write(program: &Program, form: Form, tifiles: Option<&str>) -> Result<Vec<u8>, ProgramError> {
    let (records, flags, length) = match form {
        Form::Image(top) => {
            let image = program.to_image(top)?;
            return Ok(tifiles.map_or(image.clone(), |name| image_file(&image, name)));
        }
        Form::Long => (program.to_long()?, INTERNAL | VARIABLE, 254),
        Form::Merge => (program.to_merge(), VARIABLE, 163),
    };
    Ok(match tifiles {
        Some(name) => record_file(&records, flags, length, name),
        None => records.iter().flat_map(|r| counted(r)).collect(),
    })
}

/// Reads a program in any form; `merge` tells that a bare file is in merge form.
///
/// # Errors
/// [`ContainerError`].
pub fn read(file: &[u8], merge: bool) -> Result<(Program, Form), ContainerError> {
    let (body, flags) = match file.strip_prefix(MAGIC) {
        Some(rest) if file.len() >= HEADER => (&file[HEADER..], Some(rest[2])),
        _ => (file, None),
    };
    let kind = flags.map(|f| f & (PROGRAM | INTERNAL | VARIABLE));
    match kind {
        Some(PROGRAM) => image(body),
        None if !merge && !body.starts_with(&[10, 0xAB, 0xCD]) => image(body),
        None => from_records(&records(body)?),
        Some(kind) if kind & VARIABLE != 0 && kind & PROGRAM == 0 => from_records(&records(body)?),
        Some(_) => {
            let kind = if file[10] & INTERNAL != 0 { "INT" } else { "DIS" };
            Err(ContainerError::Type(format!("{kind}/FIX {}", file[13])))
        }
    }
}

fn image(body: &[u8]) -> Result<(Program, Form), ContainerError> {
    let program = Program::from_image(body)?;
    Ok((program, Form::Image(u16::from_be_bytes([body[6], body[7]]))))
}

fn from_records(records: &[Vec<u8>]) -> Result<(Program, Form), ContainerError> {
    if Program::is_long(records) {
        Ok((Program::from_long(records)?, Form::Long))
    } else {
        Ok((Program::from_merge(records)?, Form::Merge))
    }
}

/// The records of a VARIABLE file, in sectors or bare.
fn records(body: &[u8]) -> Result<Vec<Vec<u8>>, ContainerError> {
    let mut records = Vec::new();
    let mut at = 0;
    while let Some(&length) = body.get(at) {
        if length == 0xFF {
            at = at / SECTOR * SECTOR + SECTOR;
            continue;
        }
        let end = at + 1 + usize::from(length);
        records.push(body.get(at + 1..end).ok_or(ContainerError::Record(at))?.to_vec());
        at = end;
        if records.last().is_some_and(|r| r == &[0xFF, 0xFF]) {
            break;
        }
    }
    Ok(records)
}

fn counted(record: &[u8]) -> Vec<u8> {
    [&[record.len() as u8], record].concat()
}

fn header(
    sectors: usize,
    flags: u8,
    per_sector: u8,
    eof: u8,
    length: u8,
    records: u16,
    name: &str,
) -> Vec<u8> {
    let mut header = MAGIC.to_vec();
    header.extend((sectors as u16).to_be_bytes());
    header.extend([flags, per_sector, eof, length]);
    header.extend(records.to_le_bytes());
    header.extend(format!("{:<10.10}", name.to_uppercase()).bytes());
    header.resize(HEADER, 0);
    header
}

fn image_file(image: &[u8], name: &str) -> Vec<u8> {
    let sectors = image.len().div_ceil(SECTOR);
    let mut file = header(sectors, PROGRAM, 0, (image.len() % SECTOR) as u8, 0, 0, name);
    file.extend_from_slice(image);
    file.resize(HEADER + sectors * SECTOR, 0);
    file
}

fn record_file(records: &[Vec<u8>], flags: u8, length: u8, name: &str) -> Vec<u8> {
    let mut sectors: Vec<Vec<u8>> = vec![Vec::new()];
    for record in records {
        let full = sectors.last().is_some_and(|s| s.len() + 1 + record.len() >= SECTOR);
        if full && sectors.last().is_some_and(|s| !s.is_empty()) {
            sectors.push(Vec::new());
        }
        if let Some(sector) = sectors.last_mut() {
            sector.extend(counted(record));
        }
    }
    let used = sectors.last().map_or(0, Vec::len);
    let per_sector = (SECTOR / (usize::from(length) + 1)) as u8;
    let count = sectors.len();
    let mut file = header(count, flags, per_sector, used as u8, length, count as u16, name);
    for mut sector in sectors {
        sector.push(0xFF);
        sector.resize(SECTOR, 0);
        file.extend(sector);
    }
    file
}
