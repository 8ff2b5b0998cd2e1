// SPDX-License-Identifier: MIT OR Apache-2.0
//! The picture for people: palette indexes into colours, in the right shape at any size, and as a PNG file.

use super::settings::Aspect;
use crate::console::Region;

/// The TMS9918A's colours as 0RGB, by palette index; 0 is the backdrop where nothing lies behind it.
///
/// Source: reference page tms9918a.md section 10 (the chip's output voltages, converted).
pub const PALETTE: [u32; 16] = [
    0x000000, 0x000000, 0x21C842, 0x5EDC78, 0x5455ED, 0x7D76FC, 0xD4524D, 0x42EBF5, 0xFC5554, 0xFF7978,
    0xD4C154, 0xE6CE80, 0x21B03B, 0xC95BBA, 0xCCCCCC, 0xFFFFFF,
];

/// Width of a dot by its height, as a fraction.
///
/// Square dots of a 4:3 picture would come at 135/22 MHz (NTSC) and 7.375 MHz (PAL), half of the rates for interlaced
/// video; the chip puts out 945/176 MHz.
fn dot_shape(aspect: Aspect, region: Region) -> (usize, usize) {
    match (aspect, region) {
        (Aspect::Square, _) => (1, 1),
        (Aspect::Television, Region::Ntsc) => (8, 7),
        (Aspect::Television, Region::Pal) => (11, 8),
    }
}

/// The size of a picture of `width` by `height` dots at `scale` lines of the screen for each of its own.
pub fn scaled_size(
    (width, height): (usize, usize),
    scale: usize,
    aspect: Aspect,
    region: Region,
) -> (usize, usize) {
    let (num, den) = dot_shape(aspect, region);
    ((width * scale * num + den / 2) / den, height * scale)
}

/// One place of the target: the source place left of (or above) it, and how much of the next comes in, of 256.
type Tap = (u32, u16);

/// Brings pictures of one size to another: each place of the target is what of the source it covers, so that edges stay
/// sharp and no column is broader than its neighbour. Whole multiples are exact.
pub struct Scaler {
    source: (usize, usize),
    target: (usize, usize),
    columns: Vec<Tap>,
    rows: Vec<Tap>,
    /// The two source rows last scaled in width, with their numbers.
    lines: [(u32, Vec<u32>); 2],
}

impl Scaler {
    /// From `source` to `target`, each width and height, none of them zero.
    pub fn new(source: (usize, usize), target: (usize, usize)) -> Self {
        let line = || (u32::MAX, vec![0; target.0]);
        Self {
            source,
            target,
            columns: taps(source.0, target.0),
            rows: taps(source.1, target.1),
            lines: [line(), line()],
        }
    }

    /// The target's size.
    pub fn target(&self) -> (usize, usize) {
        self.target
    }

    /// Scales `pixels` (0RGB, row by row) into `out` at column `x` and row `y` of rows that are `stride` long.
    pub fn draw(&mut self, pixels: &[u32], out: &mut [u32], (x, y): (usize, usize), stride: usize) {
        for line in &mut self.lines {
            line.0 = u32::MAX;
        }
        for target_row in 0..self.target.1 {
            let (row, weight) = self.rows[target_row];
            let start = (y + target_row) * stride + x;
            let out = &mut out[start..start + self.target.0];
            let upper = self.line(pixels, row);
            if weight == 0 {
                out.copy_from_slice(&self.lines[upper].1);
            } else {
                let lower = self.line(pixels, row + 1);
                let both = self.lines[upper].1.iter().zip(&self.lines[lower].1);
                for (out, (&a, &b)) in out.iter_mut().zip(both) {
                    *out = mix(a, b, weight);
                }
            }
        }
    }

    /// Which of `lines` holds source row `row`; scales it when neither does.
    fn line(&mut self, pixels: &[u32], row: u32) -> usize {
        let place = row as usize & 1;
        let (held, line) = &mut self.lines[place];
        if *held != row {
            *held = row;
            let source = &pixels[row as usize * self.source.0..][..self.source.0];
            for (out, &(column, weight)) in line.iter_mut().zip(&self.columns) {
                let left = source[column as usize];
                *out = if weight == 0 { left } else { mix(left, source[column as usize + 1], weight) };
            }
        }
        place
    }
}

/// For each of `target` places what it covers of `source` ones. A place that lies within one, or ends with it, takes
/// that one alone.
fn taps(source: usize, target: usize) -> Vec<Tap> {
    let tap = |place: usize| {
        // In units of 1 / target of a source place: the stretch [start, start + source) is covered.
        let start = place * source;
        let first = start / target;
        let boundary = (first + 1) * target;
        let over = (start + source).saturating_sub(boundary);
        // When shrinking, more than two may be covered; two are enough there.
        let weight = if first + 1 < source { (over * 256 / source).min(256) } else { 0 };
        (first as u32, weight as u16)
    };
    (0..target).map(tap).collect()
}

/// `a` and `b` mixed, `weight` of 256 of `b`; red with blue and green are mixed in one multiplication each.
fn mix(a: u32, b: u32, weight: u16) -> u32 {
    let weight = u32::from(weight);
    let channels = |mask: u32| {
        let (a, b) = (u64::from(a & mask), u64::from(b & mask));
        ((a * u64::from(256 - weight) + b * u64::from(weight)) >> 8) as u32 & mask
    };
    channels(0xFF_00FF) | channels(0x00_FF00)
}

/// Encodes 0RGB pixels as a PNG file.
///
/// # Errors
/// Never for sizes that fit the pixels; the encoder's errors are passed on.
pub fn png(pixels: &[u32], width: usize, height: usize) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    let rgb: Vec<u8> = pixels.iter().flat_map(|p| p.to_be_bytes().into_iter().skip(1)).collect();
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(pixels: &[u32], source: (usize, usize), target: (usize, usize)) -> Vec<u32> {
        let mut out = vec![0; target.0 * target.1];
        Scaler::new(source, target).draw(pixels, &mut out, (0, 0), target.0);
        out
    }

    #[test]
    fn whole_multiples_are_exact() {
        let pixels = [0x112233, 0x445566, 0x778899, 0xAABBCC];
        let out = scale(&pixels, (2, 2), (6, 4));
        for (i, &pixel) in out.iter().enumerate() {
            assert_eq!(pixel, pixels[i / 6 / 2 * 2 + i % 6 / 3]);
        }
        assert_eq!(scale(&pixels, (2, 2), (2, 2)), pixels);
    }

    #[test]
    fn broken_multiples_mix_what_is_covered() {
        // Two columns into three: the middle one covers half of each.
        assert_eq!(scale(&[0, 0xFF], (2, 1), (3, 1)), [0, 0x7F, 0xFF]);
        assert_eq!(scale(&[0, 0xFF], (1, 2), (1, 3)), [0, 0x7F, 0xFF]);
        // 8:7 keeps the sum of what is seen (224 x 8 / 7), but for rounding.
        let out = scale(&[0, 0, 0, 224, 0, 0, 0], (7, 1), (8, 1));
        assert!((255..=257).contains(&out.iter().sum::<u32>()), "{out:?}");
    }

    #[test]
    fn a_dot_is_wider_than_high() {
        let size = |scale, aspect, region| scaled_size((280, 240), scale, aspect, region);
        assert_eq!(size(3, Aspect::Television, Region::Ntsc), (960, 720));
        assert_eq!(size(2, Aspect::Television, Region::Pal), (770, 480));
        assert_eq!(size(1, Aspect::Square, Region::Pal), (280, 240));
    }
}
