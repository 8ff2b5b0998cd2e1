// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sound chip: edge times against the data sheet's dividers, and the skipping chip against one that is stepped.

use lubbock::chips::sn76489::{Edge, LEVEL_MAX, Sn76489};
use lubbock::clock::Dots;
use proptest::prelude::*;

/// Mutes all channels: what the console's firmware writes first.
const MUTE: [(u64, u8); 4] = [(0, 0x9F), (0, 0xBF), (0, 0xDF), (0, 0xFF)];
/// One channel at full volume.
const FULL: i32 = LEVEL_MAX / 4;

/// Runs a script of (dot, byte) on a muted chip and returns the edges up to dot `end`.
fn edges(script: &[(u64, u8)], end: u64) -> Vec<(u64, i32)> {
    let mut chip = Sn76489::new();
    for &(at, byte) in MUTE.iter().chain(script) {
        chip.write(Dots(at), byte);
    }
    chip.run_to(Dots(end));
    chip.take_edges().iter().map(|edge| (edge.at.0, edge.level)).collect()
}

/// The edges of a square wave between 0 and `high`, from a rise at `first`, `half` dots apart, up to `end`.
fn square(first: u64, half: u64, end: u64, high: i32) -> Vec<(u64, i32)> {
    (0..)
        .map(|k| (first + k * half, if k % 2 == 0 { high } else { 0 }))
        .take_while(|&(at, _)| at <= end)
        .collect()
}

#[test]
fn a_tone_toggles_each_n_steps_of_24_dots() {
    // Data sheet: f = clock / (4 N) with the chip's 447,443 Hz clock, one clock being 12 dots: a half period lasts
    // 24 N dots. The counters start at zero and reload at the first step, 24 dots after power-on.
    for (n, half) in [(2, 48), (3, 72), (254, 6096), (1023, 24552), (0, 1024 * 24)] {
        let script = [(1, 0x80 | (n & 15) as u8), (1, (n >> 4) as u8), (1, 0x90)];
        assert_eq!(edges(&script, 200_000), square(24, half, 200_000, FULL), "period {n}");
    }
}

#[test]
fn divider_1_is_a_steady_half() {
    // From the first reload on; before, the flip-flop is low.
    assert_eq!(edges(&[(1, 0x81), (1, 0x00), (1, 0x90)], 100_000), [(24, FULL / 2)]);
    // Leaving it: the next step (dot 120) reloads with 4, and the flip-flop counts on as if it had toggled all along.
    let script = [(1, 0x81), (1, 0x00), (1, 0x90), (100, 0x84)];
    assert_eq!(edges(&script, 300), [(24, FULL / 2), (120, FULL), (216, 0)]);
}

#[test]
fn a_new_period_counts_from_the_next_reload() {
    // N = 10 toggles at 24, 264, 504; N = 5 written at 300 is loaded at 504.
    let script = [(1, 0x8A), (1, 0x00), (1, 0x90), (300, 0x85)];
    assert_eq!(edges(&script, 750), [(24, FULL), (264, 0), (504, FULL), (624, 0), (744, FULL)]);
}

#[test]
fn data_bytes_go_to_the_latched_register() {
    let mut chip = Sn76489::new();
    #[rustfmt::skip]
    let rows: [(u8, usize, u16); 12] = [
        // byte, register, its content then
        (0x8E, 0, 0x00E), (0x3F, 0, 0x3FE), (0x40, 0, 0x00E), // bit 6 of a data byte means nothing
        (0x97, 1, 7), (0x75, 1, 5),                           // a data byte to an attenuation: its low four bits
        (0xA1, 2, 1), (0x02, 2, 0x21), (0xC3, 4, 3),
        (0xEF, 6, 7), (0x04, 6, 4),                           // noise control has three bits
        (0xFA, 7, 10), (0x0B, 7, 11),
    ];
    for (byte, register, content) in rows {
        chip.write(Dots(0), byte);
        assert_eq!(chip.registers()[register], content, "after {byte:02X}");
    }
}

