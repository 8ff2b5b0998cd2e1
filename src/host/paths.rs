// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the user's files are: settings, console images, states, pictures and recordings.

use std::path::{Path, PathBuf};

/// The folder's name under the system's folders for settings and data.
const NAME: &str = "lubbock";

/// The settings file: `~/.config/lubbock/settings.toml` on Linux, its equivalent elsewhere.
pub fn settings_file() -> PathBuf {
    dirs::config_dir().unwrap_or_default().join(NAME).join("settings.toml")
}

/// The data folder: `~/.local/share/lubbock` on Linux, its equivalent elsewhere.
pub fn data_dir() -> PathBuf {
    dirs::data_dir().unwrap_or_default().join(NAME)
}

/// Where console images are looked for when none are named.
pub fn roms_dir() -> PathBuf {
    data_dir().join("roms")
}

/// A name that can be a file's: what a title has besides letters, digits, `-` and `_` becomes `-`.
pub fn file_name(title: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = title.chars().map(safe).collect();
    match name.trim_matches('-') {
        "" => "console".to_owned(),
        name => name.to_owned(),
    }
}

/// `folder/name-NNN.extension` with the first number that is not taken.
pub fn unused(folder: &Path, name: &str, extension: &str) -> PathBuf {
    let numbered = |n: u32| folder.join(format!("{name}-{n:03}.{extension}"));
    let mut number = 1;
    while numbered(number).exists() {
        number += 1;
    }
    numbered(number)
}

/// The path as a person writes it: `~` for the home folder.
pub fn display(path: &Path) -> String {
    match dirs::home_dir().and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned)) {
        Some(rest) => Path::new("~").join(rest).display().to_string(),
        None => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_and_numbered() {
        assert_eq!(file_name("Parsec (1982).rpk"), "Parsec--1982--rpk");
        assert_eq!(file_name("../.."), "console");
        let folder = tempfile::tempdir().unwrap();
        let first = unused(folder.path(), "a", "png");
        assert_eq!(first, folder.path().join("a-001.png"));
        std::fs::write(&first, "").unwrap();
        assert_eq!(unused(folder.path(), "a", "png"), folder.path().join("a-002.png"));
    }
}
