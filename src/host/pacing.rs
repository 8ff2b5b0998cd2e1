// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pacing: pictures at the machine's exact rate by the host's monotonic clock, and sound that keeps step with them.
//!
//! Picture n is due n frames after the start, computed from the dot clock in integers: 59.9227 or 50.1589 pictures a
//! second, and no error adds up. The sound card has its own clock, off by some parts in 10,000: the rate at which
//! samples are made is nudged until the store between the two stays as full as it should be.

use std::time::Duration;

/// Frames that are made up for after a delay; what is longer is left out, as if the machine had been paused.
const CATCH_UP: u64 = 4;

/// When pictures are due, as times since some start that the caller measures from.
#[derive(Clone, Debug)]
pub struct Pacer {
    dots_per_frame: u64,
    start: Duration,
    frames: u64,
}

impl Pacer {
    /// Frames of `dots_per_frame` dots, the first beginning at `now`.
    pub fn new(dots_per_frame: u64, now: Duration) -> Self {
        Self { dots_per_frame, start: now, frames: 0 }
    }

    /// How long `frames` frames last: dots times 176 / 945 MHz.
    fn duration(&self, frames: u64) -> Duration {
        let nanoseconds = u128::from(frames) * u128::from(self.dots_per_frame) * 176_000 / 945;
        Duration::from_nanos(nanoseconds as u64)
    }

    /// Accounts for one frame and says how long to wait at `now` until it is over. When more than a few frames
    /// behind, starts anew from `now` and tells how much time was left out.
    pub fn frame(&mut self, now: Duration) -> Wait {
        self.frames += 1;
        let due = self.start + self.duration(self.frames);
        match due.checked_sub(now) {
            Some(time) => Wait::For(time),
            None if now - due > self.duration(CATCH_UP) => {
                self.restart(now);
                Wait::Skipped(now - due)
            }
            None => Wait::For(Duration::ZERO),
        }
    }

    /// Milliseconds by which `now` is after the end of the last frame accounted for.
    pub fn late(&self, now: Duration) -> f64 {
        let due = self.start + self.duration(self.frames);
        now.saturating_sub(due).as_secs_f64() * 1000.0
    }

    /// Starts anew: after a pause, or when the machine has run at another speed.
    pub fn restart(&mut self, now: Duration) {
        self.start = now;
        self.frames = 0;
    }
}

/// What [`Pacer::frame`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Until the frame is over.
    For(Duration),
    /// Not at all: so much time has been left out.
    Skipped(Duration),
}

/// Keeps a store of samples at its level by nudging the rate at which they are made.
#[derive(Clone, Debug)]
pub struct Governor {
    /// The level as a moving mean: a card takes its samples in lumps.
    mean: f64,
    /// The sum of the errors, which in the long run is the card's deviation.
    sum: f64,
}

impl Governor {
    /// The most that the rate is changed by, in millionths: 8.6 cents, heard by nobody in passing.
    const LIMIT: f64 = 5000.0;
    /// The share of a new level in the mean: a time constant of about half a second.
    const SHARE: f64 = 1.0 / 32.0;
    /// Millionths for each sample of error, and for each that stays for a frame.
    const GAIN: (f64, f64) = (3.0, 0.01);

    /// For a store that shall hold `target` samples when a frame's worth is about to be added.
    pub fn new(target: usize) -> Self {
        Self { mean: target as f64, sum: 0.0 }
    }

    /// Takes the level before a frame's samples are added, and what it should be; returns the nudge in millionths.
    pub fn adjust(&mut self, level: usize, target: usize) -> i32 {
        self.mean += (level as f64 - self.mean) * Self::SHARE;
        let error = target as f64 - self.mean;
        let most = Self::LIMIT / Self::GAIN.1;
        self.sum = (self.sum + error).clamp(-most, most);
        let nudge = error * Self::GAIN.0 + self.sum * Self::GAIN.1;
        nudge.clamp(-Self::LIMIT, Self::LIMIT) as i32
    }

    /// Forgets the level, as after a pause, for `target`; what has been learnt of the card stays.
    pub fn restart(&mut self, target: usize) {
        self.mean = target as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_minutes_of_frames_take_ten_minutes() {
        // Frames in 600 s: 945 MHz / 176 / (342 x 262) and (342 x 313), whole ones.
        for (dots, frames) in [(342 * 262, 35_953), (342 * 313, 30_095)] {
            let mut pacer = Pacer::new(dots, Duration::ZERO);
            let mut now = Duration::ZERO;
            for _ in 0..frames {
                let Wait::For(time) = pacer.frame(now) else { panic!("skipped") };
                // The host wakes up late by up to 3 ms, differently each time.
                now += time + Duration::from_micros(now.subsec_nanos() as u64 % 3000);
            }
            let off = now.as_secs_f64() - 600.0;
            assert!(off.abs() < 0.025, "{off} s after {frames} frames");
        }
    }

    #[test]
    fn short_delays_are_made_up_for_and_long_ones_left_out() {
        let mut pacer = Pacer::new(342 * 262, Duration::ZERO);
        let late = Duration::from_millis(60);
        assert_eq!(pacer.frame(late), Wait::For(Duration::ZERO));
        assert_eq!(pacer.frame(late), Wait::For(Duration::ZERO));
        assert_eq!(pacer.frame(late), Wait::For(Duration::ZERO));
        assert!(matches!(pacer.frame(late), Wait::For(time) if time > Duration::from_millis(6)));
        assert!(matches!(pacer.frame(Duration::from_secs(5)), Wait::Skipped(_)));
        assert!(
            matches!(pacer.frame(Duration::from_secs(5)), Wait::For(time) if time > Duration::from_millis(16))
        );
    }

    #[test]
    fn the_store_stays_at_its_level_for_any_card() {
        // Cards that run off by so many millionths and take 512 samples at a time; an hour of frames.
        for card in [-2000, -300, 0, 100, 2000] {
            let mut governor = Governor::new(1000);
            let (mut store, mut made, mut taken) = (1000.0f64, 0.0f64, 0.0f64);
            let (mut least, mut most) = (f64::MAX, 0.0f64);
            for frame in 0..200_000u64 {
                let nudge = governor.adjust(store as usize, 1000);
                made += 801.03 * (1.0 + f64::from(nudge) / 1e6);
                let asked = 801.03 * (1.0 + f64::from(card) / 1e6) * frame as f64;
                while taken + 512.0 < asked {
                    taken += 512.0;
                }
                store = 1000.0 + made - taken;
                if frame > 3000 {
                    least = least.min(store);
                    most = most.max(store);
                }
            }
            assert!(least > 700.0 && most < 1300.0, "card {card}: {least} to {most}");
        }
    }
}
