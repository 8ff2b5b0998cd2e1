// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line of runs: what is said about wrong usage, missing displays, and files.

use super::cli::lubbock;
use std::fs;

/// Arguments, and the start of the one line that is said; the exit code is 2.
const WRONG_USAGE: &[(&[&str], &str)] = &[
    (&["nix.rpk"], "can't read nix.rpk: No such file"),
    (&["--rom", "nix"], "can't read nix: No such file"),
    (&["--rom", "short"], "short: 100 bytes, but a console ROM has 8192: "),
    (
        &["--rom", "images/grom.bin"],
        "images/grom.bin: is a console GROM, not a ROM: give it with the other of --rom and --grom",
    ),
    (
        &["--grom", "images/rom.bin"],
        "images/rom.bin: is a console ROM, not a GROM: give it with the other of --rom and --grom",
    ),
    (
        &["--grom", "short"],
        "short: 100 bytes, but the console's GROMs have 18432 (6K each) or 24576 (8K each): ",
    ),
    (&["--grom", "grom", "short"], "short: 100 bytes, but one GROM of several has 6144 or 8192: "),
    (&["--roms", "nix"], "can't read nix: No such file"),
    (&["--roms", "."], "no console ROM (even bytes), console ROM (odd bytes), console GROM 0, "),
    (
        &["--roms", ".", "--rom", "rom"],
        "the argument '--roms <DIR>' cannot be used with '--rom <FILE>'; try --help",
    ),
    (&["empty"], "empty: 0 bytes are too few for a ROM or GROM image: "),
    (&["short"], "short: has no cartridge header (>AA at its start): "),
    (&["broken.rpk"], "broken.rpk: cannot read this zip archive "),
    (&["text.txt"], "text.txt: "),
    (&["."], "can't read .: "),
    (&["nix.bas"], "can't read nix.bas: No such file"),
    (&["a.bas", "b.bas"], "a.bas and b.bas: only one BASIC program can be run at a time"),
    (&["--state-in", "short"], "short: not a save state of Lubbock"),
    (&["--state-in", "nix"], "can't read nix: No such file"),
    (&["--type-file", "nix"], "can't read nix: No such file"),
    (
        &["--seconds", "soon"],
        "invalid value 'soon' for '--seconds <S>': a number of seconds such as 2.5 is wanted; try --help",
    ),
    (&["--ram", "48k"], "invalid value '48k' for '--ram <SIZE>' [possible values: 32k, none]; try --help"),
    (&["--bogus"], "unexpected argument '--bogus' found; try --help"),
];

/// The same for headless runs only.
const WRONG_HEADLESS: &[(&[&str], &str)] = &[
    (&["--script", "nix"], "can't read nix: No such file"),
    (&["--script", "rom"], "rom: not UTF-8 text"),
    (
        &["--script", "text.txt", "--frames", "1"],
        "the argument '--script <FILE>' cannot be used with '--frames <N>'; try --help",
    ),
    (&["--symbols", "text.txt"], "text.txt:1: expected `NAME EQU >1234`, found `hello`"),
    (
        &["--dump", "vdp:0x4000:1"],
        "invalid value 'vdp:0x4000:1' for '--dump <SPACE:ADDR:LEN>...': 1 bytes from >4000 on ",
    ),
    (&["--screenshot", "none/a.png", "--frames", "1"], "can't write none/a.png: No such file"),
    (&["--state-out", "none/a", "--frames", "1"], "can't write none/a: No such file"),
    (&["--wav", "none/a.wav"], "can't write none/a.wav: "),
    (&["--trace", "none/a"], "can't write the trace none/a: No such file"),
];

