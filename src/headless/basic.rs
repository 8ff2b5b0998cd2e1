// SPDX-License-Identifier: MIT OR Apache-2.0
//! A BASIC program as a script: loaded into the console's TI BASIC, run, its rows read off the screen as they scroll.
//!
//! What a program prints is what passes row 24: TI BASIC prints everything there and moves the screen up. Characters put
//! elsewhere (CALL HCHAR) are not part of it. The program is put into memory as OLD leaves it, so any firmware whose TI
//! BASIC keeps programs as TI's does can run it.
//!
//! Sources: reference page ti-basic.md sections 1 (screen), 4 (program in memory) and 9 (pointers to it).

use super::session::{Session, SessionError};
use crate::basic::program::{Program, ProgramError};
use crate::clock::{CPU_HZ, Cycles};
use crate::console::Machine;
use std::collections::VecDeque;

/// The screen's rows and columns, and the columns that TI BASIC prints to.
const ROWS: usize = 24;
const COLUMNS: usize = 32;
const TEXT: std::ops::Range<usize> = 2..30;
/// The bottom row's first cell.
const BOTTOM: usize = (ROWS - 1) * COLUMNS;
/// What TI BASIC adds to a code on the screen; blank, cursor and prompt as they stand there.
const OFFSET: u8 = 0x60;
const BLANK: u8 = b' ' + OFFSET;
const CURSOR: u8 = 30 + OFFSET;
const PROMPT: u8 = b'>' + OFFSET;
/// Words of the scratchpad: first and last byte of the line number table, top of VDP RAM.
const TABLE_START: u16 = 0x8330;
const TABLE_END: u16 = 0x8332;
const TOP: u16 = 0x8370;
/// Bytes of a PROGRAM image before the table: four words.
const IMAGE_HEAD: usize = 8;
/// Clocks between two looks at the screen: moving it up by a row takes several times as long, and so does printing a row.
const LOOK: u64 = 3_000;
/// Looks without a change after which a screen that differs counts as drawn on, not as moving up: longer than blank rows
/// can take to move.
const SETTLED: u32 = 100;
/// Seconds in which the console must have come from power-on to TI BASIC's prompt.
const START: u64 = 20;
/// What the end of a program shows.
const DONE: &str = "** DONE **";
/// Clocks in which the cursor, which blinks, is certainly seen: three quarters of a second.
const BLINK: u64 = CPU_HZ * 3 / 4;

/// Why a program cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum BasicError {
    /// The firmware offers no TI BASIC as its first program.
    #[error("this console's firmware does not start TI BASIC with the key 1")]
    NoBasic,
    /// The program does not fit.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// Trace or recording failed.
    #[error(transparent)]
    Session(#[from] SessionError),
}

/// Presses through title and menu until TI BASIC shows its first prompt.
///
/// # Errors
/// [`BasicError::NoBasic`] when that does not happen within the time a console may take.
pub fn enter(session: &mut Session) -> Result<(), BasicError> {
    session.typist.type_text(" 1");
    let end = session.machine.now() + START * CPU_HZ;
    while session.machine.now() < end {
        session.frame(end)?;
        if session.typist.is_idle()
            && session.screen().contains("TI BASIC READY")
            && awaits(&session.machine) == Some(Awaits::Command)
        {
            return Ok(());
        }
    }
    Err(BasicError::NoBasic)
}

/// Puts a program into memory, as if read by OLD.
///
/// # Errors
/// When it does not fit.
pub fn load(machine: &mut Machine, program: &Program) -> Result<(), BasicError> {
    let image = program.to_image(machine.peek(TOP))?;
    let word = |at: usize| u16::from_be_bytes([image[at], image[at + 1]]);
    let (end, start) = (word(2), word(4));
    for (addr, &byte) in (start..).zip(&image[IMAGE_HEAD..]) {
        machine.poke_vram(addr, byte);
    }
    machine.poke(TABLE_START, start);
    machine.poke(TABLE_END, end);
    Ok(())
}