#[test]
fn attenuation_is_2_db_a_step_and_acts_at_its_dot() {
    for attenuation in 0..16 {
        // Tone 1 at its lowest pitch is high from 24 to 24,576; the write comes within.
        let script = [(1, 0x80), (1, 0x00), (1000, 0x90 | attenuation)];
        let ideal = f64::from(FULL) * 10f64.powf(-f64::from(attenuation) / 10.0);
        match edges(&script, 2000)[..] {
            [] => assert_eq!(attenuation, 15),
            [(1000, level)] => {
                assert!((f64::from(level) / ideal - 1.0).abs() < 0.002, "{attenuation}: {level}")
            }
            ref other => panic!("{attenuation}: {other:?}"),
        }
    }
}

#[test]
fn samples_played_by_attenuation_come_out_as_written() {
    // A sample player: divider 1 as a DC source, a new attenuation every 537 dots (10 kHz).
    let samples = [0u8, 4, 15, 8, 8, 2, 15];
    let mut script = vec![(1, 0x81), (1, 0x00)];
    script.extend(samples.iter().zip(0..).map(|(&a, k)| (100 + 537 * k, 0x90 | a)));
    let half = |a: f64| (f64::from(FULL) / 2.0 * 10f64.powf(-a / 10.0)).round() as i32;
    let got = edges(&script, 10_000);
    let want = [(100, 0.0), (637, 4.0), (1174, 99.0), (1711, 8.0), (2785, 2.0), (3322, 99.0)];
    assert_eq!(got.len(), want.len(), "{got:?}");
    for ((at, level), (want_at, attenuation)) in got.into_iter().zip(want) {
        assert_eq!(at, want_at);
        assert!((level - half(attenuation)).abs() <= 5, "at {at}: {level}");
    }
}

/// A chip that plays a tone and noise at dot 100,000, with one value of its serialised state changed.
fn tampered(path: &str, value: i64) -> Option<Sn76489> {
    let mut chip = Sn76489::new();
    for byte in [0x85, 0x03, 0x92, 0xBF, 0xDF, 0xE5, 0xF4] {
        chip.write(Dots(1), byte);
    }
    chip.run_to(Dots(100_000));
    let mut state = serde_json::to_value(&chip).unwrap();
    *state.pointer_mut(path).unwrap() = value.into();
    serde_json::from_value(state).ok()
}

#[test]
fn states_that_no_chip_can_be_in_are_refused() {
    // Values of their types, but not the chip's: registers have 10, 4, 4, 3 and 15 bits, counters expire later than now.
    const ROWS: [(&str, i64); 14] = [
        ("/state/tones/0/attenuation", 16),
        ("/state/tones/1/attenuation", 255),
        ("/state/noise/attenuation", 16),
        ("/state/tones/0/period", 1024),
        ("/state/tones/2/loaded", 0),
        ("/state/tones/2/loaded", 1025),
        ("/state/tones/0/expires", 100_000),
        ("/state/tones/0/expires", 100_000 + 24 * 1025),
        ("/state/noise/control", 8),
        ("/state/noise/shift", 0x8000),
        ("/state/noise/expires", 0),
        ("/state/latched", 8),
        ("/state/now", 100_001),
        ("/level", 1),
    ];
    for (path, value) in ROWS {
        let chip = tampered(path, value).unwrap();
        assert!(!chip.is_valid_at(Dots(100_000)), "{path} = {value}");
    }
    assert!(tampered("/state/latched", 2).unwrap().is_valid_at(Dots(100_000)));
}

/// Bit 0 of a 15-bit register after each of `count` shifts from >4000, by the textbook definition.
fn noise_bits(white: bool, count: usize) -> Vec<bool> {
    let mut bits = std::collections::VecDeque::from([false; 15]);
    bits[14] = true;
    let mut shift = || {
        let feedback = if white { bits[0] ^ bits[1] } else { bits[0] };
        bits.pop_front();
        bits.push_back(feedback);
        bits[0]
    };
    (0..count).map(|_| shift()).collect()
}

