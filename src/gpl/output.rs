// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an assembly is written as: GROM images, cartridges, listing, symbol file.

use super::assembler::{Assembly, SLOT};
use crate::asm::cartridge::{self, HEADER, HEADER_MARK};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use thiserror::Error;

/// Where cartridges' GROMs begin.
const CARTRIDGE: u16 = 0x6000;
/// Why there is no cartridge.
#[derive(Debug, Error)]
pub enum OutputError {
    /// Nothing was assembled.
    #[error("the program has no bytes: nothing to write")]
    Empty,
    /// Code below the cartridge's GROMs.
    #[error("code at >{0:04X}: a cartridge's GROMs are 3 to 7; start with GROM 3")]
    NotACartridge(u16),
    /// A made header would overwrite code.
    #[error(
        "no room for the header: >{0:04X} to >{1:04X} hold code; leave them free (AORG >30) or write a header"
    )]
    HeaderInUse(u16, u16),
    /// A name with characters that the menu can't show.
    #[error("the name `{0}` has characters that the menu can't show")]
    Name(String),
    /// The zip library failed.
    #[error("can't make the RPK: {0}")]
    Zip(#[from] zip::result::ZipError),
}

impl Assembly {
    /// First address and bytes of each GROM that has any; gaps are 0.
    pub fn split(&self) -> BTreeMap<u8, (u16, Vec<u8>)> {
        let used = |slot: &Vec<Option<u8>>| {
            let first = slot.iter().position(Option::is_some)?;
            let last = slot.iter().rposition(Option::is_some)?;
            Some((first, slot[first..=last].iter().map(|b| b.unwrap_or(0)).collect()))
        };
        let groms = self.groms.iter().filter_map(|(&grom, slot)| {
            let (first, bytes) = used(slot)?;
            Some((grom, (u16::from(grom) * SLOT as u16 + first as u16, bytes)))
        });
        groms.collect()
    }

    /// First address and bytes of the whole program, from its first byte to its last; with `padded`, of whole GROMs.
    ///
    /// # Errors
    /// [`OutputError::Empty`].
    pub fn image(&self, padded: bool) -> Result<(u16, Vec<u8>), OutputError> {
        let mut image = Vec::new();
        let mut start = None;
        for (_, (address, bytes)) in self.split() {
            let begin = *start.get_or_insert(if padded { address & !(SLOT as u16 - 1) } else { address });
            image.resize(usize::from(address - begin), 0);
            image.extend(bytes);
        }
        let start = start.ok_or(OutputError::Empty)?;
        if padded {
            image.resize(image.len().next_multiple_of(SLOT as usize), 0);
        }
        Ok((start, image))
    }

    /// The GROMs of a cartridge from >6000 on. If none starts with a header, the first gets one with a menu entry
    /// that leads to END's address, or else to `START`, or else to the byte after the header.
    ///
    /// # Errors
    /// See [`OutputError`].
    pub fn cartridge(&self, name: &str) -> Result<Vec<u8>, OutputError> {
        let (first, bytes) = self.image(false)?;
        let base = first & !(SLOT as u16 - 1);
        if base < CARTRIDGE {
            return Err(OutputError::NotACartridge(first));
        }
        let mut image = vec![0; usize::from(first - base)];
        image.extend(bytes);
        if !image.iter().step_by(SLOT as usize).any(|&b| b == HEADER_MARK) {
            if image.iter().take(HEADER).any(|&b| b != 0) {
                return Err(OutputError::HeaderInUse(base, base + HEADER as u16 - 1));
            }
            image.resize(image.len().max(HEADER), 0);
            let start = self.symbols.get("START").copied();
            let entry = self.entry.or(start).unwrap_or(base + HEADER as u16);
            let header = cartridge::header(base, entry, name);
            image[..HEADER].copy_from_slice(&header.ok_or_else(|| OutputError::Name(name.to_string()))?);
        }
        let mut cartridge = vec![0; usize::from(base - CARTRIDGE)];
        cartridge.extend(image);
        Ok(cartridge)
    }

    /// The cartridge as RPK: MAME's package, which [the machine reads](crate::gpl) too.
    ///
    /// # Errors
    /// See [`OutputError`].
    pub fn rpk(&self, name: &str) -> Result<Vec<u8>, OutputError> {
        Ok(cartridge::rpk(name, "standard", "grom", &self.cartridge(name)?)?)
    }

    /// The listing: line number, address, bytes (eight a row), text.
    pub fn listing_text(&self) -> String {
        let mut text = String::new();
        let mut file = "";
        for listed in &self.listing {
            if &*listed.place.0 != file {
                file = &listed.place.0;
                text.push_str(&format!("      {file}\n"));
            }
            let mut rows = listed.bytes.chunks(8);
            let hex = |row: Option<&[u8]>| {
                row.unwrap_or_default().iter().fold(String::new(), |mut hex, byte| {
                    let _ = write!(hex, "{byte:02X} ");
                    hex
                })
            };
            let line = format!(
                "{:5} {:04X} {:24} {}",
                listed.place.1,
                listed.address,
                hex(rows.next()),
                listed.text
            );
            text.push_str(line.trim_end());
            text.push('\n');
            for (i, row) in rows.enumerate() {
                let address = listed.address.wrapping_add(8 * (i as u16 + 1));
                text.push_str(format!("      {address:04X} {}", hex(Some(row))).trim_end());
                text.push('\n');
            }
        }
        text
    }

    /// The symbols as EQU lines that both assemblers read.
    pub fn symbols_text(&self) -> String {
        let shown = self.symbols.iter().filter(|(name, _)| !name.starts_with('_'));
        shown.fold(String::new(), |mut text, (name, value)| {
            let _ = writeln!(text, "{name:<8} EQU  >{value:04X}");
            text
        })
    }
}
