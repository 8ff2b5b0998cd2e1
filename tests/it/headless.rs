// SPDX-License-Identifier: MIT OR Apache-2.0
//! Headless runs: the examples of docs/headless.md, scripts with what they must say, and what the options write.

use super::support::{data_dir, gunzip};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A command in a folder that has no console images of the user's.
fn command(program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("XDG_DATA_HOME", folder.join("data")).env("HOME", folder);
    command
}

/// Exit code, standard output, standard error.
fn result(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// `lubbock run --headless` with these arguments.
fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = command(env!("CARGO_BIN_EXE_lubbock"), folder);
    result(command.args(["run", "--headless"]).args(args).output().unwrap())
}

/// The blocks of a page in docs, in order, each with its language.
fn blocks(page: &str) -> Vec<(String, String)> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page)).unwrap();
    let block = |text: &str| {
        let (language, text) = text.split_once('\n').unwrap();
        (language.to_owned(), text.to_owned())
    };
    page.split("```").skip(1).step_by(2).map(block).collect()
}

fn first(blocks: &[(String, String)], language: &str) -> String {
    blocks.iter().find(|block| block.0 == language).unwrap().1.clone()
}

/// A folder with the files that the page's examples start from.
fn examples() -> (tempfile::TempDir, Vec<(String, String)>) {
    let folder = tempfile::tempdir().unwrap();
    let page = blocks("headless.md");
    fs::write(folder.path().join("hello.gpl"), first(&blocks("gpl.md"), "gpl")).unwrap();
    fs::write(folder.path().join("hello.script"), first(&page, "script")).unwrap();
    (folder, page)
}

/// Runs a block of commands, `lubbock` being this one.
fn shell(folder: &Path, block: &str) -> (i32, String, String) {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_lubbock"));
    let path = std::env::join_paths([program.parent().unwrap(), Path::new("/usr/bin"), Path::new("/bin")]);
    result(command("sh", folder).env("PATH", path.unwrap()).args(["-ec", block]).output().unwrap())
}

#[test]
fn the_examples_of_the_manual_do_what_it_says() {
    let (folder, page) = examples();
    let mut printed = Vec::new();
    for (_, block) in page.iter().filter(|block| block.0 == "sh") {
        let (code, out, said) = shell(folder.path(), block);
        assert_eq!((code, said.as_str()), (0, ""), "{block}");
        printed.push(out);
    }
    let size = |name: &str| fs::metadata(folder.path().join(name)).unwrap().len();
    for name in ["hello.png", "title.png", "basic.state", "hello.screen"] {
        assert!(size(name) > 0, "{name}");
    }
    let trace = fs::read_to_string(folder.path().join("boot.trace")).unwrap();
    assert!(trace.lines().count() == 1000 && trace.starts_with("26 "));
    assert_eq!(printed[0], "");
    assert!(printed[1].contains("PRESS ANY KEY"));
    assert!(printed[2].contains("\n >LIST\n  10 PRINT \"HELLO\"\n"), "{}", printed[2]);
}

#[test]
fn the_failure_of_the_manual_is_said_like_that() {
    let (folder, page) = examples();
    let source = fs::read_to_string(folder.path().join("hello.gpl")).unwrap();
    fs::write(folder.path().join("hello.gpl"), source.replace("WORLD!'", "MOON!'")).unwrap();
    // What is waited for before the expectation has to come.
    let script = fs::read_to_string(folder.path().join("hello.script")).unwrap();
    fs::write(
        folder.path().join("hello.script"),
        script.replace("wait text \"HELLO, WORLD!\"", "wait text \"HELLO,\""),
    )
    .unwrap();
    let (code, out, said) = shell(folder.path(), &first(&page, "sh"));
    let (first_line, screen) = said.split_once('\n').unwrap();
    assert_eq!((code, out.as_str(), first_line), (1, "", first(&page, "text").trim_end()));
    assert!(screen.contains("\n         HELLO, MOON!"), "{screen}");
}

