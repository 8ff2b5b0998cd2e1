// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock test`: conformance suites, and what they say.

use super::Failure;
use super::files::read;
use super::machine::{FirmwareArgs, Timing};
use crate::console::{Config, Machine, Region};
use crate::suite::basic::{self, Booted, Case, Level, Report, Rhythm};
use clap::{Subcommand, ValueEnum};
use std::num::NonZero;
use std::path::{Path, PathBuf};

/// Run conformance suites
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    suite: Suite,
}

#[derive(Subcommand, Debug)]
enum Suite {
    /// Type TI BASIC cases into the console and compare its screens, colours and sounds with the genuine console's
    Basic(Basic),
}

#[derive(clap::Args, Debug)]
struct Basic {
    /// Case files (.json, .json.gz) and folders of them
    #[arg(required = true)]
    path: Vec<PathBuf>,
    #[command(flatten)]
    firmware: FirmwareArgs,
    /// What counts as passed
    #[arg(long, default_value = "exact")]
    level: LevelName,
    /// Only cases whose `area/name` contains this
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,
    /// One line for a failing case
    #[arg(long)]
    brief: bool,
    /// The result as JSON
    #[arg(long)]
    json: bool,
    /// Frames for which a key is down, and up before the next
    #[arg(long, value_name = "DOWN,UP", default_value = "3,3", value_parser = rhythm)]
    rhythm: Rhythm,
    /// Whose figures where references disagree (docs/accuracy.md); the cases were recorded in MAME
    #[arg(long, value_enum, value_name = "NAME", default_value = "mame")]
    timing: Timing,
    /// Cases at a time [default: as many as there are processors]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZero<usize>>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LevelName {
    /// What a reader sees
    Text,
    /// Everything
    Exact,
}

fn rhythm(text: &str) -> Result<Rhythm, String> {
    let numbers = text.split_once(',').map(|(down, up)| (down.trim().parse(), up.trim().parse()));
    match numbers {
        Some((Ok(down), Ok(up))) if down > 0 && up > 0 => Ok(Rhythm { down, up }),
        _ => Err("two numbers of frames, such as 3,3".into()),
    }
}

/// Runs a suite.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.suite {
        Suite::Basic(args) => run_basic(args),
    }
}

fn jobs(wanted: Option<NonZero<usize>>) -> usize {
    wanted.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZero::get)
}

fn run_basic(args: &Basic) -> Result<(), Failure> {
    let all = load_cases(&args.path)?;
    let chosen = |case: &&Case| {
        let full = format!("{}/{}", case.area, case.name);
        args.filter.is_empty() || args.filter.iter().any(|part| full.contains(part))
    };
    let cases: Vec<Case> = all.iter().filter(chosen).cloned().collect();
    if cases.is_empty() {
        return Err(Failure::Usage(format!("no case matches: {} were read, check --filter", all.len())));
    }
    let booted =
        Booted::start(machine(args)?, args.rhythm).map_err(|why| Failure::Input(format!("error: {why}")))?;
    // The empty program is measured for the speed table even when the filter leaves it out.
    let measured = cases.iter().any(|case| !case.expect.frames.is_empty());
    let empty = all.iter().find(|case| measured && case.name == basic::EMPTY && !chosen(case));
    let baseline = empty.map(|case| basic::run_one(&booted, case));
    let level = match args.level {
        LevelName::Text => Level::Text,
        LevelName::Exact => Level::Exact,
    };
    let report = Report::new(basic::run_all(&booted, &cases, jobs(args.jobs)), level, baseline.as_ref());
    if args.json {
        println!("{:#}", report.json());
    } else {
        print!("{}", report.text(args.brief));
    }
    match report.failed() {
        0 => Ok(()),
        _ => Err(Failure::Tests),
    }
}

/// A console without cards and memory expansion, as the cases want it.
fn machine(args: &Basic) -> Result<Machine, Failure> {
    let config = Config { profile: args.timing.profile(), region: Region::Ntsc, ram32k: false };
    args.firmware.machine(config, Vec::new())
}

/// Reads all cases in files and folders, in the order of their names.
fn load_cases(paths: &[PathBuf]) -> Result<Vec<Case>, Failure> {
    let is_case = |name: &str| name.ends_with(".json") || name.ends_with(".json.gz");
    let mut cases = Vec::new();
    for file in files(paths, &is_case)? {
        let wrong = |why| Failure::Usage(format!("{}: {why}", file.display()));
        cases.extend(basic::read_cases(&read(&file)?).map_err(wrong)?);
    }
    match cases.len() {
        0 => Err(Failure::Usage(format!("no cases (*.json) in {}", paths[0].display()))),
        _ => Ok(cases),
    }
}

/// The files given by name, and in folders all that are wanted.
fn files(paths: &[PathBuf], wanted: &dyn Fn(&str) -> bool) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let failed = |why| Failure::Usage(format!("can't read {}: {why}", path.display()));
        if !path.metadata().map_err(failed)?.is_dir() {
            found.push(path.clone());
            continue;
        }
        let entries = path.read_dir().map_err(failed)?;
        let mut entries =
            entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        entries.sort();
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        entries.retain(|path| path.is_dir() || name(path).is_some_and(|name| wanted(&name)));
        found.extend(files(&entries, wanted)?);
    }
    Ok(found)
}
