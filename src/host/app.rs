// SPDX-License-Identifier: MIT OR Apache-2.0
//! The desktop program: a machine in a window, with the user's keys, sound, states, pictures and recordings.
//!
//! One turn of the loop is one picture: keys in, a frame of the machine, sound out, picture shown, and a wait until the
//! frame is over by the monotonic clock. See `docs/window.md` for what the user sees.

use super::input::{Change, Input, Outcome};
use super::overlay::Overlay;
use super::pacing::{Pacer, Wait};
use super::picture::PALETTE;
use super::record::Recorder;
use super::settings::{KeyboardMode, Settings};
use super::sound::Sound;
use super::tape::Tape;
use super::window::Screen;
use super::{commands, paths};
use crate::chips::sn76489::Edge;
use crate::chips::tms9918a::Frame;
use crate::clock::{DOTS_PER_LINE, Dots};
use crate::console::{Machine, Region};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use thiserror::Error;

/// How often the window is looked after while the machine runs as fast as it can.
const FAST_TURN: Duration = Duration::from_millis(16);

/// How to run; [`Options::new`] gives what an empty command line means.
#[derive(Clone, Debug)]
pub struct Options {
    /// The settings file, with what the command line overrides in it.
    pub settings: Settings,
    /// What runs, for the title bar and the names of files: a cartridge's name.
    pub name: String,
    /// The file of the save and load keys; by default `states/NAME.state` in the data folder.
    pub state: Option<PathBuf>,
    /// Record the sound there from the start.
    pub wav: Option<PathBuf>,
    /// The cassette in recorder CS1.
    pub cassette: Option<PathBuf>,
    /// Typed at the start, as soon as the console listens.
    pub text: String,
    /// Leave after so many seconds of the machine's time.
    pub seconds: Option<f64>,
}

impl Options {
    /// Defaults, with the settings as read from their file.
    pub fn new(settings: Settings, name: &str) -> Self {
        Self {
            settings,
            name: name.to_owned(),
            state: None,
            wav: None,
            cassette: None,
            text: String::new(),
            seconds: None,
        }
    }
}

