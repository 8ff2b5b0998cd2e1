// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock test basic`: types TI BASIC cases into the console.

use super::{Common, files};
use crate::cli::Failure;
use crate::cli::files::{print, read};
use crate::cli::machine::{FirmwareArgs, Timing};
use crate::console::{Config, Region};
use crate::suite::basic::{self, Booted, Case, Level, Report, Rhythm};
use clap::ValueEnum;
use std::path::PathBuf;

/// Type TI BASIC cases into the console and compare its screens, colours and sounds with the genuine console's
///
/// How to read the result, and the format of the cases: docs/basic-suite.md.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Case files (.json, .json.gz) and folders of them
    #[arg(required = true)]
    path: Vec<PathBuf>,
    #[command(flatten)]
    firmware: FirmwareArgs,
    /// What counts as passed
    #[arg(long, default_value = "exact")]
    level: LevelName,
    #[command(flatten)]
    common: Common,
    /// Frames for which a key is down, and up before the next
    #[arg(long, value_name = "DOWN,UP", default_value = "3,3", value_parser = rhythm)]
    rhythm: Rhythm,
    /// Whose figures where references disagree (docs/accuracy.md); the cases were recorded in MAME
    #[arg(long, value_enum, value_name = "NAME", default_value = "mame")]
    timing: Timing,
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

/// Runs the cases and reports; returns how many failed.
pub(super) fn run(args: &Args) -> Result<usize, Failure> {
    let all = load(&args.path)?;
    let chosen = |case: &&Case| args.common.wants(&case.area, &case.name);
    let cases: Vec<Case> = all.iter().filter(chosen).cloned().collect();
    if cases.is_empty() {
        return Err(Failure::Usage(format!("no case matches: {} were read, check --filter", all.len())));
    }
    // A console without cards and memory expansion, as the cases want it.
    let config = Config { profile: args.timing.profile(), region: Region::Ntsc, ram32k: false };
    let machine = args.firmware.machine(config, Vec::new())?;
    let booted =
        Booted::start(machine, args.rhythm).map_err(|why| Failure::Input(format!("error: {why}")))?;
    // The empty program is measured for the speed table even when the filter leaves it out.
    let measured = cases.iter().any(|case| !case.expect.frames.is_empty());
    let empty = all.iter().find(|case| measured && case.name == basic::EMPTY && !chosen(case));
    let baseline = empty.map(|case| basic::run_one(&booted, case));
    let level = match args.level {
        LevelName::Text => Level::Text,
        LevelName::Exact => Level::Exact,
    };
    let results = basic::run_all(&booted, &cases, args.common.jobs());
    let report = Report::new(results, level, baseline.as_ref());
    if args.common.json {
        print(format!("{:#}\n", report.json()))?;
    } else {
        print(report.text(args.common.brief))?;
    }
    Ok(report.failed())
}

/// Reads all cases in files and folders.
fn load(paths: &[PathBuf]) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    for file in files(paths, &|name| name.ends_with(".json") || name.ends_with(".json.gz"))? {
        let wrong = |why| Failure::Usage(format!("{}: {why}", file.display()));
        cases.extend(basic::read_cases(read(&file)?).map_err(wrong)?);
    }
    match cases.len() {
        0 => Err(Failure::Usage(format!("no cases (*.json) in {}", paths[0].display()))),
        _ => Ok(cases),
    }
}
