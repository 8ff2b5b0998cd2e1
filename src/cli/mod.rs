// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line: files in, files out, exit codes (0 done, 1 errors in what was read, 2 wrong usage, or files
//! that can't be read or written).

mod asm;
mod basic;
mod bench;
mod build;
mod dis;
mod files;
mod gpl;
mod info;
mod link;
mod machine;
mod run;
mod sources;
mod start;
mod test;
mod text;
mod window;

use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::process::ExitCode;

/// The TI-99/4A, exactly, and the tools of its programmers.
#[derive(Parser, Debug)]
#[command(name = "lubbock", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    start: start::Start,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    Asm(asm::Args),
    Build(build::Args),
    Dis(dis::Args),
    Gpl(gpl::Args),
    Link(link::Args),
    Basic(basic::Args),
    Run(Box<run::Args>),
    Bench(bench::Args),
    Info(info::Args),
    Test(test::Args),
}

/// What stopped a command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Messages about what was read; exit code 1.
    Input(String),
    /// Cases of a suite failed, which has been reported; exit code 1.
    Tests,
    /// The command line asks for something impossible, or names what can't be read or written; exit code 2.
    Usage(String),
}

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    // Warnings by default; LUBBOCK_LOG=info says more.
    env_logger::Builder::from_env(env_logger::Env::new().filter_or("LUBBOCK_LOG", "warn"))
        .format(|out, record| match record.level() {
            log::Level::Warn => writeln!(out, "warning: {}", record.args()),
            level => writeln!(out, "{}: {}", level.as_str().to_lowercase(), record.args()),
        })
        .init();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(why) if why.use_stderr() => return exit(Err(Failure::Usage(in_one_line(&why)))),
        Err(help) => help.exit(),
    };
    let Some(command) = cli.command else { return exit(window::run(&cli.start)) };
    exit(match command {
        Command::Asm(args) => asm::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Dis(args) => dis::run(&args),
        Command::Gpl(args) => gpl::run(&args),
        Command::Link(args) => link::run(&args),
        Command::Basic(args) => basic::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Info(args) => info::run(&args),
        Command::Test(args) => test::run(&args),
    })
}

/// What clap says about a command line, without its usage lines.
fn in_one_line(why: &clap::Error) -> String {
    let text = why.render().to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let line = lines
        .filter(|line| !line.is_empty() && !line.starts_with("tip: to pass"))
        .collect::<Vec<_>>()
        .join(" ");
    let line = line.trim_start_matches("error: ").trim_end_matches("For more information, try '--help'.");
    format!("{}; try --help", line.trim_end())
}

/// Says what stopped a command, and turns it into an exit code.
fn exit(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Input(message)) => {
            eprintln!("{message}");
            ExitCode::from(1)
        }
        Err(Failure::Tests) => ExitCode::from(1),
        Err(Failure::Usage(message)) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}
