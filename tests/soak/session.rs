// SPDX-License-Identifier: MIT OR Apache-2.0
//! The soak itself: somebody types at random, runs, breaks, edits; whenever TI BASIC waits for a command its memory is checked.
//!
//! A key is down for three frames and up for three, as a person's. What BASIC is too busy to see is lost. A program that runs is
//! left alone for a while, then broken by FCTN-4; if the cursor does not come within a minute, BASIC hangs.
//! Devices are none but the console's; the cassette recorders and QUIT are left out.

use super::memory;
use super::words::Dice;
use lubbock::chips::sn76489::Edge;
use lubbock::console::typing::Chord;
use lubbock::console::{Config, ConsoleImages, Key, Machine, Profile, Region};
use lubbock::firmware;
use lubbock::headless::{Screen, Session, basic};

/// Frames of a second, of a key, and of a blink of the cursor with some to spare.
const SECOND: u64 = 60;
const KEY: u64 = 3;
const BLINK: u64 = 45;
/// Frames in which a broken program must have come to the prompt.
const PATIENCE: u64 = 60 * SECOND;
/// TI BASIC's cursor on the screen, and the flag of a running program.
const CURSOR: u8 = 0x7E;
const RUNS: u16 = 0x8344;
/// Keys that edit, with FCTN; and those that leave a line.
const EDIT_KEYS: [Key; 7] = [Key::S, Key::D, Key::Num1, Key::Num2, Key::Num3, Key::S, Key::D];
const LINE_KEYS: [Key; 3] = [Key::E, Key::X, Key::Num4];

/// What has been done and seen.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) frames: u64,
    pub(crate) lines: u64,
    pub(crate) runs: u64,
    pub(crate) breaks: u64,
    pub(crate) answers: u64,
    pub(crate) edits: u64,
    pub(crate) checks: u64,
    pub(crate) news: u64,
    /// CRC of the VDP RAM at the end: two soaks with one seed are one.
    pub(crate) digest: u32,
}

/// Somebody at the console.
pub(crate) struct Soak {
    machine: Machine,
    dice: Dice,
    tally: Tally,
    edges: Vec<Edge>,
    /// What was typed last, for a report.
    history: Vec<String>,
}

impl Soak {
    /// At the first prompt of the TI BASIC that is built in.
    pub(crate) fn new(seed: u64) -> Result<Self, String> {
        let groms = firmware::GROMS.map(|grom| grom.as_slice());
        Self::with(ConsoleImages { rom: firmware::ROM, groms }, seed)
    }

    /// At the first prompt of another one.
    pub(crate) fn with(images: ConsoleImages<'_>, seed: u64) -> Result<Self, String> {
        let config = Config { profile: Profile::DOCUMENTED, region: Region::Ntsc, ram32k: false };
        let machine = Machine::new(config, images, Vec::new());
        let mut session = Session::new(machine);
        basic::enter(&mut session).map_err(|e| e.to_string())?;
        let machine = session.finish().map_err(|e| e.to_string())?;
        Ok(Self {
            machine,
            dice: Dice::new(seed),
            tally: Tally::default(),
            edges: Vec::new(),
            history: Vec::new(),
        })
    }

    /// Goes on for so many seconds of the machine's time; or a fault, and what led to it.
    pub(crate) fn run(mut self, seconds: u64) -> Result<Tally, String> {
        let end = self.machine.frames() + seconds * SECOND;
        let start = self.machine.frames();
        while self.machine.frames() < end {
            self.act().map_err(|fault| self.report(&fault))?;
        }
        self.tally.frames = self.machine.frames() - start;
        self.tally.digest = crc32fast::hash(self.machine.vram());
        Ok(self.tally)
    }

    fn report(&self, fault: &str) -> String {
        let rows: Vec<String> = Screen::read(&self.machine).rows().to_vec();
        let typed = self.history.iter().rev().take(60).rev().cloned().collect::<Vec<_>>().join("\n");
        format!(
            "{fault}\nafter {} seconds; typed before:\n{typed}\nthe screen:\n{}",
            self.machine.frames() / SECOND,
            rows.join("\n")
        )
    }

