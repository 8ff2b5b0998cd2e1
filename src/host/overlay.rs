// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the program writes over the picture: the line that says what just happened, and the help.

use super::font;
use super::keymap::COMMANDS;
use super::settings::{Arrows, KeyboardMode};
use std::time::Duration;

/// How long a message stays.
const STAY: Duration = Duration::from_secs(3);
/// Ink and paper.
const INK: u32 = 0xF0F0F0;
const PAPER: u32 = 0x202028;

/// A picture to draw on: 0RGB, row by row.
pub struct Canvas<'a> {
    /// The dots.
    pub pixels: &'a mut [u32],
    /// Dots in a row of memory.
    pub stride: usize,
    /// Left, top, width and height of the part that may be drawn on.
    pub area: [usize; 4],
}

impl Canvas<'_> {
    fn fill(&mut self, x: usize, y: usize, width: usize, height: usize, colour: u32) {
        let [left, top, most_x, most_y] = self.area;
        for row in y.min(most_y)..(y + height).min(most_y) {
            let start = (top + row) * self.stride + left;
            self.pixels[start + x.min(most_x)..start + (x + width).min(most_x)].fill(colour);
        }
    }

    /// Writes one line with its upper left corner at (`x`, `y`), each dot of the font `scale` wide and high.
    fn line(&mut self, text: &str, x: usize, y: usize, scale: usize) {
        for (place, character) in text.chars().enumerate() {
            for row in 0..font::HEIGHT {
                let dots = font::row(character, row);
                for column in (0..font::WIDTH).filter(|column| dots << column & 0x10 != 0) {
                    let x = x + (place * font::WIDTH + column) * scale;
                    self.fill(x, y + row * scale, scale, scale, INK);
                }
            }
        }
    }

    /// Writes lines on a sheet of paper with its upper left corner at (`x`, `y`).
    fn sheet(&mut self, lines: &[String], x: usize, y: usize, scale: usize) {
        let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        let (width, height) = sheet_size(longest, lines.len(), scale);
        self.fill(x, y, width, height, PAPER);
        for (row, line) in lines.iter().enumerate() {
            self.line(line, x + 3 * scale, y + (2 + row * font::HEIGHT) * scale, scale);
        }
    }
}

fn sheet_size(columns: usize, rows: usize, scale: usize) -> (usize, usize) {
    ((columns * font::WIDTH + 5) * scale, (rows * font::HEIGHT + 3) * scale)
}

/// What there is to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlay {
    message: Option<(String, Duration)>,
    help: Option<Vec<String>>,
    /// A word that stays in the corner: PAUSED, FAST, REC.
    pub flags: Vec<&'static str>,
}

impl Overlay {
    /// Shows a message, from `now` (measured from any fixed start) for three seconds.
    pub fn say(&mut self, message: String, now: Duration) {
        self.message = Some((message, now + STAY));
    }

    /// The message that is shown.
    pub fn message(&self) -> Option<&str> {
        self.message.as_ref().map(|(text, _)| text.as_str())
    }

    /// Takes the message away when its time is over; true when it did.
    pub fn expire(&mut self, now: Duration) -> bool {
        self.message.take_if(|(_, until)| *until <= now).is_some()
    }

    /// Shows or hides the help.
    pub fn toggle_help(&mut self, mode: KeyboardMode, arrows: Arrows) {
        self.help = if self.help.is_some() { None } else { Some(help(mode, arrows)) };
    }

