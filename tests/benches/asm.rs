// SPDX-License-Identifier: MIT OR Apache-2.0
//! How fast sources are assembled: 100,000 lines of each language, and the process's peak memory.
//!
//! ```text
//! cargo bench --bench asm
//! ```
#![allow(clippy::unwrap_used)] // a bench that cannot unwrap has failed

use lubbock::source::Files;
use lubbock::{asm, gpl};
use std::time::{Duration, Instant};

const LINES: usize = 100_000;
/// Runs of each; the middle one counts.
const RUNS: usize = 5;

struct One(String);

impl Files for One {
    fn read(&self, _from: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        Ok((name.to_string(), self.0.clone().into_bytes()))
    }
}

/// Subroutines of ten lines, in banks of 1,000 lines: labels, comments, all kinds of operands and expressions.
fn tms9900() -> String {
    let mut text = String::new();
    for n in 0..LINES / 10 {
        let head = if n % 100 == 0 { format!(" BANK {},>6000", n / 100) } else { "* a subroutine".into() };
        text += &format!(
            "{head}\nS{n:<5} MOV  R11,R10           ; keep the way back\n       LI   R1,S{n}+2*3\n       MOVB @>8C00,*R2+\nL{n:<5} A    \
             @4(R3),R4  sum\n       DEC  R1\n       JNE  L{n}\n       BL   @S{}\n       B    *R10\n       DATA >1234,{n},'AB',S{n}\n",
            n / 100 * 100
        );
    }
    text
}

/// Routines of ten lines; a GROM holds 200 of them, so that each starts anew at the GROM's beginning.
fn gpl_source() -> String {
    let mut text = String::new();
    for n in 0..LINES / 10 {
        let head = if n % 200 == 0 { " GROM 3" } else { "* a routine" };
        text += &format!(
            "{head}\nS{n:<5} ST   @>8300,@>8301      ; a copy\n       DADD 5,V@>0100\n       MOVE 8,G@S{n},@>8310\n       CEQ  'A',@>8375\n       \
             BS   S{n}\n       FMT\n       HTEXT 'HELLO'\n       FEND\n       BR   S{n}\n"
        );
    }
    text
}

/// The time of the middle run.
fn middle(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

/// The process's peak memory in MiB, where the system tells (Linux).
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib >> 10)
}

fn main() {
    let show = |language: &str, time: Duration| {
        let memory = peak().map_or_else(String::new, |mib| format!(", peak memory {mib} MiB"));
        println!("{language}: {LINES} lines in {} ms{memory}", time.as_millis());
    };
    let source = One(tms9900());
    show(
        "TMS9900",
        middle(|| {
            let built = asm::assemble(&source, &["bench.a99"], &asm::Options::default());
            assert!(built.unwrap().program(0).unwrap().binaries(&[]).len() == 100);
        }),
    );
    let source = One(gpl_source());
    show(
        "GPL",
        middle(|| {
            let built = gpl::assemble(&source, &["bench.gpl"], &gpl::Options::default());
            assert!(!built.unwrap().groms.is_empty());
        }),
    );
}
