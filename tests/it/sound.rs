// SPDX-License-Identifier: MIT OR Apache-2.0
//! From register writes to a WAV file: pitch, aliases, levels and the constant part, measured by Fourier transform.

use lubbock::chips::sn76489::{Edge, LEVEL_MAX, Sn76489};
use lubbock::clock::Dots;
use lubbock::host::blip::{Blip, LATENCY};
use lubbock::host::wav::WavFile;
use std::f64::consts::TAU;

/// The dot clock, 945 MHz / 176.
const DOT_HZ: f64 = 945e6 / 176.0;
/// Dots in an NTSC frame: the sound is made in such pieces.
const FRAME: u64 = 342 * 262;
/// Samples in a transform.
const LENGTH: usize = 1 << 16;

/// Plays tone 1 with divider `n` and everything else muted; the samples after the start has decayed.
fn play(n: u16, rate: u32) -> Vec<f32> {
    let mut chip = Sn76489::new();
    for byte in [0x9F, 0xBF, 0xDF, 0xFF, 0x80 | (n & 15) as u8, (n >> 4) as u8, 0x90] {
        chip.write(Dots(0), byte);
    }
    let skip = rate as usize;
    let mut samples = render(&mut chip, rate, skip + LENGTH);
    samples.drain(..skip);
    samples
}

/// Runs the chip frame by frame until there are `count` samples.
fn render(chip: &mut Sn76489, rate: u32, count: usize) -> Vec<f32> {
    let mut blip = Blip::new(rate, Dots(0), 0);
    let mut samples = Vec::new();
    for end in (1..).map(|frame| Dots(frame * FRAME)) {
        chip.run_to(end);
        blip.add(&chip.take_edges());
        blip.end(end, &mut samples);
        if samples.len() >= count {
            break;
        }
    }
    samples.truncate(count);
    samples
}

/// The 4-term Blackman-Harris window: side lobes below -92 dB, main lobe four bins to each side.
fn window(i: usize, length: usize) -> f64 {
    let x = TAU * i as f64 / length as f64;
    0.35875 - 0.48829 * x.cos() + 0.14128 * (2.0 * x).cos() - 0.01168 * (3.0 * x).cos()
}

/// Magnitudes of the windowed spectrum, bin k at k * rate / LENGTH.
fn spectrum(samples: &[f32]) -> Vec<f64> {
    let mut data: Vec<(f64, f64)> =
        samples.iter().enumerate().map(|(i, &s)| (f64::from(s) * window(i, samples.len()), 0.0)).collect();
    fft(&mut data);
    data[..samples.len() / 2].iter().map(|&(re, im)| re.hypot(im)).collect()
}

/// Radix-2 transform in place.
fn fft(data: &mut [(f64, f64)]) {
    if data.len() == 1 {
        return;
    }
    let mut even: Vec<_> = data.iter().step_by(2).copied().collect();
    let mut odd: Vec<_> = data.iter().skip(1).step_by(2).copied().collect();
    fft(&mut even);
    fft(&mut odd);
    let half = even.len();
    for k in 0..half {
        let (sin, cos) = (-TAU * k as f64 / data.len() as f64).sin_cos();
        let (re, im) = (odd[k].0 * cos - odd[k].1 * sin, odd[k].0 * sin + odd[k].1 * cos);
        data[k] = (even[k].0 + re, even[k].1 + im);
        data[k + half] = (even[k].0 - re, even[k].1 - im);
    }
}

/// Frequency near `near` from the advance of the phase between two stretches of the sound.
fn pitch(samples: &[f32], rate: u32, near: f64) -> f64 {
    let length = LENGTH / 2;
    let phase = |from: usize| {
        let (mut re, mut im) = (0.0, 0.0);
        for (i, &s) in samples[from..from + length].iter().enumerate() {
            let (sin, cos) = (TAU * near * (from + i) as f64 / f64::from(rate)).sin_cos();
            let s = f64::from(s) * window(i, length);
            re += s * cos;
            im -= s * sin;
        }
        im.atan2(re)
    };
    let advance = (phase(length) - phase(0) + TAU * 1.5).rem_euclid(TAU) - TAU / 2.0;
    near + advance / TAU * f64::from(rate) / length as f64
}

