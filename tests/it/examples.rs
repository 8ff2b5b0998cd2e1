// SPDX-License-Identifier: MIT OR Apache-2.0
//! roms/examples: the two games and the BASIC program, each built (or typed in) and played by its script on the console's own firmware.
//!
//! The scripts also pass on a genuine console's images.

use super::cli::lubbock;
use std::path::Path;

/// Builds an example's cartridge (if it is one) and plays its script.
fn play(build: &[&str], script: &str) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("roms/examples");
    let folder = tempfile::tempdir().unwrap();
    let cartridge = folder.path().join("example.rpk");
    let cartridge = cartridge.to_str().unwrap();
    let mut run = vec!["run", "--headless", "--own", "--script", script, "--seconds", "200"];
    if !build.is_empty() {
        let (code, _, errors) = lubbock(&examples, &[build, &["-o", cartridge]].concat());
        assert_eq!((code, errors.as_str()), (0, ""));
        run.extend(["--cart", cartridge]);
    }
    let (code, _, errors) = lubbock(&examples, &run);
    assert_eq!((code, errors.as_str()), (0, ""));
}

#[test]
fn stars_are_caught_with_joystick_and_keys() {
    play(&["asm", "-c", "stars.a99"], "stars.script");
}

#[test]
fn a_number_is_guessed() {
    play(&["gpl", "--cart", "guess.gpl"], "guess.script");
}

#[test]
fn the_chart_is_drawn_as_on_a_genuine_console() {
    play(&[], "chart.script");
}
