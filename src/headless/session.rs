// SPDX-License-Identifier: MIT OR Apache-2.0
//! A machine in a run without a window, frame by frame, with fingers, a recording and a trace.

use super::screen::Screen;
use super::trace::{Trace, TraceError};
use crate::chips::sn76489::Edge;
use crate::chips::tms9918a::Frame;
use crate::clock::Cycles;
use crate::console::typing::Typist;
use crate::console::{Machine, RestoreError};
use crate::host::picture::{self as colours, PALETTE};
use crate::host::record::Recorder;
use crate::host::tape::{Tape, TapeError};
use crate::host::wav::WavError;
use std::collections::BTreeMap;

/// Why a run broke off.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The trace cannot be written.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The recording cannot be written.
    #[error(transparent)]
    Wav(#[from] WavError),
    /// The cassette cannot be written.
    #[error(transparent)]
    Tape(#[from] TapeError),
}

/// A machine and what a run needs beside it.
pub struct Session {
    /// The machine.
    pub machine: Machine,
    /// Types text.
    pub typist: Typist,
    recorder: Option<Recorder>,
    tape: Option<Tape>,
    trace: Option<Trace>,
    /// Names of addresses, for traces.
    symbols: BTreeMap<u16, String>,
    /// Instructions left to execute, if their number is limited.
    instructions: Option<u64>,
    edges: Vec<Edge>,
}

impl Session {
    /// A run that begins with this machine.
    pub fn new(machine: Machine) -> Self {
        Self {
            machine,
            typist: Typist::new(),
            recorder: None,
            tape: None,
            trace: None,
            symbols: BTreeMap::new(),
            instructions: None,
            edges: Vec::new(),
        }
    }

    /// Records the sound from now on, or no longer; completes the recording before.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn record(&mut self, recorder: Option<Recorder>) -> Result<(), SessionError> {
        if let Some(before) = std::mem::replace(&mut self.recorder, recorder) {
            before.finish()?;
        }
        Ok(())
    }

    /// Traces each instruction from now on, or no longer; completes the trace before.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn trace(&mut self, trace: Option<Trace>) -> Result<(), SessionError> {
        if let Some(before) = std::mem::replace(&mut self.trace, trace) {
            before.finish()?;
        }
        Ok(())
    }

    /// Names of addresses, which traces show behind each line.
    pub fn set_symbols(&mut self, symbols: BTreeMap<u16, String>) {
        self.symbols = symbols;
    }

    /// Goes on from a saved state.
    ///
    /// # Errors
    /// When it does not fit the machine.
    pub fn restore(&mut self, state: &[u8]) -> Result<(), RestoreError> {
        self.machine.restore(state)?;
        if let Some(recorder) = &mut self.recorder {
            let now = self.machine.config().profile.dot_clock.dot_at(self.machine.now());
            recorder.resume(now, self.machine.audio_level());
        }
        Ok(())
    }

    /// Puts a cassette into recorder CS1.
    pub fn insert(&mut self, tape: Tape) {
        self.tape = Some(tape);
    }

    /// Ends the run after so many instructions.
    pub fn limit(&mut self, instructions: u64) {
        self.instructions = Some(instructions);
    }

    /// Instructions left until the limit, if there is one.
    pub fn instructions_left(&self) -> Option<u64> {
        self.instructions
    }

    /// Whether the limit of instructions is reached.
    pub fn is_over(&self) -> bool {
        self.instructions == Some(0)
    }

    /// Runs to the end of the frame, or to `deadline` if that comes first.
    ///
    /// # Errors
    /// When trace, recording or cassette cannot be written.
    pub fn frame(&mut self, deadline: Cycles) -> Result<(), SessionError> {
        self.typist.advance(&mut self.machine);
        let end = self.machine.frame_end().min(deadline);
        if self.trace.is_some() || self.instructions.is_some() {
            self.step_until(end)?;
        } else {
            self.machine.run_until(end);
        }
        self.machine.take_audio(&mut self.edges);
        if let Some(recorder) = &mut self.recorder {
            let now = self.machine.config().profile.dot_clock.dot_at(self.machine.now());
            recorder.add(&self.edges, now)?;
        }
        if let Some(tape) = &mut self.tape {
            tape.attend(&mut self.machine)?;
        }
        Ok(())
    }

    /// The same instruction by instruction.
    fn step_until(&mut self, end: Cycles) -> Result<(), SessionError> {
        while self.machine.now() < end && !self.is_over() {
            let Some(point) = self.machine.boundary() else { continue };
            if let Some(trace) = &mut self.trace {
                trace.line(point, self.symbols.range(..=point.regs.pc).next_back())?;
            }
            self.machine.execute();
            if let Some(left) = &mut self.instructions {
                *left -= 1;
            }
        }
        Ok(())
    }

    /// The screen as text.
    pub fn screen(&self) -> Screen {
        Screen::read(&self.machine)
    }

    /// Completes trace, recording and cassette.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn finish(mut self) -> Result<Machine, SessionError> {
        self.trace(None)?;
        self.record(None)?;
        if let Some(tape) = &mut self.tape {
            tape.keep(&mut self.machine)?;
        }
        Ok(self.machine)
    }
}

/// The machine's picture with its border as a PNG file: one pixel for each dot.
///
/// # Errors
/// Those of the encoder.
pub fn picture(machine: &Machine) -> Result<Vec<u8>, png::EncodingError> {
    let frame = machine.frame();
    let pixels: Vec<u32> = frame.pixels().iter().map(|&index| PALETTE[usize::from(index & 15)]).collect();
    colours::png(&pixels, Frame::WIDTH, frame.height())
}
