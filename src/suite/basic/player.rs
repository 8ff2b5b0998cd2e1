// SPDX-License-Identifier: MIT OR Apache-2.0
//! Fingers and eyes: starts TI BASIC, does a case's steps as a person would, and notes what can be seen and heard.
//!
//! All time is counted in pictures, at whose ends the screen is looked at. The machine is started once; each case goes on
//! with a copy of it, which is the same as starting it again because machines are deterministic.
//!
//! Source: FORMAT.md of the corpus, "Starting state", "Steps", "Comparing".

use super::case::{Capture, Case, Observe, Observed, Step, Text};
use super::screen::{CURSOR, Screen};
use super::sound;
use crate::chips::sn76489::Edge;
use crate::clock::{Cycles, DOTS_PER_LINE};
use crate::console::typing::Chord;
use crate::console::{Key, Machine};
use std::collections::BTreeMap;

/// CPU clocks from the moment in a picture at which the eyes look and the fingers move to the end of the picture: 12 lines.
/// The corpus was recorded in MAME 0.251, whose pictures end 12 lines above the end of the lower border. It matters: what
/// the sound chip plays at the end of a frame depends on where in the frame the keys go down.
const BORDER_BELOW: u64 = 12 * DOTS_PER_LINE * 176 / 315;
/// Frames until the title screen stands: about two and a half seconds, to the frame as the corpus was recorded.
const TITLE: u32 = 151;
/// At the title screen and in the menu a key is held a little longer, and the menu needs time to appear.
const MENU_KEY: (u32, u32) = (6, 40);
/// Frames that TI BASIC may take to show its first line and its cursor.
const START: u32 = 600;
const READY: &str = "TI BASIC READY";
/// Frames after the cursor's appearance: about a third of a second.
const READY_PAUSE: u32 = 20;
/// Frames in which nothing but the cursor changes on a settled screen.
const SETTLED: u32 = 70;
/// A screen that has not settled by then never will: a program is printing.
const RESTLESS: u32 = 3000;
/// From ENTER's release to the first look for the cursor, and from its appearance to the next key.
const AFTER_ENTER: u32 = 4;
const BEFORE_NEXT: u32 = 2;
/// Frames that the machine may take to show a cursor before a line is typed.
const BEFORE_LINE: u32 = 1200;
/// The longest that a blinking cursor is dark, and more.
const BLINK: u32 = 60;
/// Frames after which a switched ALPHA LOCK has been seen.
const SWITCH: u32 = 3;
/// First code of a character pattern in the pattern table: BASIC adds it to every code.
const PATTERN_OFFSET: u8 = 0x60;
/// Codes whose standard shapes are the console's own.
const STANDARD: u8 = 127;

/// How fast keys are pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// Frames down.
    pub down: u32,
    /// Frames up before the next key.
    pub up: u32,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self { down: 3, up: 3 }
    }
}

/// Why no case can be run.
#[derive(Debug, thiserror::Error)]
#[error("the console does not reach TI BASIC with SPACE and 1: {missing}\n{screen:?}")]
pub struct BootError {
    missing: &'static str,
    screen: Screen,
}

/// A machine that waits for input in TI BASIC.
#[derive(Clone, Debug)]
pub struct Booted {
    machine: Machine,
    rhythm: Rhythm,
}

/// What a case's run gave.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was seen and heard.
    pub observed: Observed,
    /// What went otherwise than the steps expect: text that does not show, time that ran out.
    pub notes: Vec<String>,
    /// Frames that the machine ran.
    pub frames: u64,
}

impl Booted {
    /// Takes a machine just switched on to TI BASIC's prompt.
    pub fn start(machine: Machine, rhythm: Rhythm) -> Result<Self, BootError> {
        let mut player = Player::new(machine, rhythm);
        player.pass(TITLE);
        for key in [Key::Space, Key::Num1] {
            player.tap(Chord::plain(key), MENU_KEY.0, MENU_KEY.1);
        }
        let shown = player.wait_for(START, |screen| screen.shows(READY));
        let missing = match shown && player.wait_cursor(START) {
            true => None,
            false if shown => Some("no cursor appears"),
            false => Some("`TI BASIC READY` does not appear"),
        };
        if let Some(missing) = missing {
            return Err(BootError { missing, screen: player.screen() });
        }
        player.pass(READY_PAUSE);
        Ok(Self { machine: player.machine, rhythm })
    }

