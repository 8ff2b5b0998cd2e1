// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock run`: a machine that runs, in the window or headless. `docs/headless.md` is the user's view.

use super::Failure;
use super::files;
use super::machine::{MachineArgs, read};
use crate::clock::{CPU_HZ, Cycles};
use crate::headless::{Area, Session, SessionError, Trace, picture};
use crate::host::record::Recorder;
use std::path::PathBuf;

/// Seconds of a run that names no end, behind the last key typed.
const DEFAULT_SECONDS: f64 = 5.0;
/// Seconds in which `--until-text` must come true, where `--seconds` says nothing else.
const PATIENCE: f64 = 60.0;

/// Run a machine
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Cartridges, as with --cart
    media: Vec<PathBuf>,
    /// Without a window, as fast as the host can
    #[arg(long)]
    headless: bool,
    #[command(flatten)]
    machine: MachineArgs,
    /// Type this as soon as the console listens; \n is ENTER, \\ a backslash
    #[arg(long = "type", value_name = "TEXT")]
    text: Option<String>,
    /// Type the contents of a file, behind --type
    #[arg(long, value_name = "FILE")]
    type_file: Option<PathBuf>,
    /// End after so many seconds of the machine's time
    #[arg(long, value_name = "S")]
    seconds: Option<f64>,
    /// End after so many pictures
    #[arg(long, value_name = "N")]
    frames: Option<u64>,
    /// End after so many instructions
    #[arg(long, value_name = "N")]
    instructions: Option<u64>,
    /// End when a row of the screen holds this text (within --seconds, 60 by default, else exit code 1)
    #[arg(long, value_name = "TEXT")]
    until_text: Option<String>,
    /// Print the rows of the screen at the end
    #[arg(long)]
    screen: bool,
    /// Print memory at the end: SPACE is cpu, vdp or grom, numbers are decimal or hexadecimal (0x or >)
    #[arg(long, value_name = "SPACE:ADDR:LEN", num_args = 1..)]
    dump: Vec<Area>,
    /// Write the picture at the end
    #[arg(long, value_name = "FILE.png")]
    screenshot: Option<PathBuf>,
    /// Record the sound
    #[arg(long, value_name = "FILE.wav")]
    wav: Option<PathBuf>,
    /// Begin with a saved state
    #[arg(long, value_name = "FILE")]
    state_in: Option<PathBuf>,
    /// Save the state at the end
    #[arg(long, value_name = "FILE")]
    state_out: Option<PathBuf>,
    /// Write a line `cycle pc wp st` for each instruction; - is standard output
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if !args.headless {
        return Err(Failure::Usage("a run without a window takes --headless".to_owned()));
    }
    let (mut machine, _) = args.machine.build(&args.media)?;
    if let Some(path) = &args.state_in {
        let bytes = read(path)?;
        machine.restore(&bytes).map_err(|why| Failure::Usage(format!("{}: {why}", path.display())))?;
    }
    let mut session = args.session(machine)?;
    let found = args.go(&mut session)?;
    args.results(session)?;
    match &args.until_text {
        Some(text) if !found => Err(Failure::Input(format!("error: the screen never showed `{text}`"))),
        _ => Ok(()),
    }
}

impl Args {
    fn session(&self, machine: crate::console::Machine) -> Result<Session, Failure> {
        let mut session = Session::new(machine);
        if let Some(path) = &self.wav {
            let machine = &session.machine;
            let now = machine.config().profile.dot_clock.dot_at(machine.now());
            session.record(Recorder::start(path, now, machine.audio_level()).map_err(|why| failed(&why))?);
        }
        if let Some(path) = &self.trace {
            session.trace(Trace::create(path).map_err(|why| failed(&why))?);
        }
        if let Some(limit) = self.instructions {
            session.limit(limit);
        }
        let unknown = session.typist.type_text(&self.typed()?);
        if unknown > 0 {
            log::warn!("{unknown} characters left out that the TI has no keys for");
        }
        Ok(session)
    }

    /// The text to type.
    fn typed(&self) -> Result<String, Failure> {
        let mut text = self.text.as_deref().map(unescape).unwrap_or_default();
        if let Some(path) = &self.type_file {
            text += &String::from_utf8_lossy(&read(path)?);
        }
        Ok(text)
    }

    /// Runs to the end; returns whether the text asked for was seen.
    fn go(&self, session: &mut Session) -> Result<bool, Failure> {
        let start = session.machine.now();
        let after = |seconds: f64| start + (seconds * CPU_HZ as f64).round() as u64;
        let endless = self.frames.is_some() || self.instructions.is_some();
        let mut deadline = match (self.seconds, &self.until_text) {
            (Some(seconds), _) => after(seconds),
            (None, Some(_)) => after(PATIENCE),
            (None, None) if endless => Cycles(u64::MAX),
            (None, None) => after(DEFAULT_SECONDS),
        };
        let first = session.machine.frames();
        while session.machine.now() < deadline && !session.is_over() {
            session.frame(deadline).map_err(|why| session_failed(&why))?;
            if self.until_text.as_ref().is_some_and(|text| session.screen().contains(text)) {
                return Ok(true);
            }
            if self.frames.is_some_and(|frames| session.machine.frames() - first >= frames) {
                break;
            }
            if self.seconds.is_none() && deadline != Cycles(u64::MAX) && !session.typist.is_idle() {
                let more = if self.until_text.is_some() { PATIENCE } else { DEFAULT_SECONDS };
                deadline = session.machine.now() + (more * CPU_HZ as f64) as u64;
            }
        }
        Ok(false)
    }

    /// Writes what was asked for.
    fn results(&self, session: Session) -> Result<(), Failure> {
        if self.screen {
            print!("{}", session.screen());
        }
        for area in &self.dump {
            print!("{}", area.text(&session.machine));
        }
        if let Some(path) = &self.screenshot {
            let png = picture(&session.machine).map_err(|why| failed(&why))?;
            files::write(path, &png)?;
        }
        let mut machine = session.finish().map_err(|why| session_failed(&why))?;
        if let Some(path) = &self.state_out {
            files::write(path, &machine.snapshot())?;
        }
        Ok(())
    }
}

/// `\n` and `\\` of a text on the command line.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (c, characters.clone().next()) {
            ('\\', Some('n')) => {
                characters.next();
                out.push('\n');
            }
            ('\\', Some('\\')) => {
                characters.next();
                out.push('\\');
            }
            _ => out.push(c),
        }
    }
    out
}

fn failed(why: &dyn std::fmt::Display) -> Failure {
    Failure::Usage(why.to_string())
}

fn session_failed(why: &SessionError) -> Failure {
    failed(why)
}
