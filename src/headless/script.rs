// SPDX-License-Identifier: MIT OR Apache-2.0
//! Scripts: the line language in which a run is told what to do and what must come out, from text to commands.
//!
//! One command a line, words with blanks between them, text in double quotes, `#` before a comment. `docs/headless.md`
//! is the language's description; [`super::Player`] carries the commands out.

use super::dump::{Area, Space, number};
use crate::console::Key;
use std::path::PathBuf;

/// A longer script is no script: every command keeps its texts in memory.
const MAX_LENGTH: usize = 1 << 20;

/// A fault in a script's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct SyntaxError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What was expected and what was found.
    pub message: String,
}

/// A length of the machine's time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Span {
    Seconds(f64),
    Frames(u64),
}

/// What can be waited for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Event {
    /// BASIC wants input.
    Cursor,
    Text(String),
    /// No row holds the text any more.
    NoText(String),
}

/// What can be expected of the machine now.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expectation {
    Text(String),
    NoText(String),
    /// A row, from 1, without the blanks at its end.
    Row(usize, String),
    /// All rows are those of a file.
    Screen(PathBuf),
    Bytes(Area, Vec<u8>),
    /// A register of the VDP.
    Register(usize, u8),
}

/// One line of a script.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Command {
    Press(Vec<Key>),
    Release(Vec<Key>),
    ReleaseAll,
    Key(Vec<Key>, u64),
    AlphaLock(bool),
    Type(String),
    TypeFile(PathBuf),
    Pass(Span),
    Wait(Event, Span),
    Expect(Expectation),
    Print(String),
    Screen,
    Dump(Area, Option<PathBuf>),
    Poke(Space, u16, Vec<u8>),
    Screenshot(PathBuf),
    SaveState(PathBuf),
    LoadState(PathBuf),
    Record(Option<PathBuf>),
    Trace(Option<PathBuf>),
    Reset,
}

/// A script, ready to be played.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// Each command with its line.
    pub(super) commands: Vec<(usize, Command)>,
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// The first fault, with its place.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        if text.len() > MAX_LENGTH {
            let message = format!("the script has {} bytes, at most {MAX_LENGTH} are read", text.len());
            return Err(SyntaxError { line: 1, column: 1, message });
        }
        let mut commands = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            let located = |(column, message)| SyntaxError { line: line_number, column, message };
            let words = split(line).map_err(located)?;
            if !words.is_empty() {
                let mut line = Line { words, next: 0, end: line.chars().count() + 1 };
                commands.push((line_number, line.command().map_err(located)?));
            }
        }
        Ok(Self { commands })
    }
}

/// Column and message.
type Fault = (usize, String);

/// A word or a quoted text.
struct Word {
    text: String,
    quoted: bool,
    column: usize,
}

/// Cuts a line into words.
fn split(line: &str) -> Result<Vec<Word>, Fault> {
    let mut words = Vec::new();
    let mut rest = line.chars().enumerate().map(|(index, c)| (index + 1, c)).peekable();
    while let Some(&(column, c)) = rest.peek() {
        match c {
            '#' => break,
            c if c.is_whitespace() => {
                rest.next();
            }
            '"' => {
                rest.next();
                let text = quoted(&mut rest).map_err(|message| (column, message))?;
                words.push(Word { text, quoted: true, column });
            }
            _ => {
                let mut text = String::new();
                while let Some((_, c)) = rest.next_if(|(_, c)| !c.is_whitespace()) {
                    text.push(c);
                }
                words.push(Word { text, quoted: false, column });
            }
        }
    }
    Ok(words)
}

/// The text up to the closing quotation mark; a backslash goes before `"` and `\`, and makes `\n` ENTER.
fn quoted(rest: &mut impl Iterator<Item = (usize, char)>) -> Result<String, String> {
    let mut text = String::new();
    while let Some((_, c)) = rest.next() {
        match c {
            '"' => return Ok(text),
            '\\' => match rest.next().map(|(_, c)| c) {
                Some('n') => text.push('\n'),
                Some(c @ ('"' | '\\')) => text.push(c),
                Some(c) => {
                    return Err(format!("`\\{}` means nothing: use \\n, \\\" or \\\\", c.escape_debug()));
                }
                None => break,
            },
            c => text.push(c),
        }
    }
    Err("the text has no closing quotation mark".to_owned())
}

/// Characters of a wrong word that a message shows.
const FOUND: usize = 40;

/// The commands, for the message about an unknown one.
const COMMANDS: &str = "press, release, key, alpha-lock, type, type-file, wait, expect, print, screen, dump, poke, \
                        screenshot, save-state, load-state, record, trace or reset";