    /// Does a case's steps.
    pub fn play(&self, case: &Case) -> Outcome {
        let player = Player::new(self.machine.clone(), self.rhythm);
        let standard = case.chars.iter().map(|&code| (code, player.pattern(code))).collect();
        let (snaps, frames, notes) = Default::default();
        let mut play = Play { player, case, standard, snaps, frames, notes };
        for step in &case.steps {
            play.step(step);
        }
        play.finish()
    }
}

/// A machine with somebody at it.
struct Player {
    machine: Machine,
    rhythm: Rhythm,
    frame: u64,
    sound: Option<Vec<(u64, u8)>>,
    backdrop: Option<Vec<u8>>,
    /// Sound is thrown away; the buffer is not.
    edges: Vec<Edge>,
}

impl Player {
    fn new(machine: Machine, rhythm: Rhythm) -> Self {
        Self { machine, rhythm, frame: 0, sound: None, backdrop: None, edges: Vec::new() }
    }

    /// Lets one picture pass, and notes what is being recorded.
    fn frame(&mut self) {
        let look = |machine: &Machine| Cycles(machine.frame_end().0 - BORDER_BELOW);
        if self.machine.now() >= look(&self.machine) {
            self.machine.run_until(self.machine.frame_end());
        }
        self.machine.run_until(look(&self.machine));
        self.machine.take_audio(&mut self.edges);
        if let Some(sound) = &mut self.sound {
            sound.extend(self.machine.take_sound_writes().into_iter().map(|byte| (self.frame, byte)));
        }
        if let Some(trace) = &mut self.backdrop {
            let backdrop = self.machine.vdp_registers()[7];
            if trace.last() != Some(&backdrop) {
                trace.push(backdrop);
            }
        }
        self.frame += 1;
    }

    fn pass(&mut self, frames: u32) {
        (0..frames).for_each(|_| self.frame());
    }

    fn screen(&self) -> Screen {
        Screen::of(&self.machine)
    }

    /// Waits until the screen is as wanted; false when it has not been within so many frames.
    fn wait_for(&mut self, frames: u32, wanted: impl Fn(&Screen) -> bool) -> bool {
        for _ in 0..frames {
            if wanted(&self.screen()) {
                return true;
            }
            self.frame();
        }
        false
    }

    fn wait_cursor(&mut self, frames: u32) -> bool {
        self.wait_for(frames, |screen| screen.cursor().is_some())
    }

    fn set_keys(&mut self, keys: &[Key], down: bool) {
        keys.iter().for_each(|&key| self.machine.set_key(key, down));
    }

    fn tap(&mut self, chord: Chord, down: u32, up: u32) {
        chord.set(&mut self.machine, true);
        self.pass(down);
        chord.set(&mut self.machine, false);
        self.pass(up);
    }

    fn type_text(&mut self, text: &Text) {
        for &chord in &text.chords {
            self.tap(chord, self.rhythm.down, self.rhythm.up);
        }
    }

    fn enter(&mut self) {
        self.tap(Chord::plain(Key::Enter), self.rhythm.down, self.rhythm.up);
    }

    /// The text area's characters before the cursor, as long as `length`; `None` without a cursor.
    fn before_cursor(&mut self, length: usize) -> Option<String> {
        self.wait_cursor(BLINK);
        let screen = self.screen();
        let cursor = screen.cursor()?;
        let in_text = |cell: &usize| (2..30).contains(&(cell % Screen::COLUMNS));
        let codes: Vec<u8> = (0..cursor).filter(in_text).map(|cell| screen.cell(cell)).collect();
        let end = &codes[codes.len().saturating_sub(length)..];
        Some(end.iter().map(|&code| if code.is_ascii() { char::from(code) } else { '\u{FFFD}' }).collect())
    }

