// SPDX-License-Identifier: MIT OR Apache-2.0
//! The window: shows the picture in its shape, and reports what happens to the keys.
//!
//! minifb opens the window on all systems. Under X11 a connection of our own ([`super::x11`]) reads the keys and
//! switches to full screen; elsewhere the keys are minifb's, and full screen is a window without a border, as large as
//! whole multiples of the picture allow.

use super::input::Change;
use super::keymap::Cap;
use super::overlay::{Canvas, Overlay};
use super::picture::{Scaler, scaled_size};
use super::settings::WindowSettings;
#[cfg(all(unix, not(target_os = "macos")))]
use super::x11::X11;
use crate::console::Region;
use minifb::{InputCallback, Key, ScaleMode, WindowOptions};
use std::cell::RefCell;
use std::rc::Rc;

/// Pictures after which an unchanged one is shown again: another window may have covered it.
const REFRESH: u32 = 15;
/// Numbers of keys that minifb reports only by their character start here.
const CHARACTER_KEYS: u32 = 0x1000;

/// What minifb reports, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Report {
    Key(Key, bool),
    Character(char),
}

struct Listener(Rc<RefCell<Vec<Report>>>);

impl InputCallback for Listener {
    fn add_char(&mut self, uni_char: u32) {
        if let Some(character) = char::from_u32(uni_char) {
            self.0.borrow_mut().push(Report::Character(character));
        }
    }

    fn set_key_state(&mut self, key: Key, down: bool) {
        self.0.borrow_mut().push(Report::Key(key, down));
    }
}

/// The window and what it shows.
pub(super) struct Screen {
    window: minifb::Window,
    #[cfg(all(unix, not(target_os = "macos")))]
    x11: Option<X11>,
    reports: Rc<RefCell<Vec<Report>>>,
    keys: Vec<Key>,
    active: bool,
    title: String,
    fullscreen: bool,
    settings: WindowSettings,
    region: Region,
    scaler: Option<(Scaler, [usize; 4])>,
    canvas: Vec<u32>,
    size: (usize, usize),
    shown: Option<Overlay>,
    unchanged: u32,
}

impl Screen {
    /// Opens the window for pictures of `size` dots.
    ///
    /// # Errors
    /// minifb's reason, when there is no display.
    pub(super) fn open(
        title: &str,
        size: (usize, usize),
        region: Region,
        settings: &WindowSettings,
    ) -> minifb::Result<Self> {
        let reports = Rc::new(RefCell::new(Vec::new()));
        let window = open(title, size, region, settings, false, &reports)?;
        let mut screen = Self {
            #[cfg(all(unix, not(target_os = "macos")))]
            x11: X11::attach(window.get_window_handle() as usize),
            window,
            reports,
            keys: Vec::new(),
            active: true,
            title: title.to_owned(),
            fullscreen: false,
            settings: settings.clone(),
            region,
            scaler: None,
            canvas: Vec::new(),
            size: (0, 0),
            shown: None,
            unchanged: 0,
        };
        if settings.fullscreen {
            screen.set_fullscreen(true, size)?;
        }
        Ok(screen)
    }

    /// Whether the user has not closed it.
    pub(super) fn is_open(&self) -> bool {
        self.window.is_open()
    }

    /// Whether it fills the screen.
    pub(super) fn is_fullscreen(&self) -> bool {
        self.fullscreen
    }

    /// Changes the title bar.
    pub(super) fn set_title(&mut self, title: &str) {
        if self.title != title {
            title.clone_into(&mut self.title);
            self.window.set_title(title);
        }
    }

    /// Fills the screen or goes back to a window.
    ///
    /// # Errors
    /// minifb's reason, when the window cannot be opened again.
    pub(super) fn set_fullscreen(&mut self, on: bool, size: (usize, usize)) -> minifb::Result<()> {
        self.fullscreen = on;
        #[cfg(all(unix, not(target_os = "macos")))]
        if let Some(x11) = &mut self.x11 {
            x11.set_fullscreen(on);
            return Ok(());
        }
        self.window = open(&self.title, size, self.region, &self.settings, on, &self.reports)?;
        self.keys.clear();
        self.size = (0, 0);
        Ok(())
    }