#[test]
fn wrong_usage_of_a_run_is_one_line_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    file("empty", b"");
    file("short", &[0xFF; 100]);
    file("rom", &[0xFF; 0x2000]);
    file("grom", &[0xFF; 0x1800]);
    file("broken.rpk", b"PK\x03\x04 and then nothing of an archive");
    file("text.txt", b"hello\n");
    fs::create_dir(folder.path().join("images")).unwrap();
    file("images/grom.bin", &lubbock::firmware::GROMS[0][..]);
    file("images/rom.bin", &lubbock::firmware::ROM[..]);
    let headless: &[&str] = &["run", "--headless"];
    let starts: [&[&str]; 3] = [&[], &["run"], headless];
    let everywhere = starts.iter().flat_map(|start| WRONG_USAGE.iter().map(move |row| (*start, row)));
    for (start, (args, message)) in everywhere.chain(WRONG_HEADLESS.iter().map(|row| (headless, row))) {
        let args = [start, *args].concat();
        let (code, out, said) = lubbock(folder.path(), &args);
        let good = said.starts_with(&format!("error: {message}"))
            && said.lines().count() == 1
            && !said.contains("at path");
        assert!(code == 2 && out.is_empty() && good, "{args:?}: {code} {out} {said}");
    }
}

#[test]
fn what_needs_a_headless_run_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, said) = lubbock(folder.path(), &["run", "--screen"]);
    assert_eq!(
        (code, said.as_str()),
        (2, "error: the following required arguments were not provided: --headless; try --help\n")
    );
}

/// Without a display there is no window, which one line says.
#[test]
#[cfg(all(feature = "window", target_os = "linux"))]
fn no_display_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for args in [&[][..], &["run"], &["--own", "--seconds", "1"]] {
        let (code, out, said) = lubbock(folder.path(), args);
        let good =
            said.starts_with("error: no display; try `lubbock run --headless`") && said.lines().count() == 1;
        assert!(code == 2 && out.is_empty() && good, "{args:?}: {code} {said}");
    }
}

#[test]
fn info_names_firmware_and_cartridges() {
    let folder = tempfile::tempdir().unwrap();
    let info = |args: &[&str]| lubbock(folder.path(), &[&["info"], args].concat());
    let (code, out, _) = info(&[]);
    let crc = |bytes: &[u8]| format!("{:08x}", crc32fast::hash(bytes));
    assert_eq!(code, 0);
    assert!(out.contains(&format!("  {}  console ROM\n", crc(lubbock::firmware::ROM))), "{out}");
    assert!(out.contains("(no console images in ") && out.contains("settings: "), "{out}");
    // Images in the data folder are used, whatever they are.
    let roms = folder.path().join("data/lubbock/roms");
    fs::create_dir_all(&roms).unwrap();
    fs::write(roms.join("rom.bin"), lubbock::firmware::ROM).unwrap();
    for (number, grom) in lubbock::firmware::GROMS.iter().enumerate() {
        fs::write(roms.join(format!("grom{number}.bin")), grom).unwrap();
    }
    let (code, out, _) = info(&[]);
    let even: Vec<u8> = lubbock::firmware::ROM.iter().step_by(2).copied().collect();
    assert!(
        code == 0
            && out.contains(&format!("  {}  console ROM (even bytes) of an unknown console: ", crc(&even))),
        "{out}"
    );
    let rom = super::images::rom("GAME");
    fs::write(folder.path().join("gamec.bin"), &rom).unwrap();
    let (code, out, _) = info(&["gamec.bin"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("gamec.bin: cartridge \"gamec\", board standard\n"), "{out}");
    assert!(out.contains(&format!("  {}  ROM, {} bytes\n", crc(&rom), rom.len())), "{out}");
    let (code, _, said) = info(&["nix"]);
    assert_eq!((code, said.as_str()), (2, "error: can't read nix: no such file\n"));
}

/// TI BASIC's table of colours as a genuine console holds it while a line is typed: set 0, the cursor's, is black like the others.
#[test]
fn the_cursor_is_black_as_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["run", "--headless", "--own", "--basic", "--frames", "420", "--dump", "vdp:0x300:32"];
    let (code, out, _) = lubbock(folder.path(), &args);
    let (first, second) = (format!("0300: D0{} 17", " 00".repeat(14)), format!("0310:{}", " 17".repeat(16)));
    assert!(code == 0 && out.contains(&first) && out.contains(&second), "{out}");
}
