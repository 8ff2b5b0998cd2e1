// SPDX-License-Identifier: MIT OR Apache-2.0
//! Recording the sound into a WAV file while the machine runs: always at the nominal rate, whatever the card does.

use super::blip::Blip;
use super::wav::{WavError, WavFile};
use crate::chips::sn76489::Edge;
use crate::clock::Dots;
use std::path::{Path, PathBuf};

/// Samples per second of a recording.
const RATE: u32 = 48_000;

/// A recording under way.
pub struct Recorder {
    path: PathBuf,
    blip: Blip,
    wav: WavFile,
    samples: Vec<f32>,
}

impl Recorder {
    /// Begins at dot `at` with the sound at `level`.
    ///
    /// # Errors
    /// When no file can be made there.
    pub fn start(path: &Path, at: Dots, level: i32) -> Result<Self, WavError> {
        let wav = WavFile::create(path, RATE)?;
        Ok(Self { path: path.to_owned(), blip: Blip::new(RATE, at, level), wav, samples: Vec::new() })
    }

    /// Adds what has sounded up to dot `now`.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn add(&mut self, edges: &[Edge], now: Dots) -> Result<(), WavError> {
        self.blip.add(edges);
        self.samples.clear();
        self.blip.end(now, &mut self.samples);
        self.wav.write(&self.samples)
    }

    /// Goes on from another state of the machine.
    pub fn resume(&mut self, at: Dots, level: i32) {
        self.blip.resume(at, level);
    }

    /// Completes the file; returns its path and its length in seconds.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(self) -> Result<(PathBuf, f64), WavError> {
        let seconds = f64::from(self.wav.len()) / f64::from(RATE);
        self.wav.finish()?;
        Ok((self.path, seconds))
    }
}
