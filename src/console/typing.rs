// SPDX-License-Identifier: MIT OR Apache-2.0
//! Typing: which keys make a character, and fingers that press them at a pace the console can follow.
//!
//! The legends of a US TI-99/4A: letters, digits and `= . , / ;` plain, their upper signs with SHIFT, the rest of ASCII on
//! the fronts of the keys with FCTN.
//!
//! The console notices a key only when a program scans the keyboard, so a fixed pace either loses keys while BASIC
//! is busy or wastes time. The fingers look at the scratchpad byte >8375 instead, in which the console's
//! keyboard scan leaves the code of the key it sees, or >FF for none: a key is held until it has been seen and the next
//! one waits until its release has. Arithmetic keeps a sign in that byte, which may look like any code; so the scan's memory
//! of the key, >83C8 to >83CA, must tell the same. Software that scans by itself leaves these bytes alone and gets a fixed pace.
//!
//! Sources: reference pages tms9901.md section 3 (matrix, FCTN legends), console-contract.md (>8375, key codes) and gpl.md (>83C8).

use super::keyboard::Key;
use super::machine::Machine;
use std::collections::VecDeque;

/// Where the console's keyboard scan leaves the key's code.
const KEY_CODE: u16 = 0x8375;
/// Where it keeps the last scan codes: of the whole keyboard, of the left and of the right half.
const LAST_KEYS: [u16; 3] = [0x83C8, 0x83C9, 0x83CA];
/// The code of ENTER.
const ENTER: u8 = 13;
/// The scan's code when no key is pressed.
const NO_KEY: u8 = 0xFF;
/// Frames a key stays down at least, and up at least before the next: one sees it in any phase of the scan.
const LEAST_FRAMES: u64 = 2;
/// Frames in which the scan must have left "no key" before text begins: while the console starts, the byte is passed over
/// by its tests and tables, and holds >FF by chance.
const STEADY_FRAMES: u64 = 6;
/// Frames after which a code that is not the typed character's is taken for it, longer than a line of BASIC computes: software
/// scans in other modes, too.
const FOREIGN_FRAMES: u64 = 150;
/// Frames after which a person's key counts as seen by software that scans by itself.
const PATIENCE_LIVE: u64 = 5;
/// The same as long as the console's scan sees the keys: BASIC takes half a second to enter a line, and misses none.
const PATIENCE_SCANNED: u64 = 60;
/// The same for typed text, which waits for a busy console: ten seconds.
const PATIENCE_TEXT: u64 = 600;

/// A key, with the modifier it is struck with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// SHIFT, CTRL or FCTN.
    pub modifier: Option<Key>,
    /// The key itself.
    pub key: Key,
}

impl Chord {
    /// The key alone.
    pub const fn plain(key: Key) -> Self {
        Self { modifier: None, key }
    }

    /// The key with `modifier`.
    pub const fn with(modifier: Key, key: Key) -> Self {
        Self { modifier: Some(modifier), key }
    }

    /// What types `character` with alpha lock up: printable ASCII, and a line feed for ENTER.
    pub fn of(character: char) -> Option<Self> {
        let plain = |c| key_of(c).map(Self::plain);
        match character {
            '\n' => Some(Self::plain(Key::Enter)),
            'a'..='z' | '0'..='9' | '=' | '.' | ',' | '/' | ';' | ' ' => plain(character),
            'A'..='Z' => key_of(character.to_ascii_lowercase()).map(|key| Self::with(Key::Shift, key)),
            _ => {
                let find = |table: &[(char, char)], modifier| {
                    let key = table.iter().find(|(made, _)| *made == character)?.1;
                    key_of(key).map(|key| Self::with(modifier, key))
                };
                find(&SHIFTED, Key::Shift).or_else(|| find(&FRONTS, Key::Fctn))
            }
        }
    }

    /// Closes or opens the chord's contacts.
    pub fn set(self, machine: &mut Machine, down: bool) {
        for key in self.modifier.into_iter().chain([self.key]) {
            machine.set_key(key, down);
        }
    }
}

/// Signs on the upper half of a key, and the key.
const SHIFTED: [(char, char); 15] = [
    ('!', '1'),
    ('@', '2'),
    ('#', '3'),
    ('$', '4'),
    ('%', '5'),
    ('^', '6'),
    ('&', '7'),
    ('*', '8'),
    ('(', '9'),
    (')', '0'),
    ('+', '='),
    ('-', '/'),
    (':', ';'),
    ('<', ','),
    ('>', '.'),
];

/// Signs on the front of a key, and the key.
const FRONTS: [(char, char); 12] = [
    ('~', 'w'),
    ('[', 'r'),
    (']', 't'),
    ('_', 'u'),
    ('?', 'i'),
    ('\'', 'o'),
    ('"', 'p'),
    ('|', 'a'),
    ('{', 'f'),
    ('}', 'g'),
    ('\\', 'z'),
    ('`', 'c'),
];

