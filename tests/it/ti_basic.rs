// SPDX-License-Identifier: MIT OR Apache-2.0
//! Our TI BASIC as its users meet it: the sessions of `docs/ti-basic.md`, programs run like scripts, cassettes.
//!
//! What is expected was shown by a genuine console, run as a black box: the sessions of the page, and the output of
//! the programs below.

use super::cli::lubbock;
use lubbock::console::{Config, ConsoleImages, Machine, Profile, Region};
use lubbock::firmware;
use lubbock::headless::{Session, basic};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// TI BASIC at its first prompt, on the console alone.
fn console() -> Session {
    let config = Config { profile: Profile::DOCUMENTED, region: Region::Ntsc, ram32k: false };
    let [grom0, grom1, grom2] = firmware::GROMS.map(|grom| grom.as_slice());
    let images = ConsoleImages { rom: firmware::ROM, groms: [grom0, grom1, grom2] };
    let mut session = Session::new(Machine::new(config, images, Vec::new()));
    basic::enter(&mut session).unwrap();
    session
}

/// The rows from the first prompt on, without the closing prompt.
fn typed(lines: &[&str]) -> Vec<String> {
    let mut session = console();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    basic::type_in(&mut session, &text).unwrap();
    let rows: Vec<String> =
        session.screen().rows().iter().map(|row| row[1..].replace('█', " ").trim_end().to_owned()).collect();
    let first = rows.iter().position(|row| row.starts_with('>')).unwrap();
    let last = rows.iter().rposition(|row| !row.is_empty() && row != ">").unwrap();
    rows[first..=last].to_vec()
}

#[test]
fn the_sessions_of_the_page_are_what_our_console_shows() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ti-basic.md")).unwrap();
    let sessions: Vec<&str> =
        page.split("```session\n").skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect();
    assert!(sessions.len() >= 10, "{} sessions", sessions.len());
    for session in sessions {
        let rows: Vec<&str> = session.lines().collect();
        // A typed line that the screen broke goes on in the row below, which has 28 characters above it.
        let mut lines: Vec<String> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            if let Some(line) = row.strip_prefix('>') {
                lines.push(line.to_owned());
            } else if at > 0 && rows[at - 1].starts_with('>') && rows[at - 1].len() == 29 {
                lines.last_mut().unwrap().push_str(row.get(1..).unwrap_or_default());
            }
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(typed(&lines), rows, "{session}");
    }
}

/// A symbol is found wherever the beam is: reads of video RAM wait for free slots then, and the address must not be set too soon.
#[test]
fn symbols_are_found_in_the_machines_own_time() {
    for name in ('A'..='Z').map(String::from).chain(["AB", "Q1", "LONGNAME"].map(String::from)) {
        let (set, print) = (format!("{name}=7"), format!("PRINT {name}"));
        let rows = typed(&[&set, &print]);
        let found: Vec<&str> = rows.iter().map(|row| row.trim()).filter(|row| !row.is_empty()).collect();
        assert_eq!(found, [format!(">{set}").as_str(), &format!(">{print}"), "7"]);
    }
}

/// Runs `lubbock basic run` on a listing with an input: exit code, output, errors.
fn run(listing: &str, input: &str, options: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("program.bas"), listing).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_lubbock"))
        .args(["basic", "run", "program.bas", "--own"])
        .args(options)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const SQUARES: &str = "100 INPUT \"HOW MANY? \":N\n110 FOR I=1 TO N\n120 PRINT I;I*I\n130 NEXT I\n140 PRINT\n\
    150 PRINT \"NAME\";\n160 INPUT A$\n170 PRINT \"HELLO \";A$\n";

#[test]
fn programs_run_like_scripts() {
    let squares = "HOW MANY? \n 1  1\n 2  4\n 3  9\n\nNAME? \nHELLO TEXAS\n";
    for (listing, input, options, code, output, error) in [
        (SQUARES, "3\nTEXAS\n", &[][..], 0, squares, ""),
        (SQUARES, "3\nTEXAS\n", &["--typed"], 0, squares, ""),
        (
            SQUARES,
            "3\n",
            &[],
            1,
            "HOW MANY? \n 1  1\n 2  4\n 3  9\n\nNAME? \n",
            "error: program.bas: the program asks for input and standard input has ended\n",
        ),
        (
            "10 PRINT 1/0\n20 PRINT A(11)\n",
            "",
            &[],
            1,
            "\n* WARNING:\n  NUMBER TOO BIG IN 10\n 9.99999E+**\n",
            "error: program.bas: BAD SUBSCRIPT IN 20\n",
        ),
        (
            "10 GOTO 10\n",
            "",
            &["--seconds", "2"],
            1,
            "",
            "error: program.bas: still running after 2 seconds (--seconds)\n",
        ),
    ] {
        assert_eq!(run(listing, input, options), (code, output.to_owned(), error.to_owned()), "{listing}");
    }
}

