// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sound card: samples go through a ring without locks to the card's own thread.
//!
//! When the ring runs dry (a pause, a slow host) the last value fades out instead of breaking off, and what comes
//! next fades in: neither is heard as a click.

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, FromSample, SampleFormat, SizedSample, StreamConfig};
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use thiserror::Error;

/// Samples that a card is asked to take at a time, at first; it may take more.
const CHUNK: u32 = 256;
/// Samples after which the largest number taken at a time is measured anew: one lump behind a stall must not lengthen
/// the way of all sound to come.
const WINDOW: u64 = 96_000;
/// Milliseconds of sound that may wait beyond what should, and pushes for which more has to wait until it is left out: a
/// card takes its samples in lumps, and only what stays behind a stall makes the sound late.
const SURPLUS_MS: usize = 6;
const PATIENCE: u32 = 8;
/// What is left of a fading value after each sample: gone in some 20 ms.
const FADE: f32 = 0.995;
/// Samples over which sound goes over to what follows a gap.
const RAMP: u32 = 256;

/// Why there is no sound: one line.
#[derive(Debug, Error)]
pub enum AudioError {
    /// The system knows no output device.
    #[error("no sound card")]
    NoDevice,
    /// The card takes samples in a form that is of no use here.
    #[error("the sound card wants samples as {0}")]
    Format(SampleFormat),
    /// The system's reason.
    #[error("{0}")]
    Device(cpal::Error),
}

impl From<cpal::Error> for AudioError {
    fn from(error: cpal::Error) -> Self {
        match error.kind() {
            cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::HostUnavailable => Self::NoDevice,
            _ => Self::Device(error),
        }
    }
}

/// What the card's thread tells.
#[derive(Debug, Default)]
struct Counters {
    /// Samples asked for since the start, found or not.
    asked: AtomicU64,
    /// Samples asked for and not there, apart from pauses.
    missed: AtomicU64,
    /// The largest number of samples taken at a time of late.
    chunk: AtomicU64,
    /// Nothing is supposed to come: a dry ring is no fault.
    paused: AtomicBool,
    /// The card is gone.
    gone: AtomicBool,
}

/// An open sound card.
pub struct Output {
    // Dropping the stream ends the sound.
    stream: cpal::Stream,
    producer: Producer<f32>,
    counters: Arc<Counters>,
    rate: u32,
    margin: usize,
    volume: f32,
    ramp: Ramp,
    backlog: Backlog,
}

impl Output {
    /// Opens the default card; `buffer_ms` of sound are kept ready beyond what it takes at a time.
    ///
    /// # Errors
    /// When there is no card, or none that works.
    pub fn open(buffer_ms: u32, volume: u32) -> Result<Self, AudioError> {
        // ALSA's library prints each thing that it tries; the one warning about a missing card is the caller's.
        #[cfg(target_os = "linux")]
        if let Err(why) = alsa::Output::local_error_handler() {
            log::debug!("ALSA's messages go to the terminal: {why}");
        }
        let device = cpal::default_host().default_output_device().ok_or(AudioError::NoDevice)?;
        let supported = device.default_output_config()?;
        let format = supported.sample_format();
        let preferred = StreamConfig { buffer_size: BufferSize::Fixed(CHUNK), ..supported.config() };
        // Not every card can be told how much to take at a time.
        let open = |config| Self::open_as(&device, config, format, buffer_ms, volume);
        open(preferred).or_else(|_| open(supported.config()))
    }

    fn open_as(
        device: &cpal::Device,
        config: StreamConfig,
        format: SampleFormat,
        buffer_ms: u32,
        volume: u32,
    ) -> Result<Self, AudioError> {
        let rate = config.sample_rate;
        let (producer, consumer) = RingBuffer::new(rate as usize / 2);
        let counters = Arc::new(Counters::default());
        let reader = Reader::new(consumer, config.channels.into(), counters.clone());
        let stream = match format {
            SampleFormat::F32 => build::<f32>(device, config, reader),
            SampleFormat::I16 => build::<i16>(device, config, reader),
            SampleFormat::U16 => build::<u16>(device, config, reader),
            SampleFormat::I32 => build::<i32>(device, config, reader),
            other => return Err(AudioError::Format(other)),
        }?;
        stream.play()?;
        let margin = rate as usize * buffer_ms as usize / 1000;
        // One channel at full volume swings by a quarter; three tones at once are as loud as it usually gets.
        let volume = volume as f32 / 100.0;
        Ok(Self {
            stream,
            producer,
            counters,
            rate,
            margin,
            volume,
            ramp: Ramp::default(),
            backlog: Backlog::default(),
        })
    }

