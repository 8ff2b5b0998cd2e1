// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line: files in, files out, exit codes (0 done, 1 errors in what was read, 2 wrong usage).

mod basic;
mod dis;
mod files;
mod gpl;
mod machine;
mod run;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The TI-99/4A, exactly, and the tools of its programmers.
#[derive(Parser, Debug)]
#[command(name = "lubbock", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Dis(dis::Args),
    Gpl(gpl::Args),
    Basic(basic::Args),
    Run(Box<run::Args>),
}

/// What stopped a command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Messages about what was read; exit code 1.
    Input(String),
    /// The command line asks for something impossible; exit code 2.
    Usage(String),
}

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Dis(args) => dis::run(&args),
        Command::Gpl(args) => gpl::run(&args),
        Command::Basic(args) => basic::run(&args),
        Command::Run(args) => run::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Input(message)) => {
            eprintln!("{message}");
            ExitCode::from(1)
        }
        Err(Failure::Usage(message)) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}
