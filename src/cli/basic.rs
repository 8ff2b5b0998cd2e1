// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock basic`: BASIC programs between text and the files that computers load.

use super::Failure;
use super::files::{print, read, write_all};
use super::machine::MachineArgs;
use crate::basic::container::{self, Form};
use crate::basic::encode::{self, Options, Problem};
use crate::basic::program::{Program, TOP_WITH_DISK};
use crate::basic::{Dialect, list};
use crate::diag::{Diagnostic, Fault, Severity};
use crate::headless::Session;
use crate::headless::basic::{self, Event};
use clap::Subcommand;
use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// Convert BASIC programs between text and program files.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Text to a program file
    Encode(Encode),
    /// A program file to text that encodes to the same program
    Decode(Decode),
    /// A program file as LIST shows it
    List(List),
    /// Run a program like a script: its output here, INPUT from here
    Run(Run),
}

#[derive(clap::Args, Debug)]
struct Encode {
    /// The text: one program line on each line
    file: PathBuf,
    /// Where to write (`-`: standard output) [default: the text's name with .prg]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Extended BASIC, not TI BASIC
    #[arg(short, long)]
    extended: bool,
    /// The long form of Extended BASIC with memory expansion (INT/VAR 254)
    #[arg(short, long, requires = "extended", conflicts_with = "merge")]
    long: bool,
    /// The form for MERGE (DIS/VAR 163)
    #[arg(short, long, requires = "extended")]
    merge: bool,
    /// Protect the program from LIST and SAVE
    #[arg(short, long, requires = "extended", conflicts_with = "merge")]
    protect: bool,
    /// Put a TIFILES header with this name before it
    #[arg(short, long, value_name = "NAME")]
    tifiles: Option<String>,
    /// Take `\xNN` and `\dNNN` as they stand, not as bytes
    #[arg(long)]
    no_escapes: bool,
    /// Don't show warnings
    #[arg(short, long)]
    quiet: bool,
}

#[derive(clap::Args, Debug)]
struct Decode {
    /// The program file, with or without TIFILES header
    file: PathBuf,
    /// Where to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The file is in MERGE's form, without header
    #[arg(short, long)]
    merge: bool,
}

#[derive(clap::Args, Debug)]
struct List {
    #[command(flatten)]
    from: Decode,
    /// As Extended BASIC lists it
    #[arg(short, long)]
    extended: bool,
    /// Columns of the screen; 0 does not fold
    #[arg(short, long, default_value_t = 28)]
    width: usize,
}

#[derive(clap::Args, Debug)]
struct Run {
    /// A listing or a program file
    file: PathBuf,
    /// Type the listing instead of putting it into memory
    #[arg(long)]
    typed: bool,
    /// The longest it may run, in seconds of the machine's time
    #[arg(long, value_name = "S", default_value_t = 600.0)]
    seconds: f64,
    #[command(flatten)]
    machine: MachineArgs,
}

/// Converts or runs.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        Action::Encode(args) => encode(args),
        Action::Decode(args) => {
            let program = load(args)?;
            let text: String =
                program.lines().iter().map(|line| list::source_line(line, true) + "\n").collect();
            store(args, text.into_bytes())
        }
        Action::Run(args) => args.run(),
        Action::List(args) => {
            let dialect = if args.extended { Dialect::Extended } else { Dialect::TiBasic };
            let mut text = Vec::new();
            for line in load(&args.from)?.lines() {
                for row in list::rows(&list::screen_line(line, dialect), args.width) {
                    text.extend_from_slice(row);
                    text.push(b'\n');
                }
            }
            store(&args.from, text)
        }
    }
}

/// Writes what was made of a program file.
fn store(args: &Decode, bytes: Vec<u8>) -> Result<(), Failure> {
    let target = args.output.clone().unwrap_or_else(|| PathBuf::from("-"));
    write_all(&[(target, bytes)], std::slice::from_ref(&args.file))
}

fn load(args: &Decode) -> Result<Program, Failure> {
    let (program, _) = container::read(&read(&args.file)?, args.merge)
        .map_err(|why| Failure::Input(format!("error: {}: {why}", args.file.display())))?;
    Ok(program)
}

