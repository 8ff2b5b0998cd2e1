// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock run`: a machine that runs, in the window or headless. `docs/headless.md` is the user's view.

use super::dis::names;
use super::files::{print, read, write};
use super::start::Start;
use super::{Failure, window};
use crate::clock::{CPU_HZ, Cycles};
use crate::console::Machine;
use crate::headless::{Area, PlayError, Player, Script, Session, Trace, picture};
use crate::host::record::Recorder;
use crate::host::tape::Tape;
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// Seconds of a run that names no end, behind the last key typed.
const DEFAULT_SECONDS: f64 = 5.0;
/// Seconds in which `--until-text` must come true, where `--seconds` says nothing else.
const PATIENCE: f64 = 60.0;

/// Run a machine, headless with --headless
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    start: Start,
    /// Without a window, as fast as the host can
    #[arg(long)]
    headless: bool,
    #[command(flatten)]
    only: HeadlessArgs,
}

/// What makes sense without a window only.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Options of headless runs")]
struct HeadlessArgs {
    /// Play a script (docs/headless.md); the run ends with it
    #[arg(long, value_name = "FILE", requires = "headless", conflicts_with_all = ["frames", "until_text"])]
    script: Option<PathBuf>,
    /// End after so many pictures
    #[arg(long, value_name = "N", requires = "headless")]
    frames: Option<u64>,
    /// End after so many instructions
    #[arg(long, value_name = "N", requires = "headless")]
    instructions: Option<u64>,
    /// End when a row of the screen holds this text (within --seconds, 60 by default, else exit code 1)
    #[arg(long, value_name = "TEXT", requires = "headless", allow_hyphen_values = true)]
    until_text: Option<String>,
    /// Print the rows of the screen at the end
    #[arg(long, requires = "headless")]
    screen: bool,
    /// Print memory at the end: SPACE is cpu, vdp or grom; numbers are decimal or hexadecimal (0x or >)
    #[arg(long, value_name = "SPACE:ADDR:LEN", num_args = 1.., requires = "headless")]
    dump: Vec<Area>,
    /// Write the picture at the end
    #[arg(long, value_name = "FILE.png", requires = "headless")]
    screenshot: Option<PathBuf>,
    /// Save the state at the end
    #[arg(long, value_name = "FILE", requires = "headless")]
    state_out: Option<PathBuf>,
    /// Write a line `cycle pc wp st` for each instruction; - is standard output
    #[arg(long, value_name = "FILE", requires = "headless")]
    trace: Option<PathBuf>,
    /// Names for the trace: EQU lines, as the assemblers write them
    #[arg(long, value_name = "FILE", requires = "headless")]
    symbols: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if !args.headless {
        return window::run(&args.start);
    }
    let script = args.only.script.as_deref().map(script).transpose()?;
    let (machine, _) = args.start.machine()?;
    let mut session = args.session(machine)?;
    let outcome = match script {
        Some((name, script)) => args.play(&mut session, &name, &script),
        None => args.go(&mut session),
    };
    // What the run has left is wanted all the more when it failed.
    args.results(session)?;
    outcome
}

/// Reads a script.
fn script(path: &Path) -> Result<(String, Script), Failure> {
    let name = path.display().to_string();
    let text =
        String::from_utf8(read(path)?).map_err(|_| Failure::Usage(format!("{name}: not UTF-8 text")))?;
    let script = Script::parse(&text).map_err(|why| Failure::Usage(format!("{name}:{why}")))?;
    Ok((name, script))
}

