// SPDX-License-Identifier: MIT OR Apache-2.0
//! The 48-key matrix, the alpha lock switch and the two joysticks.
//!
//! The 9901's P2-P4 select one of eight columns through an open-collector decoder, which pulls that column low and lets
//! the others float; eight row lines with pull-ups come back on INT3*-INT10*. There are no diodes between the keys, so
//! three closed corners of a rectangle close the fourth. The joysticks' columns have diodes: they never reach into the key
//! columns, and a closed key on the same row keeps a joystick contact from pulling the row low.
//!
//! Sources: reference page tms9901.md section 3 (MAME's input ports, js99er and Classic99 compared; the joystick and alpha
//! lock electrics are Classic99's author's findings).

use serde::{Deserialize, Serialize};

/// Columns that hold keys; two more hold the joysticks.
const KEY_COLUMNS: usize = 6;
/// Row line (0-7, on INT3*-INT10*) of FCTN, joystick up and the alpha lock switch.
const ALPHA_ROW: u8 = 1 << 4;

macro_rules! keys {
    ($($key:ident $column:literal $row:literal $name:literal)*) => {
        /// The contacts of the keyboard and the joysticks, by their unshifted legends.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[allow(missing_docs)] // the names are the legends
        pub enum Key { $($key),* }

        impl Key {
            /// All contacts.
            pub const ALL: &[Self] = &[$(Self::$key),*];

            /// Column (0-7) and row (0-7) in the matrix.
            pub const fn place(self) -> (usize, u8) {
                match self { $(Self::$key => ($column, $row)),* }
            }

            /// The name that scripts and messages use: `A`, `SPACE`, `JOY1_LEFT`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$key => $name),* }
            }
        }
    };
}

keys! {
    Equals 0 0 "="  Space 0 1 "SPACE"  Enter 0 2 "ENTER"  Fctn 0 4 "FCTN"  Shift 0 5 "SHIFT"  Ctrl 0 6 "CTRL"
    Period 1 0 "."  L 1 1 "L"  O 1 2 "O"  Num9 1 3 "9"  Num2 1 4 "2"  S 1 5 "S"  W 1 6 "W"  X 1 7 "X"
    Comma 2 0 ","   K 2 1 "K"  I 2 2 "I"  Num8 2 3 "8"  Num3 2 4 "3"  D 2 5 "D"  E 2 6 "E"  C 2 7 "C"
    M 3 0 "M"       J 3 1 "J"  U 3 2 "U"  Num7 3 3 "7"  Num4 3 4 "4"  F 3 5 "F"  R 3 6 "R"  V 3 7 "V"
    N 4 0 "N"       H 4 1 "H"  Y 4 2 "Y"  Num6 4 3 "6"  Num5 4 4 "5"  G 4 5 "G"  T 4 6 "T"  B 4 7 "B"
    Slash 5 0 "/"   Semicolon 5 1 ";"  P 5 2 "P"  Num0 5 3 "0"  Num1 5 4 "1"  A 5 5 "A"  Q 5 6 "Q"  Z 5 7 "Z"
    Joy1Fire 6 0 "JOY1_FIRE"  Joy1Left 6 1 "JOY1_LEFT"  Joy1Right 6 2 "JOY1_RIGHT"
    Joy1Down 6 3 "JOY1_DOWN"  Joy1Up 6 4 "JOY1_UP"
    Joy2Fire 7 0 "JOY2_FIRE"  Joy2Left 7 1 "JOY2_LEFT"  Joy2Right 7 2 "JOY2_RIGHT"
    Joy2Down 7 3 "JOY2_DOWN"  Joy2Up 7 4 "JOY2_UP"
}

impl Key {
    /// The key of that name, in either case.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.name().eq_ignore_ascii_case(name))
    }
}

/// Which contacts are closed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Keyboard {
    /// For each column the closed contacts, bit n for row n.
    columns: [u8; 8],
    alpha_lock: bool,
}

