// SPDX-License-Identifier: MIT OR Apache-2.0
//! Band-limited synthesis: level changes at exact dots become samples at any host rate, free of aliases.
//!
//! A step in the chip's output is the integral of an impulse. For each edge the impulse response of a low-pass filter
//! (a windowed sinc, centred at the edge's exact position between two samples) is added to a buffer, scaled by the
//! height of the step; a running sum over the buffer is the sound. A small leak in that sum takes the constant part
//! away, as the capacitor at the console's output does. Cost: one row of 48 values for each edge and one addition
//! for each sample; silence costs a fill.
//!
//! The filter passes up to 0.39 of the host rate (18.9 kHz at 48 kHz) and is 80 dB down at half the rate, so nothing is
//! folded back (`tests/it/sound.rs` measures this). The sound comes [`LATENCY`] samples late.
//!
//! Sources: T. Stilson and J. Smith, "Alias-free digital synthesis of classic analog waveforms" (1996), for
//! band-limited impulses; J. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function" (1974).

use crate::chips::sn76489::{Edge, LEVEL_MAX};
use crate::clock::Dots;
use std::f64::consts::PI;

/// Samples by which the sound lags behind the edges: half the filter's length.
pub const LATENCY: usize = TAPS / 2 - 1;

/// The filter's length in samples.
const TAPS: usize = 48;
/// Positions between two samples for which the filter is tabulated; between them it is interpolated.
const PHASES: usize = 128;
/// The stop band's attenuation in dB, which with the length gives the width of the filter's slope.
const STOP_DB: f64 = 80.0;
/// Where the high-pass begins: well under the lowest tone, 109 Hz.
const HIGH_PASS_HZ: f64 = 10.0;
/// What is left of a decaying sum is called silence below this (-140 dB).
const SILENCE: f32 = 1e-7;

/// A sample in units of a dot's 176 / (a million times the rate)-th: 945 MHz / 176 is the dot clock.
const SAMPLE: u64 = 945_000_000 * 1_000_000;
/// The dot clock's divisor.
const DOT_DIVISOR: u64 = 176;

type Row = [f32; TAPS];

/// Makes samples from edges; one for each stream of sound.
pub struct Blip {
    rate: u32,
    /// Samples per million seconds: the rate, and what [`Self::nudge`] makes of it.
    true_rate: u64,
    /// Rows for 0, 1/128, … 1 of a sample; the last for interpolation.
    kernel: Vec<Row>,
    /// Filtered impulses, from the next sample to be given on.
    impulses: Vec<f32>,
    /// How many of `impulses` may be other than zero.
    used: usize,
    /// The running sum: the last sample given.
    sum: f32,
    leak: f32,
    /// The level after the last edge.
    level: i32,
    /// Where `impulses` begins: `phase` / `SAMPLE` of a sample before dot `base`.
    base: Dots,
    phase: u64,
}

impl Blip {
    /// Begins at dot `at` with the chip's output at `level`, for `rate` samples per second.
    pub fn new(rate: u32, at: Dots, level: i32) -> Self {
        let leak = 1.0 - (-2.0 * PI * HIGH_PASS_HZ / f64::from(rate)).exp();
        Self {
            rate,
            true_rate: u64::from(rate) * 1_000_000,
            kernel: kernel(),
            impulses: Vec::new(),
            used: 0,
            sum: 0.0,
            leak: leak as f32,
            level,
            base: at,
            phase: 0,
        }
    }

    /// Samples per second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Makes the samples come by `millionths` faster (or slower), to keep step with a sound card's own idea of its rate.
    /// To be called between [`Self::end`] and the next edges.
    pub fn nudge(&mut self, millionths: i32) {
        let millionths = i64::from(millionths.clamp(-100_000, 100_000));
        self.true_rate = u64::from(self.rate) * 1_000_000u64.saturating_add_signed(millionths);
    }

    /// Goes on at another dot, as after a loaded state: no time passes between, and a jump in level is a plain edge.
    pub fn resume(&mut self, at: Dots, level: i32) {
        self.base = at;
        self.add(&[Edge { at, level }]);
    }