/// The strongest bin that belongs to no harmonic of `tone`, in dB under the tone.
fn worst_alias(samples: &[f32], rate: u32, tone: f64) -> f64 {
    let bins = spectrum(samples);
    let bin = |hz: f64| hz * LENGTH as f64 / f64::from(rate);
    let fundamental = bins[bin(tone).round() as usize];
    let mut worst = 0.0f64;
    // The high-pass leaves nothing of the start below 20 Hz but what the window spreads.
    for (k, &magnitude) in bins.iter().enumerate().skip(bin(20.0) as usize + 5) {
        let harmonic = (k as f64 / bin(tone)).round().max(1.0);
        if (k as f64 - harmonic * bin(tone)).abs() > 5.0 {
            worst = worst.max(magnitude);
        }
    }
    20.0 * (fundamental / worst).log10()
}

#[test]
fn pitch_and_aliases() {
    // f = 447,443 Hz / (4 N) (data sheet). From the lowest tone to 18.6 kHz.
    let mut report = Vec::new();
    for rate in [44_100, 48_000, 96_000] {
        for n in [1023, 254, 112, 40, 23, 11, 8, 7, 6] {
            let tone = DOT_HZ / (48.0 * f64::from(n));
            let samples = play(n, rate);
            let cents = 1200.0 * (pitch(&samples, rate, tone) / tone).log2();
            let clean = worst_alias(&samples, rate, tone);
            report.push(format!("rate {rate} N {n}: {tone:.2} Hz {cents:+.5} cents, aliases -{clean:.1} dB"));
            assert!(cents.abs() < 0.01, "{}", report.last().unwrap());
            assert!(clean > 65.0, "{}", report.last().unwrap());
        }
    }
    println!("{}", report.join("\n"));
}

#[test]
fn the_wav_file_has_the_pitch_and_level_of_the_tone() {
    // 440.4 Hz (N = 254) at attenuation 0: a square wave of a quarter of full scale from peak to peak, whose first
    // harmonic has the amplitude 4/pi times half of that.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tone.wav");
    let mut wav = WavFile::create(&path, 48_000).unwrap();
    wav.write(&play(254, 48_000)).unwrap();
    wav.finish().unwrap();
    let samples: Vec<f32> = hound::WavReader::open(&path)
        .unwrap()
        .samples::<i16>()
        .map(|s| f32::from(s.unwrap()) / 32767.0)
        .collect();
    let tone = DOT_HZ / (48.0 * 254.0);
    let cents = 1200.0 * (pitch(&samples, 48_000, tone) / tone).log2();
    assert!(cents.abs() < 0.01, "{cents} cents");
    // 16 bits leave each rounding error 6 dB/bit below; the worst alias is then rounding.
    assert!(worst_alias(&samples, 48_000, tone) > 70.0);
    let mean: f32 = samples.iter().sum::<f32>() / samples.len() as f32;
    assert!(mean.abs() < 1e-3, "constant part {mean}");
    let power: f32 = samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32;
    // The filter takes what lies above 20 kHz, less than 1 % of the wave's power (1/8)^2.
    assert!((power.sqrt() / 0.125 - 1.0).abs() < 0.01, "effective value {}", power.sqrt());
}

