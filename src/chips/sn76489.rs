// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sound chip TMS9919 / SN94624 (the SN76489 family): three tones and a noise, as level changes stamped with
//! their dot.
//!
//! ```text
//! D0-D7  data bus, D0 is the most significant bit     READY  low for 32 periods of 3.58 MHz after a write
//! CE* WE*  chip and write enable                      AUDIO IN / AUDIO OUT  summed with the four channels
//! CLOCK  447 kHz (crystal / 24); the counters step at half of it, once per 24 dots
//! ```
//!
//! Covered: both byte formats, dividers with reload at expiry, divider 0 (as 1024) and 1, the TI part's 15-bit noise
//! register, attenuation, power-on state. Not here: READY (the board counts wait states) and AUDIO IN (the
//! board's mixer adds speech and cassette).
//!
//! The chip is not run step by step. Each divider knows the dot at which it expires; silent channels are brought up
//! to date with one division, so they cost nothing, and audible ones cost one turn of a loop for each edge.
//!
//! Sources: \[1\] TI, SN76489/SN76494/SN76496 data sheet and TMS9919 description (dividers, bytes, attenuation, noise
//! rates); \[2\] MAME's published behaviour of the SN94624 (divider 0, noise register's width and taps, power-on
//! values); \[3\] `docs/hardware/sn76489.md` for what was decided where they are silent.

use crate::clock::{DOTS_PER_SOUND_STEP, Dots};
use serde::{Deserialize, Serialize};

/// The level of all four channels at full volume and high at once; [`Edge::level`] runs from 0 to this.
pub const LEVEL_MAX: i32 = 4 * AMPLITUDE[0];

/// A channel's level when high, by attenuation: 2 dB a step, 15 is off \[1\]. All even, so that a half is exact.
const AMPLITUDE: [i32; 16] =
    [16384, 13014, 10338, 8212, 6522, 5182, 4116, 3270, 2596, 2062, 1638, 1302, 1034, 822, 652, 0];

/// The noise register's content after any write to the noise control register \[2\].
const NOISE_RESET: u16 = 0x4000;
/// Shifts after which white noise repeats: the register runs through all states but zero.
const WHITE_CYCLE: u64 = 0x7FFF;
/// Shifts after which periodic noise repeats: one bit goes around 15 places.
const PERIODIC_CYCLE: u64 = 15;
/// Counter steps for each shift at rates 0, 1 and 2: clock / 64, / 128, / 256 \[1\].
const NOISE_STEPS: [u16; 3] = [32, 64, 128];

/// The chip's output changes: from dot `at` on it is `level`, in 0..=[`LEVEL_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// When the new level begins.
    pub at: Dots,
    /// The sum of the four channels.
    pub level: i32,
}

/// Expiries from `first` to `now` (not before it) when one comes each `step` dots. Mostly it is the one, and a
/// division takes longer than all else in an event.
fn elapsed(first: Dots, now: Dots, step: u64) -> u64 {
    let dots = now - first;
    if dots < step { 1 } else { dots / step + 1 }
}

/// A tone generator: a 10-bit divider that toggles a flip-flop at each expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Tone {
    /// The period register, 0..=1023.
    period: u16,
    attenuation: u8,
    /// The flip-flop.
    high: bool,
    /// The half period that is being counted, 1..=1024 steps: the register as it was at the last reload.
    loaded: u16,
    expires: Dots,
}

impl Tone {
    /// What the next reload takes from the period register: 0 counts as 1024 on TI's part \[2\].
    fn reload(&self) -> u16 {
        if self.period == 0 { 1024 } else { self.period }
    }

    /// The channel's contribution. Divider 1 makes 112 kHz, far above anything the output stage passes: it is
    /// given as its mean, a steady half, which is what sample players that use it as a DC source rely on.
    fn level(&self) -> i32 {
        let amplitude = AMPLITUDE[usize::from(self.attenuation)];
        match (self.loaded, self.high) {
            (1, _) => amplitude / 2,
            (_, high) => i32::from(high) * amplitude,
        }
    }

    /// Whether the level stays what it is through coming expiries, as long as no register is written.
    fn is_steady(&self) -> bool {
        self.attenuation == 15 || (self.loaded == 1 && self.period == 1)
    }

    /// Lets all expiries up to and including `now` happen at once; returns how often the flip-flop rose.
    fn skip_to(&mut self, now: Dots) -> u64 {
        if self.expires > now {
            return 0;
        }
        let step = u64::from(self.reload()) * DOTS_PER_SOUND_STEP;
        let toggles = elapsed(self.expires, now, step);
        let rises = (toggles + u64::from(!self.high)) / 2;
        self.high ^= toggles % 2 == 1;
        self.loaded = self.reload();
        self.expires += toggles * step;
        rises
    }
}

