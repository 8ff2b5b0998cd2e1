// SPDX-License-Identifier: MIT OR Apache-2.0
//! Plays a script on a machine.

use super::dump::Space;
use super::script::{Command, Event, Expectation, Script, Span};
use super::session::{Session, SessionError, picture};
use super::trace::Trace;
use crate::clock::{CPU_HZ, Cycles};
use crate::console::Key;
use crate::host::files;
use crate::host::record::Recorder;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

/// Frames that pass before a cursor counts: the one of the line just entered stays on the screen for some.
const CURSOR_DELAY: u64 = 10;
/// Frames that pass behind a key, so that its release is seen.
const KEY_GAP: u64 = 3;

/// Why a script did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The machine did not do what the script says.
    #[error("line {line}: {what}; the screen shows:\n{screen}")]
    Failed {
        /// The line of the script.
        line: usize,
        /// What was expected, in a line.
        what: String,
        /// The screen's rows.
        screen: String,
    },
    /// A file could not be read or written.
    #[error("line {line}: {what}")]
    File {
        /// The line of the script.
        line: usize,
        /// File and reason.
        what: String,
    },
}

/// What ends a command early.
enum Stop {
    /// What did not happen.
    Failed(String),
    /// A file and why not.
    File(String),
}

impl From<SessionError> for Stop {
    fn from(error: SessionError) -> Self {
        Self::File(error.to_string())
    }
}

/// Carries a script out.
pub struct Player<'a> {
    session: &'a mut Session,
    out: &'a mut dyn Write,
    deadline: Cycles,
}

impl<'a> Player<'a> {
    /// Plays on `session`, until `deadline` at the latest; prints to `out`.
    pub fn new(session: &'a mut Session, deadline: Cycles, out: &'a mut dyn Write) -> Self {
        Self { session, out, deadline }
    }

    /// Plays the script to its end.
    ///
    /// # Errors
    /// See [`PlayError`].
    pub fn play(&mut self, script: &Script) -> Result<(), PlayError> {
        for &(line, ref command) in &script.commands {
            self.obey(command).map_err(|stop| match stop {
                Stop::File(what) => PlayError::File { line, what },
                Stop::Failed(what) => {
                    let screen = self.session.screen().to_string().trim_end().to_owned();
                    PlayError::Failed { line, what, screen }
                }
            })?;
        }
        Ok(())
    }

    fn obey(&mut self, command: &Command) -> Result<(), Stop> {
        match command {
            Command::Press(keys) => self.set(keys, true),
            Command::Release(keys) => self.set(keys, false),
            Command::ReleaseAll => self.session.machine.release_all_keys(),
            Command::Key(keys, frames) => {
                self.set(keys, true);
                self.pass(Span::Frames(*frames))?;
                self.set(keys, false);
                self.pass(Span::Frames(KEY_GAP))?;
            }
            Command::AlphaLock(on) => self.session.machine.set_alpha_lock(*on),
            Command::Type(text) => self.type_text(text)?,
            Command::TypeFile(path) => self.type_text(&String::from_utf8_lossy(&read(path)?))?,
            Command::Pass(span) => self.pass(*span)?,
            Command::Wait(event, limit) => self.wait(event, *limit)?,
            Command::Expect(expectation) => self.expect(expectation)?,
            Command::Print(text) => self.print(&format!("{text}\n"))?,
            Command::Screen => self.print(&self.session.screen().to_string())?,
            Command::Dump(area, None) => self.print(&area.text(&self.session.machine))?,
            Command::Dump(area, Some(path)) => write(path, &area.bytes(&self.session.machine))?,
            Command::Poke(space, start, bytes) => self.poke(*space, *start, bytes)?,
            Command::Screenshot(path) => {
                let png = picture(&self.session.machine).map_err(|why| failed_file(path, &why))?;
                write(path, &png)?;
            }
            Command::SaveState(path) => write(path, &self.session.machine.snapshot())?,
            Command::LoadState(path) => {
                let bytes = read(path)?;
                self.session.restore(&bytes).map_err(|why| failed_file(path, &why))?;
            }
            Command::Record(path) => self.record(path.as_deref())?,
            Command::Trace(path) => {
                let trace = path.as_deref().map(Trace::create).transpose().map_err(SessionError::from)?;
                self.session.trace(trace)?;
            }
            Command::Reset => self.session.machine.reset(),
        }
        Ok(())
    }

    /// One frame; the script fails when the run has to end.
    fn frame(&mut self, deadline: Cycles) -> Result<(), Stop> {
        if self.session.machine.now() >= self.deadline || self.session.is_over() {
            return Err(Stop::Failed("the run's time is over".to_owned()));
        }
        Ok(self.session.frame(deadline.min(self.deadline))?)
    }