    /// Watches until nothing but a cursor changes any more: the screen without the cursor, and the cursor's cell. The
    /// last part is false when it never comes to rest.
    fn settled(&mut self) -> (Screen, Option<usize>, bool) {
        let mut last = self.screen();
        // The screen with what lies under the cursor.
        let mut still = last.clone();
        let mut cursor = None;
        let mut quiet = 0;
        for _ in 0..RESTLESS {
            self.frame();
            let screen = self.screen();
            let changed: Vec<usize> = screen.differing(&last).take(2).collect();
            let blinks = |cell: usize| {
                cursor.is_none_or(|known| known == cell)
                    && (screen.cell(cell) == CURSOR || last.cell(cell) == CURSOR)
            };
            match changed[..] {
                [] => quiet += 1,
                [cell] if blinks(cell) => {
                    (cursor, quiet) = (Some(cell), quiet + 1);
                }
                _ => {
                    (cursor, quiet) = (None, 0);
                    still = screen.clone();
                }
            }
            if let Some(cell) = cursor {
                for seen in [&last, &screen].map(|screen| screen.cell(cell)) {
                    if seen != CURSOR {
                        still.set(cell, seen);
                    }
                }
            }
            last = screen;
            if quiet == SETTLED {
                return (still, cursor, true);
            }
        }
        (still, cursor, false)
    }

    fn pattern(&self, code: u8) -> [u8; 8] {
        let table = usize::from(self.machine.vdp_registers()[4] & 7) << 11;
        let base = table + usize::from(code.wrapping_add(PATTERN_OFFSET)) * 8;
        std::array::from_fn(|row| self.machine.vram()[base + row])
    }

    /// Colour table bytes of character sets 1 to 16, which hold the codes from 32 on.
    fn colors(&self) -> Vec<String> {
        let base = usize::from(self.machine.vdp_registers()[3]) << 6;
        self.machine.vram()[base + 16..base + 32].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A case being played.
struct Play<'a> {
    player: Player,
    case: &'a Case,
    /// Patterns of the observed codes at the start.
    standard: BTreeMap<u8, [u8; 8]>,
    snaps: BTreeMap<String, Capture>,
    frames: BTreeMap<String, u64>,
    notes: Vec<String>,
}

impl Play<'_> {
    fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    fn step(&mut self, step: &Step) {
        let player = &mut self.player;
        match step {
            Step::Line { text, wait, timeout, verify } => self.line(text, *wait, *timeout, *verify),
            Step::Type(text) => player.type_text(text),
            Step::Key { keys, frames, after } => {
                player.set_keys(keys, true);
                player.pass(*frames);
                player.set_keys(keys, false);
                player.pass(*after);
            }
            Step::Press(keys) => player.set_keys(keys, true),
            Step::Release(keys) => player.set_keys(keys, false),
            Step::Wait(frames) => player.pass(*frames),
            Step::WaitReady(frames) => {
                player.pass(AFTER_ENTER);
                if !player.wait_cursor(*frames) {
                    self.note("no cursor appears in time".into());
                }
            }
            Step::WaitText { text, timeout } => {
                if !player.wait_for(*timeout, |screen| screen.shows(text)) {
                    self.note(format!("`{text}` does not appear in time"));
                }
            }
            Step::AlphaLock(down) => {
                player.machine.set_alpha_lock(*down);
                player.pass(SWITCH);
            }
            Step::Snap { name, now } => self.snap(name, *now),
            Step::Record(Observe::Sound) => {
                player.machine.log_sound_writes();
                player.sound = Some(Vec::new());
            }
            Step::Record(_) => player.backdrop = Some(Vec::new()),
            Step::Time { text, marks, timeout } => self.time(text, marks, *timeout),
        }
    }

