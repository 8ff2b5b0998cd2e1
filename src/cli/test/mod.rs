// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock test`: conformance suites, and what they say.

mod basic;
mod cpu;

use super::Failure;
use clap::Subcommand;
use std::num::NonZero;
use std::path::PathBuf;

/// Run conformance suites
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    suite: Suite,
}

#[derive(Subcommand, Debug)]
enum Suite {
    Basic(basic::Args),
    Cpu(cpu::Args),
}

/// What all suites understand.
#[derive(clap::Args, Debug)]
struct Common {
    /// Only cases whose `group/name` contains this
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,
    /// One line for a failing case
    #[arg(long)]
    brief: bool,
    /// The result as JSON
    #[arg(long)]
    json: bool,
    /// Cases at a time [default: as many as there are processors]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZero<usize>>,
}

impl Common {
    /// Whether a case is wanted.
    fn wants(&self, group: &str, name: &str) -> bool {
        let full = format!("{group}/{name}");
        self.filter.is_empty() || self.filter.iter().any(|part| full.contains(part))
    }

    fn jobs(&self) -> usize {
        self.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZero::get)
    }
}

/// Runs a suite.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let failed = match &args.suite {
        Suite::Basic(args) => basic::run(args)?,
        Suite::Cpu(args) => cpu::run(args)?,
    };
    if failed == 0 { Ok(()) } else { Err(Failure::Tests) }
}

/// The files given by name, and in folders all that are wanted, in the order of their names.
fn files(paths: &[PathBuf], wanted: &dyn Fn(&str) -> bool) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let failed = |why| Failure::Usage(format!("can't read {}: {why}", path.display()));
        if !path.metadata().map_err(failed)?.is_dir() {
            found.push(path.clone());
            continue;
        }
        let entries = path.read_dir().map_err(failed)?;
        let mut entries = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(failed)?;
        entries.sort();
        let is_wanted = |path: &PathBuf| path.file_name().is_some_and(|name| wanted(&name.to_string_lossy()));
        entries.retain(|path| path.is_dir() || is_wanted(path));
        found.extend(files(&entries, wanted)?);
    }
    Ok(found)
}