/// The level changes that noise bits make when shifted at the given dots.
fn noise_edges(bits: &[bool], dots: impl Iterator<Item = u64>) -> Vec<(u64, i32)> {
    let mut last = false;
    let changed = |&(bit, _): &(bool, u64)| std::mem::replace(&mut last, bit) != bit;
    let shifts = bits.iter().copied().zip(dots);
    shifts.filter(changed).map(|(bit, at)| (at, i32::from(bit) * FULL)).collect()
}

#[test]
fn noise_shifts_at_the_three_rates() {
    // Data sheet: clock / 64, / 128, / 256, in dots 768, 1536 and 3072; the first shift comes at the first step.
    for (control, dots) in [(0, 768), (1, 1536), (2, 3072), (4, 768), (5, 1536), (6, 3072)] {
        let script = [(1, 0xE0 | control), (1, 0xF0)];
        let bits = noise_bits(control & 4 != 0, 40_000);
        let end = 24 + dots * 39_999;
        let want = noise_edges(&bits, (0..).map(|k| 24 + dots * k));
        assert_eq!(edges(&script, end), want, "control {control}");
    }
}

#[test]
fn noise_rate_3_shifts_once_a_period_of_tone_3() {
    // Tone 3 muted, N = 10: rises at 24, 504, 984, …
    for control in [3, 7] {
        let script = [(1, 0xCA), (1, 0x00), (1, 0xE0 | control), (1, 0xF0)];
        let want = noise_edges(&noise_bits(control == 7, 200), (0..).map(|k| 24 + 480 * k));
        assert_eq!(edges(&script, 24 + 480 * 199), want, "control {control}");
    }
}

#[test]
fn any_write_to_noise_control_restarts_the_pattern() {
    // Periodic noise at rate 0: the bit set at reset arrives after 14 shifts. Shifts happen at 24 + 768 k.
    let high = |shift: u64| 24 + 768 * (shift - 1);
    let script = [(1, 0xE0), (1, 0xF0)];
    assert_eq!(edges(&script, high(16)), [(high(14), FULL), (high(15), 0)]);
    let again = [script[0], script[1], (high(9) + 5, 0xE0)];
    assert_eq!(edges(&again, high(25)), [(high(23), FULL), (high(24), 0)]);
    // Also by a data byte (the noise control is latched, then muted channels stay as they are).
    let again = [(1, 0xF0), (1, 0xE0), (high(9) + 5, 0x00)];
    assert_eq!(edges(&again, high(25)), [(high(23), FULL), (high(24), 0)]);
}

#[test]
fn power_on_sounds_until_muted() {
    let mut chip = Sn76489::new();
    assert_eq!(chip.registers(), [0; 8]);
    chip.run_to(Dots(100));
    assert_eq!(chip.take_edges(), [Edge { at: Dots(24), level: 3 * FULL }]);
    for (at, byte) in MUTE {
        chip.write(Dots(at + 100), byte);
    }
    assert_eq!(chip.take_edges(), [Edge { at: Dots(100), level: 0 }]);
}

/// The same chip stepped one counter step at a time, each counter a number that counts down.
struct Stepped {
    counters: [u32; 4],
    loaded: [u32; 3],
    high: [bool; 3],
    registers: [u16; 8],
    latched: usize,
    noise: u16,
}

impl Stepped {
    fn new() -> Self {
        Self {
            counters: [1; 4],
            loaded: [1024; 3],
            high: [false; 3],
            registers: [0; 8],
            latched: 3,
            noise: 0x4000,
        }
    }

    fn write(&mut self, byte: u8) {
        let value = u16::from(byte);
        if byte & 0x80 != 0 {
            self.latched = usize::from(byte >> 4 & 7);
        }
        let old = self.registers[self.latched];
        self.registers[self.latched] = match (self.latched, byte & 0x80 != 0) {
            (0 | 2 | 4, true) => old & 0x3F0 | value & 15,
            (0 | 2 | 4, false) => old & 15 | (value & 63) << 4,
            (6, _) => value & 7,
            _ => value & 15,
        };
        if self.latched == 6 {
            self.noise = 0x4000;
            if old == 3 || old == 7 {
                self.counters[3] = self.noise_period().unwrap_or(0);
            }
        }
    }

    fn noise_period(&self) -> Option<u32> {
        [Some(32), Some(64), Some(128), None][usize::from(self.registers[6] & 3)]
    }

