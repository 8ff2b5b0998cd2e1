// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the program's own keys do. Each says on the screen what happened, success or not.

use super::app::{App, dot};
use super::keymap::Command;
use super::record::Recorder;
use super::settings::{Arrows, KeyboardMode};
use super::{files, paths, picture};
use std::io;
use std::path::{Path, PathBuf};

/// Carries out a command.
pub(super) fn obey(app: &mut App, command: Command) {
    match command {
        Command::Help => app.overlay.toggle_help(app.input.mode, app.input.arrows),
        Command::Reset => {
            app.machine.reset();
            app.say("reset");
        }
        Command::Pause => {
            app.paused = !app.paused;
            app.sound.pause();
            app.say(if app.paused { "paused (F3 goes on, F4 steps)" } else { "going on" });
        }
        Command::Step => {
            app.paused = true;
            app.sound.pause();
            app.frame();
            app.say(format!("frame {}", app.machine.frames()));
        }
        Command::SaveState => save_state(app),
        Command::LoadState => load_state(app),
        Command::Fast => {
            app.fast = !app.fast;
            app.say(if app.fast { "fast forward" } else { "normal speed" });
        }
        Command::KeyboardMode => keyboard_mode(app),
        Command::Arrows => arrows(app),
        Command::Screenshot => screenshot(app),
        Command::Record => record(app),
        Command::FullScreen => full_screen(app),
        Command::Paste => paste(app),
        Command::Mute => {
            app.muted = !app.muted;
            app.say(if app.muted { "sound off" } else { "sound on" });
        }
        Command::Quit => app.quit = true,
    }
}

fn state_file(app: &App) -> PathBuf {
    let name = paths::file_name(&app.options.name);
    app.options.state.clone().unwrap_or_else(|| app.folder("states").join(format!("{name}.state")))
}

fn save_state(app: &mut App) {
    let path = state_file(app);
    let bytes = app.machine.snapshot();
    let written = make_folder(&path).and_then(|()| files::write(&path, &bytes));
    app.say(told("state saved to", "cannot save the state to", &path, written));
}

fn load_state(app: &mut App) {
    let path = state_file(app);
    let message = match std::fs::read(&path) {
        Ok(bytes) => match app.machine.restore(&bytes) {
            Ok(()) => {
                app.after_jump();
                format!("state loaded from {}", paths::display(&path))
            }
            Err(error) => format!("{}: {error}", paths::display(&path)),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            "no state has been saved yet (F5)".to_owned()
        }
        Err(error) => format!("cannot read {}: {error}", paths::display(&path)),
    };
    app.say(message);
}

fn screenshot(app: &mut App) {
    let folder = app.folder("screenshots");
    let path = paths::unused(&folder, &paths::file_name(&app.options.name), "png");
    let (width, height) = app.picture.size;
    let png = picture::png(&app.picture.pixels, width, height).map_err(io::Error::other);
    let written = make_folder(&path).and(png).and_then(|bytes| files::write(&path, &bytes));
    app.say(told("picture saved to", "cannot save the picture to", &path, written));
}

fn record(app: &mut App) {
    let message = match app.recorder.take() {
        Some(recorder) => match recorder.finish() {
            Ok((path, seconds)) => format!("{seconds:.1} s of sound saved to {}", paths::display(&path)),
            Err(error) => error.to_string(),
        },
        None => {
            let folder = app.folder("recordings");
            let path = paths::unused(&folder, &paths::file_name(&app.options.name), "wav");
            let started = make_folder(&path).map_err(|error| error.to_string()).and_then(|()| {
                Recorder::start(&path, dot(&app.machine), app.machine.audio_level())
                    .map_err(|e| e.to_string())
            });
            match started {
                Ok(recorder) => {
                    app.recorder = Some(recorder);
                    format!("recording sound to {}", paths::display(&path))
                }
                Err(error) => error,
            }
        }
    };
    app.say(message);
}

fn keyboard_mode(app: &mut App) {
    let (mode, message) = match app.input.mode {
        KeyboardMode::Characters => (KeyboardMode::Positions, "keys by position"),
        KeyboardMode::Positions => (KeyboardMode::Characters, "keys by character"),
    };
    app.set_keyboard_mode(mode);
    app.say(message);
}

fn arrows(app: &mut App) {
    let (arrows, message) = match app.input.arrows {
        Arrows::Joystick => (Arrows::Cursor, "arrow keys move the cursor"),
        Arrows::Cursor => (Arrows::Joystick, "arrow keys are joystick 1"),
    };
    app.input.arrows = arrows;
    app.say(message);
}

fn full_screen(app: &mut App) {
    let on = !app.screen.is_fullscreen();
    if let Err(error) = app.screen.set_fullscreen(on, app.picture.size) {
        app.say(format!("full screen: {error}"));
    }
}

fn paste(app: &mut App) {
    let text = arboard::Clipboard::new().and_then(|mut clipboard| clipboard.get_text());
    let message = match text {
        Ok(text) => {
            let characters = text.chars().count();
            match app.input.type_text(&text) {
                0 => format!("typing {characters} characters"),
                unknown => {
                    format!("typing {} characters; the TI has no keys for {unknown}", characters - unknown)
                }
            }
        }
        Err(error) => format!("nothing to paste: {error}"),
    };
    app.say(message);
}

fn make_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), std::fs::create_dir_all)
}

fn told(done: &str, failed: &str, path: &Path, result: io::Result<()>) -> String {
    match result {
        Ok(()) => format!("{done} {}", paths::display(path)),
        Err(error) => format!("{failed} {}: {error}", paths::display(path)),
    }
}
