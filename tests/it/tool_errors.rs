// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the tools say on the command line, their exit codes (1: errors in what was read, 2: wrong usage, or files that can't be
//! read or written), and that a command that fails writes nothing.

use super::cli::lubbock;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const OK: &str = " AORG >6030\nSTART NOP\n END START\n";
const MANIFEST: &str = "[[program]]\nname = \"a\"\nlanguage = \"tms9900\"\nsource = \"a.asm\"\nuses = [\"b\"]\nimage = [{ file = \
                        \"a.bin\", start = 0, size = 8 }]\n[[program]]\nname = \"b\"\nlanguage = \"gpl\"\nsource = \"b.gpl\"\nuses = \
                        [\"a\"]\nimage = [{ file = \"FOLDER/b.bin\", start = 0, size = 8 }]\n";

/// A folder with sources, good and bad.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    file("ok.asm", OK.as_bytes());
    file("ok.gpl", b" GROM 3\n AORG >30\nSTART B START\n");
    file("ok.bas", b"10 PRINT \"HELLO\"\n");
    file("ok.bin", &[0x02, 0x00, 0x12, 0x34]);
    file("bad.asm", b" CLR @NIX\n");
    file("copy.asm", b" COPY \"none.asm\"\n BCOPY \"none.bin\"\n NOP\n");
    file("self.asm", b" COPY \"self.asm\"\n");
    file("macro.gpl", b" .DEFM A\n .A\n .ENDM\n .A\n");
    file("twice.asm", b" AORG >6030\n DATA 1\n AORG >6030\n DATA 2\n");
    file("needs.asm", b" REF NIX\n DATA NIX\n");
    file("odd.equ", b"A EQU ZZ\n");
    file("latin.bas", b"10 PRINT \"\xE9\"\n");
    file("noise", &[0xFF, 0xFE, 0xFD]);
    fs::create_dir(folder.path().join("folder")).unwrap();
    for (name, text) in [
        ("loop/lubbock.toml", MANIFEST.replace("FOLDER/", "")),
        ("loop/a.asm", "X EQU Y+1\n DATA X\n".into()),
        ("loop/b.gpl", "Y EQU X+1\n DATA Y\n".into()),
        ("gone/lubbock.toml", MANIFEST.into()),
        ("gone/a.asm", "X EQU 1\n DATA X\n".into()),
        ("gone/b.gpl", "Y EQU 1\n DATA Y\n".into()),
    ] {
        fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        file(name, text.as_bytes());
    }
    folder
}

/// Everything below a folder.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(contents(&path)),
            false => drop(found.insert(path.display().to_string(), fs::read(&path).unwrap())),
        }
    }
    found
}