    fn pass(&mut self, span: Span) -> Result<(), Stop> {
        match span {
            Span::Frames(frames) => (0..frames).try_for_each(|_| self.frame(self.deadline)),
            Span::Seconds(seconds) => {
                let end = self.session.machine.now() + (seconds * CPU_HZ as f64).round() as u64;
                while self.session.machine.now() < end {
                    self.frame(end)?;
                }
                Ok(())
            }
        }
    }

    fn type_text(&mut self, text: &str) -> Result<(), Stop> {
        match self.session.typist.type_text(text) {
            0 => {}
            unknown => {
                return Err(Stop::Failed(format!("the TI has no keys for {unknown} characters of the text")));
            }
        }
        while !self.session.typist.is_idle() {
            self.frame(self.deadline)?;
        }
        Ok(())
    }

    fn wait(&mut self, event: &Event, limit: Span) -> Result<(), Stop> {
        if *event == Event::Cursor {
            self.pass(Span::Frames(CURSOR_DELAY))?;
        }
        let (start, mut frames) = (self.session.machine.now(), 0);
        loop {
            let screen = self.session.screen();
            let (come, what) = match event {
                Event::Cursor => (screen.cursor().is_some(), "no cursor came".to_owned()),
                Event::Text(text) => (screen.contains(text), format!("{text:?} did not come")),
                Event::NoText(text) => (!screen.contains(text), format!("{text:?} did not go")),
            };
            if come {
                return Ok(());
            }
            let over = match limit {
                Span::Frames(limit) => frames >= limit,
                Span::Seconds(limit) => (self.session.machine.now() - start) as f64 >= limit * CPU_HZ as f64,
            };
            if over {
                return Err(Stop::Failed(what));
            }
            self.frame(self.deadline)?;
            frames += 1;
        }
    }

    fn expect(&mut self, expectation: &Expectation) -> Result<(), Stop> {
        let machine = &self.session.machine;
        let screen = self.session.screen();
        let (holds, what) = match expectation {
            Expectation::Text(text) => (screen.contains(text), format!("expected text {text:?}")),
            Expectation::NoText(text) => (!screen.contains(text), format!("expected no text {text:?}")),
            Expectation::Row(row, text) => {
                let found = screen.row(*row - 1);
                (found == *text, format!("expected row {row} to be {text:?}, found {found:?}"))
            }
            Expectation::Screen(path) => {
                let golden = String::from_utf8_lossy(&read(path)?).into_owned();
                match screen.first_difference(&golden) {
                    None => (true, String::new()),
                    Some(row) => {
                        (false, format!("expected the screen of {}, row {} differs", path.display(), row + 1))
                    }
                }
            }
            Expectation::Bytes(area, bytes) => {
                let found = area.bytes(machine);
                (found == *bytes, format!("expected {area} to be {}, found {}", hex(bytes), hex(&found)))
            }
            Expectation::Register(register, value) => {
                let found = machine.vdp_registers()[*register];
                (
                    found == *value,
                    format!("expected VDP register {register} to be {value:02X}, found {found:02X}"),
                )
            }
        };
        if holds { Ok(()) } else { Err(Stop::Failed(what)) }
    }

    fn poke(&mut self, space: Space, start: u16, bytes: &[u8]) -> Result<(), Stop> {
        let machine = &mut self.session.machine;
        for (offset, &byte) in bytes.iter().enumerate() {
            let addr = start.wrapping_add(offset as u16);
            let done = match space {
                Space::Vdp => {
                    machine.poke_vram(addr & 0x3FFF, byte);
                    true
                }
                Space::Cpu => {
                    let mut word = machine.peek(addr).to_be_bytes();
                    word[usize::from(addr & 1)] = byte;
                    machine.poke(addr, u16::from_be_bytes(word))
                }
                Space::Grom => false,
            };
            if !done {
                return Err(Stop::Failed(format!("there is no RAM at {space} >{addr:04X}")));
            }
        }
        Ok(())
    }

    fn record(&mut self, path: Option<&Path>) -> Result<(), Stop> {
        let machine = &self.session.machine;
        let now = machine.config().profile.dot_clock.dot_at(machine.now());
        let recorder = path.map(|path| Recorder::start(path, now, machine.audio_level())).transpose();
        Ok(self.session.record(recorder.map_err(SessionError::from)?)?)
    }

    fn set(&mut self, keys: &[Key], down: bool) {
        for &key in keys {
            self.session.machine.set_key(key, down);
        }
    }

    fn print(&mut self, text: &str) -> Result<(), Stop> {
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        written.map_err(|why: io::Error| Stop::File(format!("can't print: {why}")))
    }
}

fn failed_file(path: &Path, why: &dyn Display) -> Stop {
    Stop::File(format!("{}: {why}", path.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, Stop> {
    std::fs::read(path).map_err(|why| Stop::File(format!("can't read {}: {why}", path.display())))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    files::write(path, bytes).map_err(|why| Stop::File(format!("can't write {}: {why}", path.display())))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
}