/// A line being read.
struct Line {
    words: Vec<Word>,
    next: usize,
    /// The column behind the last character.
    end: usize,
}

impl Line {
    fn command(&mut self) -> Result<Command, Fault> {
        let command = match self.keyword(COMMANDS)?.as_str() {
            "press" => Command::Press(self.keys()?),
            "release" if self.accept("all") => Command::ReleaseAll,
            "release" => Command::Release(self.keys()?),
            "key" => self.chord()?,
            "alpha-lock" => Command::AlphaLock(self.on_or_off()?),
            "type" => Command::Type(self.text()?),
            "type-file" => Command::TypeFile(self.file()?),
            "wait" => self.wait()?,
            "expect" => Command::Expect(self.expectation()?),
            "print" => Command::Print(self.text()?),
            "screen" => Command::Screen,
            "dump" => self.dump()?,
            "poke" => {
                let (space, start) = (self.space()?, self.address()?);
                Command::Poke(space, start, self.bytes()?)
            }
            "screenshot" => Command::Screenshot(self.file()?),
            "save-state" => Command::SaveState(self.file()?),
            "load-state" => Command::LoadState(self.file()?),
            "record" => Command::Record(self.file_or_stop()?),
            "trace" => Command::Trace(self.file_or_stop()?),
            "reset" => Command::Reset,
            _ => return Err(self.wrong_last(COMMANDS)),
        };
        match self.words.get(self.next) {
            None => Ok(command),
            Some(_) => {
                self.next += 1;
                Err(self.wrong_last("the end of the line"))
            }
        }
    }

    fn chord(&mut self) -> Result<Command, Fault> {
        let expected = "keys joined by +, as in FCTN+4";
        let keys: Option<Vec<Key>> = self.word(expected)?.text.split('+').map(Key::by_name).collect();
        let keys = keys.ok_or_else(|| self.wrong_last(expected))?;
        let mut frames = 3;
        if self.accept("for") {
            frames = self.count("a number of frames")?;
            self.expect("frames")?;
        }
        Ok(Command::Key(keys, frames))
    }

    fn wait(&mut self) -> Result<Command, Fault> {
        if self.accept("cursor") {
            return Ok(Command::Wait(Event::Cursor, self.within()?));
        }
        if self.accept("text") {
            let text = self.text()?;
            return Ok(Command::Wait(Event::Text(text), self.within()?));
        }
        if self.accept("no") {
            self.expect("text")?;
            let text = self.text()?;
            return Ok(Command::Wait(Event::NoText(text), self.within()?));
        }
        self.span("a time such as 2 seconds, cursor, text or no text").map(Command::Pass)
    }

    /// `within TIME`, 30 seconds where it is left out.
    fn within(&mut self) -> Result<Span, Fault> {
        if self.accept("within") { self.span("a time such as 2 seconds") } else { Ok(Span::Seconds(30.0)) }
    }

    fn expectation(&mut self) -> Result<Expectation, Fault> {
        let expected = "text, no text, row, screen, register, cpu, vdp or grom";
        Ok(match self.keyword(expected)?.as_str() {
            "text" => Expectation::Text(self.text()?),
            "no" => {
                self.expect("text")?;
                Expectation::NoText(self.text()?)
            }
            "row" => {
                let row = self.count("a row, 1 to 24")?;
                if !(1..=24).contains(&row) {
                    return Err(self.wrong_last("a row, 1 to 24"));
                }
                Expectation::Row(row as usize, self.text()?.trim_end().to_owned())
            }
            "screen" => Expectation::Screen(self.file()?),
            "register" => {
                let register = self.count("a register of the VDP, 0 to 7")?;
                if register > 7 {
                    return Err(self.wrong_last("a register of the VDP, 0 to 7"));
                }
                Expectation::Register(register as usize, self.byte()?)
            }
            "cpu" | "vdp" | "grom" => {
                self.next -= 1;
                let (space, start) = (self.space()?, self.address()?);
                let bytes = self.bytes()?;
                let area = Area::new(space, start, bytes.len() as u32);
                Expectation::Bytes(area.ok_or_else(|| self.wrong_last("less bytes: the memory ends"))?, bytes)
            }
            _ => return Err(self.wrong_last(expected)),
        })
    }

    fn dump(&mut self) -> Result<Command, Fault> {
        let (space, start) = (self.space()?, self.address()?);
        let len = self.count("a number of bytes")?;
        let area = u32::try_from(len).ok().and_then(|len| Area::new(space, start, len));
        let area = area.ok_or_else(|| self.wrong_last("a length of 1 or more inside the memory"))?;
        let file = if self.next < self.words.len() { Some(self.file()?) } else { None };
        Ok(Command::Dump(area, file))
    }
}

