// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock [MEDIA]…`: the machine in a window. `docs/window.md` is the user's view.

use super::Failure;
use super::start::Start;

/// Opens the window and stays until the user leaves.
#[cfg(feature = "window")]
pub(super) fn run(start: &Start) -> Result<(), Failure> {
    use crate::host::{app, paths, settings::Settings};
    let failed = |why: &dyn std::fmt::Display| Failure::Usage(why.to_string());
    let settings = Settings::load(&paths::settings_file()).map_err(|why| failed(&why))?;
    let text = start.typed()?;
    let (machine, name) = start.machine()?;
    let options = app::Options {
        wav: start.wav.clone(),
        cassette: start.cassette.clone(),
        text,
        seconds: start.seconds,
        ..app::Options::new(settings, &name)
    };
    app::run(machine, options).map_err(|why| failed(&why))
}

/// Says that this program has no window.
#[cfg(not(feature = "window"))]
pub(super) fn run(start: &Start) -> Result<(), Failure> {
    // What is wrong with the files is worth knowing first.
    start.machine().and(start.typed())?;
    Err(Failure::Usage("this program was built without its window: use `lubbock run --headless`".to_owned()))
}