/// Types a program at the prompt as a person would, and waits until its last line is stored.
///
/// # Errors
/// When trace or recording cannot be written.
pub fn type_in(session: &mut Session, listing: &str) -> Result<(), SessionError> {
    session.typist.type_text(listing);
    let mut listen = session.machine.now() + BLINK;
    while session.machine.now() < listen || awaits(&session.machine) != Some(Awaits::Command) {
        let end = session.machine.frame_end();
        session.frame(end)?;
        if !session.typist.is_idle() {
            listen = session.machine.now() + BLINK;
        }
    }
    Ok(())
}

/// What TI BASIC waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    /// A command or a program line.
    Command,
    /// An answer to INPUT.
    Input,
}

/// What the screen shows to be awaited, while the cursor is in its bright phase.
fn awaits(machine: &Machine) -> Option<Awaits> {
    let cells = cells(machine);
    cells.contains(&CURSOR).then(|| if cells[BOTTOM + 1] == PROMPT { Awaits::Command } else { Awaits::Input })
}

fn cells(machine: &Machine) -> &[u8] {
    &machine.vram()[..ROWS * COLUMNS]
}

/// The text columns of a row, without blanks at its end.
fn text(row: &[u8]) -> String {
    let sign = |&cell: &u8| match cell.wrapping_sub(OFFSET) {
        code @ 0x20..0x7F => char::from(code),
        _ if cell == CURSOR => ' ',
        _ => '░',
    };
    let text: String = row[TEXT].iter().map(sign).collect();
    text.trim_end().to_owned()
}

/// Whether nothing stands in the text columns of a row.
fn is_empty(row: &[u8]) -> bool {
    row[TEXT].iter().all(|&cell| cell == BLANK || cell == CURSOR)
}

/// The rows that have passed row 24.
struct Transcript {
    /// The screen before it began to move.
    last: Vec<u8>,
    /// The bottom row as it was before it was cleared, which comes when all others have moved.
    bottom: Vec<u8>,
    /// All other rows have moved, the bottom row is yet to be cleared.
    uncleared: bool,
    /// The screen above its bottom row at the last look, and since how many looks it stands still while it differs from
    /// `last`.
    before: Vec<u8>,
    still: u32,
}

impl Transcript {
    fn new(screen: &[u8]) -> Self {
        let last = screen.to_vec();
        Self {
            bottom: last[BOTTOM..].to_vec(),
            before: last[..BOTTOM].to_vec(),
            last,
            uncleared: false,
            still: 0,
        }
    }

    /// Looks at the screen; the row that has just moved up, if one has.
    fn look(&mut self, now: &[u8]) -> Option<String> {
        let (above, bottom) = now.split_at(BOTTOM);
        let same = *above == self.last[..BOTTOM];
        let empty = is_empty(bottom);
        let emptied = empty && !is_empty(&self.bottom) && !self.uncleared;
        let row = ((!same || emptied) && self.moved(above)).then(|| text(&above[BOTTOM - COLUMNS..]));
        // While it is being cleared, from the left, what it held still counts.
        // Other codes than ASCII may be printed ones that have not got their offset yet.
        let first = self.bottom[TEXT].iter().position(|cell| (BLANK + 1..BLANK + 95).contains(cell));
        let clearing = first.is_some_and(|at| bottom[TEXT][at] == BLANK) && !empty;
        self.uncleared = !empty && (self.uncleared || row.is_some());
        if row.is_some() || !clearing {
            self.bottom.copy_from_slice(bottom);
        }
        if !same {
            self.note_drawn(above);
        }
        self.still = if same || above != self.before { 0 } else { self.still + 1 };
        self.before.copy_from_slice(above);
        if same || row.is_some() || self.still == SETTLED {
            self.last.copy_from_slice(now);
            self.still = 0;
        }
        row
    }