/// A script, the exit code, and what is printed or the first line of what is said about it.
const SCRIPTS: &[(&str, i32, &str)] = &[
    ("", 0, ""),
    ("  # nothing\n\nprint \"a \\\"b\\\" # \\\\ c\" # said", 0, "a \"b\" # \\ c\n"),
    ("wait text \"PRESS ANY\"\npoke vdp >10 41 42\nexpect vdp 16 41 42\ndump vdp >10 2", 0, DUMPED),
    ("poke cpu >8301 7F\npoke cpu 0x8302 01\nexpect cpu >8300 00 7F 01", 0, ""),
    (
        "wait text \"PRESS ANY\"\nsave-state a\ntype \" \"\nwait no text \"PRESS ANY\"\nload-state a\nexpect text \"PRESS ANY\"",
        0,
        "",
    ),
    ("wait 2 seconds\ntype \" \"\nwait no text \"PRESS ANY\"\nreset\nwait text \"PRESS ANY\"", 0, ""),
    (
        "wait 2 s\nkey SPACE\nwait 10 frames\nkey 1 for 4 frames\nwait cursor within 5 s\ntype \"a\"\nexpect text \">a\"",
        0,
        "",
    ),
    ("wait 2 s\ntype \" 1\"\nwait cursor\nalpha-lock on\ntype \"a\"\nexpect text \">A\"", 0, ""),
    (
        "wait 2 s\ntype \" 1\"\nwait cursor\npress SHIFT A\nwait 4 frames\nrelease all\nwait 4 frames\nexpect text \">A\"",
        0,
        "",
    ),
    ("expect text \"X\"", 1, "error: s: line 1: expected text \"X\"; the screen shows:"),
    (
        "wait 2 s\nexpect no text \"PRESS\"",
        1,
        "error: s: line 2: expected no text \"PRESS\"; the screen shows:",
    ),
    ("wait text \"X\" within 3 frames", 1, "error: s: line 1: \"X\" did not come; the screen shows:"),
    ("wait cursor within 0.1 seconds", 1, "error: s: line 1: no cursor came; the screen shows:"),
    ("wait 99 seconds", 1, "error: s: line 1: the run's time is over; the screen shows:"),
    ("expect cpu >8400 01", 1, "error: s: line 1: expected cpu >8400 to be 01, found 00; the screen shows:"),
    (
        "expect register 7 99",
        1,
        "error: s: line 1: expected VDP register 7 to be 99, found 00; the screen shows:",
    ),
    ("poke cpu 0 01", 1, "error: s: line 1: there is no RAM at cpu >0000; the screen shows:"),
    (
        "type \"\u{e4}\"",
        1,
        "error: s: line 1: the TI has no keys for 1 characters of the text; the screen shows:",
    ),
    ("load-state none", 2, "error: s: line 1: can't read none: No such file"),
    ("load-state s", 2, "error: s: line 1: s: not a save state of Lubbock"),
    ("screenshot none/a.png", 2, "error: s: line 1: can't write none/a.png: No such file"),
    ("expect screen none", 2, "error: s: line 1: can't read none: No such file"),
    (
        "# \npres A",
        2,
        "error: s:2:1: expected press, release, key, alpha-lock, type, type-file, wait, expect, print, ",
    ),
    (
        "press",
        2,
        "error: s:1:6: expected a key such as A, ENTER, FCTN or JOY1_LEFT, found the end of the line",
    ),
    ("key FCTN+Q+?", 2, "error: s:1:5: expected keys joined by +, as in FCTN+4, found `FCTN+Q+?`"),
    ("key Q for 3 apples", 2, "error: s:1:13: expected frames, found `apples`"),
    ("type hello", 2, "error: s:1:6: expected a text in double quotes, found `hello`"),
    ("type \"hello", 2, "error: s:1:6: the text has no closing quotation mark"),
    ("type \"\\t\"", 2, "error: s:1:6: `\\t` means nothing: use \\n, \\\" or \\\\"),
    ("wait 2", 2, "error: s:1:7: expected seconds or frames, found the end of the line"),
    ("wait 2.5 frames", 2, "error: s:1:10: expected seconds or frames, found `frames`"),
    ("wait -1 s", 2, "error: s:1:6: expected a time such as 2 seconds, cursor, text or no text, found `-1`"),
    ("expect row 25 \"\"", 2, "error: s:1:12: expected a row, 1 to 24, found `25`"),
    ("expect vdp >3FFF 00 00", 2, "error: s:1:21: expected less bytes: the memory ends, found `00`"),
    ("expect cpu 0 1", 2, "error: s:1:14: expected a byte as two hexadecimal digits, found `1`"),
    ("dump grom 0 0", 2, "error: s:1:13: expected a length of 1 or more inside the memory, found `0`"),
    ("screen now", 2, "error: s:1:8: expected the end of the line, found `now`"),
];

