// SPDX-License-Identifier: MIT OR Apache-2.0
//! The file format of the cases: JSON to plain values, with errors that say where.
//!
//! A file holds one case or a list of cases, plain or compressed by gzip. Fields that the format does not know are
//! errors: a misspelt tolerance must not loosen or tighten a comparison silently.
//!
//! Source: FORMAT.md of the corpus.

use super::screen::{Screen, code};
use crate::console::Key;
use crate::console::typing::{Chord, key_of};
use crate::suite::{UnpackError, unpacked};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Frames in a second, as the cases' waits count them.
const FRAMES_PER_SECOND: f64 = 60.0;
/// Seconds that a line may take unless it says otherwise.
const LINE_SECONDS: f64 = 30.0;
/// The same for a measured line.
const TIME_SECONDS: f64 = 300.0;
/// Frames for which a key step presses, and lets go, unless it says otherwise.
const KEY_FRAMES: u32 = 3;

/// Why a file holds no cases.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// A compressed file that can't be unpacked.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// Not JSON, or not of the format.
    #[error("not a case file: {0}")]
    Json(#[from] serde_json::Error),
}

/// What is recorded besides the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // the names are the format's
pub enum Observe {
    Colors,
    Patterns,
    Sound,
    Backdrop,
    Vdpregs,
}

/// One case: what to do, and what the genuine machine did.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique.
    pub name: String,
    /// The group.
    pub area: String,
    /// What it is about.
    #[serde(default)]
    pub notes: String,
    /// `residual`: depends on the last digits of the arithmetic.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// What is recorded besides the screen.
    #[serde(default)]
    pub observe: Vec<Observe>,
    /// Codes whose patterns are recorded.
    #[serde(default)]
    pub chars: Vec<u8>,
    /// How the screen may differ.
    #[serde(default)]
    pub compare: Tolerance,
    /// What the genuine machine did.
    pub expect: Observed,
}

/// How the screen and the cursor may differ.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tolerance {
    /// Only these rows count: first and last.
    pub rows: Option<(usize, usize)>,
    /// These rows don't.
    pub ignore_rows: Vec<usize>,
    /// Only how often this character is on the screen counts.
    pub count: Option<char>,
    /// Give or take so many.
    pub tolerance: usize,
    /// The cursor's column may be off by so many.
    pub cursor_tolerance: usize,
    /// Frame numbers of sound don't count.
    pub sound_bytes_only: bool,
}

/// The screen with its surroundings at one moment.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// The whole screen, without the live cursor.
    pub screen: Screen,
    /// Row and column of the live cursor.
    pub cursor: Option<(usize, usize)>,
    /// VDP register 7.
    pub backdrop: u8,
    /// Colour table bytes of character sets 1 to 16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colors: Option<Vec<String>>,
    /// Pattern bytes of some codes, or `standard`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patterns: Option<BTreeMap<u8, String>>,
    /// VDP registers 0 to 7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vdpregs: Option<[u8; 8]>,
}

/// The audible state of the sound chip from a frame on: three tones, the noise, and tone 3's divider if the noise takes
/// its rate from there. A silent generator is `None`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct SoundState(pub u64, pub Vec<Option<SoundField>>);

/// A generator's divider or control with its attenuation, or a bare divider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum SoundField {
    /// Divider (or noise control) and attenuation.
    Sounding(u16, u16),
    /// Tone 3's divider.
    Divider(u16),
}

/// All that a case observes: the final screen and everything recorded on the way.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "RawObserved", into = "RawObserved")]
pub struct Observed {
    /// The final screen.
    pub last: Capture,
    /// Screens recorded on the way.
    pub snaps: BTreeMap<String, Capture>,
    /// Successive values of VDP register 7.
    pub backdrop_trace: Option<Vec<u8>>,
    /// Frame and byte of every write to the sound chip.
    pub sound: Option<Vec<(u64, u8)>>,
    /// The same as audible states.
    pub sound_states: Option<Vec<SoundState>>,
    /// Frames until each mark was on the screen.
    pub frames: BTreeMap<String, u64>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawObserved {
    screen: Screen,
    cursor: Option<(usize, usize)>,
    backdrop: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    colors: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    patterns: Option<BTreeMap<u8, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vdpregs: Option<[u8; 8]>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    snaps: BTreeMap<String, Capture>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    backdrop_trace: Option<Vec<u8>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sound: Option<Vec<(u64, u8)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sound_states: Option<Vec<SoundState>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    frames: BTreeMap<String, u64>,
}

impl From<RawObserved> for Observed {
    fn from(raw: RawObserved) -> Self {
        let RawObserved { screen, cursor, backdrop, colors, patterns, vdpregs, .. } = raw;
        Self {
            last: Capture { screen, cursor, backdrop, colors, patterns, vdpregs },
            snaps: raw.snaps,
            backdrop_trace: raw.backdrop_trace,
            sound: raw.sound,
            sound_states: raw.sound_states,
            frames: raw.frames,
        }
    }
}

impl From<Observed> for RawObserved {
    fn from(observed: Observed) -> Self {
        let Capture { screen, cursor, backdrop, colors, patterns, vdpregs } = observed.last;
        Self {
            screen,
            cursor,
            backdrop,
            colors,
            patterns,
            vdpregs,
            snaps: observed.snaps,
            backdrop_trace: observed.backdrop_trace,
            sound: observed.sound,
            sound_states: observed.sound_states,
            frames: observed.frames,
        }
    }
}

/// One thing to do. Durations are in frames.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "StepForm")]
#[allow(missing_docs)] // the fields are the format's
pub enum Step {
    /// Wait for the cursor, type, press ENTER, wait for the cursor again.
    Line { text: Text, wait: bool, timeout: u32, verify: bool },
    /// Type without ENTER.
    Type(Text),
    /// Press keys together, then let go.
    Key { keys: Vec<Key>, frames: u32, after: u32 },
    /// Put keys down and leave them there.
    Press(Vec<Key>),
    /// Let keys up.
    Release(Vec<Key>),
    /// Let time pass.
    Wait(u32),
    /// Wait for the cursor.
    WaitReady(u32),
    /// Wait for a text.
    WaitText { text: String, timeout: u32 },
    /// Put ALPHA LOCK down or up.
    AlphaLock(bool),
    /// Record the screen, settled or as it is.
    Snap { name: String, now: bool },
    /// Record sound or backdrop from here on.
    Record(Observe),
    /// Type a line and count the frames until each mark is on the screen.
    Time { text: Text, marks: Vec<String>, timeout: u32 },
}

/// A text all of whose characters can be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// As written.
    pub text: String,
    /// The keys.
    pub chords: Vec<Chord>,
}