impl Run {
    fn run(&self) -> Result<(), Failure> {
        let program = program(&self.file)?;
        let (machine, _) = self.machine.build(&[])?;
        let mut session = Session::new(machine);
        basic::enter(&mut session).map_err(|why| self.failed(&why))?;
        if self.typed {
            let lines = program.lines();
            let text: String = lines.iter().map(|line| list::source_line(line, false) + "\n").collect();
            basic::type_in(&mut session, &text).map_err(|why| self.failed(&why))?;
        } else {
            basic::load(&mut session.machine, &program).map_err(|why| self.failed(&why))?;
        }
        let mut run = basic::Run::start(session, self.seconds);
        loop {
            match run.next_event().map_err(|why| self.failed(&why))? {
                Event::Row(row) => print(row + "\n")?,
                Event::Input(prompt) => self.answer(&mut run, &prompt)?,
                Event::Ended(None) => return Ok(()),
                Event::Ended(Some(error)) => {
                    return Err(self.failed(&error));
                }
                Event::Late => {
                    let why = format!("still running after {} seconds (--seconds)", self.seconds);
                    return Err(self.failed(&why));
                }
            }
        }
    }

    /// Passes a line of standard input on to INPUT.
    fn answer(&self, run: &mut basic::Run, prompt: &str) -> Result<(), Failure> {
        print(prompt)?;
        let mut line = String::new();
        let length = io::stdin().read_line(&mut line).map_err(|why| self.failed(&why))?;
        if length == 0 {
            print("\n")?;
            return Err(self.failed(&"the program asks for input and standard input has ended"));
        }
        if !io::stdin().is_terminal() {
            print("\n")?;
        }
        run.answer(prompt, line.trim_end_matches(['\n', '\r']));
        Ok(())
    }

    fn failed(&self, why: &dyn Display) -> Failure {
        failed(&self.file, why)
    }
}

/// The program in a file, whichever form it has: a listing, a memory image, with or without TIFILES header.
pub(super) fn program(file: &Path) -> Result<Program, Failure> {
    let bytes = read(file)?;
    if let Ok((program, _)) = container::read(&bytes, false) {
        return Ok(program);
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| failed(file, &"neither a listing (UTF-8 text) nor a program file"))?;
    let options = Options { dialect: Dialect::TiBasic, escapes: true };
    let encoded = encode::program(&text, options).map_err(|problems| {
        let shown: Vec<_> = problems.iter().map(|p| diagnostic(file, &text, p).to_string()).collect();
        Failure::Input(shown.join("\n\n"))
    })?;
    Ok(encoded.program)
}

fn failed(file: &Path, why: &dyn Display) -> Failure {
    Failure::Input(format!("error: {}: {why}", file.display()))
}

fn encode(args: &Encode) -> Result<(), Failure> {
    let bytes = read(&args.file)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::Input(format!("error: {} is not a text file (UTF-8)", args.file.display())))?;
    let dialect = if args.extended { Dialect::Extended } else { Dialect::TiBasic };
    let options = Options { dialect, escapes: !args.no_escapes };
    let shown = |problems: &[Problem]| {
        let all = problems.iter().filter(|p| p.error || !args.quiet);
        all.map(|p| diagnostic(&args.file, &text, p).to_string()).collect::<Vec<_>>().join("\n\n")
    };
    let encoded = encode::program(&text, options).map_err(|problems| Failure::Input(shown(&problems)))?;
    if !args.quiet && !encoded.warnings.is_empty() {
        eprintln!("{}", shown(&encoded.warnings));
    }
    let mut program = encoded.program;
    program.protected = args.protect;
    let form = match (args.long, args.merge) {
        (true, _) => Form::Long,
        (_, true) => Form::Merge,
        _ => Form::Image(TOP_WITH_DISK),
    };
    let file = container::write(&program, form, args.tifiles.as_deref())
        .map_err(|why| Failure::Input(format!("error: {}: {why}", args.file.display())))?;
    let output = args.output.clone().unwrap_or_else(|| args.file.with_extension("prg"));
    write_all(&[(output, file)], std::slice::from_ref(&args.file))
}

fn diagnostic(file: &Path, text: &str, problem: &Problem) -> Diagnostic {
    let line = text.lines().nth(problem.line - 1).unwrap_or_default().to_string();
    let byte = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(i, _)| i);
    let span = byte(problem.column - 1)..byte(problem.column - 1 + problem.length);
    let severity = if problem.error { Severity::Error } else { Severity::Warning };
    let fault = Fault::new(span, problem.message.clone());
    Diagnostic { severity, file: file.display().to_string(), line: problem.line, text: line, fault }
}
