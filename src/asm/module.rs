// SPDX-License-Identifier: MIT OR Apache-2.0
//! A module: code and data with what is still open about them, as a source or an object file gives them.

use crate::source::{Base, Value};

/// The bank of code that is in all banks.
pub(crate) const ALL: u8 = 0xFF;

/// Bytes or reserved room without a gap.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    /// Bank of a paged cartridge, or [`ALL`] of them; `None` is outside of banks.
    pub(crate) bank: Option<u8>,
    /// What `start` counts from.
    pub(crate) base: Base,
    /// Address of the first byte.
    pub(crate) start: u16,
    /// The bytes, or nothing but room for so many.
    pub(crate) content: Content,
}

/// What a chunk holds.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// Room that no byte is placed in.
    Space(u16),
    /// Bytes, and the offsets of words among them that aren't final, in order.
    Bytes { bytes: Vec<u8>, open: Vec<(u16, Base)> },
}

impl Chunk {
    /// How many addresses it covers.
    pub(crate) fn len(&self) -> u16 {
        match &self.content {
            Content::Space(room) => *room,
            Content::Bytes { bytes, .. } => bytes.len() as u16,
        }
    }
}

/// A module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Module {
    /// What IDT says.
    pub(crate) name: String,
    /// Everything placed, in the order of the source.
    pub(crate) chunks: Vec<Chunk>,
    /// Bytes of the program segment.
    pub(crate) length: u16,
    /// Names from other modules: [`Base::External`] counts them.
    pub(crate) externals: Vec<String>,
    /// Names for other modules.
    pub(crate) defs: Vec<(String, Value)>,
    /// What END names.
    pub(crate) entry: Option<Value>,
}

impl Module {
    /// Puts bytes at a place; adjoining ones share a chunk.
    pub(crate) fn put(&mut self, bank: Option<u8>, base: Base, at: u16, new: &[u8], bases: &[(u16, Base)]) {
        if new.is_empty() {
            return;
        }
        if let Some(chunk) = self.chunks.last_mut()
            && chunk.bank == bank
            && chunk.base == base
            && chunk.start.wrapping_add(chunk.len()) == at
            && usize::from(chunk.len()) + new.len() < 0x1_0000
            && let Content::Bytes { bytes, open } = &mut chunk.content
        {
            let offset = bytes.len() as u16;
            bytes.extend_from_slice(new);
            open.extend(bases.iter().map(|&(at, base)| (offset + at, base)));
            return;
        }
        let content = Content::Bytes { bytes: new.to_vec(), open: bases.to_vec() };
        self.chunks.push(Chunk { bank, base, start: at, content });
    }

    /// Whether that byte is the first of the relocatable part.
    pub(crate) fn starts_with(&self, byte: u8) -> bool {
        self.chunks.iter().any(|chunk| {
            let Content::Bytes { bytes, .. } = &chunk.content else { return false };
            chunk.base == Base::Program && chunk.start == 0 && bytes.first() == Some(&byte)
        })
    }

    /// Keeps room at a place.
    pub(crate) fn reserve(&mut self, bank: Option<u8>, base: Base, at: u16, room: u16) {
        self.chunks.push(Chunk { bank, base, start: at, content: Content::Space(room) });
    }
}
