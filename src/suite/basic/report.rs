// SPDX-License-Identifier: MIT OR Apache-2.0
//! What came out, for people and for machines.
//!
//! A failing case is shown with both screens side by side; then come the rates by area, the speed quotients, and the line
//! that all suites close with.

use super::case::{Capture, Case};
use super::compare::{Difference, Level, Verdict};
use super::player::Outcome;
use super::screen::Screen;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The case that measures an empty program: its frames are subtracted from the others'.
pub const EMPTY: &str = "bench_empty";

/// One case's run and its comparison.
#[derive(Clone, Debug)]
pub struct Result {
    /// The case.
    pub case: Case,
    /// What was seen.
    pub outcome: Outcome,
    /// How it compares.
    pub verdict: Verdict,
}

/// How long a measured program took.
#[derive(Clone, Debug, PartialEq)]
pub struct Speed {
    /// The case.
    pub name: String,
    /// The text that ended the measurement.
    pub mark: String,
    /// Frames on the genuine machine.
    pub genuine: u64,
    /// Frames here; `None` when the mark did not appear.
    pub frames: Option<u64>,
    /// Frames here through genuine frames, less those of an empty program if that was measured.
    pub quotient: Option<f64>,
}

/// All results of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// In the cases' order.
    pub results: Vec<Result>,
    /// The level that decides.
    pub level: Level,
    /// Genuine and measured frames of the empty program.
    empty: Option<(u64, u64)>,
}

/// Cases of an area, and how many agree at each level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Rates {
    cases: usize,
    text: usize,
    exact: usize,
}

impl Rates {
    fn add(&mut self, verdict: &Verdict) {
        self.cases += 1;
        self.text += usize::from(verdict.passes(Level::Text));
        self.exact += usize::from(verdict.passes(Level::Exact));
    }
}

impl Report {
    /// Results, judged at `level`; `baseline` is the empty program's run if that is not among them.
    pub fn new(results: Vec<Result>, level: Level, baseline: Option<&Result>) -> Self {
        let empty = results.iter().find(|result| result.case.name == EMPTY).or(baseline);
        let empty = empty.and_then(|result| {
            let (mark, genuine) = result.case.expect.frames.iter().next()?;
            Some((*genuine, *result.outcome.observed.frames.get(mark)?))
        });
        Self { results, level, empty }
    }

    /// Cases that agree at the deciding level.
    pub fn passed(&self) -> usize {
        self.results.iter().filter(|result| result.verdict.passes(self.level)).count()
    }

    /// Cases that don't.
    pub fn failed(&self) -> usize {
        self.results.len() - self.passed()
    }

    fn failures(&self) -> impl Iterator<Item = &Result> {
        self.results.iter().filter(|result| !result.verdict.passes(self.level))
    }

    fn rates(&self) -> (BTreeMap<&str, Rates>, Rates) {
        let (mut areas, mut total) = (BTreeMap::<&str, Rates>::new(), Rates::default());
        for result in &self.results {
            areas.entry(&result.case.area).or_default().add(&result.verdict);
            total.add(&result.verdict);
        }
        (areas, total)
    }

    /// The measured programs.
    pub fn speeds(&self) -> Vec<Speed> {
        let mut speeds = Vec::new();
        for result in &self.results {
            for (mark, &genuine) in &result.case.expect.frames {
                let frames = result.outcome.observed.frames.get(mark).copied();
                // An empty program has nothing left when itself is subtracted.
                let (less_genuine, less) = self.empty.filter(|_| result.case.name != EMPTY).unwrap_or((0, 0));
                let quotient = frames.map(|frames| {
                    frames.saturating_sub(less) as f64 / genuine.saturating_sub(less_genuine).max(1) as f64
                });
                let (name, mark) = (result.case.name.clone(), mark.clone());
                speeds.push(Speed { name, mark, genuine, frames, quotient });
            }
        }
        speeds
    }

    /// The report for people. With `brief` a failing case takes one line.
    pub fn text(&self, brief: bool) -> String {
        let mut out = String::new();
        for result in self.failures() {
            out += &headline(result, self.level);
            if !brief {
                out += &details(result, self.level);
            }
        }
        out += &self.rate_table();
        out += &self.speed_table();
        let _ = writeln!(out, "{} passed, {} failed", self.passed(), self.failed());
        out
    }

    fn rate_table(&self) -> String {
        let (areas, total) = self.rates();
        let mut out = format!("{:<12} {:>6} {:>6} {:>6}\n", "area", "cases", "text", "exact");
        for (area, rates) in areas.into_iter().chain([("total", total)]) {
            let _ = writeln!(out, "{area:<12} {:>6} {:>6} {:>6}", rates.cases, rates.text, rates.exact);
        }
        let percent = |n: usize| 100.0 * n as f64 / total.cases.max(1) as f64;
        let _ = writeln!(out, "{:<19} {:>5.1}% {:>5.1}%", "rate", percent(total.text), percent(total.exact));
        let sound: Vec<bool> = self.results.iter().filter_map(|r| r.verdict.sound_bytes).collect();
        if !sound.is_empty() {
            let same = sound.iter().filter(|same| **same).count();
            let _ = writeln!(out, "sound bytes identical in {same} of {} recordings", sound.len());
        }
        out
    }

