// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line of the tools: files, exit codes, what is said.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs `lubbock` in a folder, without a display and console images of the user's: exit code, standard output, standard
/// error.
pub(crate) fn lubbock(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lubbock"));
    command.env("XDG_DATA_HOME", folder.join("data")).env("XDG_CONFIG_HOME", folder.join("config"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("LUBBOCK_LOG");
    let output = command.current_dir(folder).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The first block of `language` in a page of docs.
fn example(page: &str, language: &str) -> String {
    nth_example(page, language, 1)
}

fn nth_example(page: &str, language: &str, nth: usize) -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page)).unwrap();
    let block = page.split(&format!("```{language}\n")).nth(nth).unwrap();
    block.split("```").next().unwrap().to_string()
}

#[test]
fn the_first_example_of_the_gpl_manual_builds() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hello.gpl"), example("gpl.md", "gpl")).unwrap();
    let run = |args: &[&str]| assert_eq!(lubbock(folder.path(), args), (0, String::new(), String::new()));
    run(&["gpl", "--cart", "hello.gpl"]);
    run(&["gpl", "-G", "3", "hello.gpl", "-o", "hello.bin", "-L", "hello.lst", "-E", "hello.equ"]);
    let rpk = fs::read(folder.path().join("hello.rpk")).unwrap();
    let cartridge = &lubbock::media::detect(&[("hello.rpk", &rpk)]).unwrap()[0];
    assert_eq!(cartridge.name, "HELLO");
    assert!(fs::read_to_string(folder.path().join("hello.lst")).unwrap().contains("6030"));
    assert!(fs::read_to_string(folder.path().join("hello.equ")).unwrap().contains("START    EQU  >6030\n"));
    // And back.
    let (code, source, _) = lubbock(folder.path(), &["dis", "-g", "-a", ">6030", "-e", ">6030", "hello.bin"]);
    assert_eq!(code, 0);
    fs::write(folder.path().join("again.gpl"), source).unwrap();
    run(&["gpl", "again.gpl"]);
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(bytes("again.bin"), bytes("hello.bin"));
}

#[test]
fn the_first_example_of_the_assembler_manual_builds() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("stars.asm"), example("assembler.md", "asm")).unwrap();
    let args = ["asm", "-b", "stars.asm", "-L", "stars.lst", "-E", "stars.equ"];
    assert_eq!(lubbock(folder.path(), &args), (0, String::new(), String::new()));
    let bytes = fs::read(folder.path().join("stars.bin")).unwrap();
    assert_eq!(lubbock::media::detect(&[("starsc.bin", &bytes)]).unwrap().len(), 1);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(
        read("stars.lst").contains("601A 0300   16+8  START  LIMI 0\n      601C 0000\n"),
        "{}",
        read("stars.lst")
    );
    assert!(read("stars.equ").contains("START    EQU  >601A\n"));
}

/// Bank 0 switches to bank 1, which stays where it is: chosen in the menu, the program ends in the second bank.
#[test]
fn the_banked_example_of_the_assembler_manual_runs() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("banks.asm"), nth_example("assembler.md", "asm", 2)).unwrap();
    let run = |args: &[&str]| assert_eq!(lubbock(folder.path(), args), (0, String::new(), String::new()));
    run(&["asm", "-c", "banks.asm", "-X", "-E", "banks.equ"]);
    let type_2 = ["--type", " 2", "--seconds", "6", "--trace", "trace", "--symbols", "banks.equ"];
    run(&[&["run", "--headless", "--own", "--cart", "banks.rpk"][..], &type_2].concat());
    let trace = fs::read_to_string(folder.path().join("trace")).unwrap();
    assert!(trace.lines().last().unwrap().ends_with("SECOND"), "{:?}", trace.lines().last());
}