impl Keyboard {
    /// A keyboard with nothing pressed and alpha lock up.
    pub fn new() -> Self {
        Self::default()
    }

    /// Closes or opens a contact.
    pub fn set(&mut self, key: Key, down: bool) {
        let (column, row) = key.place();
        if down {
            self.columns[column] |= 1 << row;
        } else {
            self.columns[column] &= !(1 << row);
        }
    }

    /// Whether a contact is closed.
    pub fn is_down(&self, key: Key) -> bool {
        let (column, row) = key.place();
        self.columns[column] >> row & 1 != 0
    }

    /// Opens all contacts; alpha lock stays.
    pub fn release_all(&mut self) {
        self.columns = [0; 8];
    }

    /// Latches the alpha lock switch down (true) or up.
    pub fn set_alpha_lock(&mut self, down: bool) {
        self.alpha_lock = down;
    }

    /// Whether alpha lock is down.
    pub fn alpha_lock(&self) -> bool {
        self.alpha_lock
    }

    /// The row lines that are pulled low, bit n for row n, with `column` (0-7) selected and the alpha lock strobe P5 at
    /// `p5`.
    #[inline]
    pub fn rows(&self, column: usize, p5: bool) -> u8 {
        if self.columns == [0; 8] {
            return if self.alpha_lock && !p5 { ALPHA_ROW } else { 0 };
        }
        let mut low =
            if column < KEY_COLUMNS { self.key_rows(column) } else { self.joystick_rows(column, p5) };
        if self.alpha_lock && !p5 {
            low |= ALPHA_ROW;
        }
        low
    }

    /// Rows that the selected key column pulls low, directly or through other closed keys.
    fn key_rows(&self, column: usize) -> u8 {
        let mut low = self.columns[column];
        loop {
            let reached = self.columns[..KEY_COLUMNS]
                .iter()
                .filter(|&&closed| closed & low != 0)
                .fold(low, |rows, &closed| rows | closed);
            if reached == low {
                return low;
            }
            low = reached;
        }
    }

    /// Rows that a joystick pulls low: not those which a closed key loads, nor "up" against the alpha lock's pull-up.
    fn joystick_rows(&self, column: usize, p5: bool) -> u8 {
        let loaded = self.columns[..KEY_COLUMNS].iter().fold(0, |rows, &closed| rows | closed);
        let held_up = if self.alpha_lock && p5 { ALPHA_ROW } else { 0 };
        self.columns[column] & !loaded & !held_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_corners_close_the_fourth() {
        let mut keyboard = Keyboard::new();
        // S and W share column 1, S and D row 5: E (column 2, row 6) appears.
        for key in [Key::S, Key::W, Key::D] {
            keyboard.set(key, true);
        }
        assert_eq!(keyboard.rows(2, true), 1 << 5 | 1 << 6);
        assert_eq!(keyboard.rows(3, true), 0);
    }

    #[test]
    fn joysticks_do_not_ghost_and_lose_against_keys_and_alpha_lock() {
        let mut keyboard = Keyboard::new();
        keyboard.set(Key::Joy1Left, true);
        keyboard.set(Key::Joy1Up, true);
        assert_eq!(keyboard.rows(6, true), 1 << 1 | 1 << 4);
        assert_eq!(keyboard.rows(1, true), 0);
        keyboard.set(Key::L, true);
        assert_eq!(keyboard.rows(6, true), 1 << 4);
        keyboard.set_alpha_lock(true);
        assert_eq!(keyboard.rows(6, true), 0);
        assert_eq!(keyboard.rows(3, false), ALPHA_ROW);
    }

    #[test]
    fn every_contact_has_a_place_of_its_own() {
        for &a in Key::ALL {
            assert_eq!(Key::by_name(a.name()), Some(a));
            assert!(Key::ALL.iter().all(|&b| a == b || a.place() != b.place()));
        }
        assert_eq!(Key::ALL.len(), 56); // 46 keys, both SHIFTs being one contact, and two joysticks of five
    }
}
