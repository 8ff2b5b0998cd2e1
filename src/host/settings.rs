// SPDX-License-Identifier: MIT OR Apache-2.0
//! The settings file: defaults of the desktop program, in TOML. Documented in `docs/window.md`.
//!
//! Every entry may be left out; one that is unknown or wrong is reported with its line, not ignored.

use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The picture and its window.
    pub window: WindowSettings,
    /// Sound.
    pub sound: SoundSettings,
    /// Keyboard and joysticks.
    pub keyboard: KeyboardSettings,
    /// Where files go.
    pub files: FileSettings,
}

/// The picture and its window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WindowSettings {
    /// Lines of the window for each line of the picture at start, 1 to 16.
    pub scale: u32,
    /// Shape of a dot.
    pub aspect: Aspect,
    /// Whole multiples of a line only, with a margin around; or fill the window.
    pub integer: bool,
    /// Start in full screen.
    pub fullscreen: bool,
}

impl Default for WindowSettings {
    fn default() -> Self {
        Self { scale: 3, aspect: Aspect::Television, integer: true, fullscreen: false }
    }
}

/// Shape of a dot on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// As on a television: wider than high by 8:7 (NTSC) or 11:8 (PAL).
    #[default]
    Television,
    /// Square, as the picture is in memory.
    Square,
}

/// Sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SoundSettings {
    /// Whether there is any.
    pub enabled: bool,
    /// Loudness in percent, 0 to 200.
    pub volume: u32,
    /// Milliseconds of sound kept ready, 10 to 200: more where it stutters.
    pub buffer_ms: u32,
}

impl Default for SoundSettings {
    fn default() -> Self {
        Self { enabled: true, volume: 100, buffer_ms: 10 }
    }
}

/// Keyboard and joysticks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyboardSettings {
    /// What a key of the host means.
    pub mode: KeyboardMode,
    /// What the arrow keys are without ALT.
    pub arrows: Arrows,
    /// Alpha lock is down at start.
    pub alpha_lock: bool,
}

/// What a key of the host means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyboardMode {
    /// The character it types in the user's layout.
    #[default]
    Characters,
    /// The TI's key in the same place.
    Positions,
}

/// What the arrow keys are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arrows {
    /// Joystick 1.
    #[default]
    Joystick,
    /// FCTN with E, S, D, X: the cursor.
    Cursor,
}

/// Where files go.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileSettings {
    /// The folder for states, screenshots and recordings; the data folder when absent.
    pub folder: Option<PathBuf>,
}

/// What is wrong with the settings file: one line that says where and what.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// It is there, but cannot be read.
    #[error("cannot read settings {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It is no TOML, or has an entry that does not exist, or a value that does not fit.
    #[error("settings {}, line {line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A number out of its range.
    #[error("settings {}: {name} must be {least} to {most}, not {value}", path.display())]
    Range {
        /// The file.
        path: PathBuf,
        /// The entry.
        name: &'static str,
        /// Smallest value.
        least: u32,
        /// Largest value.
        most: u32,
        /// The value found.
        value: u32,
    },
}

impl Settings {
    /// Reads the settings file; a file that does not exist stands for the defaults.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(path, &text),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(SettingsError::Read { path: path.to_owned(), source }),
        }
    }

    /// Reads the text of a settings file; `path` serves the messages.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn parse(path: &Path, text: &str) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(text).map_err(|e| {
            let before = e.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let message = e.message().lines().collect::<Vec<_>>().join(" ");
            SettingsError::Syntax { path: path.to_owned(), line, message }
        })?;
        for (name, value, least, most) in [
            ("window.scale", settings.window.scale, 1, 16),
            ("sound.volume", settings.sound.volume, 0, 200),
            ("sound.buffer_ms", settings.sound.buffer_ms, 5, 200),
        ] {
            if !(least..=most).contains(&value) {
                return Err(SettingsError::Range { path: path.to_owned(), name, least, most, value });
            }
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_shows_the_defaults() {
        let manual = include_str!("../../docs/window.md");
        let shown = manual.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
        assert_eq!(Settings::parse(Path::new("s.toml"), shown).unwrap(), Settings::default());
        let all = toml::to_string(&Settings::default()).unwrap();
        for entry in all.lines().filter(|line| !line.is_empty()) {
            assert!(shown.contains(entry), "{entry}");
        }
    }

    #[test]
    fn reads_what_is_written_and_says_what_is_wrong() {
        let parse = |text| Settings::parse(Path::new("s.toml"), text);
        assert_eq!(parse("").unwrap(), Settings::default());
        let text = "[window]\nscale = 2\naspect = \"square\"\n[keyboard]\nmode = \"positions\"\n";
        let settings = parse(text).unwrap();
        assert_eq!((settings.window.scale, settings.window.aspect), (2, Aspect::Square));
        assert_eq!(settings.keyboard.mode, KeyboardMode::Positions);
        let all = toml::to_string(&settings).unwrap();
        assert_eq!(parse(&all).unwrap(), settings);
        for (text, message) in [
            ("[window]\nsacle = 2\n", "settings s.toml, line 2: unknown field `sacle`"),
            (
                "[window]\n\nscale = \"x\"",
                "settings s.toml, line 3: invalid type: string \"x\", expected u32",
            ),
            ("[sound]\nvolume = 999", "settings s.toml: sound.volume must be 0 to 200, not 999"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