const DUMPED: &str = "0010: 41 42                                            AB\n";

#[test]
fn scripts_do_and_say_what_they_should() {
    let folder = tempfile::tempdir().unwrap();
    for (script, code, expected) in SCRIPTS {
        fs::write(folder.path().join("s"), script).unwrap();
        let (found, out, said) = run(folder.path(), &["--own", "--script", "s", "--seconds", "30"]);
        let good = match code {
            0 => said.is_empty() && out == *expected,
            1 => {
                out.is_empty()
                    && said.lines().next().unwrap().starts_with(expected)
                    && said.lines().count() > 1
            }
            _ => out.is_empty() && said.starts_with(expected) && said.lines().count() == 1,
        };
        assert!(found == *code && good, "{script}: {found}\n{out}\n{said}");
    }
}

#[test]
fn traces_are_those_of_the_golden_cases() {
    let folder = tempfile::tempdir().unwrap();
    let unpack = |name: &str| gunzip(&data_dir().join("cpu").join(name));
    let case =
        lubbock::suite::cpu::Case::parse(&String::from_utf8(unpack("dv-vdp.case.gz")).unwrap()).unwrap();
    fs::write(folder.path().join("rom"), &case.rom).unwrap();
    fs::write(folder.path().join("grom"), unpack("grom.bin.gz")).unwrap();
    let lines = case.lines.to_string();
    let options = "--rom rom --grom grom --ram none --timing mame --trace - --instructions";
    let args: Vec<&str> = options.split(' ').chain([lines.as_str()]).collect();
    let (code, out, said) = run(folder.path(), &args);
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(
        out.as_bytes() == unpack("dv-vdp.trace.gz"),
        "the trace differs from tests/data/cpu/dv-vdp.trace.gz"
    );
}

#[test]
fn a_processor_that_sleeps_for_ever_ends_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut rom = vec![0; 0x2000];
    // Reset vector; LIMI 0; IDLE.
    rom[..10].copy_from_slice(&[0x83, 0xE0, 0x00, 0x04, 0x03, 0x00, 0x00, 0x00, 0x03, 0x40]);
    fs::write(folder.path().join("rom"), rom).unwrap();
    let result = run(folder.path(), &["--rom", "rom", "--instructions", "100"]);
    let said = "error: 98 instructions before the end nothing wakes the processor (IDLE)\n";
    assert_eq!(result, (1, String::new(), said.to_owned()));
}

#[test]
fn symbols_follow_the_lines_of_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let first = |symbols: &str| {
        fs::write(folder.path().join("equ"), symbols).unwrap();
        let args = ["--own", "--trace", "-", "--instructions", "1", "--symbols", "equ"];
        let (code, out, said) = run(folder.path(), &args);
        assert_eq!((code, said.as_str()), (0, ""));
        out.trim_end().to_owned()
    };
    let plain = first("");
    let pc = u16::from_str_radix(plain.split(' ').nth(1).unwrap(), 16).unwrap();
    assert_eq!(first(&format!("START EQU >{pc:04X}\n")), format!("{plain} START"));
    assert_eq!(first(&format!("START EQU >{:04X}\n", pc - 0x12)), format!("{plain} START+>12"));
    assert_eq!(first(&format!("LATER EQU >{:04X}\n", pc + 2)), plain);
}