/// The parts of a line.
impl Line {
    fn word(&mut self, expected: &str) -> Result<&Word, Fault> {
        let word = self.words.get(self.next);
        self.next += 1;
        word.ok_or((self.end, format!("expected {expected}, found the end of the line")))
    }

    /// An unquoted word.
    fn keyword(&mut self, expected: &str) -> Result<String, Fault> {
        let word = self.word(expected)?;
        match word.quoted {
            false => Ok(word.text.clone()),
            true => Err(self.wrong_last(expected)),
        }
    }

    /// The fault that the word just read is something else.
    fn wrong_last(&self, expected: &str) -> Fault {
        let word = &self.words[self.next - 1];
        let mut found: String = word.text.chars().take(FOUND).flat_map(char::escape_debug).collect();
        if word.text.chars().nth(FOUND).is_some() {
            found += "...";
        }
        (word.column, format!("expected {expected}, found `{found}`"))
    }

    /// Takes the next word if it is `keyword`.
    fn accept(&mut self, keyword: &str) -> bool {
        let found = self.words.get(self.next).is_some_and(|word| !word.quoted && word.text == keyword);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, keyword: &str) -> Result<(), Fault> {
        if self.accept(keyword) {
            return Ok(());
        }
        self.word(keyword)?;
        Err(self.wrong_last(keyword))
    }

    fn text(&mut self) -> Result<String, Fault> {
        let expected = "a text in double quotes";
        let word = self.word(expected)?;
        match word.quoted {
            true => Ok(word.text.clone()),
            false => Err(self.wrong_last(expected)),
        }
    }

    /// A path, in quotation marks where it has blanks.
    fn file(&mut self) -> Result<PathBuf, Fault> {
        Ok(PathBuf::from(&self.word("a file")?.text))
    }

    /// `stop`, for which None stands, or a path.
    fn file_or_stop(&mut self) -> Result<Option<PathBuf>, Fault> {
        if self.accept("stop") { Ok(None) } else { self.file().map(Some) }
    }

    fn keys(&mut self) -> Result<Vec<Key>, Fault> {
        let expected = "a key such as A, ENTER, FCTN or JOY1_LEFT";
        let mut keys = Vec::new();
        while keys.is_empty() || self.next < self.words.len() {
            let key = Key::by_name(&self.word(expected)?.text);
            keys.push(key.ok_or_else(|| self.wrong_last(expected))?);
        }
        Ok(keys)
    }

    fn on_or_off(&mut self) -> Result<bool, Fault> {
        match self.keyword("on or off")?.as_str() {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(self.wrong_last("on or off")),
        }
    }

    fn count(&mut self, expected: &str) -> Result<u64, Fault> {
        let value = number(&self.word(expected)?.text);
        value.map(u64::from).ok_or_else(|| self.wrong_last(expected))
    }

    fn span(&mut self, expected: &str) -> Result<Span, Fault> {
        let value: Option<f64> = self.word(expected)?.text.parse().ok();
        let value = value.filter(|value| (0.0..=1e9).contains(value));
        let value = value.ok_or_else(|| self.wrong_last(expected))?;
        let units = "seconds or frames";
        match self.keyword(units)?.as_str() {
            "s" | "second" | "seconds" => Ok(Span::Seconds(value)),
            "frame" | "frames" if value.fract() == 0.0 => Ok(Span::Frames(value as u64)),
            _ => Err(self.wrong_last(units)),
        }
    }

    fn space(&mut self) -> Result<Space, Fault> {
        let space = self.keyword("cpu, vdp or grom")?.parse();
        space.map_err(|()| self.wrong_last("cpu, vdp or grom"))
    }

    fn address(&mut self) -> Result<u16, Fault> {
        let expected = "an address such as >8300 or 768";
        let value = self.count(expected)?;
        u16::try_from(value).map_err(|_| self.wrong_last(expected))
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        let expected = "a byte as two hexadecimal digits";
        let text = &self.word(expected)?.text;
        let digits = text.len() == 2 && text.bytes().all(|c| c.is_ascii_hexdigit());
        let byte = u8::from_str_radix(text, 16).ok().filter(|_| digits);
        byte.ok_or_else(|| self.wrong_last(expected))
    }

    fn bytes(&mut self) -> Result<Vec<u8>, Fault> {
        let mut bytes = vec![self.byte()?];
        while self.next < self.words.len() {
            bytes.push(self.byte()?);
        }
        Ok(bytes)
    }
}