impl Text {
    fn new(text: String) -> Result<Self, String> {
        let chord = |c| Chord::of(c).ok_or_else(|| format!("no key types {c:?}"));
        let chords = text.chars().map(chord).collect::<Result<_, _>>()?;
        Ok(Self { text, chords })
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum StepForm {
    Plain(String),
    Object(Box<StepObject>),
}

/// A step's keys, of which one says what it is and the others belong to some kinds only.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StepObject {
    line: Option<String>,
    r#type: Option<String>,
    key: Option<String>,
    press: Option<String>,
    release: Option<String>,
    wait: Option<serde_json::Value>,
    wait_ready: Option<f64>,
    wait_text: Option<String>,
    alpha_lock: Option<bool>,
    snap: Option<String>,
    record: Option<Observe>,
    time: Option<String>,
    marks: Vec<String>,
    timeout: Option<f64>,
    verify: Option<bool>,
    frames: Option<u32>,
    after: Option<u32>,
    now: bool,
}

fn frames(seconds: f64) -> u32 {
    (seconds * FRAMES_PER_SECOND).round().max(0.0) as u32
}

fn keys(names: &str) -> Result<Vec<Key>, String> {
    // The plus sign joins keys; alone it is the sign on the key of the equals sign.
    if names == "+" {
        return Ok(vec![Key::Shift, Key::Equals]);
    }
    let key = |name: &str| {
        let mut legend = name.chars();
        let single = legend.next().filter(|_| legend.next().is_none());
        Key::by_name(name).or_else(|| key_of(single?)).ok_or_else(|| format!("`{name}` is no key"))
    };
    names.split('+').map(key).collect()
}

impl TryFrom<StepForm> for Step {
    type Error = String;

    fn try_from(form: StepForm) -> Result<Self, String> {
        let object = match form {
            StepForm::Plain(line) => StepObject { line: Some(line), ..StepObject::default() },
            StepForm::Object(object) => *object,
        };
        object.step()
    }
}

impl StepObject {
    fn step(self) -> Result<Step, String> {
        let timeout = |default| frames(self.timeout.unwrap_or(default));
        if let Some(line) = self.line {
            let wait = self.wait.is_none_or(|wait| wait != serde_json::Value::Bool(false));
            let verify = self.verify.unwrap_or(true);
            return Ok(Step::Line { text: Text::new(line)?, wait, timeout: timeout(LINE_SECONDS), verify });
        }
        if let Some(text) = self.r#type {
            return Ok(Step::Type(Text::new(text)?));
        }
        if let Some(names) = self.key {
            let (down, up) = (self.frames.unwrap_or(KEY_FRAMES), self.after.unwrap_or(KEY_FRAMES));
            return Ok(Step::Key { keys: keys(&names)?, frames: down, after: up });
        }
        if let Some(names) = self.press {
            return Ok(Step::Press(keys(&names)?));
        }
        if let Some(names) = self.release {
            return Ok(Step::Release(keys(&names)?));
        }
        if let Some(text) = self.wait_text {
            return Ok(Step::WaitText { text, timeout: timeout(LINE_SECONDS) });
        }
        if let Some(text) = self.time {
            let timeout = timeout(TIME_SECONDS);
            return Ok(Step::Time { text: Text::new(text)?, marks: self.marks, timeout });
        }
        if let Some(name) = self.snap {
            return Ok(Step::Snap { name, now: self.now });
        }
        let wait = self.wait.map(|wait| wait.as_f64().ok_or("`wait` takes seconds")).transpose()?;
        let simple = (self.wait_ready.map(|seconds| Step::WaitReady(frames(seconds))))
            .or(wait.map(|seconds| Step::Wait(frames(seconds))))
            .or(self.alpha_lock.map(Step::AlphaLock))
            .or(self.record.map(Step::Record));
        simple.ok_or_else(|| "a step without anything to do".into())
    }
}

/// Reads the cases in a file: one or a list, plain or compressed by gzip.
pub fn read_cases(bytes: Vec<u8>) -> Result<Vec<Case>, CaseError> {
    let bytes = unpacked(bytes)?;
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        Ok(serde_json::from_slice(&bytes)?)
    } else {
        Ok(vec![serde_json::from_slice(&bytes)?])
    }
}

impl Tolerance {
    /// The code whose count counts.
    pub fn counted(&self) -> Option<u8> {
        self.count.and_then(code)
    }
}