/// The noise generator: a 15-bit shift register with two feedback modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Noise {
    /// The noise control register: FB in bit 2, NF in bits 1 and 0.
    control: u8,
    attenuation: u8,
    shift: u16,
    /// When its own divider expires next; at rest while tone 3 clocks the register.
    expires: Dots,
}

impl Noise {
    /// NF = 3: the register shifts whenever tone 3's flip-flop rises.
    fn follows_tone_3(&self) -> bool {
        self.control & 3 == 3
    }

    /// Dots between shifts by its own divider.
    fn step(&self) -> Option<u64> {
        NOISE_STEPS.get(usize::from(self.control & 3)).map(|&n| u64::from(n) * DOTS_PER_SOUND_STEP)
    }

    fn level(&self) -> i32 {
        i32::from(self.shift & 1) * AMPLITUDE[usize::from(self.attenuation)]
    }

    /// Shifts the register `times` times: FB = 1 feeds back bit 0 xor bit 1 (white), FB = 0 bit 0 (periodic).
    fn shift(&mut self, times: u64) {
        let (taps, cycle) = if self.control & 4 != 0 { (3, WHITE_CYCLE) } else { (1, PERIODIC_CYCLE) };
        for _ in 0..times % cycle {
            let feedback = (self.shift & taps).count_ones() as u16 & 1;
            self.shift = self.shift >> 1 | feedback << 14;
        }
    }

    /// Lets all expiries of its own divider up to and including `now` happen at once.
    fn skip_to(&mut self, now: Dots) {
        if let Some(step) = self.step()
            && self.expires <= now
        {
            let shifts = elapsed(self.expires, now, step);
            self.expires += shifts * step;
            self.shift(shifts);
        }
    }

    /// A write to the control register: always resets the shift register. A new rate is loaded when the divider
    /// expires; a divider that rested under NF = 3 starts at the write.
    fn set_control(&mut self, now: Dots, control: u8) {
        let rested = self.follows_tone_3();
        self.control = control & 7;
        self.shift = NOISE_RESET;
        if let (true, Some(step)) = (rested, self.step()) {
            self.expires = Dots(now.0 - now.0 % DOTS_PER_SOUND_STEP + step);
        }
    }
}

/// All that the chip remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "SoundState")]
struct State {
    tones: [Tone; 3],
    noise: Noise,
    /// The register that data bytes go to, 0..=7.
    latched: u8,
    /// The last dot that has been run.
    now: Dots,
}

/// The sound chip. Two chips are equal when they will sound the same from now on; edges not yet taken do not count.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sn76489 {
    state: State,
    /// The level after the last edge; a function of the state, kept to see whether an event changes it.
    level: i32,
    #[serde(skip)]
    edges: Vec<Edge>,
}

impl PartialEq for Sn76489 {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl Default for Sn76489 {
    fn default() -> Self {
        Self::new()
    }
}

impl Sn76489 {
    /// A chip just powered on: full volume, dividers 0, counters about to expire, outputs low \[2\]. The console
    /// mutes it with its first instructions; it has no reset pin.
    pub fn new() -> Self {
        let first = Dots(DOTS_PER_SOUND_STEP);
        let tone = Tone { period: 0, attenuation: 0, high: false, loaded: 1024, expires: first };
        let noise = Noise { control: 0, attenuation: 0, shift: NOISE_RESET, expires: first };
        let state = State { tones: [tone; 3], noise, latched: 3, now: Dots(0) };
        Self { state, level: 0, edges: Vec::new() }
    }

    /// A write strobe at dot `now` with `byte` on D0-D7.
    ///
    /// `1rrrdddd` latches register r and sets its low four bits; `0xdddddd` sets the upper six bits of a latched
    /// period, or the low bits of any other latched register \[1\], \[2\]. A new period counts from the next reload,
    /// a new attenuation is heard from this dot.
    pub fn write(&mut self, now: Dots, byte: u8) {
        self.run_to(now);
        let latches = byte & 0x80 != 0;
        if latches {
            self.state.latched = byte >> 4 & 7;
        }
        let channel = usize::from(self.state.latched >> 1);
        match (self.state.latched & 1 == 1, self.state.tones.get_mut(channel)) {
            (false, Some(tone)) if latches => tone.period = tone.period & 0x3F0 | u16::from(byte & 15),
            (false, Some(tone)) => tone.period = tone.period & 15 | u16::from(byte & 0x3F) << 4,
            (true, Some(tone)) => tone.attenuation = byte & 15,
            (false, None) => self.state.noise.set_control(now, byte),
            (true, None) => self.state.noise.attenuation = byte & 15,
        }
        self.record(now);
    }

