// SPDX-License-Identifier: MIT OR Apache-2.0
//! Our console ROM against what the genuine console was seen to do (`tests/data`, recorded by `tests/tools/rom_record.rs`).

mod rig;

use super::firmware::{GROM0, ROM};
use super::support::{data_dir, gunzip};
use rig::Rig;

/// Cases and outcomes of a recorded file.
fn rows(file: &str) -> Vec<(String, String)> {
    let text = String::from_utf8(gunzip(&data_dir().join(file))).unwrap();
    let pair = |line: &str| line.split_once('\t').map(|(a, b)| (a.to_string(), b.to_string())).unwrap();
    text.lines().map(pair).collect()
}

/// Fails with the number of rows that differ and the first ones.
fn compare(rows: &[(String, String)], run: impl Fn(&str) -> String) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(case, expected)| {
            let got = run(case);
            (got != *expected).then(|| format!("{case}\n  genuine {expected}\n  ours    {got}"))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        rows.len(),
        wrong[..wrong.len().min(5)].join("\n")
    );
}

#[test]
fn kscan_gives_what_the_genuine_console_gives() {
    let rows = rows("kscan/cases.txt.gz");
    assert!(rows.len() > 13_000);
    let rig = Rig::new(ROM, GROM0, &[]);
    compare(&rows, |case| rig::kscan(&rig, case).0);
}