    /// Shows a picture (0RGB of `source` dots) with the overlay; `fresh` tells that it differs from the one before.
    /// Takes in the system's events, whatever is shown.
    ///
    /// # Errors
    /// minifb's reason, when the picture cannot be shown.
    pub(super) fn show(
        &mut self,
        pixels: &[u32],
        source: (usize, usize),
        fresh: bool,
        overlay: &Overlay,
    ) -> minifb::Result<()> {
        let size = self.window.get_size();
        let resized = size != self.size;
        if size.0 == 0 || size.1 == 0 {
            self.window.update();
            return Ok(());
        }
        self.unchanged += 1;
        if !resized && !fresh && self.shown.as_ref() == Some(overlay) && self.unchanged < REFRESH {
            self.window.update();
            return Ok(());
        }
        if resized || self.scaler.is_none() {
            self.size = size;
            self.canvas.clear();
            self.canvas.resize(size.0 * size.1, 0);
            let area = place(source, size, &self.settings, self.region);
            self.scaler = Some((Scaler::new(source, (area[2], area[3])), area));
        }
        if let Some((scaler, area)) = &mut self.scaler {
            scaler.draw(pixels, &mut self.canvas, (area[0], area[1]), size.0);
            overlay.draw(&mut Canvas { pixels: &mut self.canvas, stride: size.0, area: *area });
        }
        self.shown = Some(overlay.clone());
        self.unchanged = 0;
        self.window.update_with_buffer(&self.canvas, size.0, size.1)
    }

    /// Appends what has happened to the keys.
    pub(super) fn changes(&mut self, changes: &mut Vec<Change>) {
        let reports = self.reports.take();
        #[cfg(all(unix, not(target_os = "macos")))]
        if let Some(x11) = &mut self.x11 {
            x11.poll(changes);
            return;
        }
        pair(&reports, &mut self.keys, changes);
        let active = self.window.is_active();
        if self.active && !active {
            self.keys.clear();
            changes.push(Change::Lost);
        }
        self.active = active;
    }
}

fn open(
    title: &str,
    size: (usize, usize),
    region: Region,
    settings: &WindowSettings,
    fullscreen: bool,
    reports: &Rc<RefCell<Vec<Report>>>,
) -> minifb::Result<minifb::Window> {
    let scale = if fullscreen { 1 } else { settings.scale as usize };
    let (width, height) = scaled_size(size, scale, settings.aspect, region);
    let options = WindowOptions {
        resize: !fullscreen,
        borderless: fullscreen,
        title: !fullscreen,
        scale: if fullscreen { minifb::Scale::FitScreen } else { minifb::Scale::X1 },
        scale_mode: ScaleMode::Stretch,
        ..WindowOptions::default()
    };
    let mut window = minifb::Window::new(title, width, height, options)?;
    // The pace is ours: minifb would sleep by its own.
    window.set_target_fps(0);
    window.set_input_callback(Box::new(Listener(reports.clone())));
    if fullscreen {
        window.set_position(0, 0);
    }
    Ok(window)
}

/// Where the picture goes in a window: left, top, width, height.
fn place(
    source: (usize, usize),
    size: (usize, usize),
    settings: &WindowSettings,
    region: Region,
) -> [usize; 4] {
    let scaled = |scale| scaled_size(source, scale, settings.aspect, region);
    let fits = |(width, height): (usize, usize)| width <= size.0 && height <= size.1;
    let whole = (1..=size.1 / source.1).rev().map(scaled).find(|&scaled| fits(scaled));
    let (width, height) = match whole.filter(|_| settings.integer) {
        Some(whole) => whole,
        None => {
            // Sixteen lines to one are fine enough a measure for the shape.
            let (shape_x, shape_y) = scaled(16);
            let by_height = (size.1 * shape_x / shape_y, size.1);
            if fits(by_height) { by_height } else { (size.0, size.0 * shape_y / shape_x) }
        }
    };
    let (width, height) = (width.max(1), height.max(1));
    [(size.0 - width) / 2, (size.1 - height) / 2, width, height]
}

