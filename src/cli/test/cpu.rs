// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock test cpu`: runs golden traces and says where a run departs.

use super::{Common, files};
use crate::cli::Failure;
use crate::cli::files::{print, read};
use crate::suite::cpu::{self, Case};
use crate::suite::in_parallel;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Run golden traces of the processor and compare clock, PC, WP, ST before each instruction, and the final memory
///
/// How to use them with another emulator: docs/cpu-suite.md.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Case files (NAME.case beside NAME.trace, each plain or .gz) and folders of them; grom.bin lies with them or above
    #[arg(required = true)]
    path: Vec<PathBuf>,
    #[command(flatten)]
    common: Common,
}

/// A case with what it needs.
struct Loaded {
    case: Case,
    golden: Vec<cpu::TracePoint>,
    grom: Vec<u8>,
}

/// Runs the cases and reports; returns how many failed.
pub(super) fn run(args: &Args) -> Result<usize, Failure> {
    let mut cases = Vec::new();
    for path in files(&args.path, &|name| stem(name).is_some())? {
        cases.push(load(&path)?);
    }
    let all = cases.len();
    cases.retain(|loaded| args.common.wants(&loaded.case.group, &loaded.case.name));
    if cases.is_empty() {
        let place = args.path[0].display();
        return Err(Failure::Usage(match all {
            0 => format!("no cases (*.case) in {place}"),
            _ => format!("no case matches: {all} were read, check --filter"),
        }));
    }
    let outcomes = in_parallel(&cases, args.common.jobs(), |Loaded { case, golden, grom }| {
        cpu::run(case, golden, grom).err()
    });
    let failed = outcomes.iter().flatten().count();
    if args.common.json {
        print(format!("{:#}\n", report(&cases, &outcomes, failed)))?;
        return Ok(failed);
    }
    for (Loaded { case, .. }, failure) in cases.iter().zip(&outcomes) {
        if let Some(failure) = failure {
            print(format!("FAIL {}/{}: {}\n", case.group, case.name, failure.summary))?;
            for line in failure.context.iter().filter(|_| !args.common.brief) {
                print(format!("     {line}\n"))?;
            }
        }
    }
    print(format!("{} passed, {failed} failed\n", cases.len() - failed))?;
    Ok(failed)
}

fn report(cases: &[Loaded], outcomes: &[Option<cpu::Failure>], failed: usize) -> serde_json::Value {
    let one = |(Loaded { case, .. }, failure): (&Loaded, &Option<cpu::Failure>)| {
        json!({
            "name": case.name,
            "group": case.group,
            "description": case.description,
            "passed": failure.is_none(),
            "problem": failure.as_ref().map(|failure| &failure.summary),
            "context": failure.as_ref().map(|failure| &failure.context),
        })
    };
    json!({
        "suite": "cpu",
        "passed": cases.len() - failed,
        "failed": failed,
        "cases": cases.iter().zip(outcomes).map(one).collect::<Vec<_>>(),
    })
}

/// A case file's name without its endings.
fn stem(name: &str) -> Option<&str> {
    name.strip_suffix(".gz").unwrap_or(name).strip_suffix(".case")
}

fn load(path: &Path) -> Result<Loaded, Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let case = text(path)?;
    let case = Case::parse(&case).map_err(|why| wrong(path, &why))?;
    let trace = beside(path, &format!("{}.trace", stem(&name).unwrap_or(&name)), 0)?;
    let golden = cpu::parse_trace(&text(&trace)?).map_err(|why| wrong(&trace, &why))?;
    let grom_file = beside(path, "grom.bin", 1)?;
    let grom = unpacked(&grom_file)?;
    if grom.len() != cpu::GROM_SIZE {
        return Err(wrong(&grom_file, &format!("{} bytes, expected {}", grom.len(), cpu::GROM_SIZE)));
    }
    Ok(Loaded { case, golden, grom })
}

/// The file of that name, plain or compressed, in the case's folder or up to `above` folders further up.
fn beside(case: &Path, name: &str, above: usize) -> Result<PathBuf, Failure> {
    let case = std::path::absolute(case).unwrap_or_else(|_| case.to_owned());
    let mut folders = case.ancestors().skip(1).take(above + 1);
    let candidates =
        folders.by_ref().flat_map(|folder| [folder.join(name), folder.join(format!("{name}.gz"))]);
    candidates
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| wrong(&case, &format!("no {name} or {name}.gz with it")))
}

fn text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(unpacked(path)?).map_err(|_| wrong(path, &"not a text file"))
}

fn unpacked(path: &Path) -> Result<Vec<u8>, Failure> {
    crate::suite::unpacked(read(path)?).map_err(|why| wrong(path, &why))
}

fn wrong(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::Usage(format!("{}: {why}", path.display()))
}