    /// Samples per second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Samples that should be in the ring when a frame's worth is about to be added.
    pub fn target(&self) -> usize {
        self.margin + self.chunk()
    }

    /// Samples that the card takes at a time.
    pub fn chunk(&self) -> usize {
        (self.counters.chunk.load(Ordering::Relaxed) as usize).clamp(CHUNK as usize, self.rate as usize / 10)
    }

    /// Samples in a period of the card's own store, where it tells; else what it takes at a time.
    pub fn period(&self) -> usize {
        self.stream.buffer_size().map_or_else(|_| self.chunk(), |samples| samples as usize)
    }

    /// Samples in the ring.
    pub fn level(&self) -> usize {
        self.producer.buffer().capacity() - self.producer.slots()
    }

    /// Samples that the card has asked for since the start.
    pub fn asked(&self) -> u64 {
        self.counters.asked.load(Ordering::Relaxed)
    }

    /// Samples that were not there when the card asked for them.
    pub fn missed(&self) -> u64 {
        self.counters.missed.load(Ordering::Relaxed)
    }

    /// Whether the card has been taken away.
    pub fn is_gone(&self) -> bool {
        self.counters.gone.load(Ordering::Relaxed)
    }

    /// Says that nothing comes for a while, or that it goes on: then the ring is filled up to its level with silence.
    pub fn set_paused(&mut self, paused: bool) {
        self.counters.paused.store(paused, Ordering::Relaxed);
        if !paused {
            let missing = self.target().saturating_sub(self.level());
            self.add(std::iter::repeat_n(0.0, missing));
        }
    }

    /// Adds samples. Those are left out for which the card is not ready: before it begins, and after it has stalled, when
    /// so many wait that the sound would lag behind the picture from then on.
    pub fn push(&mut self, samples: &[f32]) {
        let excess = self.excess().min(samples.len());
        if excess > 0 {
            self.ramp.start();
        }
        let (volume, mut ramp) = (self.volume, self.ramp);
        self.add(samples[excess..].iter().map(|sample| ramp.next(sample * volume)));
        self.ramp = ramp;
    }

    /// Samples that wait beyond need: before the card begins, all that don't fit.
    fn excess(&mut self) -> usize {
        let (level, target) = (self.level(), self.target());
        if self.asked() == 0 {
            return level.saturating_sub(target);
        }
        self.backlog.excess(level, target, self.rate as usize * SURPLUS_MS / 1000)
    }

    fn add(&mut self, samples: impl ExactSizeIterator<Item = f32>) {
        let room = samples.len().min(self.producer.slots());
        if let Ok(chunk) = self.producer.write_chunk_uninit(room) {
            chunk.fill_from_iter(samples);
        }
    }
}

fn build<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut reader: Reader,
) -> Result<cpal::Stream, cpal::Error> {
    let counters = reader.counters.clone();
    let failed = move |error: cpal::Error| {
        log::debug!("sound: {error}");
        // Of any other error the stream recovers, or it stalls, which is seen by what it asks for. (ALSA's plugin for
        // PulseAudio reports an I/O error whenever it is asked for the delay a little too early.)
        if error.kind() == cpal::ErrorKind::DeviceNotAvailable {
            counters.gone.store(true, Ordering::Relaxed);
        }
    };
    device.build_output_stream(config, move |data: &mut [T], _| reader.fill(data), failed, None)
}

/// Goes over from the last value before a gap to what follows it without a jump.
#[derive(Clone, Copy, Debug, Default)]
struct Ramp {
    /// The latest value.
    last: f32,
    /// The value that the gap ended with, and the samples that are left of the ramp.
    from: f32,
    left: u32,
}

impl Ramp {
    /// There is a gap here.
    fn start(&mut self) {
        (self.from, self.left) = (self.last, RAMP);
    }

    /// The value for `sample`.
    fn next(&mut self, sample: f32) -> f32 {
        self.last = if self.left == 0 {
            sample
        } else {
            self.left -= 1;
            sample + (self.from - sample) * (self.left as f32 / RAMP as f32)
        };
        self.last
    }
}

/// Tells sound that waits too long from the ups and downs of a card that takes it in lumps.
#[derive(Clone, Copy, Debug, Default)]
struct Backlog {
    /// The fewest samples beyond what should wait, in the pushes of late.
    least: Option<usize>,
    pushes: u32,
}