/// Turns minifb's reports into changes: a character belongs to the key that is reported right before it. Keys that
/// minifb does not know come as characters only, with each repeat, and count as short strokes.
fn pair(reports: &[Report], down: &mut Vec<Key>, changes: &mut Vec<Change>) {
    let mut reports = reports.iter().copied().peekable();
    while let Some(report) = reports.next() {
        match report {
            Report::Key(key, true) => {
                let next = reports.next_if(|next| matches!(next, Report::Character(_)));
                if !down.contains(&key) {
                    down.push(key);
                    let text = match next {
                        Some(Report::Character(character)) => Some(character),
                        _ => None,
                    };
                    changes.push(Change::Press { id: key as u32, cap: cap_of(key), text });
                }
            }
            Report::Key(key, false) => {
                down.retain(|held| *held != key);
                changes.push(Change::Release { id: key as u32 });
            }
            Report::Character(character) => {
                let id = CHARACTER_KEYS + u32::from(character);
                changes.push(Change::Press { id, cap: None, text: Some(character) });
                changes.push(Change::Release { id });
            }
        }
    }
}

/// minifb's keys by their legends.
#[rustfmt::skip]
const KEYS: &[(Key, Cap)] = &[
    (Key::Key0, Cap::Digit0), (Key::Key1, Cap::Digit1), (Key::Key2, Cap::Digit2), (Key::Key3, Cap::Digit3),
    (Key::Key4, Cap::Digit4), (Key::Key5, Cap::Digit5), (Key::Key6, Cap::Digit6), (Key::Key7, Cap::Digit7),
    (Key::Key8, Cap::Digit8), (Key::Key9, Cap::Digit9),
    (Key::A, Cap::A), (Key::B, Cap::B), (Key::C, Cap::C), (Key::D, Cap::D), (Key::E, Cap::E), (Key::F, Cap::F),
    (Key::G, Cap::G), (Key::H, Cap::H), (Key::I, Cap::I), (Key::J, Cap::J), (Key::K, Cap::K), (Key::L, Cap::L),
    (Key::M, Cap::M), (Key::N, Cap::N), (Key::O, Cap::O), (Key::P, Cap::P), (Key::Q, Cap::Q), (Key::R, Cap::R),
    (Key::S, Cap::S), (Key::T, Cap::T), (Key::U, Cap::U), (Key::V, Cap::V), (Key::W, Cap::W), (Key::X, Cap::X),
    (Key::Y, Cap::Y), (Key::Z, Cap::Z),
    (Key::F1, Cap::F1), (Key::F2, Cap::F2), (Key::F3, Cap::F3), (Key::F4, Cap::F4), (Key::F5, Cap::F5),
    (Key::F6, Cap::F6), (Key::F7, Cap::F7), (Key::F8, Cap::F8), (Key::F9, Cap::F9), (Key::F10, Cap::F10),
    (Key::F11, Cap::F11), (Key::F12, Cap::F12),
    (Key::Down, Cap::Down), (Key::Left, Cap::Left), (Key::Right, Cap::Right), (Key::Up, Cap::Up),
    (Key::Apostrophe, Cap::Apostrophe), (Key::Backquote, Cap::Backquote), (Key::Backslash, Cap::Backslash),
    (Key::Comma, Cap::Comma), (Key::Equal, Cap::Equal), (Key::LeftBracket, Cap::LeftBracket),
    (Key::Minus, Cap::Minus), (Key::Period, Cap::Period), (Key::RightBracket, Cap::RightBracket),
    (Key::Semicolon, Cap::Semicolon), (Key::Slash, Cap::Slash), (Key::Backspace, Cap::Backspace),
    (Key::Delete, Cap::Delete), (Key::End, Cap::End), (Key::Enter, Cap::Enter), (Key::Escape, Cap::Escape),
    (Key::Home, Cap::Home), (Key::Insert, Cap::Insert), (Key::PageDown, Cap::PageDown),
    (Key::PageUp, Cap::PageUp), (Key::Pause, Cap::Pause), (Key::Space, Cap::Space), (Key::Tab, Cap::Tab),
    (Key::CapsLock, Cap::CapsLock), (Key::LeftShift, Cap::LeftShift), (Key::RightShift, Cap::RightShift),
    (Key::LeftCtrl, Cap::LeftCtrl), (Key::RightCtrl, Cap::RightCtrl), (Key::LeftAlt, Cap::LeftAlt),
    (Key::RightAlt, Cap::AltGr),
    (Key::NumPad0, Cap::Pad0), (Key::NumPad1, Cap::Pad1), (Key::NumPad2, Cap::Pad2), (Key::NumPad3, Cap::Pad3),
    (Key::NumPad4, Cap::Pad4), (Key::NumPad5, Cap::Pad5), (Key::NumPad6, Cap::Pad6), (Key::NumPad7, Cap::Pad7),
    (Key::NumPad8, Cap::Pad8), (Key::NumPad9, Cap::Pad9), (Key::NumPadDot, Cap::PadDot),
    (Key::NumPadSlash, Cap::PadDivide), (Key::NumPadAsterisk, Cap::PadTimes), (Key::NumPadMinus, Cap::PadMinus),
    (Key::NumPadPlus, Cap::PadPlus), (Key::NumPadEnter, Cap::PadEnter),
];

