// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock basic`: BASIC programs between text and the files that computers load.

use super::Failure;
use super::files::{read, write};
use crate::basic::container::{self, Form};
use crate::basic::encode::{self, Options, Problem};
use crate::basic::program::{Program, TOP_WITH_DISK};
use crate::basic::{Dialect, list};
use crate::diag::{Diagnostic, Fault, Severity};
use clap::Subcommand;
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

/// Converts.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        Action::Encode(args) => encode(args),
        Action::Decode(args) => {
            let program = load(args)?;
            let text: String =
                program.lines().iter().map(|line| list::source_line(line, true) + "\n").collect();
            write(target(args), text.as_bytes())
        }
        Action::List(args) => {
            let dialect = if args.extended { Dialect::Extended } else { Dialect::TiBasic };
            let mut text = Vec::new();
            for line in load(&args.from)?.lines() {
                for row in list::rows(&list::screen_line(line, dialect), args.width) {
                    text.extend_from_slice(row);
                    text.push(b'\n');
                }
            }
            write(target(&args.from), &text)
        }
    }
}

fn target(args: &Decode) -> &Path {
    args.output.as_deref().unwrap_or(Path::new("-"))
}

fn load(args: &Decode) -> Result<Program, Failure> {
    let (program, _) = container::read(&read(&args.file)?, args.merge)
        .map_err(|why| Failure::Input(format!("error: {}: {why}", args.file.display())))?;
    Ok(program)
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
    write(&args.output.clone().unwrap_or_else(|| args.file.with_extension("prg")), &file)
}

fn diagnostic(file: &Path, text: &str, problem: &Problem) -> Diagnostic {
    let line = text.lines().nth(problem.line - 1).unwrap_or_default().to_string();
    let byte = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(i, _)| i);
    let span = byte(problem.column - 1)..byte(problem.column - 1 + problem.length);
    let severity = if problem.error { Severity::Error } else { Severity::Warning };
    let fault = Fault::new(span, problem.message.clone());
    Diagnostic { severity, file: file.display().to_string(), line: problem.line, text: line, fault }
}
