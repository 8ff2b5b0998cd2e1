// SPDX-License-Identifier: MIT OR Apache-2.0
//! A cassette in recorder CS1 as a WAV file, and the hand that follows the console's orders on the screen.
//!
//! The console can only switch the recorder's motor; a person rewinds the tape and presses RECORD or PLAY when asked to.
//! Here [`Tape::attend`] does: it rewinds when REWIND CASSETTE TAPE is the latest order on the screen, and lets the tape go
//! when ENTER confirms the order behind it: until then the motor may run, but no button is pressed. What is recorded
//! replaces what was at that place of the tape, and the file is written when the motor has come to rest.
//!
//! A tape is read by the sign of its signal, with a threshold that noise does not pass. Any rate, any number of channels (the
//! first counts), integers of 8 to 32 bits and floats are read; 16 bits at 44.1 kHz are written.
//!
//! Not emulated: the tape's speed and wave shape, and CS2, which could only be recorded.
//!
//! Sources: reference pages ti-basic.md section 14 (the console's orders) and tms9901.md section 2 (motor, signal).

use super::wav::{WavError, WavFile};
use crate::clock::{CPU_HZ, Cycles};
use crate::console::{Key, Machine};
use crate::headless::Screen;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The rate of the files that are written.
const RATE: u32 = 44_100;
/// Level of the signal in these files.
const LEVEL: f32 = 0.6;
/// What part of the loudest sample counts as a signal.
const THRESHOLD: f32 = 0.15;
/// Clocks after the motor's stop until the file is written.
const REST: u64 = CPU_HZ;
/// Silence behind the last change, in clocks.
const TAIL: u64 = CPU_HZ / 2;
/// What all of the console's orders say, and what the one says to have the tape rewound.
const ORDER: &str = "CASSETTE";
const REWIND: &str = "REWIND CASSETTE TAPE";

/// Why a file is no tape.
#[derive(Debug, Error)]
pub enum TapeError {
    /// It cannot be read, or is no WAV file.
    #[error("{}: {why}: a cassette is a WAV file", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        why: hound::Error,
    },
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] WavError),
}

/// A cassette that lies in CS1.
#[derive(Debug)]
pub struct Tape {
    path: PathBuf,
    /// Positions, in clocks of motor time, at which the signal changes its sign.
    edges: Vec<u64>,
    /// When the motor was last seen running.
    ran: Cycles,
    hand: Hand,
}

/// What the hand at the recorder does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hand {
    /// Nothing: the tape goes with the motor.
    Off,
    /// The tape is rewound.
    Rewound,
    /// The next order is there; the button will be pressed with ENTER.
    Ready,
}

impl Tape {
    /// Puts the cassette of `path` into the recorder, rewound; an empty one if there is no such file yet.
    ///
    /// # Errors
    /// When the file is there but no WAV file.
    pub fn insert(path: &Path, machine: &mut Machine) -> Result<Self, TapeError> {
        let edges = if path.exists() { read(path)? } else { Vec::new() };
        let now = machine.now();
        machine.cassette().insert(now, edges.clone());
        Ok(Self { path: path.to_owned(), edges, ran: now, hand: Hand::Off })
    }

    /// To be called once a frame: rewinds when told to, stores what has been recorded.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn attend(&mut self, machine: &mut Machine) -> Result<(), TapeError> {
        let now = machine.now();
        // Between records the motor rests while older orders are still to be seen.
        let screen = Screen::read(machine);
        let order = screen.rows().iter().rfind(|row| row.contains(ORDER));
        let rewind = order.is_some_and(|row| row.contains(REWIND));
        let enter = machine.keyboard().is_down(Key::Enter);
        if rewind && self.hand != Hand::Rewound {
            self.keep(machine)?;
            machine.cassette().insert(now, self.edges.clone());
        }
        self.hand = match self.hand {
            _ if rewind => Hand::Rewound,
            Hand::Rewound if !enter => Hand::Ready,
            Hand::Ready if enter => Hand::Off,
            hand => hand,
        };
        if self.hand != Hand::Off {
            machine.cassette().rewind(now);
        }
        if machine.cassette().motors()[0] {
            self.ran = now;
        } else if now.0.saturating_sub(self.ran.0) > REST {
            self.keep(machine)?;
        }
        Ok(())
    }

    /// Stores what has been recorded: in place of what the tape held there.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep(&mut self, machine: &mut Machine) -> Result<(), TapeError> {
        let recorded = machine.cassette().take_recording();
        let (Some(&first), Some(&last)) = (recorded.first(), recorded.last()) else { return Ok(()) };
        let before = self.edges.partition_point(|&edge| edge < first);
        let behind = self.edges.partition_point(|&edge| edge <= last);
        self.edges.splice(before..behind, recorded);
        Ok(write(&self.path, &self.edges)?)
    }
}

