// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock build`: the firmware's images are what their sources give; symbols, sizes and areas of small programs.

use super::cli::lubbock;
use std::fs;
use std::path::Path;

#[test]
fn the_committed_images_are_what_their_sources_build() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (code, _, errors) = lubbock(root, &["build", "--check", "--quiet", "roms/system"]);
    assert_eq!((code, errors.as_str()), (0, ""), "run `lubbock build roms/system`");
}

/// Two programs that name each other's symbols: a GROM calls XML code at ROM addresses, the ROM knows GROM addresses.
const MANIFEST: &str = r#"
[[program]]
name = "rom"
language = "tms9900"
source = "rom.a99"
uses = ["grom"]
define = { five = 5 }
symbols = "rom.equ"
image = [{ file = "rom.bin", start = 0, size = 16, area = [{ name = "code", from = 4, to = 7 }] }]
[[program]]
name = "grom"
language = "gpl"
source = "grom.gpl"
uses = ["rom"]
image = [{ file = "grom.bin", start = 0, size = 8 }]
"#;

/// A folder with the manifest and its sources.
fn project(manifest: &str, rom: &str, grom: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("lubbock.toml", manifest), ("rom.a99", rom), ("grom.gpl", grom)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

const ROM: &str = " AORG 4\nENTRY LI R1,START\n DATA FIVE\n";
const GROM: &str = " DATA ENTRY\nSTART CLR @>8300\n";

#[test]
fn programs_know_each_others_symbols() {
    let folder = project(MANIFEST, ROM, GROM);
    let (code, report, errors) = lubbock(folder.path(), &["build"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("rom.bin"), [0, 0, 0, 0, 2, 1, 0, 2, 0, 5, 0, 0, 0, 0, 0, 0]);
    assert_eq!(read("grom.bin"), [0, 4, 0x86, 0, 0, 0, 0, 0]);
    assert_eq!(read("rom.equ"), b"ENTRY    EQU  >0004\n");
    let lines: Vec<String> =
        report.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        lines,
        [
            "rom.bin >0000 to >000F 16 bytes 6 used 10 free 6 in one piece CRC-32 BDC00D2B",
            "code >0004 to >0007 4 bytes 4 used 0 free 0 in one piece",
            "grom.bin >0000 to >0007 8 bytes 4 used 4 free 4 in one piece CRC-32 59840CBF",
        ]
    );
    assert_eq!(lubbock(folder.path(), &["build", "--check", "-q"]), (0, String::new(), String::new()));
    fs::write(folder.path().join("rom.bin"), [0; 16]).unwrap();
    let (code, _, errors) = lubbock(folder.path(), &["build", "--check"]);
    let expected =
        "error: rom.bin differs from what its sources give, first at offset >0004; build it anew\n";
    assert_eq!((code, errors.as_str()), (1, expected));
}

/// What is changed, exit code, the start of the message.
#[test]
fn a_build_that_fails_writes_nothing() {
    let rows = [
        (
            MANIFEST.replace("size = 16", "size = 8"),
            ROM,
            1,
            "error: lubbock.toml: program `rom` has 2 bytes that are in none of its images, the first at >0008\n",
        ),
        (
            MANIFEST.replace("[\"grom\"]", "[\"grm\"]"),
            ROM,
            1,
            "error: lubbock.toml: program `rom` uses `grm`, which is not in the manifest\n",
        ),
        (
            MANIFEST.replace("size = 8", "size = 70000"),
            ROM,
            1,
            "error: lubbock.toml: grom.bin: the image ends beyond >FFFF\n",
        ),
        (MANIFEST.replace("file =", "flie ="), ROM, 1, "error: lubbock.toml: TOML parse error"),
        (MANIFEST.replace("rom.a99", "gone.a99"), ROM, 2, "error: can't read gone.a99: "),
        (
            MANIFEST.to_string(),
            "ENTRY DATA STRAT\n",
            1,
            "error: unknown symbol `STRAT`\n --> rom.a99:1:12\n  |\n1 | ENTRY DATA STRAT\n  |            ^^^^^\n\n1 error; nothing written\n",
        ),
        (
            MANIFEST.to_string(),
            "ENTRY DATA 1\n AORG 0\n DATA 2\n",
            1,
            "error: rom.a99: two pieces of the program stand at >0000 to >0001\n",
        ),
        (MANIFEST.to_string(), "ENTRY EQU LATER+1\nLATER EQU ENTRY\n", 1, "error: the symbols don't settle"),
    ];
    for (manifest, rom, code, message) in rows {
        let folder = project(&manifest, rom, GROM);
        let (found, _, errors) = lubbock(folder.path(), &["build"]);
        assert_eq!(found, code, "{message}");
        assert!(errors.starts_with(message), "{message}: {errors}");
        assert!(!folder.path().join("grom.bin").exists(), "{message}");
    }
}
