// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files of our TI BASIC on a device: OPEN, PRINT #, INPUT #, RESTORE #, EOF, CLOSE, DELETE, SAVE, OLD, LIST. The device, MEM, is a device
//! routine in a cartridge's GROM (tests/data/basic-files/mem.gpl), found by the console like a card's. What must appear follows from
//! the rules for files in TI's User's Reference Guide and from the layout of PABs and program files that it shares with cards.

use crate::support::data_dir;
use lubbock::console::{Config, ConsoleImages, Machine, Profile, Region};
use lubbock::firmware::{GROMS, ROM};
use lubbock::gpl::{Files, Options, assemble};
use lubbock::media::cartridge::{Banking, Cartridge};
use lubbock::suite::basic::{Booted, Rhythm, read_cases};
use serde_json::json;

struct OneFile;

impl Files for OneFile {
    fn read(&self, _from: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        let path = data_dir().join("basic-files").join(name);
        Ok((name.to_string(), std::fs::read(path).map_err(|e| e.to_string())?))
    }
}

fn console_with_mem() -> Booted {
    let config = Config { profile: Profile::MAME, region: Region::Ntsc, ram32k: true };
    let built = assemble(&OneFile, &["mem.gpl"], &Options { origin: 0x6000, ..Options::default() }).unwrap();
    let mut cartridge = Cartridge::empty("MEM", Banking::Standard);
    cartridge.insert_groms(3, &built.image(false).unwrap().1);
    let groms = GROMS.map(|grom| grom.as_slice());
    let machine = Machine::new(config, ConsoleImages { rom: ROM, groms }, vec![cartridge]);
    Booted::start(machine, Rhythm::default()).unwrap()
}

/// What it shows, the lines typed, the rows above the last prompt.
type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

const ROWS: &[Row] = &[
    (
        "DISPLAY records: separators as on the screen, EOF 0 and 1",
        &[
            "10 OPEN #1:\"MEM\",OUTPUT",
            "20 PRINT #1:\"HELLO\";5",
            "30 PRINT #1:\"A\",\"B\"",
            "40 CLOSE #1",
            "50 OPEN #1:\"MEM\",INPUT",
            "60 IF EOF(1) THEN 100",
            "70 INPUT #1:A$",
            "80 PRINT A$;EOF(1)",
            "90 GOTO 60",
            "100 CLOSE #1",
            "RUN",
        ],
        &[" HELLO 5 0", " A             B 1"],
    ),
    (
        "INTERNAL RELATIVE records, in any order",
        &[
            "10 OPEN #7:\"MEM\",INTERNAL,RELATIVE,FIXED 40",
            "20 FOR I=0 TO 2",
            "30 PRINT #7,REC I:I*1.5,\"REC\"&STR$(I)",
            "40 NEXT I",
            "50 FOR I=2 TO 0 STEP -1",
            "60 INPUT #7,REC I:A,B$",
            "70 PRINT A;B$",
            "80 NEXT I",
            "RUN",
        ],
        &["  3 REC2", "  1.5 REC1", "  0 REC0"],
    ),
    (
        "a separator at the end leaves the record open, for writing and for reading",
        &[
            "10 OPEN #2:\"MEM\",OUTPUT",
            "20 PRINT #2:\"ONE,\";",
            "30 PRINT #2:\"TWO,\"\"3,4\"\"\"",
            "40 CLOSE #2",
            "50 OPEN #2:\"MEM\",INPUT",
            "60 INPUT #2:A$,",
            "70 INPUT #2:B$,C$",
            "80 RESTORE #2",
            "90 INPUT #2:D$",
            "100 PRINT A$:B$:C$:D$",
            "RUN",
        ],
        &[" ONE", " TWO", " 3,4", " ONE"],
    ),
    (
        "a number's record that holds no number",
        &[
            "10 OPEN #1:\"MEM\",OUTPUT",
            "20 PRINT #1:\"X\"",
            "30 CLOSE #1",
            "40 OPEN #1:\"MEM\",INPUT",
            "50 INPUT #1:A",
            "RUN",
        ],
        &["", " * INPUT ERROR IN 50"],
    ),
    (
        "past the end of the file",
        &["10 OPEN #1:\"MEM\",OUTPUT", "20 CLOSE #1", "30 OPEN #1:\"MEM\"", "40 INPUT #1:A", "RUN"],
        &["", " * I/O ERROR 25 IN 40"],
    ),
    (
        "two files; strings survive opening and closing",
        &[
            "10 A$=\"STRING\"&\"S\"",
            "20 OPEN #1:\"MEM\",OUTPUT",
            "30 B$=\"MORE\"&A$",
            "40 OPEN #2:\"MEM\",APPEND",
            "50 CLOSE #1",
            "60 PRINT #2:B$;A$",
            "70 CLOSE #2",
            "80 OPEN #9:\"MEM\",INPUT",
            "90 INPUT #9:C$",
            "100 PRINT A$;B$",
            "110 PRINT C$",
            "120 CLOSE #9:DELETE",
            "RUN",
        ],
        &[" STRINGSMORESTRINGS", " MORESTRINGSSTRINGS"],
    ),
    (
        "SAVE, NEW, OLD",
        &["10 REM SAVED", "20 PRINT \"X\";1", "SAVE MEM", "NEW", "OLD MEM", "LIST", "20", "RUN"],
        &[" 10 REM  SAVED", " 20 PRINT \"X\";1", ">20", ">RUN"],
    ),
    (
        "LIST to a device makes records of its length",
        &[
            "10 OPEN #1:\"MEM\",INPUT",
            "20 INPUT #1:A$",
            "30 PRINT A$",
            "40 IF EOF(1)=0 THEN 20",
            "50 REM",
            "LIST \"MEM\":30-",
            "RUN",
        ],
        &[" 30 PRINT A$", " 40 IF EOF(1)=0 THEN 20", " 50 REM"],
    ),
];

#[test]
fn files_on_a_device() {
    let console = console_with_mem();
    for (what, lines, expected) in ROWS {
        let blank = vec![" ".repeat(32); 24];
        let case = json!({"name": "files", "area": "device", "steps": lines,
                          "expect": {"screen": blank, "cursor": null, "backdrop": 7}});
        let case = read_cases(case.to_string().into_bytes()).unwrap().remove(0);
        let outcome = console.play(&case);
        let screen = &outcome.observed.last.screen;
        let rows: Vec<String> = (0..24).map(|row| screen.visible(row)).collect();
        // Under the output: `** DONE **` between blank rows or a blank row, and the prompt.
        let end = rows.iter().rposition(|row| row.starts_with(" *")).unwrap();
        let end = if rows[end] == " ** DONE **" { end - 1 } else { end + 1 };
        assert_eq!(rows[end - expected.len()..end], **expected, "{what}\n{}", rows.join("\n"));
    }
}