#[test]
fn attenuation_toggled_5000_times_a_second_is_a_tone() {
    // A sample player's way: divider 1, attenuation 0 and 15 in turn each 1/5000 s: 2500 Hz at half a channel's height.
    let mut chip = Sn76489::new();
    for byte in [0x9F, 0xBF, 0xDF, 0xFF, 0x81, 0x00] {
        chip.write(Dots(0), byte);
    }
    let mut blip = Blip::new(48_000, Dots(0), 0);
    let mut samples = Vec::new();
    for k in 0..15_000u32 {
        chip.write(Dots((f64::from(k + 1) * DOT_HZ / 5000.0) as u64), if k % 2 == 0 { 0x90 } else { 0x9F });
        blip.add(&chip.take_edges());
    }
    blip.end(Dots((3.0 * DOT_HZ) as u64), &mut samples);
    let samples = &samples[48_000..48_000 + LENGTH];
    let cents = 1200.0 * (pitch(samples, 48_000, 2500.0) / 2500.0).log2();
    assert!(cents.abs() < 0.01, "{cents} cents");
    let (found, full) = (spectrum(samples), spectrum(&play(45, 48_000)));
    let peak = |bins: &[f64]| bins.iter().copied().fold(0.0, f64::max);
    // Against the channel's own 2486 Hz, half as high: 6.02 dB less (the peak's place in its bin adds up to 0.8 dB).
    let db = 20.0 * (peak(&full) / peak(&found)).log10();
    assert!((db - 6.02).abs() < 0.9, "{db} dB");
}

#[test]
fn a_step_arrives_after_the_latency_and_fades() {
    let mut blip = Blip::new(48_000, Dots(0), 0);
    let mut samples = Vec::new();
    blip.add(&[Edge { at: Dots(0), level: LEVEL_MAX }]);
    blip.end(Dots(DOT_HZ as u64), &mut samples);
    let middle = (samples[LATENCY - 1] + samples[LATENCY]) / 2.0;
    assert!((middle - 0.5).abs() < 0.01, "half way at the latency: {middle}");
    assert!((samples[LATENCY + 24] - 1.0).abs() < 0.05);
    // The high-pass: 1/e after 1 / (2 pi 10 Hz) = 16 ms.
    let after = samples[LATENCY + 764];
    assert!((after - (-1.0f32).exp()).abs() < 0.01, "{after}");
    assert_eq!(samples.last(), Some(&0.0), "true silence at the end");
}

#[test]
fn pieces_join_without_a_seam_and_without_drift() {
    // One long piece and many odd ones are the same samples, and as many as the clock says.
    let edges: Vec<Edge> =
        (0..5000).map(|k| Edge { at: Dots(k * 997), level: (k as i32 * 7919) % LEVEL_MAX }).collect();
    let (mut whole, mut pieces) = (Vec::new(), Vec::new());
    let mut blip = Blip::new(44_100, Dots(0), 0);
    blip.add(&edges);
    blip.end(Dots(5_000_000), &mut whole);
    let mut blip = Blip::new(44_100, Dots(0), 0);
    let mut rest = &edges[..];
    for end in (0..=5_000_000).step_by(12_500) {
        let split = rest.partition_point(|edge| edge.at < Dots(end));
        blip.add(&rest[..split]);
        rest = &rest[split..];
        blip.end(Dots(end), &mut pieces);
    }
    assert_eq!(whole.len(), (5e6 * 44_100.0 / DOT_HZ) as usize);
    assert_eq!(whole.len(), pieces.len());
    assert!(whole.iter().zip(&pieces).all(|(a, b)| (a - b).abs() < 1e-5));
}

#[test]
fn a_nudge_changes_the_number_of_samples_by_so_much() {
    for (millionths, samples) in [(0, 48_000), (1000, 48_048), (-5000, 47_760)] {
        let (mut blip, mut out) = (Blip::new(48_000, Dots(0), 0), Vec::new());
        blip.nudge(millionths);
        // 945 MHz / 176 is no whole number: 176 seconds are 945 million dots.
        for second in 1..=176 {
            blip.end(Dots(second * 945_000_000 / 176), &mut out);
        }
        assert_eq!(out.len(), samples * 176, "{millionths}");
    }
}
