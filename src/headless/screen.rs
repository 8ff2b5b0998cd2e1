// SPDX-License-Identifier: MIT OR Apache-2.0
//! The screen as text: what stands in the VDP's name table, read as a person would.
//!
//! Character codes are ASCII for the console's title and menus and for most cartridges. TI BASIC and Extended BASIC store
//! them with >60 added; its own characters 30 and 31 are then the cursor and the edge. Where patterns are used as
//! graphics the text means nothing, and so does the name table in the bitmap and multicolour modes.
//!
//! Sources: TMS9918A data manual (name table, text mode); reference page console-contract.md (BASIC's screen offset).

use crate::console::Machine;
use std::fmt;

/// Rows of every mode.
const ROWS: usize = 24;
/// What BASIC adds to a character's code.
const BASIC_OFFSET: u8 = 0x60;
/// BASIC's cursor and edge as they stand in the name table.
const CURSOR: u8 = 30 + BASIC_OFFSET;
const EDGE: u8 = 31 + BASIC_OFFSET;

/// How the cursor is shown.
const CURSOR_SIGN: char = '█';
/// How a character is shown that is not of ASCII.
const GRAPHIC_SIGN: char = '░';

/// The 24 rows of the screen at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    rows: Vec<String>,
    cursor: Option<(usize, usize)>,
}

impl Screen {
    /// The machine's screen now.
    pub fn read(machine: &Machine) -> Self {
        let registers = machine.vdp_registers();
        let columns = if registers[1] & 0x10 != 0 { 40 } else { 32 };
        let table = usize::from(registers[2] & 0x0F) << 10;
        let cells = &machine.vram()[table..][..ROWS * columns];
        Self::of(cells, columns)
    }

    fn of(cells: &[u8], columns: usize) -> Self {
        // BASIC uses no code below its cursor's, other software few above it: the title's colour bars, some graphics.
        let basic = cells.iter().filter(|&&code| code >= CURSOR).count() * 2 > cells.len();
        let sign = |code: u8| match (basic, code) {
            (true, CURSOR) => CURSOR_SIGN,
            (true, EDGE) => ' ',
            (true, _) => ascii(code.wrapping_sub(BASIC_OFFSET)),
            (false, _) => ascii(code),
        };
        let at = cells.iter().position(|&code| basic && code == CURSOR);
        Self {
            rows: cells.chunks(columns).map(|row| row.iter().map(|&code| sign(code)).collect()).collect(),
            cursor: at.map(|at| (at / columns, at % columns)),
        }
    }

    /// The rows, each as long as the screen is wide.
    pub fn rows(&self) -> &[String] {
        &self.rows
    }

    /// A row without the blanks at its end; the cursor counts as a blank.
    pub fn row(&self, row: usize) -> String {
        self.rows[row].replace(CURSOR_SIGN, " ").trim_end().to_owned()
    }

    /// The first row that is not as in `text`, a row a line; blanks at the ends of rows and the cursor don't count.
    pub fn first_difference(&self, text: &str) -> Option<usize> {
        let mut golden = text.lines();
        (0..ROWS).find(|&row| {
            self.row(row) != golden.next().unwrap_or_default().replace(CURSOR_SIGN, " ").trim_end()
        })
    }

    /// Row and column of BASIC's cursor, when it is not in the dark phase of its blinking.
    pub fn cursor(&self) -> Option<(usize, usize)> {
        self.cursor
    }

    /// Whether one row holds `text`; the cursor counts as a blank.
    pub fn contains(&self, text: &str) -> bool {
        self.rows.iter().any(|row| row.replace(CURSOR_SIGN, " ").contains(text))
    }
}

/// The rows without the blanks at their ends.
impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.iter().try_for_each(|row| writeln!(f, "{}", row.trim_end()))
    }
}

fn ascii(code: u8) -> char {
    if (0x20..0x7F).contains(&code) { char::from(code) } else { GRAPHIC_SIGN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_codings_are_read() {
        let mut cells = vec![b' '; 768];
        cells[..5].copy_from_slice(b"READY");
        cells[32] = 0x01;
        let screen = Screen::of(&cells, 32);
        assert!(screen.contains("READY") && screen.rows()[1].starts_with(GRAPHIC_SIGN));
        let mut basic: Vec<u8> = vec![b' ' + BASIC_OFFSET; 768];
        for (cell, code) in basic[736..].iter_mut().zip([EDGE, EDGE, b'>' + BASIC_OFFSET, CURSOR]) {
            *cell = code;
        }
        let screen = Screen::of(&basic, 32);
        assert_eq!(screen.cursor(), Some((23, 3)));
        assert!(screen.contains("  > ") && screen.rows()[23].starts_with("  >█"));
        assert_eq!(screen.to_string().lines().count(), 24);
    }
}