impl Args {
    fn session(&self, machine: Machine) -> Result<Session, Failure> {
        let mut session = Session::new(machine);
        if let Some(path) = &self.only.symbols {
            let wrong = |failure| match failure {
                Failure::Input(message) => Failure::Usage(message.trim_start_matches("error: ").to_owned()),
                usage => usage,
            };
            session.set_symbols(names(path).map_err(wrong)?);
        }
        if let Some(path) = &self.start.wav {
            let machine = &session.machine;
            let now = machine.config().profile.dot_clock.dot_at(machine.now());
            let recorder = Recorder::start(path, now, machine.audio_level()).map_err(failed)?;
            session.record(Some(recorder)).map_err(failed)?;
        }
        if let Some(path) = &self.start.cassette {
            let tape = Tape::insert(path, &mut session.machine).map_err(failed)?;
            session.insert(tape);
        }
        if let Some(path) = &self.only.trace {
            session.trace(Some(Trace::create(path).map_err(failed)?)).map_err(failed)?;
        }
        if let Some(limit) = self.only.instructions {
            session.limit(limit);
        }
        let unknown = session.typist.type_text(&self.start.typed()?);
        if unknown > 0 {
            log::warn!("{unknown} characters are not typed: the TI has no keys for them");
        }
        Ok(session)
    }

    fn play(&self, session: &mut Session, name: &str, script: &Script) -> Result<(), Failure> {
        let deadline = self.start.seconds.map_or(Cycles(u64::MAX), |s| session.machine.now() + clocks(s));
        let mut out = std::io::stdout();
        Player::new(session, deadline, &mut out).play(script).map_err(|why| match why {
            PlayError::Failed { .. } => Failure::Input(format!("error: {name}: {why}")),
            PlayError::File { .. } => Failure::Usage(format!("{name}: {why}")),
        })
    }

    /// Runs until the time is over or the text asked for is seen.
    fn go(&self, session: &mut Session) -> Result<(), Failure> {
        let HeadlessArgs { frames, instructions, until_text, .. } = &self.only;
        let (start, first) = (session.machine.now(), session.machine.frames());
        let patience = match (self.start.seconds, until_text) {
            (Some(seconds), _) => Some(seconds),
            (None, Some(_)) => Some(PATIENCE),
            (None, None) if frames.is_some() || instructions.is_some() => None,
            (None, None) => Some(DEFAULT_SECONDS),
        };
        let mut deadline = patience.map_or(Cycles(u64::MAX), |seconds| start + clocks(seconds));
        let mut progress = (session.instructions_left(), start);
        while session.machine.now() < deadline && !session.is_over() {
            if frames.is_some_and(|frames| session.machine.frames() - first >= frames) {
                break;
            }
            session.frame(deadline).map_err(failed)?;
            if until_text.as_ref().is_some_and(|text| session.screen().contains(text)) {
                return Ok(());
            }
            if progress.0 != session.instructions_left() || patience.is_some() {
                progress = (session.instructions_left(), session.machine.now());
            } else if let (Some(left), true) =
                (progress.0, session.machine.now() - progress.1 > clocks(PATIENCE))
            {
                let message =
                    format!("error: {left} instructions before the end nothing wakes the processor (IDLE)");
                return Err(Failure::Input(message));
            }
            if let (None, Some(seconds), false) = (self.start.seconds, patience, session.typist.is_idle()) {
                deadline = session.machine.now() + clocks(seconds);
            }
        }
        match until_text {
            Some(text) => {
                let screen = session.screen().to_string();
                let message = format!("error: no row came to hold {text:?}; the screen shows:\n{screen}");
                Err(Failure::Input(message.trim_end().to_owned()))
            }
            None => Ok(()),
        }
    }

    /// Writes what was asked for.
    fn results(&self, session: Session) -> Result<(), Failure> {
        if self.only.screen {
            print(session.screen().to_string())?;
        }
        for area in &self.only.dump {
            print(area.text(&session.machine))?;
        }
        if let Some(path) = &self.only.screenshot {
            write(path, &picture(&session.machine).map_err(failed)?)?;
        }
        let mut machine = session.finish().map_err(failed)?;
        if let Some(path) = &self.only.state_out {
            write(path, &machine.snapshot())?;
        }
        Ok(())
    }
}

fn clocks(seconds: f64) -> u64 {
    (seconds * CPU_HZ as f64).round() as u64
}

fn failed(why: impl Display) -> Failure {
    Failure::Usage(why.to_string())
}