#[test]
fn the_first_example_of_the_basic_manual_converts() {
    let folder = tempfile::tempdir().unwrap();
    let text = example("basic-tool.md", "basic");
    fs::write(folder.path().join("guess.bas"), &text).unwrap();
    assert_eq!(lubbock(folder.path(), &["basic", "encode", "guess.bas"]), (0, String::new(), String::new()));
    // Statement words have a blank behind them, so that lines may end with one.
    let lines = |text: &str| text.lines().map(|l| l.trim_end().to_string()).collect::<Vec<_>>();
    let decoded = lubbock(folder.path(), &["basic", "decode", "guess.prg"]);
    assert_eq!((decoded.0, lines(&decoded.1)), (0, lines(&text)));
    let listed = lubbock(folder.path(), &["basic", "list", "--width", "0", "guess.prg"]);
    // The console's LIST shows the remark's own blank and one of its own (tests/data/basic/genuine.txt).
    assert_eq!((listed.0, lines(&listed.1)), (0, lines(&text.replace("REM ", "REM  "))));
}

/// Arguments, exit code, the start of the message.
#[test]
fn exit_codes_tell_errors_in_sources_from_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    file("bad.gpl", " CLR @NIX\n ST 1\n");
    file("bad.bas", "10 PRINT \"A\nX\n");
    file("low.gpl", " GROM 0\n RTN\n");
    file("good.gpl", " RTN\n");
    file("empty", "");
    file("odd.equ", "A IS 1\n");
    let bad = "error: unknown symbol `NIX`\n --> bad.gpl:1:7\n  |\n1 |  CLR @NIX\n  |       ^^^\n\nerror: ST takes 2 \
               operands, found 1\n --> bad.gpl:2:5\n  |\n2 |  ST 1\n  |     ^\n\n2 errors; nothing written\n";
    let rows: &[(&[&str], i32, &str)] = &[
        (&["gpl", "bad.gpl", "-L", "bad.lst"], 1, bad),
        (&["gpl", "none.gpl"], 2, "error: can't read none.gpl: "),
        (&["gpl", "-c", "low.gpl"], 1, "error: low.gpl: code at >0000: a cartridge's GROMs are 3 to 7"),
        (&["gpl", "-A", ">2000", "good.gpl"], 2, "error: --aorg >2000 is not inside a GROM"),
        (&["gpl", "-G", "X", "good.gpl"], 2, "error: `X` is not a number of 16 bits"),
        (&["gpl", "good.gpl", "-o", "none/x.bin"], 2, "error: can't write none/x.bin: "),
        (&["gpl"], 2, "error: the following required arguments"),
        (&["basic", "encode", "bad.bas"], 1, "error: "),
        (&["basic", "decode", "good.gpl"], 1, "error: good.gpl: not a whole BASIC program"),
        (&["basic", "encode", "--long", "bad.bas"], 2, "error: the following required arguments"),
        (&["dis", "empty"], 1, "error: empty has 0 bytes; from >6000 on there is room for 1 to 40960"),
        (
            &["dis", "good.gpl", "-s", "odd.equ"],
            1,
            "error: odd.equ:1: expected `NAME EQU >1234`, found `A IS 1`",
        ),
        (&["dis", "-a", "70000", "good.gpl"], 2, "error: `70000` is not a number"),
    ];
    for (args, code, message) in rows {
        let (found, _, said) = lubbock(folder.path(), args);
        assert!(found == *code && said.starts_with(message), "{args:?}: {found} {said}");
    }
    for name in ["bad.bin", "bad.lst", "bad.prg", "low.rpk"] {
        assert!(!folder.path().join(name).exists(), "{name} was written in spite of errors");
    }
}

#[test]
fn bench_prints_how_many_times_faster_than_the_console() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, _) = lubbock(folder.path(), &["bench", "--own", "--seconds", "0.2", "--type", "1"]);
    assert_eq!(code, 0);
    let quotient = out.lines().next().unwrap().strip_suffix(" x real time").unwrap();
    assert!(quotient.parse::<f64>().unwrap() > 0.0);
    let (code, _, error) = lubbock(folder.path(), &["bench", "--own", "--seconds", "soon"]);
    assert!(code == 2 && error.contains("a number of seconds"), "{code} {error}");
}