/// Command line, exit code, what standard error starts with.
const ROWS: &[(&str, i32, &str)] = &[
    // Files that can't be read.
    ("asm none.asm", 2, "error: can't read none.asm: No such file"),
    ("asm folder", 2, "error: can't read folder: "),
    ("gpl none.gpl", 2, "error: can't read none.gpl: No such file"),
    ("dis none.bin", 2, "error: can't read none.bin: No such file"),
    ("dis ok.bin -s none.equ", 2, "error: can't read none.equ: No such file"),
    ("link none.obj", 2, "error: can't read none.obj: No such file"),
    ("build none", 2, "error: can't read none: No such file"),
    ("basic encode none.bas", 2, "error: can't read none.bas: No such file"),
    ("basic list none.prg", 2, "error: can't read none.prg: No such file"),
    // Sources with errors.
    ("asm -b bad.asm -L bad.lst -E bad.equ", 1, "error: unknown symbol `NIX`\n --> bad.asm:1:7\n"),
    ("asm copy.asm", 1, "error: file not found: none.asm\n --> copy.asm:1:7\n"),
    (
        "asm self.asm",
        1,
        "error: files and macros nested too deep: does one call itself?\n --> self.asm:1:7\n",
    ),
    (
        "gpl macro.gpl",
        1,
        "error: files and macros nested too deep: does one call itself?\n --> macro.gpl:2:2\n",
    ),
    ("asm -b needs.asm", 1, "error: needs.asm: `NIX` is not defined in any module: link the one"),
    ("asm -i bad.asm ok.asm", 1, "error: unknown symbol `NIX`\n"),
    ("link ok.asm", 1, "error: ok.asm: record 1: tag  : `AORG` are not hexadecimal digits"),
    ("link noise", 1, "error: noise: record 1: tag \\u{ff}: the field is cut off"),
    ("dis ok.bin -s odd.equ", 1, "error: odd.equ:1: `ZZ` is not a number"),
    ("build loop", 1, "error: the programs' symbols don't settle: they depend on each other's lengths"),
    ("basic encode latin.bas", 1, "error: latin.bas is not a text file (UTF-8)"),
    (
        "basic decode noise",
        1,
        "error: noise: not a whole BASIC program: it says that it has 8 bytes, there are 3",
    ),
    ("basic run noise", 1, "error: noise: neither a listing (UTF-8 text) nor a program file"),
    // Files that can't be written; what else there is to write isn't, either.
    ("asm -b ok.asm -o none/ok.bin", 2, "error: can't write none/ok.bin: No such file"),
    ("asm -b ok.asm -o noise/ok.bin", 2, "error: can't write noise/ok.bin: Not a directory"),
    ("asm -b ok.asm -o folder", 2, "error: can't write folder: is a directory"),
    ("asm -b ok.asm -o new.bin -L none/ok.lst", 2, "error: can't write none/ok.lst: No such file"),
    ("gpl ok.gpl -o new.bin -E none/ok.equ", 2, "error: can't write none/ok.equ: No such file"),
    ("dis ok.bin -o new.asm -E none/ok.equ", 2, "error: can't write none/ok.equ: No such file"),
    ("build gone", 2, "error: can't write gone/FOLDER/b.bin: No such file"),
    ("basic encode ok.bas -o none/ok.prg", 2, "error: can't write none/ok.prg: No such file"),
    // Wrong usage.
    ("asm", 2, "error: the following required arguments were not provided: <FILE>...; try --help"),
    ("gpl", 2, "error: the following required arguments were not provided: <FILE>...; try --help"),
    ("dis", 2, "error: the following required arguments were not provided: <FILE>; try --help"),
    ("link", 2, "error: the following required arguments were not provided: <FILE>...; try --help"),
    ("asm --nix ok.asm", 2, "error: unexpected argument '--nix' found; try --help"),
    ("asm -b -i ok.asm", 2, "error: the argument '--binary' cannot be used with '--image'; try --help"),
    ("asm -C -b ok.asm", 2, "error: the argument '--compress' cannot be used with '--binary'; try --help"),
    ("asm -t=pascal ok.asm", 2, "error: invalid value 'pascal' for '--text[=<LANGUAGE>]'"),
    ("asm -a 99999 ok.asm", 2, "error: `99999` is not a number of 16 bits; write 24576, '>6000' or 0x6000\n"),
    ("asm -D A=B ok.asm", 2, "error: `B` is not a number of 16 bits; write 24576, '>6000' or 0x6000\n"),
    ("gpl -A 8192 ok.gpl", 2, "error: --aorg >2000 is not inside a GROM (>0000 to >1FFF)\n"),
    ("gpl -c -g ok.gpl", 2, "error: the argument '--cart' cannot be used with '--split'; try --help"),
    ("link -a X ok.bin", 2, "error: `X` is not a number of 16 bits"),
    ("dis -e X ok.bin", 2, "error: `X` is not a number of 16 bits"),
    ("basic", 2, "error: "),
    (
        "basic encode -m ok.bas",
        2,
        "error: the following required arguments were not provided: --extended; try --help",
    ),
    // What was read is not overwritten, and no output overwrites another.
    ("asm -b ok.asm -o ok.asm", 2, "error: ok.asm is the source: name another file with -o"),
    ("asm -b ok.asm -L ./ok.asm", 2, "error: ./ok.asm is the source: name another file with -o"),
    ("gpl ok.gpl -o ok.gpl", 2, "error: ok.gpl is the source: name another file with -o"),
    ("dis ok.bin -o ok.bin", 2, "error: ok.bin is the source: name another file with -o"),
    ("basic encode ok.bas -o ok.bas", 2, "error: ok.bas is the source: name another file with -o"),
    ("asm -b ok.asm -o new.bin -L new.bin", 2, "error: new.bin is named for two outputs"),
];

#[test]
fn a_command_that_fails_says_why_and_writes_nothing() {
    let folder = folder();
    let before = contents(folder.path());
    for &(line, code, message) in ROWS {
        let args: Vec<&str> = line.split(' ').collect();
        let (found, _, said) = lubbock(folder.path(), &args);
        assert!(found == code && said.starts_with(message), "{line}: {found} {said}");
        for chatter in ["tip: to pass", "For more information, try '--help'."] {
            assert!(!said.contains(chatter), "{line}: {said}");
        }
        assert!(contents(folder.path()) == before, "{line} changed a file");
    }
}

