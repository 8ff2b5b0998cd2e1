// SPDX-License-Identifier: MIT OR Apache-2.0
//! `lubbock bench`: how many times faster than the console this computer runs it, in one thread.
//!
//! The whole machine is measured as the window shows it: each frame is complete in memory, and its sound is synthesised
//! at 48 kHz. Nothing is left out but the window and the sound card. `docs/benchmarks.md` explains what the figure means,
//! and how it is compared with MAME's `-bench`.

use super::Failure;
use super::files::print;
use super::machine::MachineArgs;
use super::start::{seconds, unescape};
use crate::chips::sn76489::Edge;
use crate::clock::{CPU_HZ, Cycles, Dots};
use crate::console::Machine;
use crate::console::typing::Typist;
use crate::host::blip::Blip;
use std::hint::black_box;
use std::time::{Duration, Instant};

const SAMPLE_RATE: u32 = 48_000;
/// Frames after typing until what was typed has surely begun.
const SETTLE_FRAMES: u32 = 60;
/// The run is timed in so many parts: the fastest is the least disturbed by whatever else the host does.
const PARTS: u32 = 10;

/// Measure how many times faster than the console this computer runs it
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    machine: MachineArgs,
    /// Seconds of the machine's time to measure
    #[arg(long, value_name = "S", value_parser = seconds, default_value = "60")]
    seconds: f64,
    /// Type this before the measurement; \n is ENTER, \\ a backslash
    #[arg(long = "type", value_name = "TEXT", allow_hyphen_values = true)]
    text: Option<String>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let start = Instant::now();
    let mut console = Console::new(args.machine.build(&[])?.0);
    console.frame();
    let first_frame = start.elapsed();
    if let Some(text) = &args.text {
        console.type_text(&unescape(text));
    }
    let part = (args.seconds / f64::from(PARTS) * CPU_HZ as f64) as u64;
    let from = console.machine.now();
    let parts: Vec<Part> = (1..=u64::from(PARTS)).map(|n| console.run_until(from + part * n)).collect();
    let total = parts.iter().fold(Part::default(), |sum, part| Part {
        machine: sum.machine + part.machine,
        host: sum.host + part.host,
    });
    let fastest = parts.iter().map(Part::quotient).fold(0.0, f64::max);
    print(format!(
        "{:.1} x real time\nfastest tenth {fastest:.1} x, {:.2} s of the console in {:.2?}\nfirst frame {first_frame:.2?} after the start\n",
        total.quotient(),
        total.machine,
        total.host
    ))
}

/// A stretch of the run: seconds of the machine's time, and the host's time.
#[derive(Default)]
struct Part {
    machine: f64,
    host: Duration,
}

impl Part {
    fn quotient(&self) -> f64 {
        self.machine / self.host.as_secs_f64()
    }
}

/// The machine with what makes its sound.
struct Console {
    machine: Machine,
    blip: Blip,
    edges: Vec<Edge>,
    samples: Vec<f32>,
}

impl Console {
    fn new(machine: Machine) -> Self {
        let blip = Blip::new(SAMPLE_RATE, Dots(0), machine.audio_level());
        Self { machine, blip, edges: Vec::new(), samples: Vec::new() }
    }

    /// One frame: picture and sound.
    fn frame(&mut self) {
        self.machine.run_frame();
        let end = self.machine.take_audio(&mut self.edges);
        self.blip.add(&self.edges);
        self.samples.clear();
        self.blip.end(self.machine.config().profile.dot_clock.dot_at(end), &mut self.samples);
        black_box((self.machine.frame(), &self.samples));
    }

    /// A frame, and more of them until `end`.
    fn run_until(&mut self, end: Cycles) -> Part {
        let (from, start) = (self.machine.now(), Instant::now());
        self.frame();
        while self.machine.now() < end {
            self.frame();
        }
        Part { machine: (self.machine.now() - from) as f64 / CPU_HZ as f64, host: start.elapsed() }
    }

    /// Types, and waits until what was typed has begun.
    fn type_text(&mut self, text: &str) {
        let mut typist = Typist::new();
        typist.type_text(text);
        while !typist.is_idle() {
            typist.advance(&mut self.machine);
            self.frame();
        }
        for _ in 0..SETTLE_FRAMES {
            self.frame();
        }
    }
}
