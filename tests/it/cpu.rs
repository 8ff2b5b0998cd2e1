// SPDX-License-Identifier: MIT OR Apache-2.0
//! The golden CPU traces: every visible case, on every line. They were made with MAME 0.251 (`docs/cpu-suite.md`).

use crate::support::{data_dir, gunzip};
use lubbock::suite::cpu::{Case, parse_trace, run};

/// Runs all cases whose group is one of `groups`, and returns how many there were.
fn run_groups(groups: &[&str]) -> usize {
    let dir = data_dir().join("cpu");
    let grom = gunzip(&dir.join("grom.bin.gz"));
    let mut files: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut count, mut failures) = (0, Vec::new());
    for path in files {
        let Some(name) = path.file_name().unwrap().to_str().unwrap().strip_suffix(".case.gz") else {
            continue;
        };
        let case = Case::parse(std::str::from_utf8(&gunzip(&path)).unwrap()).unwrap();
        if groups.contains(&case.group.as_str()) {
            let trace = gunzip(&dir.join(format!("{name}.trace.gz")));
            let golden = parse_trace(std::str::from_utf8(&trace).unwrap()).unwrap();
            count += 1;
            if let Err(failure) = run(&case, &golden, &grom) {
                failures.push(format!("{name}: {}\n{}", failure.summary, failure.context.join("\n")));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} cases fail\n{}", failures.len(), failures.join("\n"));
    count
}

#[test]
fn core_cases_hold_on_every_line() {
    assert_eq!(run_groups(&["core"]), 79);
}

#[test]
fn device_and_phase_cases_hold_on_every_line() {
    assert_eq!(run_groups(&["device", "phase"]), 21);
}

#[test]
fn quirk_cases_hold_in_mames_profile() {
    assert_eq!(run_groups(&["quirk"]), 8);
}