#[test]
fn a_listing_with_a_fault_is_refused_with_its_place() {
    let (code, output, error) = run("10 PRINT \"A\n", "", &[]);
    assert_eq!((code, output.as_str()), (1, ""));
    assert!(error.contains("program.bas:1:"), "{error}");
}

/// SAVE with its check, NEW, OLD, RUN, with the answers that the console asks for.
const CASSETTE: &str = r#"type "10 PRINT \"ON TAPE\"\n20 PRINT 7*6\nSAVE CS1\n"
wait text "THEN PRESS ENTER" within 5 seconds
wait 1 second
type "\n"
wait text "RECORD " within 5 seconds
wait 1 second
type "\n"
wait text "STOP" within 60 seconds
wait 1 second
type "\n"
wait text "CHECK TAPE" within 5 seconds
wait 1 second
type "Y"
wait 2 seconds
type "\n"
wait text "PLAY" within 5 seconds
wait 1 second
type "\n"
wait text "DATA OK" within 60 seconds
wait 1 second
type "\n"
wait 2 seconds
"#;

const AGAIN: &str = r#"type "OLD CS1\n"
wait text "REWIND" within 5 seconds
wait 1 second
type "\n"
wait text "PLAY" within 5 seconds
wait 1 second
type "\n"
wait text "DATA OK" within 60 seconds
wait 1 second
type "\n"
wait 2 seconds
type "RUN\n"
wait text "ON TAPE" within 5 seconds
wait text " 42" within 5 seconds
"#;

#[test]
fn a_program_survives_on_a_cassette() {
    let folder = tempfile::tempdir().unwrap();
    for (name, script) in [("save", CASSETTE), ("load", AGAIN)] {
        fs::write(folder.path().join(name), script).unwrap();
        let args = ["run", "--headless", "--own", "--basic", "--cassette", "tape.wav", "--script", name];
        let (code, _, error) = lubbock(folder.path(), &args);
        assert_eq!(code, 0, "{name}: {error}");
    }
    // Leader, count and blocks of this program take the genuine console 17 seconds.
    let tape = hound::WavReader::open(folder.path().join("tape.wav")).unwrap();
    let seconds = tape.duration() / tape.spec().sample_rate;
    assert!((10..30).contains(&seconds), "{seconds} s");
}

/// Three records of a data file written to a cassette and read again, as a genuine console does with this script and the same
/// recorder.
#[test]
fn records_of_a_cassette_file_come_back_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let program = "10 OPEN #1:\"CS1\",OUTPUT,INTERNAL,FIXED\n20 FOR I=1 TO 3\n30 PRINT #1:\"RECORD\",I\n40 NEXT I\n\
                   50 CLOSE #1\n60 OPEN #1:\"CS1\",INPUT,INTERNAL,FIXED\n70 FOR I=1 TO 3\n80 INPUT #1:A$,N\n\
                   90 PRINT A$;N\n100 NEXT I\n";
    // Each order is confirmed after a second; the STOP of line 50 has scrolled away when the last one comes.
    let order = |word: &str| format!("wait text \"{word}\" within 60 seconds\nwait 1 seconds\nkey ENTER\n");
    let orders: String = ["REWIND", "RECORD", "STOP", "REWIND", "PLAY"].map(order).concat();
    let script = format!(
        "wait text \"PRESS\"\ntype \"  1\"\nwait cursor\ntype-file \"p.txt\"\nwait cursor\ntype \"RUN\\n\"\n{orders}\
         wait text \"RECORD 3\" within 60 seconds\nexpect text \"RECORD 1\"\nexpect text \"RECORD 2\"\n"
    );
    fs::write(folder.path().join("p.txt"), program).unwrap();
    fs::write(folder.path().join("test.script"), script).unwrap();
    let args = ["run", "--headless", "--own", "--cassette", "tape.wav", "--script", "test.script"];
    let (code, _, said) = lubbock(folder.path(), &args);
    assert_eq!((code, said.as_str()), (0, ""));
}
