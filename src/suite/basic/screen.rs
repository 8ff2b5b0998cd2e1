// SPDX-License-Identifier: MIT OR Apache-2.0
//! A screen of TI BASIC: 24 rows of 32 character codes, as CALL GCHAR sees them.
//!
//! In text each cell is one character: ASCII for codes 32 to 126, a middle dot for the edge character 31, a block for a
//! cursor (30) that is not the live one, and U+E000 + code for every other code.
//!
//! Source: FORMAT.md of the corpus, "Characters of `screen`".

use crate::console::Machine;
use serde::{Deserialize, Serialize};

/// The code of the edge character in the margins of rows that scrolled in.
pub(super) const EDGE: u8 = 31;
/// The code of the cursor.
pub(super) const CURSOR: u8 = 30;
/// What the screen table holds for code 0: BASIC adds >60 to every code.
const OFFSET: u8 = 0x60;

/// Character codes, row by row.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Screen {
    cells: Vec<u8>,
}

impl Screen {
    /// Columns.
    pub const COLUMNS: usize = 32;
    /// Rows.
    pub const ROWS: usize = 24;

    /// A screen full of spaces.
    pub fn blank() -> Self {
        Self { cells: vec![b' '; Self::ROWS * Self::COLUMNS] }
    }

    /// What the machine's screen table holds now, wherever VDP register 2 has put it.
    pub fn of(machine: &Machine) -> Self {
        let base = usize::from(machine.vdp_registers()[2] & 15) << 10;
        let table = &machine.vram()[base..base + Self::ROWS * Self::COLUMNS];
        Self { cells: table.iter().map(|byte| byte.wrapping_sub(OFFSET)).collect() }
    }

    /// The code in a cell, counted row by row.
    pub fn cell(&self, index: usize) -> u8 {
        self.cells[index]
    }

    /// Puts a code into a cell.
    pub fn set(&mut self, index: usize, code: u8) {
        self.cells[index] = code;
    }

    /// One row's codes.
    pub fn row(&self, row: usize) -> &[u8] {
        &self.cells[row * Self::COLUMNS..][..Self::COLUMNS]
    }

    /// One row as text.
    pub fn row_text(&self, row: usize) -> String {
        self.row(row).iter().map(|&code| character(code)).collect()
    }

    /// What a reader sees in a row: columns 2 to 29, and column 1 with the edge character as a space; no spaces at the end.
    pub fn visible(&self, row: usize) -> String {
        let codes = self.row(row);
        let first = if codes[1] == EDGE { b' ' } else { codes[1] };
        let text: String =
            std::iter::once(first).chain(codes[2..30].iter().copied()).map(character).collect();
        text.trim_end_matches(' ').to_owned()
    }

    /// The first cell that shows the cursor.
    pub fn cursor(&self) -> Option<usize> {
        self.cells.iter().position(|&code| code == CURSOR)
    }

    /// Whether one row holds the text.
    pub fn shows(&self, text: &str) -> bool {
        text.is_empty()
            || (0..Self::ROWS).any(|row| self.row(row).windows(text.len()).any(|at| at == text.as_bytes()))
    }

    /// Cells in which two screens differ.
    pub(super) fn differing<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = usize> + 'a {
        self.cells.iter().zip(&other.cells).enumerate().filter(|(_, (a, b))| a != b).map(|(index, _)| index)
    }
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (0..Self::ROWS).try_for_each(|row| writeln!(f, "|{}|", self.row_text(row)))
    }
}

/// The character that stands for a code.
fn character(code: u8) -> char {
    match code {
        32..=126 => char::from(code),
        CURSOR => '█',
        EDGE => '·',
        _ => char::from_u32(0xE000 + u32::from(code)).unwrap_or('?'),
    }
}

/// The code for which a character stands.
pub(super) fn code(character: char) -> Option<u8> {
    match character {
        ' '..='~' => u8::try_from(character).ok(),
        '█' => Some(CURSOR),
        '·' => Some(EDGE),
        '\u{E000}'..='\u{E0FF}' => u8::try_from(u32::from(character) - 0xE000).ok(),
        _ => None,
    }
}

impl TryFrom<Vec<String>> for Screen {
    type Error = String;

    fn try_from(rows: Vec<String>) -> Result<Self, String> {
        if rows.len() != Self::ROWS {
            return Err(format!("a screen has {} rows, not {}", Self::ROWS, rows.len()));
        }
        let mut cells = Vec::with_capacity(Self::ROWS * Self::COLUMNS);
        for (number, row) in rows.iter().enumerate() {
            for c in row.chars() {
                cells.push(
                    code(c).ok_or_else(|| format!("row {number}: {c:?} stands for no character code"))?,
                );
            }
            if cells.len() != (number + 1) * Self::COLUMNS {
                return Err(format!(
                    "row {number} has {} columns, not {}",
                    row.chars().count(),
                    Self::COLUMNS
                ));
            }
        }
        Ok(Self { cells })
    }
}

impl From<Screen> for Vec<String> {
    fn from(screen: Screen) -> Self {
        (0..Screen::ROWS).map(|row| screen.row_text(row)).collect()
    }
}
