// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the host's keys mean: the program's own keys, the joysticks, and the TI's keys by character or by position.
//!
//! A key of the host is a [`Cap`], named by its legend on a US keyboard, which stands for its place. What it types in the
//! user's layout comes beside it as a character.

use super::settings::{Arrows, KeyboardMode};
use crate::console::Key;
use crate::console::typing::{Chord, key_of};

macro_rules! caps {
    ($($cap:ident $name:literal)*) => {
        /// A key of a PC keyboard, by its legend in the US layout.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs)] // the names are the legends
        pub enum Cap { $($cap),* }

        impl Cap {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$cap),*];

            /// The legend, as the help shows it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$cap => $name),* }
            }
        }
    };
}

caps! {
    Digit0 "0" Digit1 "1" Digit2 "2" Digit3 "3" Digit4 "4" Digit5 "5" Digit6 "6" Digit7 "7" Digit8 "8" Digit9 "9"
    A "a" B "b" C "c" D "d" E "e" F "f" G "g" H "h" I "i" J "j" K "k" L "l" M "m"
    N "n" O "o" P "p" Q "q" R "r" S "s" T "t" U "u" V "v" W "w" X "x" Y "y" Z "z"
    Minus "-" Equal "=" LeftBracket "[" RightBracket "]" Backslash "\\" Semicolon ";" Apostrophe "'" Backquote "`"
    Comma "," Period "." Slash "/" Space "Space" Enter "Enter" Tab "Tab" Backspace "Backspace" Escape "Esc"
    Insert "Insert" Delete "Delete" Home "Home" End "End" PageUp "PageUp" PageDown "PageDown" Pause "Pause"
    Up "Up" Down "Down" Left "Left" Right "Right"
    F1 "F1" F2 "F2" F3 "F3" F4 "F4" F5 "F5" F6 "F6" F7 "F7" F8 "F8" F9 "F9" F10 "F10" F11 "F11" F12 "F12"
    Pad0 "keypad 0" Pad1 "keypad 1" Pad2 "keypad 2" Pad3 "keypad 3" Pad4 "keypad 4" Pad5 "keypad 5"
    Pad6 "keypad 6" Pad7 "keypad 7" Pad8 "keypad 8" Pad9 "keypad 9" PadDot "keypad ." PadEnter "keypad Enter"
    PadPlus "keypad +" PadMinus "keypad -" PadTimes "keypad *" PadDivide "keypad /"
    LeftShift "Shift" RightShift "right Shift" LeftCtrl "Ctrl" RightCtrl "right Ctrl" LeftAlt "Alt" AltGr "AltGr"
    CapsLock "CapsLock"
}

/// What the program itself does at a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // `COMMANDS` says what each does
pub enum Command {
    Help,
    Reset,
    Pause,
    Step,
    SaveState,
    LoadState,
    Fast,
    KeyboardMode,
    Screenshot,
    Record,
    FullScreen,
    Paste,
    Arrows,
    Mute,
    Quit,
}

/// The program's keys: with SHIFT or without, and what the help says. They are the same in both keyboard modes.
#[rustfmt::skip]
pub const COMMANDS: [(Cap, bool, Command, &str); 16] = [
    (Cap::F1, false, Command::Help, "this help"),
    (Cap::F2, false, Command::Reset, "reset"),
    (Cap::F3, false, Command::Pause, "pause, go on"),
    (Cap::F4, false, Command::Step, "one frame, then pause"),
    (Cap::F5, false, Command::SaveState, "save state"),
    (Cap::F6, false, Command::LoadState, "load state"),
    (Cap::F7, false, Command::Fast, "fast forward on, off"),
    (Cap::F8, false, Command::KeyboardMode, "keys: by character, by position"),
    (Cap::F9, false, Command::Screenshot, "screenshot (PNG)"),
    (Cap::F10, false, Command::Record, "record sound (WAV) on, off"),
    (Cap::F11, false, Command::FullScreen, "full screen on, off"),
    (Cap::F12, false, Command::Paste, "type the clipboard's text"),
    (Cap::Insert, true, Command::Paste, "the same"),
    (Cap::F8, true, Command::Arrows, "arrow keys: joystick 1, cursor"),
    (Cap::F10, true, Command::Mute, "sound on, off"),
    (Cap::F12, true, Command::Quit, "quit"),
];

/// The command of a key, if it is one of the program's.
pub fn command(cap: Cap, shift: bool) -> Option<Command> {
    COMMANDS.iter().find(|row| row.0 == cap && row.1 == shift).map(|row| row.2)
}

/// The modifiers that the user holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// Either SHIFT.
    pub shift: bool,
    /// Either CTRL.
    pub ctrl: bool,
    /// ALT, not AltGr: AltGr belongs to the layout.
    pub alt: bool,
    /// AltGr; Windows reports it as CTRL with ALT beside it.
    pub alt_gr: bool,
}

