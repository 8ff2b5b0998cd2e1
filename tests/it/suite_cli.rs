// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock test` as its users see it: report, closing line, JSON, exit codes.

use crate::support::{data_dir, gunzip};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs `lubbock test`, with no console images of the user's: exit code, standard output, standard error.
fn test(args: &[&str]) -> (i32, String, String) {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_lubbock"))
        .env("XDG_DATA_HOME", home.path())
        .arg("test")
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn path(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A folder with the case ct-x, with its trace as `change` leaves it.
fn traced(change: impl Fn(&mut Vec<String>)) -> tempfile::TempDir {
    let (from, folder) = (data_dir().join("cpu"), tempfile::tempdir().unwrap());
    let trace = String::from_utf8(gunzip(&from.join("ct-x.trace.gz"))).unwrap();
    let mut lines: Vec<String> = trace.lines().map(str::to_owned).collect();
    change(&mut lines);
    // The layout of the corpus: cases in a folder of their own, the GROM file above.
    fs::create_dir(folder.path().join("cases")).unwrap();
    fs::write(folder.path().join("grom.bin"), gunzip(&from.join("grom.bin.gz"))).unwrap();
    fs::write(folder.path().join("cases/ct-x.case"), gunzip(&from.join("ct-x.case.gz"))).unwrap();
    fs::write(folder.path().join("cases/ct-x.trace"), lines.join("\n") + "\n").unwrap();
    folder
}

#[test]
fn golden_traces_pass() {
    let cpu = path(&data_dir().join("cpu"));
    assert_eq!(test(&["cpu", &cpu]), (0, "108 passed, 0 failed\n".into(), String::new()));
    assert_eq!(test(&["cpu", &cpu, "--filter", "device/", "--jobs", "1"]).1, "6 passed, 0 failed\n");
    let case = path(&data_dir().join("cpu/ct-x.case.gz"));
    let (code, json, _) = test(&["cpu", &case, "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &json["passed"], &json["failed"]), (0, &Value::from(1), &Value::from(0)));
    assert_eq!(json["cases"][0]["name"], "ct-x");
}

#[test]
fn a_departure_from_a_trace_is_shown_with_five_lines_of_context() {
    // The tenth line's status register is changed in the golden trace.
    let folder = traced(|lines| {
        let end = lines[9].len() - 4;
        let changed = if lines[9].ends_with("1234") { "4321" } else { "1234" };
        lines[9].replace_range(end.., changed);
    });
    let cases = path(folder.path());
    let (code, text, error) = test(&["cpu", &cases]);
    assert_eq!((code, error.as_str()), (1, ""));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1 + 5 + 2 + 1, "{text}");
    assert!(lines[0].starts_with("FAIL core/ct-x: line 10: expected `"), "{text}");
    assert!(lines[6].starts_with("     - ") && lines[6].ends_with("1234"), "{text}");
    assert!(lines[7].starts_with("     + "), "{text}");
    assert_eq!(lines[8], "0 passed, 1 failed");
    let (code, text, _) = test(&["cpu", &cases, "--brief"]);
    assert_eq!((code, text.lines().count()), (1, 2));
    let (code, json, _) = test(&["cpu", &cases, "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, json["cases"][0]["context"].as_array().unwrap().len()), (1, 7));
}

#[test]
fn a_short_trace_is_a_failure_and_missing_files_are_errors() {
    let folder = traced(|lines| {
        lines.pop();
    });
    let cases = path(folder.path());
    assert!(test(&["cpu", &cases]).1.contains("FAIL core/ct-x: the trace has "));
    fs::remove_file(folder.path().join("cases/ct-x.trace")).unwrap();
    let (code, _, error) = test(&["cpu", &cases]);
    assert_eq!((code, error.lines().count()), (2, 1));
    assert!(error.contains("ct-x.case: no ct-x.trace or ct-x.trace.gz with it"), "{error}");
    for (args, problem) in [
        (["cpu", "/nowhere"], "error: can't read /nowhere"),
        (["basic", "/nowhere"], "error: can't read /nowhere"),
        (["basic", &cases], "error: no cases (*.json) in "),
    ] {
        let (code, _, error) = test(&args);
        assert_eq!((code, error.lines().count()), (2, 1), "{error}");
        assert!(error.starts_with(problem), "{error}");
    }
}

#[test]
fn a_basic_case_fails_side_by_side_and_passes_as_recorded() {
    let screen = path(&data_dir().join("basic-cases/screen.json.gz"));
    let (code, text, error) = test(&["basic", &screen, "--filter", "screen/boot_ready"]);
    assert_eq!((code, error.as_str()), (0, ""), "{text}");
    assert!(text.ends_with("1 passed, 0 failed\n"), "{text}");
    // The same case with one letter of the prompt's first line changed.
    let folder = tempfile::tempdir().unwrap();
    let cases: Value = serde_json::from_slice(&gunzip(Path::new(&screen))).unwrap();
    let mut case =
        cases.as_array().unwrap().iter().find(|case| case["name"] == "boot_ready").unwrap().clone();
    let rows = case["expect"]["screen"].as_array_mut().unwrap();
    let row = rows.iter().position(|row| row.as_str().unwrap().contains("TI BASIC READY")).unwrap();
    rows[row] = rows[row].as_str().unwrap().replace("READY", "REEDY").into();
    let file = folder.path().join("boot_ready.json");
    fs::write(&file, case.to_string()).unwrap();
    let (code, text, _) = test(&["basic", &path(&file)]);
    assert_eq!(code, 1);
    assert!(
        text.contains(&format!("FAIL screen/boot_ready: text differs; screen row {row} differs")),
        "{text}"
    );
    assert!(
        text.contains("*|  TI BASIC REEDY                | * |  TI BASIC READY                |"),
        "{text}"
    );
    assert!(text.ends_with("0 passed, 1 failed\n"), "{text}");
    let (code, json, _) = test(&["basic", &path(&file), "--json", "--level", "text"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &json["failed"], &json["level"]), (1, &Value::from(1), &Value::from("text")));
    assert_eq!(json["cases"][0]["differences"]["text"][0]["rows"][0], row);
}