impl Backlog {
    /// What is to be left out at a push that finds `level` samples instead of `target`, of which `surplus` more may wait.
    fn excess(&mut self, level: usize, target: usize, surplus: usize) -> usize {
        let over = level.saturating_sub(target);
        let least = self.least.map_or(over, |least| least.min(over));
        self.pushes += 1;
        if self.pushes < PATIENCE {
            self.least = Some(least);
            return 0;
        }
        *self = Self::default();
        if least > surplus { least } else { 0 }
    }
}

/// The card's side of the ring.
struct Reader {
    consumer: Consumer<f32>,
    channels: usize,
    counters: Arc<Counters>,
    ramp: Ramp,
    /// The largest number of samples taken at a time in the window under way, and the samples of the window.
    largest: u64,
    window: u64,
}

impl Reader {
    fn new(consumer: Consumer<f32>, channels: usize, counters: Arc<Counters>) -> Self {
        Self { consumer, channels, counters, ramp: Ramp::default(), largest: 0, window: 0 }
    }

    fn fill<T: SizedSample + FromSample<f32>>(&mut self, data: &mut [T]) {
        let frames = data.len() / self.channels;
        let mut missed = 0;
        for frame in data.chunks_mut(self.channels) {
            let value = match self.consumer.pop() {
                Ok(sample) => self.ramp.next(sample),
                Err(_) => {
                    missed += 1;
                    self.ramp.last *= FADE;
                    self.ramp.start();
                    self.ramp.last
                }
            };
            frame.fill(T::from_sample(value.clamp(-1.0, 1.0)));
        }
        let counters = &self.counters;
        counters.asked.fetch_add(frames as u64, Ordering::Relaxed);
        counters.chunk.fetch_max(frames as u64, Ordering::Relaxed);
        self.largest = self.largest.max(frames as u64);
        self.window += frames as u64;
        if self.window >= WINDOW {
            counters.chunk.store(self.largest, Ordering::Relaxed);
            (self.largest, self.window) = (0, 0);
        }
        if !counters.paused.load(Ordering::Relaxed) {
            counters.missed.fetch_add(missed, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dry_ring_fades_and_comes_back_without_a_click() {
        let (mut producer, consumer) = RingBuffer::new(4096);
        let counters = Arc::new(Counters::default());
        let mut reader = Reader::new(consumer, 2, counters.clone());
        let wave = |i: usize| if (i / 50).is_multiple_of(2) { 0.125f32 } else { -0.125 };
        let take = |reader: &mut Reader, frames: usize| -> Vec<f32> {
            let mut data = vec![0.0f32; frames * 2];
            reader.fill(&mut data);
            assert!(data.chunks(2).all(|pair| pair[0] == pair[1]));
            data.into_iter().step_by(2).collect()
        };
        // A steady level, as divider 1 makes it, then nothing, then the level again.
        for _ in 0..1000 {
            producer.push(0.5).unwrap();
        }
        let mut out = take(&mut reader, 2500);
        for _ in 0..1000 {
            producer.push(0.5).unwrap();
        }
        out.extend(take(&mut reader, 1000));
        let jump = out.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(jump < 0.01, "the greatest jump is {jump}");
        assert_eq!(counters.missed.load(Ordering::Relaxed), 1500);
        assert_eq!(counters.asked.load(Ordering::Relaxed), 3500);
        // Once risen, samples pass unchanged.
        for i in 0..500 {
            producer.push(wave(i)).unwrap();
        }
        let out = take(&mut reader, 500);
        assert!(out.iter().enumerate().all(|(i, &sample)| sample == wave(i)));
    }

    #[test]
    fn only_sound_that_keeps_waiting_is_left_out() {
        // Levels found by eight pushes in turn, with 1,000 wanted and 300 more borne: what the last one leaves out.
        let rows: [([usize; 8], usize); 4] = [
            ([1000; 8], 0),
            ([1300; 8], 0),
            // A card that takes 2,048 at a time: between two lumps more waits, but it goes.
            ([900, 1700, 2500, 1252, 900, 1700, 2500, 1252], 0),
            // Behind a stall: until the level is what it was.
            ([1900, 1904, 1896, 1900, 1890, 1904, 1896, 1900], 890),
        ];
        for (levels, excess) in rows {
            let mut backlog = Backlog::default();
            let out = levels.map(|level| backlog.excess(level, 1000, 300));
            assert_eq!((&out[..7], out[7]), (&[0; 7][..], excess), "{levels:?}");
        }
    }
}