/// What a pressed key does to the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// These contacts are closed as long as the key is down.
    Contacts(Vec<Key>),
    /// This is typed, and repeats as long as the key is down.
    Chord(Chord),
    /// The alpha lock switch changes over.
    AlphaLock,
    /// The TI has no key for this character.
    Unknown(char),
    /// Nothing: a modifier by itself, or a key without a use.
    Nothing,
}

/// What `cap`, typing `text` in the user's layout, means. `cap` is absent for keys that a US keyboard has not.
pub fn meaning(
    cap: Option<Cap>,
    text: Option<char>,
    modifiers: Modifiers,
    mode: KeyboardMode,
    arrows: Arrows,
) -> Meaning {
    if let Some(cap) = cap {
        if let Some(chord) = cursor(cap).filter(|_| modifiers.alt || arrows == Arrows::Cursor) {
            return Meaning::Chord(chord);
        }
        if let Some(contacts) = joystick(cap) {
            return Meaning::Contacts(contacts.to_vec());
        }
        if let Some(chord) = special(cap) {
            return Meaning::Chord(chord);
        }
        if mode == KeyboardMode::Positions {
            return position(cap);
        }
    }
    by_character(cap, text, modifiers)
}

/// The layout's character decides. CTRL and ALT (as FCTN) go with the key's plain character.
fn by_character(cap: Option<Cap>, text: Option<char>, modifiers: Modifiers) -> Meaning {
    let typed = text.filter(|c| !c.is_control());
    let layout = modifiers.alt_gr || !(modifiers.ctrl || modifiers.alt);
    if layout {
        return match typed {
            Some(character) => Chord::of(character).map_or(Meaning::Unknown(character), Meaning::Chord),
            None => Meaning::Nothing,
        };
    }
    let modifier = if modifiers.ctrl { Key::Ctrl } else { Key::Fctn };
    let plain = typed.map(|c| c.to_ascii_lowercase()).and_then(key_of);
    match plain.or_else(|| cap.and_then(legend)) {
        Some(key) => Meaning::Chord(Chord::with(modifier, key)),
        None => Meaning::Nothing,
    }
}

/// The TI's key with the same legend.
fn legend(cap: Cap) -> Option<Key> {
    let mut characters = cap.name().chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) => key_of(one),
        _ => (cap == Cap::Space).then_some(Key::Space),
    }
}

/// The TI's key in the same place. Right of 0 and P the TI has `=` and `/`, left of SPACE CTRL and right of it FCTN.
fn position(cap: Cap) -> Meaning {
    let key = match cap {
        Cap::CapsLock => return Meaning::AlphaLock,
        Cap::LeftShift | Cap::RightShift => Key::Shift,
        Cap::LeftCtrl | Cap::RightCtrl => Key::Ctrl,
        Cap::LeftAlt | Cap::AltGr => Key::Fctn,
        Cap::Minus | Cap::Equal => Key::Equals,
        Cap::LeftBracket | Cap::Slash => Key::Slash,
        cap => match legend(cap) {
            Some(key) => key,
            None => return Meaning::Nothing,
        },
    };
    Meaning::Contacts(vec![key])
}

/// Arrow keys and Tab are joystick 1, the keypad is joystick 2; its corners are diagonals.
fn joystick(cap: Cap) -> Option<&'static [Key]> {
    Some(match cap {
        Cap::Up => &[Key::Joy1Up],
        Cap::Down => &[Key::Joy1Down],
        Cap::Left => &[Key::Joy1Left],
        Cap::Right => &[Key::Joy1Right],
        Cap::Tab => &[Key::Joy1Fire],
        Cap::Pad8 => &[Key::Joy2Up],
        Cap::Pad2 => &[Key::Joy2Down],
        Cap::Pad4 => &[Key::Joy2Left],
        Cap::Pad6 => &[Key::Joy2Right],
        Cap::Pad7 => &[Key::Joy2Up, Key::Joy2Left],
        Cap::Pad9 => &[Key::Joy2Up, Key::Joy2Right],
        Cap::Pad1 => &[Key::Joy2Down, Key::Joy2Left],
        Cap::Pad3 => &[Key::Joy2Down, Key::Joy2Right],
        Cap::Pad0 | Cap::Pad5 => &[Key::Joy2Fire],
        _ => return None,
    })
}

/// Arrow keys as the cursor keys on the fronts of E, X, S and D.
fn cursor(cap: Cap) -> Option<Chord> {
    let key = match cap {
        Cap::Up => Key::E,
        Cap::Down => Key::X,
        Cap::Left => Key::S,
        Cap::Right => Key::D,
        _ => return None,
    };
    Some(Chord::with(Key::Fctn, key))
}