    /// Hides the help; true when it was there.
    pub fn hide_help(&mut self) -> bool {
        self.help.take().is_some()
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Draws everything.
    pub fn draw(&self, canvas: &mut Canvas<'_>) {
        let [_, _, width, height] = canvas.area;
        let scale = (height / 240).clamp(1, width / 240 + 1);
        if let Some(help) = &self.help {
            // As large as it fits.
            let longest = help.iter().map(|line| line.len()).max().unwrap_or(0);
            let fits = |scale: &usize| {
                let (w, h) = sheet_size(longest, help.len(), *scale);
                w <= width && h <= height
            };
            let scale = (1..=scale).rev().find(fits).unwrap_or(1);
            let (w, h) = sheet_size(longest, help.len(), scale);
            canvas.sheet(help, width.saturating_sub(w) / 2, height.saturating_sub(h) / 2, scale);
        }
        if let Some((message, _)) = &self.message {
            let lines = wrap(message, (width / scale).saturating_sub(12) / font::WIDTH);
            let (_, h) = sheet_size(0, lines.len(), scale);
            canvas.sheet(&lines, 4 * scale, height.saturating_sub(h + 4 * scale), scale);
        }
        if !self.flags.is_empty() {
            let text = self.flags.join(" ");
            let (w, _) = sheet_size(text.len(), 1, scale);
            canvas.sheet(&[text], width.saturating_sub(w + 4 * scale), 4 * scale, scale);
        }
    }
}

/// Breaks a message into lines of at most `columns` characters, at spaces where there are any.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        for (i, part) in word.chars().collect::<Vec<_>>().chunks(columns).enumerate() {
            let line = lines.last_mut().expect("there is always a line");
            let space = usize::from(!line.is_empty() && i == 0);
            if line.chars().count() + space + part.len() > columns {
                lines.push(part.iter().collect());
            } else {
                line.extend(std::iter::repeat_n(' ', space).chain(part.iter().copied()));
            }
        }
    }
    lines
}

fn help(mode: KeyboardMode, arrows: Arrows) -> Vec<String> {
    let mut lines = vec!["LUBBOCK, a TI-99/4A".to_owned(), String::new()];
    for (cap, shift, _, what) in COMMANDS {
        let key = if shift { format!("Shift+{}", cap.name()) } else { cap.name().to_owned() };
        lines.push(format!("{key:<13}{what}"));
    }
    lines.push(String::new());
    lines.push(match mode {
        KeyboardMode::Characters => "Keys type what your layout types (F8).".to_owned(),
        KeyboardMode::Positions => "Keys are the TI's by their place (F8).".to_owned(),
    });
    let arrows = match arrows {
        Arrows::Joystick => "arrows, Tab; cursor: Alt+arrows",
        Arrows::Cursor => "none (Shift+F8), arrows: cursor",
    };
    lines.push(format!("Joystick 1   {arrows}"));
    lines.push("Joystick 2   keypad, fire: keypad 0".to_owned());
    lines.push("FCTN         Alt    CTRL  Ctrl".to_owned());
    lines.push("Esc BACK  Del DEL  Ins INS  End ERASE".to_owned());
    lines.push("Pause CLEAR (FCTN 4)  Alt+= QUIT".to_owned());
    lines.push("BASIC wants capitals: use Caps Lock.".to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_within_its_area_only() {
        for (width, height) in [(10, 5), (120, 60), (640, 480)] {
            let mut pixels = vec![7; 700 * 500];
            let mut overlay = Overlay::default();
            overlay.toggle_help(KeyboardMode::Characters, Arrows::Joystick);
            overlay.say("a message that is longer than a small window is wide".to_owned(), Duration::ZERO);
            overlay.flags = vec!["PAUSED"];
            let area = [20, 10, width, height];
            overlay.draw(&mut Canvas { pixels: &mut pixels, stride: 700, area });
            let inside = |i: usize| {
                let (x, y) = (i % 700, i / 700);
                (20..20 + width).contains(&x) && (10..10 + height).contains(&y)
            };
            assert!(pixels.iter().enumerate().all(|(i, &pixel)| pixel == 7 || inside(i)));
            assert!(pixels.contains(&INK) || width < 20);
        }
    }

    #[test]
    fn the_help_fits_the_smallest_picture() {
        for arrows in [Arrows::Joystick, Arrows::Cursor] {
            let help = help(KeyboardMode::Positions, arrows);
            let longest = help.iter().map(String::len).max().unwrap();
            let (width, height) = sheet_size(longest, help.len(), 1);
            assert!(width <= 284 && height <= 240, "{width} x {height}");
        }
    }

    #[test]
    fn messages_wrap_and_expire() {
        assert_eq!(wrap("state saved to here", 11), ["state saved", "to here"]);
        assert_eq!(wrap("abcdefghijklm", 8), ["abcdefgh", "ijklm"]);
        let mut overlay = Overlay::default();
        overlay.say("x".to_owned(), Duration::from_secs(1));
        assert!(!overlay.expire(Duration::from_secs(3)) && !overlay.is_empty());
        assert!(overlay.expire(Duration::from_secs(4)) && overlay.is_empty());
    }
}
