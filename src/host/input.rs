// SPDX-License-Identifier: MIT OR Apache-2.0
//! A person at the host's keyboard: presses and releases become commands, contacts and typing.
//!
//! Contacts (joysticks, and all keys by position) close and open as the person's keys do, but never for less than the
//! console needs to see them. Characters go through the [`Typist`], one at a time, so that a fast typist's overlapping
//! strokes and changing SHIFT do not mix in the matrix.

use super::keymap::{Cap, Command, Meaning, Modifiers, command, meaning};
use super::settings::{Arrows, KeyboardMode, KeyboardSettings};
use crate::console::typing::Typist;
use crate::console::{Key, Machine};

/// Frames for which a contact stays closed at least: a whole turn of a slow program's scan.
const LEAST_FRAMES: u64 = 3;

/// A change of one of the host's keys. `id` tells keys apart, also those that have no [`Cap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Pressed; no automatic repeats.
    Press {
        /// Which key.
        id: u32,
        /// Its place.
        cap: Option<Cap>,
        /// What it types in the user's layout, CTRL and ALT aside.
        text: Option<char>,
    },
    /// Released.
    Release {
        /// Which key.
        id: u32,
    },
    /// The window has lost the keyboard: all keys count as released.
    Lost,
}

/// Contacts that a held key closes.
#[derive(Clone, Debug)]
struct Held {
    id: u32,
    keys: Vec<Key>,
    since: u64,
    released: bool,
}

/// What the program shall do about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing more.
    None,
    /// One of the program's own commands.
    Command(Command),
    /// Tell the user that the TI cannot type this.
    Unknown(char),
    /// Tell the user where the alpha lock is now.
    AlphaLock(bool),
}

/// The person's hands.
pub struct Input {
    /// By character or by position.
    pub mode: KeyboardMode,
    /// What the arrow keys are.
    pub arrows: Arrows,
    typist: Typist,
    modifiers: Vec<(u32, Cap)>,
    held: Vec<Held>,
}

impl Input {
    /// Nothing pressed.
    pub fn new(settings: &KeyboardSettings) -> Self {
        let KeyboardSettings { mode, arrows, .. } = *settings;
        Self { mode, arrows, typist: Typist::new(), modifiers: Vec::new(), held: Vec::new() }
    }

    /// Takes in one change; the machine feels it at once or, when typing, at its turn.
    pub fn change(&mut self, change: Change, machine: &mut Machine) -> Outcome {
        match change {
            Change::Press { id, cap, text } => self.press(id, cap, text, machine),
            Change::Release { id } => {
                self.modifiers.retain(|held| held.0 != id);
                self.typist.release(id);
                for held in self.held.iter_mut().filter(|held| held.id == id) {
                    held.released = true;
                }
                Outcome::None
            }
            Change::Lost => {
                let ids: Vec<u32> = self
                    .held
                    .iter()
                    .map(|held| held.id)
                    .chain(self.modifiers.iter().map(|held| held.0))
                    .collect();
                for id in ids {
                    self.change(Change::Release { id }, machine);
                }
                self.typist.release_all();
                Outcome::None
            }
        }
    }

    fn press(&mut self, id: u32, cap: Option<Cap>, text: Option<char>, machine: &mut Machine) -> Outcome {
        if let Some(cap) = cap {
            if is_modifier(cap) {
                self.modifiers.push((id, cap));
            }
            if let Some(command) = command(cap, self.modifiers().shift) {
                return Outcome::Command(command);
            }
        }
        match meaning(cap, text, self.modifiers(), self.mode, self.arrows) {
            Meaning::Contacts(keys) => {
                for &key in &keys {
                    machine.set_key(key, true);
                }
                self.held.retain(|held| held.id != id);
                self.held.push(Held { id, keys, since: machine.frames(), released: false });
                Outcome::None
            }
            Meaning::Chord(chord) => {
                self.typist.press(id, chord);
                Outcome::None
            }
            Meaning::AlphaLock => {
                let down = !machine.keyboard().alpha_lock();
                machine.set_alpha_lock(down);
                Outcome::AlphaLock(down)
            }
            Meaning::Unknown(character) => Outcome::Unknown(character),
            Meaning::Nothing => Outcome::None,
        }
    }

    /// Types text, as from the clipboard; returns how many characters the TI has no key for.
    pub fn type_text(&mut self, text: &str) -> usize {
        self.typist.type_text(text)
    }

    /// Whether typed text is still on its way.
    pub fn is_typing(&self) -> bool {
        !self.typist.is_idle()
    }

    /// Changes the keyboard mode or leaves a loaded state's keys behind: lets everything go.
    pub fn let_go(&mut self, machine: &mut Machine) {
        self.typist.stop(machine);
        self.held.clear();
        machine.release_all_keys();
    }

    /// To be called once a frame.
    pub fn advance(&mut self, machine: &mut Machine) {
        let frame = machine.frames();
        let over = |held: &Held| held.released && frame.saturating_sub(held.since) >= LEAST_FRAMES;
        for held in self.held.iter().filter(|held| over(held)) {
            for &key in &held.keys {
                // Two keys of the host may close one contact.
                let shared = |other: &Held| !over(other) && other.keys.contains(&key);
                if !self.held.iter().any(shared) {
                    machine.set_key(key, false);
                }
            }
        }
        self.held.retain(|held| !over(held));
        self.typist.advance(machine);
    }

    fn modifiers(&self) -> Modifiers {
        let down = |cap: Cap| self.modifiers.iter().any(|held| held.1 == cap);
        Modifiers {
            shift: down(Cap::LeftShift) || down(Cap::RightShift),
            ctrl: down(Cap::LeftCtrl) || down(Cap::RightCtrl),
            alt: down(Cap::LeftAlt),
            alt_gr: down(Cap::AltGr),
        }
    }
}

fn is_modifier(cap: Cap) -> bool {
    use Cap::{AltGr, LeftAlt, LeftCtrl, LeftShift, RightCtrl, RightShift};
    matches!(cap, LeftShift | RightShift | LeftCtrl | RightCtrl | LeftAlt | AltGr)
}
