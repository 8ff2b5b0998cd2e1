// SPDX-License-Identifier: MIT OR Apache-2.0
//! TI BASIC conformance cases: what is typed, and what the genuine console then shows, plays and takes its time for.
//!
//! ```text
//! case.rs     the file format: steps, tolerances, expectations      screen.rs   24 rows of 32 cells
//! player.rs   fingers and eyes: does the steps on a machine         sound.rs    bytes to audible states
//! compare.rs  the levels `text` and `exact`                         report.rs   what people and machines read
//! ```
//!
//! Everything is seen from outside: keys, screen table, colours, sound writes and frames. So any firmware that uses TI
//! BASIC's screen layout can be judged. `docs/basic-suite.md` explains how the suite is used.
//!
//! Source: the cases' format description (FORMAT.md of the corpus), which also names the levels.

mod case;
mod compare;
mod player;
mod report;
mod screen;
mod sound;

pub use case::{Capture, Case, CaseError, Observe, Observed, SoundState, Step, Tolerance, read_cases};
pub use compare::{Difference, Level, Verdict, compare};
pub use player::{BootError, Booted, Outcome, Rhythm};
pub use report::{EMPTY, Report, Result, Speed};
pub use screen::Screen;
pub use sound::states;

/// Runs all cases, each on a copy of the booted machine, on `jobs` threads; results come in the cases' order.
pub fn run_all(booted: &Booted, cases: &[Case], jobs: usize) -> Vec<Result> {
    super::in_parallel(cases, jobs, |case| run_one(booted, case))
}

/// Runs one case on a copy of the booted machine.
pub fn run_one(booted: &Booted, case: &Case) -> Result {
    let outcome = booted.play(case);
    let verdict = compare(case, &outcome.observed);
    Result { case: case.clone(), outcome, verdict }
}
