// SPDX-License-Identifier: MIT OR Apache-2.0
//! What minifb does not give under X11: keys by place with the layout's characters, and full screen.
//!
//! A second connection listens to the same window. It sees key codes, which stand for places, and looks up the
//! characters in the server's table itself, dead keys included: minifb never sets the locale in which the X library
//! would compose them, and reports no key at all for most places of a non-US layout.
//!
//! Covered: layouts of up to four levels in the first two groups, Caps Lock, AltGr (as Mod5, where every layout of
//! xkeyboard-config has it). A dead key types its sign at once: nothing that it could compose is on the TI.
//!
//! Sources: X11 protocol, chapter 5 (keyboards) and appendix A (keysyms); Extended Window Manager Hints 1.5.

use super::input::Change;
use super::keymap::Cap;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xkb::{ConnectionExt as _, EventType, ID, MapPart, PerClientFlag, SelectEventsAux};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _,
    EventMask, KeyButMask, Window,
};
use x11rb::rust_connection::{ReplyError, RustConnection};

/// The program's window, seen through a connection of its own.
pub(super) struct X11 {
    connection: RustConnection,
    window: Window,
    root: Window,
    screen: (u16, u16),
    layout: Layout,
    down: [bool; 256],
    /// Place and size before full screen, where no window manager keeps them.
    windowed: Option<[i32; 4]>,
}

/// The server's table of keysyms: `per_key` of them for each key code from `first` on.
struct Layout {
    first: u8,
    per_key: usize,
    keysyms: Vec<u32>,
}

impl X11 {
    /// Listens to the window with that handle; `None` when it is none of X11's, as under Wayland.
    pub(super) fn attach(handle: usize) -> Option<Self> {
        let window = Window::try_from(handle).ok()?;
        Self::connect(window).inspect_err(|e| log::debug!("no X11 window: {e}")).ok()
    }

    fn connect(window: Window) -> Result<Self, Box<dyn std::error::Error>> {
        let (connection, screen) = x11rb::connect(None)?;
        let screen = &connection.setup().roots[screen];
        let (root, size) = (screen.root, (screen.width_in_pixels, screen.height_in_pixels));
        let mask = EventMask::KEY_PRESS | EventMask::KEY_RELEASE | EventMask::FOCUS_CHANGE;
        let listen = ChangeWindowAttributesAux::new().event_mask(mask);
        connection.change_window_attributes(window, &listen)?.check()?;
        // Without this, a held key is reported as released and pressed again.
        connection.xkb_use_extension(1, 0)?.reply()?;
        let repeats = PerClientFlag::DETECTABLE_AUTO_REPEAT;
        let none = Default::default();
        connection
            .xkb_per_client_flags(ID::USE_CORE_KBD.into(), repeats, repeats, none, none, none)?
            .reply()?;
        // A client of this extension is told of a new layout by the extension's events alone.
        let layouts = EventType::NEW_KEYBOARD_NOTIFY | EventType::MAP_NOTIFY;
        let (all, nothing) = (MapPart::from(0xFFu16), SelectEventsAux::new());
        connection
            .xkb_select_events(ID::USE_CORE_KBD.into(), EventType::default(), layouts, all, all, &nothing)?
            .check()?;
        let layout = Layout::read(&connection)?;
        Ok(Self { connection, window, root, screen: size, layout, down: [false; 256], windowed: None })
    }

    /// Appends what has happened to the keys since the last call.
    pub(super) fn poll(&mut self, changes: &mut Vec<Change>) {
        while let Ok(Some(event)) = self.connection.poll_for_event() {
            match event {
                Event::KeyPress(key) => {
                    let was_down = std::mem::replace(&mut self.down[usize::from(key.detail)], true);
                    if !was_down {
                        let text = self.layout.character(key.detail, key.state);
                        changes.push(Change::Press { id: key.detail.into(), cap: cap_of(key.detail), text });
                    }
                }
                Event::KeyRelease(key) => {
                    self.down[usize::from(key.detail)] = false;
                    changes.push(Change::Release { id: key.detail.into() });
                }
                Event::FocusOut(_) => {
                    self.down = [false; 256];
                    changes.push(Change::Lost);
                }
                Event::MappingNotify(_) | Event::XkbNewKeyboardNotify(_) | Event::XkbMapNotify(_) => {
                    match Layout::read(&self.connection) {
                        Ok(layout) => self.layout = layout,
                        Err(e) => log::warn!("the keyboard layout has changed, but cannot be read: {e}"),
                    }
                }
                _ => {}
            }
        }
    }