fn write(path: &Path, edges: &[u64]) -> Result<(), WavError> {
    let mut file = WavFile::create(path, RATE)?;
    let sample = |clock: u64| clock * u64::from(RATE) / CPU_HZ;
    let end = edges.last().map_or(0, |last| last + TAIL);
    let (mut level, mut from) = (-LEVEL, 0);
    for &edge in edges.iter().chain([&end]) {
        let to = sample(edge);
        file.write(&vec![level; (to - from) as usize])?;
        (level, from) = (-level, to);
    }
    file.finish()?;
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u64>, TapeError> {
    let fail = |why| TapeError::Read { path: path.to_owned(), why };
    let mut loudest = 0.0_f32;
    for sample in samples(path).map_err(fail)?.1 {
        loudest = loudest.max(sample.map_err(fail)?.abs());
    }
    let (rate, samples) = samples(path).map_err(fail)?;
    crossings(samples, rate, loudest * THRESHOLD).map_err(fail)
}

type Samples = Box<dyn Iterator<Item = Result<f32, hound::Error>>>;

/// The rate of a file, and the samples of its first channel in whatever unit it has.
fn samples(path: &Path) -> Result<(u32, Samples), hound::Error> {
    let reader = hound::WavReader::open(path)?;
    let spec = reader.spec();
    let channels = usize::from(spec.channels.max(1));
    let samples: Samples = match spec.sample_format {
        hound::SampleFormat::Float => Box::new(reader.into_samples::<f32>().step_by(channels)),
        hound::SampleFormat::Int => {
            let samples = reader.into_samples::<i32>().step_by(channels);
            Box::new(samples.map(|sample| sample.map(|value| value as f32)))
        }
    };
    Ok((spec.sample_rate, samples))
}

/// The clocks at which a signal passes from one side of the threshold to the other.
fn crossings<E>(
    samples: impl Iterator<Item = Result<f32, E>>,
    rate: u32,
    threshold: f32,
) -> Result<Vec<u64>, E> {
    let mut high = false;
    let mut edges = Vec::new();
    for (at, sample) in (0_u64..).zip(samples) {
        let sample = sample?;
        if (high && sample < -threshold) || (!high && sample > threshold) {
            high = !high;
            edges.push(at * CPU_HZ / u64::from(rate.max(1)));
        }
    }
    Ok(edges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_to_the_sample() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tape.wav");
        // Half and whole cells of 725.3 microseconds, the console's pace.
        let edges: Vec<u64> = (1..500).map(|n| 3_000_000 + n * 1088 + n % 2 * 37).collect();
        write(&path, &edges).unwrap();
        let again = read(&path).unwrap();
        assert_eq!(again.len(), edges.len());
        let sample = CPU_HZ / u64::from(RATE) + 1;
        assert!(again.iter().zip(&edges).all(|(a, b)| a.abs_diff(*b) <= sample));
    }

    #[test]
    fn noise_and_an_offset_from_the_middle_are_no_signal() {
        let tone = |n: usize| if (n / 20).is_multiple_of(2) { 0.9 } else { -0.7 };
        let noise = |n: usize| if n.is_multiple_of(2) { 0.05 } else { -0.05 };
        let samples = (0..4000).map(|n| Ok::<_, ()>(if n < 2000 { noise(n) } else { tone(n) + noise(n) }));
        assert_eq!(crossings(samples, 44_100, 0.9 * THRESHOLD).map(|edges| edges.len()), Ok(100));
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tape.wav");
        super::super::files::write(&path, b"no sound").unwrap();
        let message = read(&path).unwrap_err().to_string();
        assert!(message.contains("tape.wav") && message.ends_with("a cassette is a WAV file"), "{message}");
    }
}
