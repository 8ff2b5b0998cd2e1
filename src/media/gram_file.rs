// SPDX-License-Identifier: MIT OR Apache-2.0
//! Images with a header of their own: GRAM Kracker and GRAM Karte files, and the TIFILES wrapping both often have.
//!
//! Sources: ninerpedia, "GRAM Kracker format", "GRAM Karte format", "TIFILES format".

use super::cartridge::{BANK, Banking, Cartridge, GROM_SLOT, grom_slot};
use std::borrow::Cow;

/// Both devices' headers have six bytes.
const HEADER: usize = 6;
const TIFILES_HEADER: usize = 128;
const SECTOR: usize = 256;

/// Where a file's contents go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// ROM bank 0 or up.
    Bank(usize),
    /// GROM 0 to 7.
    Grom(usize),
}

/// One file's part of a cartridge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    place: Place,
    bytes: Vec<u8>,
}

/// The contents of a program file wrapped in TIFILES, or the bytes as they are.
pub(super) fn without_tifiles(bytes: &[u8]) -> Cow<'_, [u8]> {
    let (Some(b"\x07TIFILES"), Some(header)) = (bytes.get(..8), bytes.get(..TIFILES_HEADER)) else {
        return Cow::Borrowed(bytes);
    };
    let body = &bytes[TIFILES_HEADER..];
    let sectors = usize::from(u16::from_be_bytes([header[8], header[9]]));
    // The last sector's length, 0 meaning that it is full.
    let spare = match usize::from(header[12]) {
        0 => 0,
        used => SECTOR - used,
    };
    let len = (sectors * SECTOR).saturating_sub(spare).min(body.len());
    let is_program = header[10] & 1 != 0;
    if is_program && parse(&body[..len]).is_some() {
        Cow::Owned(body[..len].to_vec())
    } else {
        Cow::Borrowed(bytes)
    }
}

/// A file of a GRAM Kracker or GRAM Karte, known by a header that agrees with the file in length and address.
pub(super) fn parse(bytes: &[u8]) -> Option<Piece> {
    let (header, body) = bytes.split_at_checked(HEADER)?;
    let word = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    if body.is_empty() || body.len() > BANK {
        return None;
    }
    let agrees =
        |len: u16, address: u16, expected: u16| usize::from(len) == body.len() && address == expected;
    let grom = |id: u8| u16::from(id) * GROM_SLOT as u16;
    let place = match (header[0], header[1]) {
        // GRAM Kracker: more files follow, type, length, address.
        (0x00 | 0x80 | 0xFF, kind @ 1..=8) if agrees(word(2), word(4), grom(kind - 1)) => {
            Place::Grom(usize::from(kind) - 1)
        }
        (0x00 | 0x80 | 0xFF, kind @ 9..=10) if agrees(word(2), word(4), 0x6000) => {
            Place::Bank(usize::from(kind) - 9)
        }
        // GRAM Karte: a mark, address (of the bank switch for ROM), length.
        (0xA5, 0xA5) if agrees(word(4), word(2) & 0x1FFF, 0) => Place::Grom(usize::from(word(2) >> 13)),
        (0x5A, 0x5A) if agrees(word(4), word(2) & 0xFFF9, 0x6000) => {
            Place::Bank(usize::from(word(2) >> 1 & 3))
        }
        _ => return None,
    };
    Some(Piece { place, bytes: body.to_vec() })
}

/// A cartridge of such files; both devices switch their ROM banks by the address written to.
pub(super) fn assemble(name: &str, pieces: Vec<Piece>) -> Cartridge {
    let mut cartridge = Cartridge::empty(name, Banking::Standard);
    for Piece { place, bytes } in pieces {
        match place {
            // GROMs 0 to 2 are the console's own; a cartridge cannot replace them.
            Place::Grom(id @ 0..=2) => {
                cartridge.notes.push(format!("{name}: GROM {id} is the console's, left out"))
            }
            Place::Grom(id) => cartridge.groms[id] = Some(grom_slot(&bytes)),
            Place::Bank(bank) => {
                let (start, end) = (bank * BANK, bank * BANK + bytes.len());
                cartridge.rom.resize(cartridge.rom.len().max(end), 0);
                cartridge.rom[start..end].copy_from_slice(&bytes);
            }
        }
    }
    if cartridge.rom.len() > BANK {
        cartridge.banking = Banking::Paged378;
    }
    cartridge
}
