// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the window and headless runs begin with alike: a machine, a state, something to type, a recording.

use super::Failure;
use super::basic::program;
use super::files::read;
use super::machine::MachineArgs;
use crate::console::Machine;
use crate::headless::Session;
use crate::headless::basic::{self, BasicError};
use std::path::{Path, PathBuf};

/// Options of every run.
#[derive(clap::Args, Debug, Clone)]
pub(super) struct Start {
    /// Cartridges: RPK files or raw images, as with --cart; or one BASIC program (.bas, .prg), which is run
    media: Vec<PathBuf>,
    /// Start in TI BASIC, past title and menu
    #[arg(long)]
    basic: bool,
    #[command(flatten)]
    machine: MachineArgs,
    /// Type this as soon as the console listens; \n is ENTER, \\ a backslash
    #[arg(long = "type", value_name = "TEXT", allow_hyphen_values = true)]
    text: Option<String>,
    /// Type the contents of a file, behind --type
    #[arg(long, value_name = "FILE")]
    type_file: Option<PathBuf>,
    /// End after so many seconds of the machine's time
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub(super) seconds: Option<f64>,
    /// Record the sound
    #[arg(long, value_name = "FILE.wav")]
    pub(super) wav: Option<PathBuf>,
    /// The cassette in recorder CS1, played and recorded; it need not be there yet
    #[arg(long, value_name = "FILE.wav")]
    pub(super) cassette: Option<PathBuf>,
    /// Begin with a saved state
    #[arg(long, value_name = "FILE")]
    state_in: Option<PathBuf>,
}

impl Start {
    /// The machine, in the state to begin with, and what to call it.
    pub(super) fn machine(&self) -> Result<(Machine, String), Failure> {
        let (listing, media) = self.media()?;
        let program = listing.map(|path| program(path).map(|program| (path, program))).transpose()?;
        let (mut machine, mut name) = self.machine.build(&media)?;
        if let Some(path) = &self.state_in {
            let bytes = read(path)?;
            machine.restore(&bytes).map_err(|why| Failure::Usage(format!("{}: {why}", path.display())))?;
        }
        if self.basic || program.is_some() {
            let mut session = Session::new(machine);
            let usage = |why: BasicError| Failure::Usage(why.to_string());
            basic::enter(&mut session).map_err(usage)?;
            machine = session.machine;
        }
        if let Some((path, program)) = program {
            basic::load(&mut machine, &program)
                .map_err(|why| Failure::Usage(format!("{}: {why}", path.display())))?;
            name = path.file_stem().map_or(name, |stem| stem.to_string_lossy().into_owned());
        }
        Ok((machine, name))
    }

    /// The BASIC program among the media, and the others.
    fn media(&self) -> Result<(Option<&Path>, Vec<PathBuf>), Failure> {
        let (programs, media): (Vec<&PathBuf>, Vec<&PathBuf>) =
            self.media.iter().partition(|path| is_program(path));
        match programs.as_slice() {
            [first, second, ..] => {
                let (first, second) = (first.display(), second.display());
                Err(Failure::Usage(format!(
                    "{first} and {second}: only one BASIC program can be run at a time"
                )))
            }
            programs => Ok((programs.first().map(|p| p.as_path()), media.into_iter().cloned().collect())),
        }
    }

    /// The text to type.
    pub(super) fn typed(&self) -> Result<String, Failure> {
        let mut text = if self.media()?.0.is_some() { "RUN\n".to_owned() } else { String::new() };
        text += &self.text.as_deref().map(unescape).unwrap_or_default();
        if let Some(path) = &self.type_file {
            text += &String::from_utf8_lossy(&read(path)?);
        }
        Ok(text)
    }
}

/// Whether a file is taken for a BASIC program, by its name.
fn is_program(path: &Path) -> bool {
    path.extension().is_some_and(|ext| ["bas", "prg"].iter().any(|known| ext.eq_ignore_ascii_case(known)))
}

/// A time that a machine can run.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    let value = text.parse().ok().filter(|value| (0.0..=1e9).contains(value));
    value.ok_or("a number of seconds such as 2.5 is wanted".to_owned())
}

/// `\n` and `\\` of a text on the command line.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let escaped = if c == '\\' { characters.next_if(|&next| next == 'n' || next == '\\') } else { None };
        out.push(match escaped {
            Some('n') => '\n',
            Some(other) => other,
            None => c,
        });
    }
    out
}