/// Keys that mean the same in any layout: what a PC's editing keys are on the TI.
fn special(cap: Cap) -> Option<Chord> {
    Some(match cap {
        Cap::Enter | Cap::PadEnter => Chord::plain(Key::Enter),
        Cap::Backspace => Chord::with(Key::Fctn, Key::S),
        Cap::Delete => Chord::with(Key::Fctn, Key::Num1),
        Cap::Insert => Chord::with(Key::Fctn, Key::Num2),
        Cap::End => Chord::with(Key::Fctn, Key::Num3),
        Cap::Pause => Chord::with(Key::Fctn, Key::Num4),
        Cap::Home => Chord::with(Key::Fctn, Key::Num5),
        Cap::PageDown => Chord::with(Key::Fctn, Key::Num6),
        Cap::PageUp => Chord::with(Key::Fctn, Key::Num8),
        Cap::Escape => Chord::with(Key::Fctn, Key::Num9),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Modifiers = Modifiers { shift: false, ctrl: false, alt: false, alt_gr: false };

    fn typed(cap: Cap, text: char, modifiers: Modifiers) -> Meaning {
        meaning(Some(cap), Some(text), modifiers, KeyboardMode::Characters, Arrows::Joystick)
    }

    #[test]
    fn characters_follow_the_layout() {
        let shift = Modifiers { shift: true, ..NONE };
        let alt_gr = Modifiers { alt_gr: true, ctrl: true, ..NONE };
        #[rustfmt::skip]
        let rows = [
            // US: SHIFT with 2 is @; German: it is a quotation mark, and Y types z.
            (Cap::Digit2, '@', shift, Chord::with(Key::Shift, Key::Num2)),
            (Cap::Digit2, '"', shift, Chord::with(Key::Fctn, Key::P)),
            (Cap::Y, 'z', NONE, Chord::plain(Key::Z)),
            (Cap::Minus, '?', shift, Chord::with(Key::Fctn, Key::I)),
            (Cap::Q, '@', alt_gr, Chord::with(Key::Shift, Key::Num2)),
            (Cap::Digit8, '[', alt_gr, Chord::with(Key::Fctn, Key::R)),
            (Cap::PadPlus, '+', NONE, Chord::with(Key::Shift, Key::Equals)),
        ];
        for (cap, text, modifiers, chord) in rows {
            assert_eq!(typed(cap, text, modifiers), Meaning::Chord(chord), "{cap:?} {text}");
        }
        assert_eq!(typed(Cap::Semicolon, 'ö', NONE), Meaning::Unknown('ö'));
    }

    #[test]
    fn ctrl_and_alt_are_ctrl_and_fctn() {
        let (ctrl, alt) = (Modifiers { ctrl: true, ..NONE }, Modifiers { alt: true, ..NONE });
        // The layout's own letter counts; a control character says nothing, so the legend does.
        assert_eq!(typed(Cap::Y, 'z', ctrl), Meaning::Chord(Chord::with(Key::Ctrl, Key::Z)));
        assert_eq!(typed(Cap::C, '\u{3}', ctrl), Meaning::Chord(Chord::with(Key::Ctrl, Key::C)));
        assert_eq!(typed(Cap::Digit4, '4', alt), Meaning::Chord(Chord::with(Key::Fctn, Key::Num4)));
        assert_eq!(typed(Cap::Equal, '=', alt), Meaning::Chord(Chord::with(Key::Fctn, Key::Equals)));
        let left = meaning(Some(Cap::Left), None, alt, KeyboardMode::Characters, Arrows::Joystick);
        assert_eq!(left, Meaning::Chord(Chord::with(Key::Fctn, Key::S)));
    }

    #[test]
    fn positions_ignore_the_layout() {
        let at = |cap, text| meaning(Some(cap), text, NONE, KeyboardMode::Positions, Arrows::Joystick);
        assert_eq!(at(Cap::Y, Some('z')), Meaning::Contacts(vec![Key::Y]));
        assert_eq!(at(Cap::LeftBracket, Some('ü')), Meaning::Contacts(vec![Key::Slash]));
        assert_eq!(at(Cap::LeftAlt, None), Meaning::Contacts(vec![Key::Fctn]));
        assert_eq!(at(Cap::CapsLock, None), Meaning::AlphaLock);
        // Each of the 46 contacts of the keyboard can be reached.
        for &key in Key::ALL.iter().filter(|key| !key.name().starts_with("JOY")) {
            let reaches = |&cap: &Cap| match at(cap, None) {
                Meaning::Contacts(keys) => keys == [key],
                Meaning::Chord(chord) => chord == Chord::plain(key),
                _ => false,
            };
            assert!(Cap::ALL.iter().any(reaches), "{}", key.name());
        }
    }

    #[test]
    fn commands_are_distinct_and_documented() {
        let docs = include_str!("../../docs/window.md");
        for (i, (cap, shift, _, what)) in COMMANDS.iter().enumerate() {
            assert!(COMMANDS[..i].iter().all(|row| (row.0, row.1) != (*cap, *shift)));
            let key = if *shift { format!("Shift+{}", cap.name()) } else { cap.name().to_owned() };
            assert!(docs.contains(&format!("| {key} | {what}")), "{key}: {what}");
        }
    }
}