    fn line(&mut self, text: &Text, wait: bool, timeout: u32, verify: bool) {
        let player = &mut self.player;
        if !player.wait_cursor(BEFORE_LINE) {
            return self.note(format!("no cursor before `{}` is typed", text.text));
        }
        player.type_text(text);
        let shown = if verify && !text.text.is_empty() {
            player.before_cursor(text.text.len())
        } else {
            Some(text.text.clone())
        };
        player.enter();
        player.pass(AFTER_ENTER);
        let ready = !wait || player.wait_cursor(timeout);
        if wait {
            player.pass(BEFORE_NEXT);
        }
        match shown {
            Some(shown) if shown == text.text => {}
            Some(shown) => self.note(format!("typed `{}`, the screen shows `{shown}`", text.text)),
            None => self.note(format!("no cursor after `{}` is typed", text.text)),
        }
        if !ready {
            self.note(format!("no cursor in time after `{}`", text.text));
        }
    }

    fn time(&mut self, text: &Text, marks: &[String], timeout: u32) {
        let player = &mut self.player;
        if !player.wait_cursor(BEFORE_LINE) {
            self.notes.push(format!("no cursor before `{}` is typed", text.text));
        }
        player.type_text(text);
        player.set_keys(&[Key::Enter], true);
        let mut marks = marks.iter().peekable();
        for frame in 1..=timeout {
            player.frame();
            if frame == player.rhythm.down {
                player.set_keys(&[Key::Enter], false);
            }
            let screen = player.screen();
            while let Some(mark) = marks.next_if(|mark| screen.shows(mark)) {
                self.frames.insert(mark.clone(), u64::from(frame));
            }
            if marks.peek().is_none() {
                break;
            }
        }
        player.set_keys(&[Key::Enter], false);
        player.pass(AFTER_ENTER);
        player.wait_cursor(START);
        if let Some(mark) = marks.next() {
            self.notes.push(format!("`{mark}` does not appear in time"));
        }
    }

    fn snap(&mut self, name: &str, now: bool) {
        let (screen, cursor) = if now {
            let screen = self.player.screen();
            let cursor = screen.cursor();
            (screen, cursor)
        } else {
            self.settle()
        };
        let capture = self.capture(screen, cursor);
        self.snaps.insert(name.to_owned(), capture);
    }

    fn settle(&mut self) -> (Screen, Option<usize>) {
        let (screen, cursor, settled) = self.player.settled();
        if !settled {
            self.note("the screen does not come to rest".into());
        }
        (screen, cursor)
    }

    /// The screen with those of its surroundings that the case observes.
    fn capture(&self, screen: Screen, cursor: Option<usize>) -> Capture {
        let observes = |what| self.case.observe.contains(&what);
        let registers = self.player.machine.vdp_registers();
        let pattern = |code: u8| {
            let pattern = self.player.pattern(code);
            let standard = code <= STANDARD && self.standard.get(&code) == Some(&pattern);
            let hex = || pattern.iter().map(|byte| format!("{byte:02x}")).collect();
            (code, if standard { "standard".to_owned() } else { hex() })
        };
        Capture {
            screen,
            cursor: cursor.map(|cell| (cell / Screen::COLUMNS, cell % Screen::COLUMNS)),
            backdrop: registers[7],
            colors: observes(Observe::Colors).then(|| self.player.colors()),
            patterns: (observes(Observe::Patterns) && !self.case.chars.is_empty())
                .then(|| self.case.chars.iter().copied().map(pattern).collect()),
            vdpregs: observes(Observe::Vdpregs).then_some(registers),
        }
    }

    fn finish(mut self) -> Outcome {
        let (screen, cursor) = self.settle();
        let last = self.capture(screen, cursor);
        let observes = |what| self.case.observe.contains(&what);
        let sound =
            observes(Observe::Sound).then(|| from_first(self.player.sound.take().unwrap_or_default()));
        let observed = Observed {
            last,
            snaps: self.snaps,
            backdrop_trace: observes(Observe::Backdrop)
                .then(|| self.player.backdrop.take().unwrap_or_default()),
            sound_states: sound.as_deref().map(sound::states),
            sound,
            frames: self.frames,
        };
        Outcome { observed, notes: self.notes, frames: self.player.frame }
    }
}

/// Frames counted from the first write.
fn from_first(mut writes: Vec<(u64, u8)>) -> Vec<(u64, u8)> {
    let first = writes.first().map_or(0, |(frame, _)| *frame);
    writes.iter_mut().for_each(|(frame, _)| *frame -= first);
    writes
}