    /// Brings the chip up to dot `now`, that dot's own events included. A dot in the past changes nothing.
    pub fn run_to(&mut self, now: Dots) {
        let State { tones, noise, .. } = &self.state;
        let noise_sounds = noise.attenuation != 15;
        let steps = [
            !tones[0].is_steady(),
            !tones[1].is_steady(),
            !tones[2].is_steady() || (noise_sounds && noise.follows_tone_3()),
        ];
        let noise_steps = noise_sounds && !noise.follows_tone_3();
        while let Some(at) = self.next_event(steps, noise_steps).filter(|&at| at <= now) {
            self.expire(at, steps, noise_steps);
            self.record(at);
        }
        self.expire(now, [true; 3], true);
        self.state.now = self.state.now.max(now);
    }

    /// The earliest expiry among the channels that are stepped.
    fn next_event(&self, steps: [bool; 3], noise_steps: bool) -> Option<Dots> {
        let State { tones, noise, .. } = &self.state;
        let tones = tones.iter().zip(steps).filter(|(_, steps)| *steps).map(|(tone, _)| tone.expires);
        tones.chain(noise_steps.then_some(noise.expires)).min()
    }

    /// Lets the chosen channels' expiries up to `at` happen.
    fn expire(&mut self, at: Dots, steps: [bool; 3], noise_steps: bool) {
        let State { tones, noise, .. } = &mut self.state;
        let mut rises = 0;
        for (tone, _) in tones.iter_mut().zip(steps).filter(|(_, steps)| *steps) {
            rises = tone.skip_to(at);
        }
        if steps[2] && noise.follows_tone_3() {
            noise.shift(rises);
        }
        if noise_steps {
            noise.skip_to(at);
        }
    }

    /// Notes an edge at dot `at` if the level is a new one; a second change in one dot replaces the first.
    fn record(&mut self, at: Dots) {
        let level = self.state.tones.iter().map(Tone::level).sum::<i32>() + self.state.noise.level();
        if level == self.level {
            return;
        }
        self.level = level;
        match self.edges.last_mut() {
            Some(last) if last.at == at => last.level = level,
            _ => self.edges.push(Edge { at, level }),
        }
    }

    /// The present output level, 0..=[`LEVEL_MAX`].
    pub fn level(&self) -> i32 {
        self.level
    }

    /// The edges since the last call, in order of time.
    pub fn take_edges(&mut self) -> Vec<Edge> {
        std::mem::take(&mut self.edges)
    }

    /// As [`Self::take_edges`], into a buffer whose memory the chip goes on with: nothing is allocated in the long run.
    pub fn swap_edges(&mut self, into: &mut Vec<Edge>) {
        into.clear();
        std::mem::swap(&mut self.edges, into);
    }

    /// The eight registers by number: periods in 0, 2, 4, noise control in 6, attenuations in the odd ones.
    pub fn registers(&self) -> [u16; 8] {
        let State { tones: [a, b, c], noise, .. } = &self.state;
        let attenuations = [a.attenuation, b.attenuation, c.attenuation, noise.attenuation].map(u16::from);
        let [att_a, att_b, att_c, att_noise] = attenuations;
        [a.period, att_a, b.period, att_b, c.period, att_c, u16::from(noise.control), att_noise]
    }

    /// Whether the state is one that a chip running at dot `now` can be in: asked of states that come from outside.
    pub fn is_valid_at(&self, now: Dots) -> bool {
        let State { tones, noise, latched, now: ran_to } = &self.state;
        let due = |expires: Dots, longest: u64| {
            expires > *ran_to && expires.0 - ran_to.0 <= longest * DOTS_PER_SOUND_STEP
        };
        let tone_fits = |tone: &Tone| {
            tone.period < 1024
                && tone.attenuation < 16
                && (1..=1024).contains(&tone.loaded)
                && due(tone.expires, 1024)
        };
        let noise_fits = noise.control < 8
            && noise.attenuation < 16
            && noise.shift < 0x8000
            && (noise.follows_tone_3() || due(noise.expires, 128));
        // Only attenuations that exist have a level.
        let level = || tones.iter().map(Tone::level).sum::<i32>() + noise.level();
        *ran_to <= now && tones.iter().all(tone_fits) && noise_fits && *latched < 8 && level() == self.level
    }
}