    fn step(&mut self) {
        let mut shift = false;
        for tone in 0..3 {
            self.counters[tone] -= 1;
            if self.counters[tone] == 0 {
                let period = u32::from(self.registers[tone * 2]);
                self.loaded[tone] = if period == 0 { 1024 } else { period };
                self.counters[tone] = self.loaded[tone];
                self.high[tone] = !self.high[tone];
                shift = tone == 2 && self.high[2];
            }
        }
        if let Some(period) = self.noise_period() {
            self.counters[3] -= 1;
            shift = self.counters[3] == 0;
            self.counters[3] = if shift { period } else { self.counters[3] };
        }
        if shift {
            let white = self.registers[6] & 4 != 0;
            let feedback = self.noise & 1 ^ if white { self.noise >> 1 & 1 } else { 0 };
            self.noise = self.noise >> 1 | feedback << 14;
        }
    }

    fn level(&self, amplitude: &[i32; 16]) -> i32 {
        let volume = |channel: usize| amplitude[usize::from(self.registers[channel * 2 + 1])];
        let tone =
            |t: usize| if self.loaded[t] == 1 { volume(t) / 2 } else { volume(t) * i32::from(self.high[t]) };
        tone(0) + tone(1) + tone(2) + volume(3) * i32::from(self.noise & 1)
    }
}

/// The chip's levels for the 16 attenuations, read from tone 1 while it is high.
fn amplitudes() -> [i32; 16] {
    std::array::from_fn(|a| {
        edges(&[(1, 0x80), (1, 0x00), (1000, 0x90 | a as u8)], 2000).last().map_or(0, |e| e.1)
    })
}

/// Small periods and small gaps, so that many reloads and writes fall together.
fn scripts() -> impl Strategy<Value = Vec<(u64, u8)>> {
    let byte = prop_oneof![any::<u8>(), (0u8..8).prop_map(|r| 0x80 | r << 4 | 1), Just(0x00), Just(0x9F)];
    prop::collection::vec((0u64..3000, byte), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn skipping_equals_stepping(script in scripts(), stop in prop::collection::vec(0u64..200_000, 0..5)) {
        let (mut chip, mut slow, amplitude) = (Sn76489::new(), Stepped::new(), amplitudes());
        let (mut now, mut want) = (0, Vec::<(u64, i32)>::new());
        let mut note = |at: u64, level: i32| {
            if want.last().map_or(0, |l| l.1) != level {
                if want.last().is_some_and(|l| l.0 == at) { want.pop(); }
                want.push((at, level));
            }
        };
        for (gap, byte) in script.into_iter().chain([(50_000, 0x9F)]) {
            for at in now + 1..=now + gap {
                if at % 24 == 0 {
                    slow.step();
                    note(at, slow.level(&amplitude));
                }
            }
            now += gap;
            slow.write(byte);
            note(now, slow.level(&amplitude));
            // Looking in between must not change anything.
            for at in stop.iter().filter(|&&at| at <= now) {
                chip.run_to(Dots(*at));
            }
            chip.write(Dots(now), byte);
            prop_assert!(chip.is_valid_at(Dots(now)));
        }
        let mut got: Vec<_> = chip.take_edges().iter().map(|edge| (edge.at.0, edge.level)).collect();
        got.dedup_by_key(|edge| edge.1);
        want.dedup_by_key(|edge| edge.1);
        prop_assert_eq!(got, want);
        prop_assert_eq!(chip.registers(), slow.registers);
    }

    #[test]
    fn running_in_parts_is_running_at_once(script in scripts(), parts in prop::collection::vec(1u64..5000, 1..20)) {
        let mut whole = Sn76489::new();
        let mut now = 0;
        for (gap, byte) in script {
            now += gap;
            whole.write(Dots(now), byte);
        }
        let mut split = whole.clone();
        for part in parts {
            now += part;
            split.run_to(Dots(now));
        }
        whole.run_to(Dots(now));
        prop_assert_eq!(whole.take_edges(), split.take_edges());
        prop_assert_eq!(whole, split);
    }
}
