// SPDX-License-Identifier: MIT OR Apache-2.0
//! Comparing what was seen with what the genuine machine showed, at the corpus' two levels.
//!
//! * `text`: what a reader sees of the final screen and the recorded ones: columns 2 to 29, and column 1 with the edge
//!   character as a space, without trailing spaces.
//! * `exact`: all cells, the cursor, the backdrop, and every other field. Sound is judged by its audible states, whose
//!   frames may be off by two, apart from states half way (see `sound.rs`); whether the bytes agree too is told apart, as two firmwares may write different bytes
//!   for the same sound.
//!
//! Frames are measured, never judged. Source: FORMAT.md of the corpus, "Comparing".

use super::case::{Capture, Case, Observed, SoundState, Tolerance};
use super::screen::Screen;
use super::sound::without_half_way;
use std::collections::BTreeMap;

/// Frames by which a sound may come early or late.
const SOUND_FRAMES: u64 = 2;

/// How strictly to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// What a reader sees.
    Text,
    /// Everything.
    Exact,
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The recorded screen's name; `None` for the final one and for the whole run.
    pub snap: Option<String>,
    /// One line: the field, what was expected and what was there.
    pub what: String,
    /// Rows of the screen that differ.
    pub rows: Vec<usize>,
}

/// How a run compares with its case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Differences at the level `text`.
    pub text: Vec<Difference>,
    /// Differences at the level `exact`.
    pub exact: Vec<Difference>,
    /// Whether the bytes written to the sound chip agree, where they were recorded.
    pub sound_bytes: Option<bool>,
}

impl Verdict {
    /// Whether the run agrees at a level.
    pub fn passes(&self, level: Level) -> bool {
        self.at(level).is_empty()
    }

    /// The differences at a level.
    pub fn at(&self, level: Level) -> &[Difference] {
        match level {
            Level::Text => &self.text,
            Level::Exact => &self.exact,
        }
    }
}

/// Compares at both levels.
pub fn compare(case: &Case, got: &Observed) -> Verdict {
    let want = &case.expect;
    let mut verdict = Verdict::default();
    let tolerance = &case.compare;
    for (snap, want, got) in captures(want, got) {
        let snap = snap.map(str::to_owned);
        let Some(got) = got else {
            let missing = Difference { snap, what: "no screen was recorded".into(), rows: Vec::new() };
            verdict.text.push(missing.clone());
            verdict.exact.push(missing);
            continue;
        };
        let seen = |screen: &Screen, row| screen.visible(row);
        let all = |screen: &Screen, row| screen.row_text(row);
        let differs = |what, rows| Difference { snap: snap.clone(), what, rows };
        let screens = (&want.screen, &got.screen);
        verdict.text.extend(screen(tolerance, screens, seen).map(|(what, rows)| differs(what, rows)));
        verdict.exact.extend(screen(tolerance, screens, all).map(|(what, rows)| differs(what, rows)));
        verdict
            .exact
            .extend(surroundings(tolerance, want, got).into_iter().map(|what| differs(what, Vec::new())));
    }
    let whole = |what| Difference { snap: None, what, rows: Vec::new() };
    verdict.exact.extend(field("backdrop_trace", &want.backdrop_trace, &got.backdrop_trace).map(whole));
    verdict.exact.extend(sound(tolerance, want, got).map(whole));
    let bytes = |observed: &Observed| {
        observed.sound.as_ref().map(|sound| sound.iter().map(|(_, byte)| *byte).collect::<Vec<_>>())
    };
    verdict.sound_bytes = bytes(want).map(|want| Some(want) == bytes(got));
    verdict
}

/// The final screens and, by name, the recorded ones.
fn captures<'a>(
    want: &'a Observed,
    got: &'a Observed,
) -> impl Iterator<Item = (Option<&'a str>, &'a Capture, Option<&'a Capture>)> {
    let named = |got: &'a BTreeMap<String, Capture>| {
        want.snaps.iter().map(move |(name, want)| (Some(name.as_str()), want, got.get(name)))
    };
    named(&got.snaps).chain([(None, &want.last, Some(&got.last))])
}

/// What of two screens differs, looked at row by row through `view`.
fn screen(
    tolerance: &Tolerance,
    (want, got): (&Screen, &Screen),
    view: impl Fn(&Screen, usize) -> String,
) -> Option<(String, Vec<usize>)> {
    let (first, last) = tolerance.rows.unwrap_or((0, Screen::ROWS - 1));
    let rows: Vec<usize> =
        (first..=last.min(Screen::ROWS - 1)).filter(|row| !tolerance.ignore_rows.contains(row)).collect();
    if let Some(counted) = tolerance.count {
        let count =
            |screen: &Screen| rows.iter().map(|&row| view(screen, row).matches(counted).count()).sum();
        let (want, got): (usize, usize) = (count(want), count(got));
        let what = || (format!("`{counted}` is there {got} times, expected {want}"), Vec::new());
        return (want.abs_diff(got) > tolerance.tolerance).then(what);
    }
    let differing: Vec<usize> = rows.into_iter().filter(|&row| view(want, row) != view(got, row)).collect();
    let list = || differing.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let what = match differing.len() {
        0 => return None,
        1 => format!("screen row {} differs", list()),
        _ => format!("screen rows {} differ", list()),
    };
    Some((what, differing))
}

/// What differs around the screen.
fn surroundings(tolerance: &Tolerance, want: &Capture, got: &Capture) -> Vec<String> {
    let near = match (want.cursor, got.cursor) {
        (Some(want), Some(got)) => want.0 == got.0 && want.1.abs_diff(got.1) <= tolerance.cursor_tolerance,
        (want, got) => want == got,
    };
    let cursor = if near { None } else { field("cursor", &want.cursor, &got.cursor) };
    let fields = [
        cursor,
        field("backdrop", &want.backdrop, &got.backdrop),
        field("colors", &want.colors, &got.colors),
        field("patterns", &want.patterns, &got.patterns),
        field("vdpregs", &want.vdpregs, &got.vdpregs),
    ];
    fields.into_iter().flatten().collect()
}

fn field<T: PartialEq + serde::Serialize>(name: &str, want: &T, got: &T) -> Option<String> {
    let show = |value: &T| serde_json::to_string(value).unwrap_or_default();
    (want != got).then(|| format!("{name}: expected {}, got {}", show(want), show(got)))
}

/// How the sound differs: the states in order, and their frames unless they don't count.
fn sound(tolerance: &Tolerance, want: &Observed, got: &Observed) -> Option<String> {
    let want = without_half_way(want.sound_states.as_ref()?);
    let got = without_half_way(got.sound_states.as_deref().unwrap_or_default());
    let late = |want: &SoundState, got: &SoundState| {
        !tolerance.sound_bytes_only && want.0.abs_diff(got.0) > SOUND_FRAMES
    };
    let show = |state: Option<&SoundState>| {
        state.map_or("nothing".into(), |state| serde_json::to_string(state).unwrap_or_default())
    };
    (0..want.len().max(got.len())).find_map(|n| {
        let (want, got) = (want.get(n), got.get(n));
        let same = matches!((want, got), (Some(want), Some(got)) if want.1 == got.1 && !late(want, got));
        (!same).then(|| format!("sound state {n}: expected {}, got {}", show(want), show(got)))
    })
}