    fn speed_table(&self) -> String {
        let speeds = self.speeds();
        if speeds.is_empty() {
            return String::new();
        }
        let mut out = format!("{:<28} {:>8} {:>8} {:>9}\n", "speed (frames)", "genuine", "here", "quotient");
        let mut logs = Vec::new();
        for Speed { name, genuine, frames, quotient, .. } in &speeds {
            let frames = frames.map_or("-".into(), |frames| frames.to_string());
            let shown = quotient.map_or("-".into(), |quotient| format!("{quotient:.2}"));
            let _ = writeln!(out, "{name:<28} {genuine:>8} {frames:>8} {shown:>9}");
            logs.extend(quotient.filter(|&q| q > 0.0 && name != EMPTY).map(f64::ln));
        }
        if !logs.is_empty() {
            let mean = (logs.iter().sum::<f64>() / logs.len() as f64).exp();
            let _ = writeln!(out, "{:<46} {mean:>9.2}", "geometric mean");
        }
        if self.empty.is_none() {
            let _ =
                writeln!(out, "(frames of an empty program are not subtracted: {EMPTY} was not measured)");
        }
        out
    }

    /// The report for machines.
    pub fn json(&self) -> Value {
        let (areas, total) = self.rates();
        let rates = |rates: Rates| json!({"cases": rates.cases, "text": rates.text, "exact": rates.exact});
        let areas: serde_json::Map<String, Value> =
            areas.into_iter().map(|(area, numbers)| (area.to_owned(), rates(numbers))).collect();
        let speed = |s: Speed| json!({"name": s.name, "mark": s.mark, "genuine": s.genuine, "frames": s.frames, "quotient": s.quotient});
        json!({
            "suite": "basic",
            "level": match self.level { Level::Text => "text", Level::Exact => "exact" },
            "passed": self.passed(),
            "failed": self.failed(),
            "total": rates(total),
            "areas": areas,
            "speed": self.speeds().into_iter().map(speed).collect::<Vec<_>>(),
            "cases": self.results.iter().map(case_json).collect::<Vec<_>>(),
        })
    }
}

fn case_json(result: &Result) -> Value {
    let Result { case, outcome, verdict } = result;
    let differences = |level| -> Vec<Value> {
        let one = |d: &Difference| json!({"snap": d.snap, "what": d.what, "rows": d.rows});
        verdict.at(level).iter().map(one).collect()
    };
    let mut value = json!({
        "name": case.name,
        "area": case.area,
        "text": verdict.passes(Level::Text),
        "exact": verdict.passes(Level::Exact),
        "sound_bytes": verdict.sound_bytes,
        "notes": outcome.notes,
        "frames_run": outcome.frames,
    });
    if !verdict.passes(Level::Exact) {
        value["differences"] = json!({"text": differences(Level::Text), "exact": differences(Level::Exact)});
        value["expected"] = json!(case.expect);
        value["got"] = json!(outcome.observed);
    }
    value
}

/// A failing case in one line.
fn headline(result: &Result, level: Level) -> String {
    let Result { case, verdict, .. } = result;
    let text = if verdict.passes(Level::Text) { "text agrees" } else { "text differs" };
    let first = verdict.at(level).first().map_or(String::new(), described);
    format!("FAIL {}/{}: {text}; {first}\n", case.area, case.name)
}

fn described(difference: &Difference) -> String {
    match &difference.snap {
        Some(snap) => format!("snap {snap}: {}", difference.what),
        None => difference.what.clone(),
    }
}

/// The steps' troubles, the other differences, and the screens that differ.
fn details(result: &Result, level: Level) -> String {
    let Result { case, outcome, verdict } = result;
    let mut out = String::new();
    if !case.notes.is_empty() {
        let _ = writeln!(out, "     {}", case.notes);
    }
    for difference in verdict.at(level).iter().skip(1) {
        let _ = writeln!(out, "     {}", described(difference));
    }
    for note in &outcome.notes {
        let _ = writeln!(out, "     note: {note}");
    }
    let (want, got) = (&case.expect, &outcome.observed);
    let snaps = want.snaps.iter().filter_map(|(name, want)| Some((Some(name), want, got.snaps.get(name)?)));
    for (snap, want, got) in snaps.chain([(None, &want.last, &got.last)]) {
        let of_screen = |difference: &&Difference| difference.snap.as_ref() == snap;
        let rows: Vec<usize> =
            verdict.at(level).iter().filter(of_screen).flat_map(|d| d.rows.iter().copied()).collect();
        if !rows.is_empty() {
            out += &side_by_side(snap.map_or("expected", |name| name), want, got, &rows);
        }
    }
    out
}

/// Two screens from the first row that is not empty on both, the differing rows marked.
fn side_by_side(title: &str, want: &Capture, got: &Capture, rows: &[usize]) -> String {
    let blank = |screen: &Screen, row| screen.row_text(row).trim().is_empty();
    let first = (0..Screen::ROWS).find(|&row| !blank(&want.screen, row) || !blank(&got.screen, row));
    let mut out = format!("      {title:<34}   got\n");
    for row in first.unwrap_or(0)..Screen::ROWS {
        let mark = if rows.contains(&row) { '*' } else { ' ' };
        let (want, got) = (printable(&want.screen, row), printable(&got.screen, row));
        let _ = writeln!(out, "  {row:>2} {mark}|{want}| {mark} |{got}|");
    }
    out
}

/// A row in which codes without a character show as a question mark upside down.
fn printable(screen: &Screen, row: usize) -> String {
    screen
        .row_text(row)
        .chars()
        .map(|c| if ('\u{E000}'..='\u{E0FF}').contains(&c) { '¿' } else { c })
        .collect()
}
