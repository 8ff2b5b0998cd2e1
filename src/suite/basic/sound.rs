// SPDX-License-Identifier: MIT OR Apache-2.0
//! From bytes written to the sound chip to what is heard: a list of states, one for each frame at whose end it changed.
//!
//! Firmwares that write different bytes for the same sound have the same states. One change of the sound takes several
//! bytes, and when a frame ends between them there is a state half way, for one frame. Where in a frame a program
//! writes differs between firmwares that are equally right, so such states are left out before two lists are compared.
//!
//! Source: FORMAT.md of the corpus, "sound_states"; data sheet of the SN76489 for the bytes.

use super::case::{SoundField, SoundState};
use crate::chips::sn76489::Sn76489;
use crate::clock::Dots;

/// An attenuation of 15 is off.
const OFF: u16 = 15;
/// The noise takes its rate from tone 3 when these bits of its control are set.
const FROM_TONE_3: u16 = 3;

/// Three tones, the noise, and tone 3's divider as the noise's rate.
const GENERATORS: usize = 5;

/// The states at the ends of the frames in which bytes were written, equal neighbours merged.
pub fn states(writes: &[(u64, u8)]) -> Vec<SoundState> {
    let mut chip = Sn76489::new();
    // The recording begins on a silent chip.
    for mute in [0x9F, 0xBF, 0xDF, 0xFF] {
        chip.write(Dots(0), mute);
    }
    let mut states: Vec<SoundState> = Vec::new();
    for frame in writes.chunk_by(|(a, _), (b, _)| a == b) {
        for &(_, byte) in frame {
            chip.write(Dots(0), byte);
        }
        let state = audible(chip.registers());
        if states.last().is_none_or(|last| last.1 != state) {
            states.push(SoundState(frame[0].0, state));
        }
    }
    states
}

/// What is heard with these registers: dividers and attenuations in turn, then noise control and attenuation.
fn audible(registers: [u16; 8]) -> Vec<Option<SoundField>> {
    let mut state: Vec<_> = registers
        .chunks_exact(2)
        .map(|pair| (pair[1] != OFF).then_some(SoundField::Sounding(pair[0], pair[1])))
        .collect();
    let [.., tone_3, _, control, attenuation] = registers;
    if attenuation != OFF && control & FROM_TONE_3 == FROM_TONE_3 {
        state.push(Some(SoundField::Divider(tone_3)));
    }
    state
}

/// The states without those half way between their neighbours: one frame long at most, each generator either still as
/// before or already as after. Before the first state there is silence, so a silent first state goes too.
pub(super) fn without_half_way(states: &[SoundState]) -> Vec<SoundState> {
    let mut kept: Vec<SoundState> = Vec::new();
    for (n, state) in states.iter().enumerate() {
        let before =
            |generator: usize| kept.last().and_then(|state| state.1.get(generator).copied().flatten());
        let value = |generator: usize| state.1.get(generator).copied().flatten();
        let unchanged = (0..GENERATORS).all(|g| value(g) == before(g));
        let half_way = states.get(n + 1).is_some_and(|next| {
            let after = |generator: usize| next.1.get(generator).copied().flatten();
            next.0 - state.0 <= 1 && (0..GENERATORS).all(|g| value(g) == before(g) || value(g) == after(g))
        });
        if !unchanged && !half_way {
            kept.push(state.clone());
        }
    }
    kept
}