/// Why the window run ended, other than by the user's wish. All are exit code 2.
#[derive(Debug, Error)]
pub enum HostError {
    /// No window can be opened.
    #[error("no display; try `lubbock run --headless` ({0})")]
    NoDisplay(minifb::Error),
    /// The window broke while running.
    #[error("the window cannot be drawn: {0}")]
    Draw(minifb::Error),
    /// A recording asked for on the command line cannot be made.
    #[error(transparent)]
    Record(#[from] super::wav::WavError),
    /// The cassette is none.
    #[error(transparent)]
    Tape(#[from] super::tape::TapeError),
}

/// The program while it runs.
pub(super) struct App {
    pub(super) machine: Machine,
    pub(super) options: Options,
    pub(super) screen: Screen,
    pub(super) input: Input,
    pub(super) overlay: Overlay,
    pub(super) recorder: Option<Recorder>,
    tape: Option<Tape>,
    pub(super) sound: Sound,
    pub(super) picture: Picture,
    pub(super) paused: bool,
    pub(super) fast: bool,
    pub(super) muted: bool,
    pub(super) quit: bool,
    started: Instant,
    pacer: Pacer,
    edges: Vec<Edge>,
    report: Report,
}

/// The picture in colours, and whether it is a new one.
pub(super) struct Picture {
    indexes: Vec<u8>,
    pub(super) pixels: Vec<u32>,
    pub(super) size: (usize, usize),
    fresh: bool,
}

impl Picture {
    fn of(frame: &Frame) -> Self {
        let size = (Frame::WIDTH, frame.height());
        let mut picture = Self { indexes: Vec::new(), pixels: Vec::new(), size, fresh: true };
        picture.take(frame);
        picture
    }

    fn take(&mut self, frame: &Frame) {
        if self.indexes != frame.pixels() {
            self.fresh = true;
            self.indexes.clear();
            self.indexes.extend_from_slice(frame.pixels());
            self.pixels.clear();
            self.pixels.extend(self.indexes.iter().map(|&index| PALETTE[usize::from(index & 15)]));
        }
    }
}

/// Milliseconds between picture and sound from which on people notice.
const APART_MS: f64 = 50.0;

/// How far picture and sound were apart from the clock: the worst of the whole run.
#[derive(Clone, Copy, Debug, Default)]
struct Report {
    frames: u64,
    shown: u64,
    /// Milliseconds by which a picture came too late.
    late_ms: f64,
    skipped_ms: f64,
    lag_ms: (f64, f64),
    /// The sum of all lags, for their mean.
    lags: (f64, u64),
    /// Pictures whose sound came more than [`APART_MS`] later.
    apart: u64,
    missed: u64,
    asked: f64,
}

/// Opens a window on the machine and runs it until the user leaves.
///
/// # Errors
/// See [`HostError`].
pub fn run(machine: Machine, options: Options) -> Result<(), HostError> {
    let mut app = App::new(machine, options)?;
    while app.screen.is_open() && !app.quit {
        app.turn()?;
    }
    app.finish()
}

impl App {
    fn new(mut machine: Machine, options: Options) -> Result<Self, HostError> {
        let picture = Picture::of(machine.frame());
        let region = machine.config().region;
        let title = format!("Lubbock - {}", options.name);
        let screen = Screen::open(&title, picture.size, region, &options.settings.window)
            .map_err(HostError::NoDisplay)?;
        let (now, level) = (dot(&machine), machine.audio_level());
        let (sound, silent) = Sound::open(&options.settings.sound, now, level);
        if let Some(reason) = silent {
            log::warn!("going on without sound: {reason}");
        }
        let recorder = options.wav.as_deref().map(|path| Recorder::start(path, now, level)).transpose()?;
        let tape = options.cassette.as_deref().map(|path| Tape::insert(path, &mut machine)).transpose()?;
        if options.settings.keyboard.alpha_lock {
            machine.set_alpha_lock(true);
        }
        let mut input = Input::new(&options.settings.keyboard);
        input.type_text(&options.text);
        Ok(Self {
            screen,
            input,
            overlay: Overlay::default(),
            recorder,
            tape,
            sound,
            picture,
            paused: false,
            fast: false,
            muted: false,
            quit: false,
            started: Instant::now(),
            pacer: Pacer::new(dots_per_frame(region), Duration::ZERO),
            edges: Vec::new(),
            report: Report::default(),
            machine,
            options,
        })
    }

    /// Time since the start.
    pub(super) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Says what just happened: over the picture and in the title bar.
    pub(super) fn say(&mut self, message: impl Into<String>) {
        self.overlay.say(message.into(), self.now());
    }

    /// One picture.
    fn turn(&mut self) -> Result<(), HostError> {
        self.take_keys();
        if self.paused {
            self.show()?;
            std::thread::sleep(FAST_TURN);
            self.pacer.restart(self.now());
        } else if self.fast {
            let until = self.now() + FAST_TURN;
            while self.now() < until {
                self.frame();
            }
            self.show()?;
            self.pacer.restart(self.now());
        } else {
            self.frame();
            self.show()?;
            self.wait();
        }
        let (now, at, level) = (self.now(), dot(&self.machine), self.machine.audio_level());
        if let Some(message) = self.sound.mend(now, at, level) {
            self.say(message);
        }
        Ok(())
    }

    /// Runs the machine for a frame, and takes its sound and picture.
    pub(super) fn frame(&mut self) {
        self.input.advance(&mut self.machine);
        self.machine.run_frame();
        self.machine.take_audio(&mut self.edges);
        let now = dot(&self.machine);
        let play = !self.fast && !self.muted && !self.paused;
        self.sound.frame(&self.edges, now, play);
        if let Some(recorder) = &mut self.recorder
            && let Err(error) = recorder.add(&self.edges, now)
        {
            self.recorder = None;
            self.say(error.to_string());
        }
        if let Some(tape) = &mut self.tape
            && let Err(error) = tape.attend(&mut self.machine)
        {
            self.tape = None;
            self.say(error.to_string());
        }
        self.picture.take(self.machine.frame());
        self.report.frames += 1;
        let seconds = self.machine.now().0 as f64 / crate::clock::CPU_HZ as f64;
        self.quit |= self.options.seconds.is_some_and(|end| seconds >= end);
    }

    /// Waits until the frame is over, and notes how well that went.
    fn wait(&mut self) {
        match self.pacer.frame(self.now()) {
            Wait::For(time) => {
                if time.is_zero() {
                    self.report.late_ms = self.report.late_ms.max(self.pacer.late(self.now()));
                }
                std::thread::sleep(time);
            }
            Wait::Skipped(time) => {
                log::debug!("{time:?} left out: the host was busy");
                self.report.skipped_ms += time.as_secs_f64() * 1000.0;
            }
        }
        if let Some(status) = self.sound.status() {
            let (least, most) = self.report.lag_ms;
            let least = if self.report.asked == 0.0 { status.lag_ms } else { least.min(status.lag_ms) };
            self.report.lag_ms = (least, most.max(status.lag_ms));
            self.report.lags = (self.report.lags.0 + status.lag_ms, self.report.lags.1 + 1);
            self.report.apart += u64::from(status.lag_ms > APART_MS);
            self.report.missed = status.missed;
            self.report.asked = status.asked;
        }
    }

    fn take_keys(&mut self) {
        let mut changes: Vec<Change> = Vec::new();
        self.screen.changes(&mut changes);
        for change in changes {
            match self.input.change(change, &mut self.machine) {
                Outcome::None => {}
                Outcome::Command(command) => commands::obey(self, command),
                Outcome::Unknown(character) => self.say(format!("the TI has no key for {character}")),
                Outcome::AlphaLock(true) => self.say("alpha lock is down"),
                Outcome::AlphaLock(false) => self.say("alpha lock is up"),
            }
        }
    }

    fn show(&mut self) -> Result<(), HostError> {
        let now = self.now();
        self.overlay.expire(now);
        let flags = [(self.paused, "PAUSED"), (self.fast, "FAST"), (self.recorder.is_some(), "REC")];
        self.overlay.flags = flags.iter().filter(|flag| flag.0).map(|flag| flag.1).collect();
        let title = match self.overlay.message() {
            Some(message) => format!("Lubbock - {} - {message}", self.options.name),
            None => format!("Lubbock - {}", self.options.name),
        };
        self.screen.set_title(&title);
        let Picture { pixels, size, fresh, .. } = &mut self.picture;
        let fresh = std::mem::take(fresh);
        self.report.shown += u64::from(fresh);
        self.screen.show(pixels, *size, fresh, &self.overlay).map_err(HostError::Draw)
    }

    /// The machine has jumped to another state: sound, keys and pace follow.
    pub(super) fn after_jump(&mut self) {
        self.machine.take_audio(&mut self.edges);
        let (now, level) = (dot(&self.machine), self.machine.audio_level());
        self.sound.resume(now, level);
        if let Some(recorder) = &mut self.recorder {
            recorder.resume(now, level);
        }
        self.input.let_go(&mut self.machine);
        self.picture.take(self.machine.frame());
    }

    /// The folder for one kind of files.
    pub(super) fn folder(&self, kind: &str) -> PathBuf {
        self.options.settings.files.folder.clone().unwrap_or_else(paths::data_dir).join(kind)
    }

    /// Changes between characters and positions.
    pub(super) fn set_keyboard_mode(&mut self, mode: KeyboardMode) {
        self.input.let_go(&mut self.machine);
        self.input.mode = mode;
    }

    fn finish(mut self) -> Result<(), HostError> {
        let Report { frames, shown, late_ms, skipped_ms, lag_ms, lags, apart, missed, asked } = self.report;
        let (wall, machine) = (self.now().as_secs_f64(), self.machine.now().0 as f64 / 3e6);
        log::info!(
            "{frames} frames ({shown} different) in {wall:.3} s, machine {machine:.3} s; \
             latest picture {late_ms:.1} ms late, {skipped_ms:.1} ms left out; \
             sound {:.1} to {:.1} ms behind, {:.1} on average, over {APART_MS} at {apart} pictures; card asked for {asked:.3} s, {missed} samples missed",
            lag_ms.0,
            lag_ms.1,
            lags.0 / lags.1.max(1) as f64
        );
        if let Some(recorder) = self.recorder.take() {
            recorder.finish()?;
        }
        if let Some(tape) = &mut self.tape {
            tape.keep(&mut self.machine)?;
        }
        Ok(())
    }
}

/// The machine's time in dots, up to which its sound is known.
pub(super) fn dot(machine: &Machine) -> Dots {
    machine.config().profile.dot_clock.dot_at(machine.now())
}

fn dots_per_frame(region: Region) -> u64 {
    let lines = match region {
        Region::Ntsc => 262,
        Region::Pal => 313,
    };
    DOTS_PER_LINE * lines
}