/// The key with that plain legend, a letter in lower case.
pub fn key_of(legend: char) -> Option<Key> {
    if legend == ' ' {
        return Some(Key::Space);
    }
    let mut utf8 = [0; 4];
    Key::by_name(legend.encode_utf8(&mut utf8))
}

/// One movement of the fingers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stroke {
    chord: Chord,
    /// The code that the scan gives for it in BASIC's mode, where known.
    code: Option<u8>,
    /// The number of the key that a person holds down for it.
    holder: Option<u32>,
    patience: u64,
}

impl Stroke {
    /// Whether the scan shows that it has seen the stroke, `frames` after the strike, when it was `before`.
    fn is_seen(&self, now: Scan, before: Scan, frames: u64) -> bool {
        let same = now.code == before.code && now.last == before.last;
        match self.code {
            _ if now.code == NO_KEY || same || !now.holds_key() => false,
            Some(code) => now.code.eq_ignore_ascii_case(&code) || frames >= FOREIGN_FRAMES,
            None => true,
        }
    }

    fn is_text(&self) -> bool {
        self.patience == PATIENCE_TEXT
    }
}

/// What the console's keyboard scan has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scan {
    code: u8,
    last: [u8; 3],
}

impl Scan {
    fn of(machine: &Machine) -> Self {
        Self { code: machine.peek_byte(KEY_CODE), last: LAST_KEYS.map(|cell| machine.peek_byte(cell)) }
    }

    /// Whether the scan remembers a key: of the halves perhaps one that it saw long ago.
    fn holds_key(self) -> bool {
        self.last.iter().any(|&last| last != NO_KEY)
    }