#[test]
fn a_run_cut_in_two_ends_in_the_same_state() {
    let folder = tempfile::tempdir().unwrap();
    let state = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let go = |args: &[&str]| assert_eq!(run(folder.path(), args), (0, String::new(), String::new()));
    go(&["--own", "--frames", "90", "--state-out", "whole"]);
    go(&["--own", "--frames", "40", "--state-out", "half"]);
    go(&["--own", "--state-in", "half", "--frames", "50", "--state-out", "both"]);
    assert!(state("whole") == state("both"));
}

#[test]
fn pictures_and_sound_are_as_long_as_they_should_be() {
    let folder = tempfile::tempdir().unwrap();
    for (region, height) in [("ntsc", 243), ("pal", 294)] {
        let args =
            ["--own", "--seconds", "1.5", "--region", region, "--screenshot", "p.png", "--wav", "s.wav"];
        assert_eq!(run(folder.path(), &args), (0, String::new(), String::new()));
        let png = std::io::BufReader::new(fs::File::open(folder.path().join("p.png")).unwrap());
        let info = png::Decoder::new(png).read_info().unwrap();
        // Rows of a picture with its border: TMS9918A data manual, 27 + 192 + 24; 51 + 192 + 51 at 50 Hz.
        assert_eq!((info.info().width, info.info().height), (284, height));
        let wav = hound::WavReader::open(folder.path().join("s.wav")).unwrap();
        assert!(wav.duration().abs_diff(72_000) <= 48, "{} samples", wav.duration());
    }
}

#[test]
fn text_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let args = |text: &'static str| ["--own", "--seconds", "3", "--screen", "--until-text", text];
    let (code, out, said) = run(folder.path(), &args("PRESS ANY KEY"));
    assert!(code == 0 && out.contains("PRESS ANY KEY") && said.is_empty());
    let (code, out, said) = run(folder.path(), &args("HOME CAT"));
    assert!(code == 1 && out.contains("PRESS ANY KEY"), "the screen is printed in any case");
    assert!(said.starts_with("error: no row came to hold \"HOME CAT\"; the screen shows:\n"), "{said}");
}

/// While BASIC computes, arithmetic leaves signs that look like keys' codes in the byte of the keyboard scan.
#[test]
fn text_typed_ahead_of_arithmetic_arrives_whole() {
    let folder = tempfile::tempdir().unwrap();
    let lines = [
        "10 FOR I=1 TO 60",
        "20 A=-I/7*SIN(I)-80*I",
        "30 NEXT I",
        "RUN",
        "PRINT .1+.2;1/3;1/3*3",
        "PRINT 2^40;1E10;-.0000125",
        "40 INPUT B",
        "RUN",
        "P",
        "Q",
        "5",
        "PRINT B;\"@ABCDEFGHIJKLMNOPQRST\"",
    ];
    let text = format!(" 1{}\\n", lines.join("\\n"));
    let (code, out, said) = run(folder.path(), &["--own", "--screen", "--type", &text]);
    assert!(code == 0 && said.is_empty(), "{said}");
    let rows: Vec<&str> = out.lines().map(|row| row.trim_end_matches([' ', '█'])).collect();
    let end = rows.iter().rposition(|row| !row.trim().is_empty()).unwrap();
    let expected = [" >PRINT B;\"@ABCDEFGHIJKLMNOPQR", "  ST\"", "   5 @ABCDEFGHIJKLMNOPQRST", "", " >"];
    assert_eq!(rows[end - 4..=end], expected, "{out}");
}

/// Files that the README and the manuals of the runs point to.
#[test]
fn links_of_the_manuals_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["README.md", "docs/window.md", "docs/headless.md"] {
        let path = root.join(page);
        let text = fs::read_to_string(&path).unwrap();
        let targets = text.split("](").skip(1).chain(text.split("src=\"").skip(1));
        for target in targets.map(|rest| rest.split([')', '"']).next().unwrap()) {
            assert!(path.parent().unwrap().join(target).is_file(), "{page}: {target}");
        }
    }
}