    /// One thing that a person does, and the way back to a prompt.
    fn act(&mut self) -> Result<(), String> {
        self.settle()?;
        memory::check(&self.machine)?;
        self.tally.checks += 1;
        match self.dice.below(14) {
            0 => self.edit(),
            1 if self.dice.one_in(4) => {
                // Behind a line number of NUMBER it would be no command.
                self.tap(Chord::with(Key::Fctn, Key::Num4), KEY);
                self.settle()?;
                self.line_as_is("NEW");
                self.settle()?;
                memory::check_empty(&self.machine)?;
                self.tally.news += 1;
            }
            2 => self.line("RUN"),
            _ => {
                let line = self.dice.line();
                self.line(&line);
            }
        }
        Ok(())
    }

    fn line_as_is(&mut self, line: &str) {
        self.history.push(line.to_owned());
        self.tally.lines += 1;
        self.type_text(line);
        self.tap(Chord::plain(Key::Enter), KEY);
    }

    /// A line, sometimes with a finger that slips, and what it starts.
    fn line(&mut self, line: &str) {
        self.history.push(line.to_owned());
        self.tally.lines += 1;
        self.type_text(line);
        if self.dice.one_in(12) {
            for _ in 0..self.dice.below(6) {
                let key = self.dice.pick(&EDIT_KEYS);
                self.tap(Chord::with(Key::Fctn, key), KEY);
            }
            let character = char::from(b'0' + self.dice.below(10) as u8);
            self.type_text(&character.to_string());
        }
        self.tap(Chord::plain(Key::Enter), KEY);
    }

    /// A line is called up, changed, left.
    fn edit(&mut self) {
        let number = self.dice.line_number();
        self.history.push(format!("{number} FCTN+X, and editing"));
        self.tally.edits += 1;
        self.type_text(&number.to_string());
        let way = self.dice.pick(&LINE_KEYS[..2]);
        self.tap(Chord::with(Key::Fctn, way), KEY);
        self.pass(20);
        for _ in 0..self.dice.below(12) {
            let chord = match self.dice.below(3) {
                0 => Chord::of(char::from(b' ' + self.dice.below(95) as u8))
                    .unwrap_or(Chord::plain(Key::Space)),
                _ => Chord::with(Key::Fctn, self.dice.pick(&EDIT_KEYS)),
            };
            let frames = if self.dice.one_in(10) { 60 } else { KEY };
            self.tap(chord, frames);
        }
        let leave = self.dice.pick(&LINE_KEYS);
        let chord =
            if self.dice.one_in(3) { Chord::with(Key::Fctn, leave) } else { Chord::plain(Key::Enter) };
        self.tap(chord, KEY);
    }

    /// To a prompt: answers INPUT, breaks what runs too long.
    fn settle(&mut self) -> Result<(), String> {
        let alone = if self.dice.one_in(8) {
            self.dice.below(30) as u64 * SECOND
        } else {
            self.dice.below(180) as u64
        };
        self.pass(12);
        let (mut waited, mut broken) = (0, 0);
        loop {
            if self.sees_cursor() {
                if self.machine.peek_byte(RUNS) == 0 {
                    self.tally.runs += u64::from(waited > 0);
                    return Ok(());
                }
                // INPUT, or a program that shows the cursor's character.
                if broken == 0 && !self.dice.one_in(7) {
                    let answer = self.dice.answer();
                    self.history.push(format!("answer {answer}"));
                    self.tally.answers += 1;
                    self.type_text(&answer);
                    self.tap(Chord::plain(Key::Enter), KEY);
                    waited += BLINK;
                }
            }
            waited += BLINK;
            if waited >= alone {
                self.tap(Chord::with(Key::Fctn, Key::Num4), 30);
                self.tally.breaks += 1;
                broken += 33 + BLINK;
            }
            if broken > PATIENCE {
                return Err(format!("no prompt came within {} seconds of FCTN-4", PATIENCE / SECOND));
            }
        }
    }

    /// Whether the cursor shows within one of its blinks.
    fn sees_cursor(&mut self) -> bool {
        (0..BLINK).any(|_| {
            self.pass(1);
            self.machine.vram()[..0x300].contains(&CURSOR)
        })
    }

    fn type_text(&mut self, text: &str) {
        for chord in text.chars().filter_map(Chord::of) {
            self.tap(chord, KEY);
        }
    }

    fn tap(&mut self, chord: Chord, frames: u64) {
        chord.set(&mut self.machine, true);
        self.pass(frames);
        chord.set(&mut self.machine, false);
        self.pass(KEY);
    }

    fn pass(&mut self, frames: u64) {
        for _ in 0..frames {
            self.machine.run_frame();
            self.machine.take_audio(&mut self.edges);
        }
    }
}