fn cap_of(key: Key) -> Option<Cap> {
    KEYS.iter().find(|(other, _)| *other == key).map(|&(_, cap)| cap)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::settings::Aspect;

    #[test]
    fn every_cap_is_a_key() {
        for cap in Cap::ALL {
            assert_eq!(KEYS.iter().filter(|(_, other)| other == cap).count(), 1, "{cap:?}");
        }
    }

    #[test]
    fn characters_belong_to_the_key_before_them() {
        let (mut down, mut changes) = (Vec::new(), Vec::new());
        let reports = [
            Report::Key(Key::Q, true),
            Report::Character('q'),
            Report::Key(Key::Q, true),
            Report::Character('q'),
            Report::Character('ß'),
            Report::Key(Key::Q, false),
        ];
        pair(&reports, &mut down, &mut changes);
        let (q, sz) = (Key::Q as u32, CHARACTER_KEYS + 0xDF);
        let expected = [
            Change::Press { id: q, cap: Some(Cap::Q), text: Some('q') },
            Change::Press { id: sz, cap: None, text: Some('ß') },
            Change::Release { id: sz },
            Change::Release { id: q },
        ];
        assert_eq!(changes, expected);
    }

    #[test]
    fn the_picture_keeps_its_shape_in_any_window() {
        let settings = WindowSettings { aspect: Aspect::Television, ..WindowSettings::default() };
        let at = |size, settings| place((280, 240), size, settings, Region::Ntsc);
        assert_eq!(at((960, 720), &settings), [0, 0, 960, 720]);
        assert_eq!(at((1920, 1080), &settings), [320, 60, 1280, 960]);
        assert_eq!(at((200, 150), &settings), [0, 0, 200, 150]);
        let fill = WindowSettings { integer: false, ..settings };
        assert_eq!(at((1920, 1080), &fill), [240, 0, 1440, 1080]);
        assert_eq!(at((400, 1000), &fill), [0, 350, 400, 300]);
    }
}