    /// Fills the screen, or goes back to a window: by the window manager's leave, or without one by itself.
    pub(super) fn set_fullscreen(&mut self, on: bool) {
        if let Err(e) = self.try_fullscreen(on) {
            log::warn!("full screen: {e}");
        }
    }

    fn try_fullscreen(&mut self, on: bool) -> Result<(), ReplyError> {
        let state = self.atom("_NET_WM_STATE")?;
        let fullscreen = self.atom("_NET_WM_STATE_FULLSCREEN")?;
        if self.manager_knows(fullscreen)? {
            // Action 1 adds the state, 0 removes it; the last word says that an application asks.
            let data = [u32::from(on), fullscreen, 0, 1, 0];
            let message = ClientMessageEvent::new(32, self.window, state, data);
            let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
            self.connection.send_event(false, self.root, mask, message)?.check()?;
        } else if on {
            let now = self.connection.get_geometry(self.window)?.reply()?;
            self.windowed = Some([now.x.into(), now.y.into(), now.width.into(), now.height.into()]);
            self.place([0, 0, self.screen.0.into(), self.screen.1.into()])?;
        } else if let Some(place) = self.windowed.take() {
            self.place(place)?;
        }
        Ok(())
    }

    fn place(&self, [x, y, width, height]: [i32; 4]) -> Result<(), ReplyError> {
        let place = ConfigureWindowAux::new().x(x).y(y).width(width as u32).height(height as u32);
        self.connection.configure_window(self.window, &place)?.check()
    }

    fn atom(&self, name: &str) -> Result<Atom, ReplyError> {
        Ok(self.connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }

    /// Whether a window manager runs and says that it supports `feature`.
    fn manager_knows(&self, feature: Atom) -> Result<bool, ReplyError> {
        let supported = self.atom("_NET_SUPPORTED")?;
        let list = self.connection.get_property(false, self.root, supported, AtomEnum::ATOM, 0, 4096)?;
        Ok(list.reply()?.value32().is_some_and(|mut atoms| atoms.any(|atom| atom == feature)))
    }
}

impl Layout {
    fn read(connection: &RustConnection) -> Result<Self, ReplyError> {
        let setup = connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let table = connection.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        Ok(Self { first, per_key: usize::from(table.keysyms_per_keycode), keysyms: table.keysyms })
    }

    /// The keysym of a group's level. The table has two levels of two groups first, then two more levels of each.
    fn keysym(&self, code: u8, group: usize, level: usize) -> u32 {
        let column = if level < 2 { group * 2 + level } else { 4 + group * 2 + level - 2 };
        let row = usize::from(code.saturating_sub(self.first)) * self.per_key;
        if column < self.per_key { self.keysyms.get(row + column).copied().unwrap_or(0) } else { 0 }
    }