    /// A cell that holds neither what it held nor what stood below it has been drawn on.
    fn note_drawn(&mut self, above: &[u8]) {
        for (at, &cell) in above[..BOTTOM - COLUMNS].iter().enumerate() {
            if cell != self.last[at] && cell != self.last[at + COLUMNS] {
                self.last[at] = cell;
            }
        }
    }

    /// Whether the rows above the bottom are the last ones and the bottom one, all one row up.
    fn moved(&self, above: &[u8]) -> bool {
        let (others, lowest) = above.split_at(BOTTOM - COLUMNS);
        let alike = |(&now, &was): (&u8, &u8)| now == was || was == CURSOR;
        *others == self.last[COLUMNS..BOTTOM] && lowest[TEXT].iter().zip(&self.bottom[TEXT]).all(alike)
    }
}

/// What a running program does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It has printed a row.
    Row(String),
    /// It waits for an answer behind this prompt.
    Input(String),
    /// It has ended; the error that stopped it, if one did.
    Ended(Option<String>),
    /// The time is over.
    Late,
}

/// A program that runs.
pub struct Run {
    session: Session,
    transcript: Transcript,
    deadline: Cycles,
    /// Rows that may belong to the message the program ends with.
    held: VecDeque<String>,
    ready: VecDeque<Event>,
    /// Rows that only show what was typed.
    echo: usize,
    /// The clock from which on a cursor means that something is awaited.
    listen: Cycles,
}

impl Run {
    /// Types RUN at the prompt; the program may take `seconds`.
    pub fn start(mut session: Session, seconds: f64) -> Self {
        session.typist.type_text("RUN\n");
        let transcript = Transcript::new(cells(&session.machine));
        let deadline = session.machine.now() + (seconds * CPU_HZ as f64) as u64;
        let listen = session.machine.now();
        Self { session, transcript, deadline, held: VecDeque::new(), ready: VecDeque::new(), echo: 1, listen }
    }

    /// Answers an [`Event::Input`] with a line.
    pub fn answer(&mut self, prompt: &str, line: &str) {
        let known: String = line.chars().filter(|c| (' '..='~').contains(c)).collect();
        self.echo = (prompt.chars().count() + known.len()) / TEXT.len() + 1;
        self.session.typist.type_text(&(known + "\n"));
    }