    /// Adds edges, none of them before the end of what has been given out.
    pub fn add(&mut self, edges: &[Edge]) {
        for &Edge { at, level } in edges {
            let step = (level - self.level) as f32 / LEVEL_MAX as f32;
            self.level = level;
            let (index, fraction) = self.position(at);
            self.add_step(index, fraction, step);
        }
    }

    /// The sample that begins at or before dot `at`, counted from the next one to be given, and the rest in units of
    /// 1 / `SAMPLE`.
    fn position(&self, at: Dots) -> (usize, u64) {
        let dots = at.0.saturating_sub(self.base.0);
        let units = u128::from(self.phase) + u128::from(dots * DOT_DIVISOR) * u128::from(self.true_rate);
        let (sample, rest) = match u64::try_from(units) {
            Ok(units) => (units / SAMPLE, units % SAMPLE),
            Err(_) => ((units / u128::from(SAMPLE)) as u64, (units % u128::from(SAMPLE)) as u64),
        };
        (sample as usize, rest)
    }

    fn add_step(&mut self, index: usize, fraction: u64, step: f32) {
        let place = fraction * PHASES as u64;
        let row = (place / SAMPLE) as usize;
        let towards_next = (place % SAMPLE) as f32 / SAMPLE as f32;
        self.used = self.used.max(index + TAPS);
        if self.impulses.len() < self.used {
            self.impulses.resize(self.used, 0.0);
        }
        let (here, next) = (step * (1.0 - towards_next), step * towards_next);
        let rows = self.kernel[row].iter().zip(&self.kernel[row + 1]);
        for (sample, (a, b)) in self.impulses[index..index + TAPS].iter_mut().zip(rows) {
            *sample += here * a + next * b;
        }
    }

    /// Appends the samples up to dot `now` to `out`: in the range -1 to 1, one channel at full volume swinging by 1/4.
    pub fn end(&mut self, now: Dots, out: &mut Vec<f32>) {
        let (count, phase) = self.position(now);
        self.base = now;
        self.phase = phase;
        let ready = count.min(self.used);
        for impulse in &self.impulses[..ready] {
            self.sum += impulse - self.sum * self.leak;
            out.push(self.sum);
        }
        // The part that reaches past the end moves to the front.
        self.impulses.copy_within(ready..self.used, 0);
        self.impulses[self.used - ready..self.used].fill(0.0);
        self.used -= ready;
        let mut rest = count - ready;
        while rest > 0 && self.sum.abs() > SILENCE {
            self.sum -= self.sum * self.leak;
            out.push(self.sum);
            rest -= 1;
        }
        if rest > 0 {
            self.sum = 0.0;
            out.resize(out.len() + rest, 0.0);
        }
    }
}

/// The filter's impulse response at each phase: a sinc under a Kaiser window, each row with the sum 1, so that a step
/// ends exactly at its height.
fn kernel() -> Vec<Row> {
    // Kaiser's formulas: the slope's width in radians a sample for a length, and the window's shape for a depth.
    let slope = (STOP_DB - 8.0) / (2.285 * (TAPS - 1) as f64);
    let beta = 0.1102 * (STOP_DB - 8.7);
    let cutoff = 1.0 - slope / (2.0 * PI);
    let half = (TAPS / 2) as f64;
    let value = |x: f64| {
        let sinc = if x == 0.0 { cutoff } else { (PI * x * cutoff).sin() / (PI * x) };
        sinc * bessel_i0(beta * (1.0 - (x / half).powi(2)).max(0.0).sqrt())
    };
    let row = |phase: usize| {
        let fraction = phase as f64 / PHASES as f64;
        let taps: [f64; TAPS] = std::array::from_fn(|tap| value(tap as f64 - LATENCY as f64 - fraction));
        let sum: f64 = taps.iter().sum();
        taps.map(|tap| (tap / sum) as f32)
    };
    (0..=PHASES).map(row).collect()
}

/// The modified Bessel function of order zero, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..40 {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum += term;
    }
    sum
}
