// SPDX-License-Identifier: MIT OR Apache-2.0
//! Makes inputs from seeds by small changes, in a sequence that its seed number fixes.

use crate::xorshift::Xorshift;

/// Values at the edges of what bytes and words mean.
const EDGES: &[&[u8]] =
    &[&[0], &[1], &[0x7F], &[0x80], &[0xFF], &[0xAA], &[0xFF; 2], &[0x80, 0], &[0x60, 0], &[0xFF; 4]];
/// Inputs do not grow beyond the seeds by more than this.
const MAX_GROWTH: usize = 4096;

/// Chooses mutations.
pub(crate) struct Random(Xorshift);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xorshift::new(seed))
    }

    fn byte(&mut self) -> u8 {
        self.0.next() as u8
    }

    /// A number below `end`, or 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.0.next() >> 11) as usize % end }
    }
}

/// The source of inputs.
pub(crate) struct Mutator {
    random: Random,
    seeds: Vec<Vec<u8>>,
    words: &'static [&'static str],
    limit: usize,
}

impl Mutator {
    pub(crate) fn new(seed: u64, seeds: Vec<Vec<u8>>, words: &'static [&'static str]) -> Self {
        let limit = seeds.iter().map(Vec::len).max().unwrap_or(0) + MAX_GROWTH;
        Self { random: Random::new(seed), seeds, words, limit }
    }

    /// A seed with one to eight changes.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let seed = self.random.below(self.seeds.len());
        let mut input = self.seeds.get(seed).cloned().unwrap_or_default();
        for _ in 0..=self.random.below(8) {
            self.change(&mut input);
        }
        input.truncate(self.limit);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.focus(input.len());
        let random = &mut self.random;
        let len = 1 + random.below(32).min(input.len().saturating_sub(at));
        let end = (at + len).min(input.len());
        match random.below(9) {
            0 if at < input.len() => input[at] ^= 1 << random.below(8),
            1 if at < input.len() => input[at] = random.byte(),
            2 => overwrite(input, at, EDGES[random.below(EDGES.len())]),
            3 => {
                input.drain(at..end);
            }
            4 => {
                let copy = input[at..end].to_vec();
                insert(input, random.below(input.len() + 1), &copy);
            }
            5 => {
                let bytes: Vec<u8> = (0..len).map(|_| random.byte()).collect();
                insert(input, at, &bytes);
            }
            6 if !self.words.is_empty() => {
                insert(input, at, self.words[random.below(self.words.len())].as_bytes())
            }
            7 if random.below(4) == 0 => input.truncate(at),
            _ => {
                let other = &self.seeds[random.below(self.seeds.len())];
                let from = random.below(other.len());
                let piece = &other[from..(from + 1 + random.below(256)).min(other.len())];
                overwrite(input, at, piece);
            }
        }
    }

    /// A place to change: often near the start or the end, where headers are.
    fn focus(&mut self, len: usize) -> usize {
        match self.random.below(4) {
            0 => self.random.below(len.min(64)),
            1 => len.saturating_sub(1 + self.random.below(len.min(96))),
            _ => self.random.below(len),
        }
    }
}

fn overwrite(input: &mut [u8], at: usize, bytes: &[u8]) {
    input[at..].iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    input.splice(at..at, bytes.iter().copied());
}