    /// Runs to the next event.
    ///
    /// # Errors
    /// When trace or recording cannot be written.
    pub fn next_event(&mut self) -> Result<Event, SessionError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            if self.session.machine.now() >= self.deadline {
                self.release();
                self.ready.push_back(Event::Late);
                continue;
            }
            let until = self.session.machine.now() + LOOK;
            self.session.frame(until)?;
            let row = self.transcript.look(cells(&self.session.machine));
            match row {
                Some(_) if self.echo > 0 => {
                    self.echo -= 1;
                    self.listen = self.session.machine.now() + BLINK;
                }
                Some(row) => self.take(row),
                None if self.listens() => self.asked(),
                None => {}
            }
        }
    }

    fn listens(&self) -> bool {
        self.session.typist.is_idle() && self.echo == 0 && self.session.machine.now() >= self.listen
    }

    /// Keeps back what may be the closing message: blank rows and rows that begin with an asterisk, and what follows these.
    fn take(&mut self, row: String) {
        let message = row.is_empty() || row.starts_with("* ") || row.trim_start().starts_with("IN ");
        if message || row == DONE {
            self.held.push_back(row);
        } else {
            self.release();
            self.ready.push_back(Event::Row(row));
        }
    }

    fn release(&mut self) {
        self.ready.extend(self.held.drain(..).map(Event::Row));
    }

    /// The cursor may be there: tells what for.
    fn asked(&mut self) {
        match awaits(&self.session.machine) {
            Some(Awaits::Command) => {
                let message = self.closing();
                self.release();
                self.ready.push_back(Event::Ended(message));
            }
            Some(Awaits::Input) => {
                self.release();
                let bottom = &cells(&self.session.machine)[BOTTOM..];
                let end = bottom.iter().position(|&cell| cell == CURSOR).unwrap_or(TEXT.start);
                let prompt: String = bottom[TEXT.start..end.max(TEXT.start)]
                    .iter()
                    .map(|&cell| char::from(cell.wrapping_sub(OFFSET)))
                    .collect();
                self.ready.push_back(Event::Input(prompt));
            }
            None => {}
        }
    }

    /// Takes the closing message from the rows kept back; `None` if the program came to its end.
    fn closing(&mut self) -> Option<String> {
        while self.held.back().is_some_and(String::is_empty) {
            self.held.pop_back();
        }
        let at = self.held.iter().rposition(|row| row.starts_with('*'))?;
        let message: Vec<String> = self.held.drain(at..).map(|row| row.trim().to_owned()).collect();
        if self.held.back().is_some_and(String::is_empty) {
            self.held.pop_back();
        }
        let message = message.join(" ");
        (message != DONE).then(|| message.trim_start_matches("* ").to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A screen with these rows at the bottom, as TI BASIC prints them.
    fn screen(rows: &[&str]) -> Vec<u8> {
        let mut cells = vec![BLANK; ROWS * COLUMNS];
        for (row, text) in cells.chunks_mut(COLUMNS).rev().zip(rows.iter().rev()) {
            for (cell, sign) in row[TEXT].iter_mut().zip(text.bytes()) {
                *cell = sign + OFFSET;
            }
        }
        cells
    }

    /// All screens on the way when the rows move up cell by cell and the bottom row is cleared, `step` cells apart.
    fn moving(from: &[u8], step: usize) -> Vec<Vec<u8>> {
        let mut now = from.to_vec();
        let mut screens = Vec::new();
        for at in 0..ROWS * COLUMNS {
            now[at] = if at < BOTTOM { now[at + COLUMNS] } else { BLANK };
            if at % step == 0 {
                screens.push(now.clone());
            }
        }
        screens.push(now);
        screens
    }

    #[test]
    fn rows_are_told_once_each_however_often_the_screen_is_looked_at() {
        let full = vec!["SAME"; ROWS];
        for (name, rows, expected) in [
            ("a row", vec!["RUN", "ONE"], "ONE"),
            ("a blank row", vec!["RUN", "ONE", ""], ""),
            ("the same row again", vec!["RUN", "ONE", "ONE"], "ONE"),
            ("a full screen of it", full, "SAME"),
            ("a long row", vec!["A", "THIS ROW IS EXACTLY 28 LONG."], "THIS ROW IS EXACTLY 28 LONG."),
        ] {
            for step in [1, 7, 32, 100, 768] {
                let start = screen(&rows);
                let mut transcript = Transcript::new(&start);
                let told: Vec<String> =
                    moving(&start, step).iter().filter_map(|now| transcript.look(now)).collect();
                assert_eq!(told, [expected], "{name}, {step} cells between two looks");
            }
        }
    }

    #[test]
    fn what_is_drawn_is_no_row() {
        let start = screen(&["RUN", "ONE"]);
        let mut transcript = Transcript::new(&start);
        let mut drawn = start.clone();
        drawn[5 * COLUMNS..][..4].fill(b'*' + OFFSET);
        assert!(transcript.look(&drawn).is_none());
        let told: Vec<String> = moving(&drawn, 10).iter().filter_map(|now| transcript.look(now)).collect();
        assert_eq!(told, ["ONE"]);
        // What might be a row on its way is known when it stays.
        let mut drawn = screen(&["RUN", "ONE"]);
        drawn.copy_within(22 * COLUMNS..23 * COLUMNS, 21 * COLUMNS);
        let mut transcript = Transcript::new(&start);
        assert!((0..=SETTLED).all(|_| transcript.look(&drawn).is_none()));
        let told: Vec<String> = moving(&drawn, 10).iter().filter_map(|now| transcript.look(now)).collect();
        assert_eq!(told, ["ONE"]);
    }
}
