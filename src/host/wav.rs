// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sound into a WAV file: 16-bit mono at any rate, in place only when it is complete.

use super::files;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use thiserror::Error;

/// What can go wrong with a WAV file; the message names the file.
#[derive(Debug, Error)]
#[error("can't write {}: {source}", path.display())]
pub struct WavError {
    path: PathBuf,
    source: hound::Error,
}

/// A WAV file being written. It takes its name when [`Self::finish`] is called and vanishes when dropped before.
pub struct WavFile {
    path: PathBuf,
    temporary: NamedTempFile,
    writer: hound::WavWriter<BufWriter<File>>,
}

impl WavFile {
    /// Begins a file of `rate` samples per second that will be called `path`.
    ///
    /// # Errors
    /// When no file can be made in that folder.
    pub fn create(path: &Path, rate: u32) -> Result<Self, WavError> {
        let fail = |source| WavError { path: path.to_owned(), source };
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let temporary = files::stage(path).map_err(|e| fail(e.into()))?;
        let file = temporary.as_file().try_clone().map_err(|e| fail(e.into()))?;
        let writer = hound::WavWriter::new(BufWriter::new(file), spec).map_err(fail)?;
        Ok(Self { path: path.to_owned(), temporary, writer })
    }

    /// Appends samples; 1.0 is full scale, what exceeds it is clipped.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, samples: &[f32]) -> Result<(), WavError> {
        let mut write = || samples.iter().try_for_each(|&s| self.writer.write_sample(to_i16(s)));
        write().map_err(|source| WavError { path: self.path.clone(), source })
    }

    /// Samples written so far.
    pub fn len(&self) -> u32 {
        self.writer.len()
    }

    /// Whether nothing has been written yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Completes the header and gives the file its name.
    ///
    /// # Errors
    /// When the disk is full or the name cannot be taken.
    pub fn finish(self) -> Result<(), WavError> {
        let Self { path, temporary, writer } = self;
        let fail = |source| WavError { path: path.clone(), source };
        writer.finalize().map_err(fail)?;
        temporary.persist(&path).map_err(|e| fail(e.error.into()))?;
        Ok(())
    }
}

fn to_i16(sample: f32) -> i16 {
    (sample * 32767.0).round().clamp(-32768.0, 32767.0) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appears_only_when_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut wav = WavFile::create(&path, 48_000).unwrap();
        wav.write(&[0.0, 0.5, -1.0, 2.0]).unwrap();
        assert!(!path.exists());
        wav.finish().unwrap();
        let mut reader = hound::WavReader::open(&path).unwrap();
        assert_eq!((reader.spec().sample_rate, reader.spec().channels), (48_000, 1));
        let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(samples, [0, 16384, -32767, 32767]);
        drop(WavFile::create(&folder.path().join("b.wav"), 48_000).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