#[test]
fn overlaps_are_warnings() {
    let folder = folder();
    let (code, _, said) = lubbock(folder.path(), &["asm", "-b", "twice.asm"]);
    assert_eq!(
        (code, said.as_str()),
        (0, "warning: twice.asm: two pieces of the program stand at >6030 to >6031; the later one counts\n")
    );
    assert_eq!(fs::read(folder.path().join("twice.bin")).unwrap(), [0, 2]);
    assert_eq!(lubbock(folder.path(), &["asm", "-q", "-b", "twice.asm"]).2, "");
}

/// Old sources have a byte for each character, and any of the world's line ends.
#[test]
fn sources_of_all_encodings_and_line_ends_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let rows: [(&[u8], &[u8]); 4] = [
        (b" TEXT '\xE9'\r\n BYTE 1\r\n", &[0xE9, 1]),
        (" TEXT '\u{E9}'\n BYTE 1".as_bytes(), &[0xE9, 1]),
        (b"* \xE9\xFF\n BYTE 2 ; \xFC\n", &[2]),
        ("* \u{20AC}\n\t BYTE\t3\t; \u{20AC}\r\n".as_bytes(), &[3]),
    ];
    for (source, bytes) in rows {
        fs::write(folder.path().join("a.asm"), source).unwrap();
        for command in [&["asm", "-b", "a.asm"][..], &["gpl", "a.asm", "-o", "a.bin"]] {
            assert_eq!(lubbock(folder.path(), command), (0, String::new(), String::new()));
            assert_eq!(fs::read(folder.path().join("a.bin")).unwrap(), bytes, "{source:?}");
        }
    }
}

/// `-t` writes what COPY takes in again, and numbers for C.
#[test]
fn bytes_as_source_lines() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    file("a.asm", " AORG >6000\n DATA 1,2,3,4,5\n");
    let run = |args: &[&str]| lubbock(folder.path(), args);
    let asm = "* >6000\n       BYTE >00,>01,>00,>02,>00,>03,>00,>04\n       BYTE >00,>05\n";
    let c = "// >6000\n    0x00, 0x01, 0x00, 0x02, 0x00, 0x03, 0x00, 0x04,\n    0x00, 0x05,\n";
    assert_eq!(run(&["asm", "-t", "a.asm"]), (0, String::new(), String::new()));
    assert_eq!(fs::read_to_string(folder.path().join("a.dat")).unwrap(), asm);
    assert_eq!(run(&["asm", "-t=c", "a.asm", "-o", "-"]), (0, c.into(), String::new()));
    file("b.gpl", " GROM 3\n COPY \"a.dat\"\n");
    assert_eq!(run(&["gpl", "--text", "b.gpl", "-o", "-"]), (0, asm.into(), String::new()));
    assert_eq!(run(&["gpl", "-t=c", "-g", "b.gpl"]), (0, String::new(), String::new()));
    assert_eq!(fs::read_to_string(folder.path().join("b_g3.dat")).unwrap(), c);
}

/// Linux has a device that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    let folder = folder();
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lubbock"));
        command.current_dir(folder.path()).args(args).env("XDG_DATA_HOME", folder.path().join("data"));
        let full = fs::File::create("/dev/full").unwrap();
        let output = command.stdout(full).stderr(Stdio::piped()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let reason = "No space left on device (os error 28)\n";
    let rows = [
        ("asm -b ok.asm -o -", "can't write standard output: "),
        ("asm -b ok.asm -o /dev/full", "can't write /dev/full: "),
        ("basic run ok.bas", "can't write standard output: "),
        ("info", "can't write standard output: "),
        ("run --headless --own --frames 1 --screen", "can't write standard output: "),
        ("run --headless --own --frames 1 --screenshot /dev/full", "can't write /dev/full: "),
        ("run --headless --own --frames 1 --trace -", "can't write the trace -: "),
        ("run --headless --own --frames 1 --trace /dev/full", "can't write the trace /dev/full: "),
    ];
    for (line, message) in rows {
        let args: Vec<&str> = line.split(' ').collect();
        assert_eq!(run(&args), (2, format!("error: {message}{reason}")), "{line}");
    }
    // A recording goes back to its header at the end, which a device can't, and no device gives way to a file.
    let wav = ["run", "--headless", "--own", "--frames", "1", "--wav", "/dev/full"];
    let message = "error: can't write /dev/full: it is no ordinary file: name another\n";
    assert_eq!(run(&wav), (2, message.to_owned()));
    assert!(!Path::new("/dev/full").is_file());
}