    /// Whether the last scan of the whole keyboard found no key.
    fn is_free(self) -> bool {
        self.last[0] == NO_KEY
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hand {
    Up,
    /// The modifier is down, the key follows a frame later: a scan under way may have passed the modifier already.
    Reaching(Stroke),
    /// Down since a frame; `before` is what the scan had left then.
    Down {
        stroke: Stroke,
        since: u64,
        before: Scan,
    },
    /// Up since a frame; the next stroke comes when that has been seen for so many frames, or after as many as `patience`.
    /// `whole`: a scan of the whole keyboard has seen the key, and must see its release.
    Leaving {
        since: u64,
        patience: u64,
        steady: u64,
        whole: bool,
    },
}

/// Fingers: they type text, or what a person presses, one chord at a time.
#[derive(Clone, Debug)]
pub struct Typist {
    queue: VecDeque<Stroke>,
    hand: Hand,
    /// The frame since which the scan has left "no key".
    quiet_since: Option<u64>,
    /// The last stroke was seen by the console's scan.
    scanned: bool,
}

impl Default for Typist {
    fn default() -> Self {
        Self { queue: VecDeque::new(), hand: Hand::Up, quiet_since: None, scanned: true }
    }
}

impl Typist {
    /// Fingers at rest.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends text; returns how many characters no key makes, which are left out.
    pub fn type_text(&mut self, text: &str) -> usize {
        let mut unknown = 0;
        for character in text.chars().filter(|&c| c != '\r') {
            match Chord::of(character) {
                Some(chord) => self.queue.push_back(Stroke {
                    chord,
                    code: Some(if character == '\n' { ENTER } else { character as u8 }),
                    holder: None,
                    patience: PATIENCE_TEXT,
                }),
                None => unknown += 1,
            }
        }
        unknown
    }

    /// Appends one chord, pressed and released.
    pub fn tap(&mut self, chord: Chord) {
        self.queue.push_back(Stroke { chord, code: None, holder: None, patience: PATIENCE_TEXT });
    }

    /// A person presses the key numbered `id`, which means `chord`: it replaces whatever is held.
    pub fn press(&mut self, id: u32, chord: Chord) {
        self.queue.push_back(Stroke { chord, code: None, holder: Some(id), patience: PATIENCE_LIVE });
    }

    /// The person releases that key.
    pub fn release(&mut self, id: u32) {
        let down = match &mut self.hand {
            Hand::Down { stroke, .. } | Hand::Reaching(stroke) => Some(stroke),
            _ => None,
        };
        for stroke in self.queue.iter_mut().chain(down).filter(|stroke| stroke.holder == Some(id)) {
            stroke.holder = None;
        }
    }

    /// All keys that a person holds are released.
    pub fn release_all(&mut self) {
        if let Hand::Down { stroke, .. } | Hand::Reaching(stroke) = &mut self.hand {
            stroke.holder = None;
        }
        for stroke in &mut self.queue {
            stroke.holder = None;
        }
    }

    /// Whether nothing is left to type and no key is down.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.hand == Hand::Up
    }

    /// Forgets what is left to type and lets go.
    pub fn stop(&mut self, machine: &mut Machine) {
        self.queue.clear();
        if let Hand::Down { stroke, .. } | Hand::Reaching(stroke) = self.hand {
            stroke.chord.set(machine, false);
        }
        self.hand = Hand::Up;
    }

    /// To be called once a frame: moves the fingers.
    pub fn advance(&mut self, machine: &mut Machine) {
        let frame = machine.frames();
        let now = Scan::of(machine);
        // A loaded state may be older than the last stroke.
        let passed = |since: u64| frame.saturating_sub(since);
        self.quiet_since = (now.code == NO_KEY).then(|| self.quiet_since.unwrap_or(frame));
        match self.hand {
            Hand::Down { stroke, since, before } => {
                let seen = stroke.is_seen(now, before, passed(since));
                // Whoever scans with the console's routine has left "no key" before: other software cannot be waited for.
                let patience = match before.code == NO_KEY || before.is_free() {
                    true if self.scanned => stroke.patience.max(PATIENCE_SCANNED),
                    true => stroke.patience,
                    false => PATIENCE_LIVE,
                };
                let held = stroke.holder.is_some() && self.queue.is_empty();
                let done = passed(since) >= LEAST_FRAMES && (seen || passed(since) >= patience);
                if done && !held {
                    stroke.chord.set(machine, false);
                    self.scanned = seen;
                    let patience = if seen { stroke.patience.max(PATIENCE_SCANNED) } else { PATIENCE_LIVE };
                    self.hand =
                        Hand::Leaving { since: frame, patience, steady: 0, whole: seen && !now.is_free() };
                }
            }
            Hand::Reaching(stroke) => self.hand = Self::press_down(stroke, machine, frame, now),
            Hand::Leaving { since, patience, steady, whole } => {
                let quiet = match whole {
                    true => now.is_free(),
                    false => self.quiet_since.is_some_and(|since| passed(since) >= steady),
                };
                if passed(since) >= LEAST_FRAMES && (quiet || passed(since) >= patience) {
                    self.strike(machine, frame, now);
                }
            }
            // Text waits for the console to scan at all, as after power-on.
            Hand::Up if self.queue.front().is_some_and(Stroke::is_text) => {
                self.hand = Hand::Leaving {
                    since: frame,
                    patience: PATIENCE_TEXT,
                    steady: STEADY_FRAMES,
                    whole: false,
                };
            }
            Hand::Up => self.strike(machine, frame, now),
        }
    }

    /// Presses the whole chord.
    fn press_down(stroke: Stroke, machine: &mut Machine, frame: u64, before: Scan) -> Hand {
        stroke.chord.set(machine, true);
        Hand::Down { stroke, since: frame, before }
    }

    /// Begins with what comes next, if anything does.
    fn strike(&mut self, machine: &mut Machine, frame: u64, before: Scan) {
        self.hand = match self.queue.pop_front() {
            Some(stroke) => match stroke.chord.modifier {
                Some(modifier) => {
                    machine.set_key(modifier, true);
                    Hand::Reaching(stroke)
                }
                None => Self::press_down(stroke, machine, frame, before),
            },
            None => Hand::Up,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printable_character_has_a_chord_of_its_own() {
        let chords: Vec<_> = (' '..='~').chain(['\n']).map(|c| Chord::of(c).unwrap()).collect();
        for (i, a) in chords.iter().enumerate() {
            assert!(chords[..i].iter().all(|b| a != b), "{a:?}");
        }
        for c in ['\t', '\0', 'ä', '€'] {
            assert_eq!(Chord::of(c), None);
        }
    }

    #[test]
    fn a_sign_that_looks_like_the_key_is_not_taken_for_it() {
        let stroke =
            Stroke { chord: Chord::plain(Key::P), code: Some(b'P'), holder: None, patience: PATIENCE_TEXT };
        let free = [NO_KEY; 3];
        let scan = |code, last| Scan { code, last };
        // The scan's code and memory before and now, frames since the strike, and whether the key counts as seen.
        for (before, now, frames, seen) in [
            (scan(NO_KEY, free), scan(b'P', free), 9, false),
            (scan(NO_KEY, free), scan(0x40, free), 400, false),
            (scan(NO_KEY, free), scan(b'P', [9, NO_KEY, NO_KEY]), 1, true),
            (scan(b'P', free), scan(b'P', [9, NO_KEY, NO_KEY]), 1, true),
            (scan(NO_KEY, free), scan(7, [NO_KEY, 7, NO_KEY]), FOREIGN_FRAMES, true),
            (scan(NO_KEY, free), scan(7, [NO_KEY, 7, NO_KEY]), 9, false),
            (scan(b'P', [9, NO_KEY, NO_KEY]), scan(b'P', [9, NO_KEY, NO_KEY]), 9, false),
        ] {
            assert_eq!(stroke.is_seen(now, before, frames), seen, "{before:?} {now:?} {frames}");
        }
    }

    #[test]
    fn legends() {
        // Reference page tms9901.md, section 3.
        for (character, modifier, key) in [
            ('a', None, Key::A),
            ('A', Some(Key::Shift), Key::A),
            ('?', Some(Key::Fctn), Key::I),
            ('"', Some(Key::Fctn), Key::P),
            ('-', Some(Key::Shift), Key::Slash),
            ('^', Some(Key::Shift), Key::Num6),
            ('\\', Some(Key::Fctn), Key::Z),
        ] {
            assert_eq!(Chord::of(character), Some(Chord { modifier, key }));
        }
    }
}