    fn character(&self, code: u8, state: KeyButMask) -> Option<char> {
        let held = |mask: KeyButMask| state.contains(mask);
        // The group stands in bits 13 and 14 (X Keyboard Extension, compatibility with the core protocol).
        let group = usize::from(u16::from(state) >> 13 & 1);
        let shift = usize::from(held(KeyButMask::SHIFT));
        let level = shift + if held(KeyButMask::MOD5) { 2 } else { 0 };
        let mut keysym = self.keysym(code, group, level);
        if keysym == 0 {
            // A key that knows no SHIFT, or no second group.
            keysym = [(group, level & 2), (0, level), (0, level & 2)]
                .into_iter()
                .map(|(group, level)| self.keysym(code, group, level))
                .find(|&keysym| keysym != 0)?;
        }
        let character = character_of(keysym)?;
        let caps = held(KeyButMask::LOCK) && character.is_ascii_alphabetic();
        Some(if !caps {
            character
        } else if shift == 1 {
            character.to_ascii_lowercase()
        } else {
            character.to_ascii_uppercase()
        })
    }
}

/// The character of a keysym: Latin-1 as it is, other Unicode with an offset, dead keys by their signs.
fn character_of(keysym: u32) -> Option<char> {
    match keysym {
        0x20..=0x7E | 0xA0..=0xFF => char::from_u32(keysym),
        0x0100_0100..=0x0110_FFFF => char::from_u32(keysym - 0x0100_0000),
        0xFE50 => Some('`'),
        0xFE51 => Some('\''),
        0xFE52 => Some('^'),
        0xFE53 => Some('~'),
        0xFE57 => Some('"'),
        // The keypad's operators.
        0xFFAA | 0xFFAB | 0xFFAD | 0xFFAF => char::from_u32(keysym - 0xFF80),
        _ => None,
    }
}

/// Key codes of the main block, in the order of the rows: code of the first, then the caps.
#[rustfmt::skip]
const ROWS: [(u8, &[Cap]); 8] = [
    (9, &[Cap::Escape, Cap::Digit1, Cap::Digit2, Cap::Digit3, Cap::Digit4, Cap::Digit5, Cap::Digit6, Cap::Digit7,
          Cap::Digit8, Cap::Digit9, Cap::Digit0, Cap::Minus, Cap::Equal, Cap::Backspace]),
    (23, &[Cap::Tab, Cap::Q, Cap::W, Cap::E, Cap::R, Cap::T, Cap::Y, Cap::U, Cap::I, Cap::O, Cap::P,
           Cap::LeftBracket, Cap::RightBracket, Cap::Enter]),
    (37, &[Cap::LeftCtrl, Cap::A, Cap::S, Cap::D, Cap::F, Cap::G, Cap::H, Cap::J, Cap::K, Cap::L, Cap::Semicolon,
           Cap::Apostrophe, Cap::Backquote]),
    (50, &[Cap::LeftShift, Cap::Backslash, Cap::Z, Cap::X, Cap::C, Cap::V, Cap::B, Cap::N, Cap::M, Cap::Comma,
           Cap::Period, Cap::Slash, Cap::RightShift, Cap::PadTimes, Cap::LeftAlt, Cap::Space, Cap::CapsLock,
           Cap::F1, Cap::F2, Cap::F3, Cap::F4, Cap::F5, Cap::F6, Cap::F7, Cap::F8, Cap::F9, Cap::F10]),
    (79, &[Cap::Pad7, Cap::Pad8, Cap::Pad9, Cap::PadMinus, Cap::Pad4, Cap::Pad5, Cap::Pad6, Cap::PadPlus,
           Cap::Pad1, Cap::Pad2, Cap::Pad3, Cap::Pad0, Cap::PadDot]),
    (95, &[Cap::F11, Cap::F12]),
    (104, &[Cap::PadEnter, Cap::RightCtrl, Cap::PadDivide]),
    (110, &[Cap::Home, Cap::Up, Cap::PageUp, Cap::Left, Cap::Right, Cap::End, Cap::Down, Cap::PageDown, Cap::Insert,
            Cap::Delete]),
];

/// The place of a key code: Linux's numbers plus 8, which all X servers of the day use.
fn cap_of(code: u8) -> Option<Cap> {
    match code {
        108 => Some(Cap::AltGr),
        127 => Some(Cap::Pause),
        _ => ROWS.iter().find_map(|(first, caps)| caps.get(usize::from(code.checked_sub(*first)?)).copied()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cap_has_a_key_code_of_its_own() {
        for &cap in Cap::ALL {
            let codes: Vec<u8> = (0..=255).filter(|&code| cap_of(code) == Some(cap)).collect();
            assert_eq!(codes.len(), 1, "{cap:?}: {codes:?}");
        }
    }

    #[test]
    fn keysyms_are_characters() {
        for (keysym, character) in
            [(0x61, Some('a')), (0xF6, Some('ö')), (0xFE52, Some('^')), (0xFFAB, Some('+')), (0xFF0D, None)]
        {
            assert_eq!(character_of(keysym), character);
        }
    }

    #[test]
    fn levels_and_groups() {
        // One key, two groups (German and US "2"), three levels in the first.
        let layout = Layout { first: 8, per_key: 6, keysyms: vec![0x32, 0x22, 0x32, 0x40, 0xB2, 0] };
        let shift = KeyButMask::SHIFT;
        for (state, character) in [
            (KeyButMask::default(), '2'),
            (shift, '"'),
            (KeyButMask::MOD5, '²'),
            (KeyButMask::from(1u16 << 13), '2'),
            (KeyButMask::from(1u16 << 13) | shift, '@'),
        ] {
            assert_eq!(layout.character(8, state), Some(character), "{state:?}");
        }
    }
}
