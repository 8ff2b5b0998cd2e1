// SPDX-License-Identifier: MIT OR Apache-2.0
//! Save states: all that changes in a machine, as bytes.
//!
//! Layout: 8 bytes magic, format version (u16), checksums of console images and cartridges (two u32), checksum of the body
//! (u32), all little-endian, then the body in postcard's encoding. ROM and GROM contents are not inside: a state is loaded
//! into a machine that was built with the same ones. A restored machine goes on exactly as the saved one would have.
//!
//! The format and its history stand in `docs/save-state.md`.

use super::board::Board;
use super::cassette::Cassette;
use super::gromport;
use super::keyboard::Keyboard;
use super::machine::{Config, Machine};
use crate::chips::sn76489::Sn76489;
use crate::chips::tmc0430::Tmc0430;
use crate::chips::tms9900::Tms9900;
use crate::chips::tms9901::Tms9901;
use crate::chips::tms9918a::Tms9918a;
use crate::clock::Cycles;
use crate::peb::ram32k::Ram32k;
use crate::peb::rom_card::RomCard;
use serde::{Deserialize, Serialize};

const MAGIC: &[u8; 8] = b"LUBBOCK\x1A";
/// Version of the layout; a state of another version is refused. A test holds it against the layout's checksum.
const VERSION: u16 = 4;
/// Bytes before the body.
const HEADER: usize = 8 + 2 + 3 * 4;

/// Why a save state could not be restored. The machine is left as it was.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RestoreError {
    /// The bytes do not begin like a save state.
    #[error("not a save state of Lubbock")]
    Magic,
    /// Another version wrote it.
    #[error(
        "save state of format {found}, this program reads format {VERSION}: load it with the version that saved it"
    )]
    Version {
        /// The version in the state.
        found: u16,
    },
    /// It belongs to other ROMs.
    #[error("the save state was made with other console ROMs: start with those it was made with")]
    Firmware,
    /// It belongs to other cartridges.
    #[error("the save state was made with other cartridges: insert those it was made with")]
    Cartridges,
    /// The body is cut off or changed.
    #[error("the save state is damaged")]
    Damaged,
    /// It belongs to a machine built otherwise.
    #[error("the save state is of another machine (region, memory expansion or timing profile)")]
    Config,
}

/// The body. Each type in it has a name of its own, by `rename` if need be: the test below tells types by their names.
#[derive(Serialize, Deserialize)]
struct State {
    config: Config,
    cpu: Tms9900,
    now: Cycles,
    vdp_event_at: Cycles,
    pad: Vec<u16>,
    ram: Option<Ram32k>,
    /// Whether each ROM card is switched on.
    cards: Vec<bool>,
    vdp: Tms9918a,
    psg: Sn76489,
    psi: Tms9901,
    grom: Tmc0430,
    port: gromport::State,
    keyboard: Keyboard,
    cassette: Cassette,
}

impl Machine {
    /// The machine's state as bytes. Sound that has not been taken is not inside.
    pub fn snapshot(&mut self) -> Vec<u8> {
        self.board.run_output();
        let board = &self.board;
        let state = State {
            config: self.config,
            cpu: self.cpu.clone(),
            now: board.now,
            vdp_event_at: board.vdp_event_at,
            pad: board.pad.to_vec(),
            ram: board.ram.clone(),
            cards: board.cards.iter().map(RomCard::is_on).collect(),
            vdp: board.vdp.clone(),
            psg: board.psg.clone(),
            psi: board.psi.clone(),
            grom: board.grom.clone(),
            port: board.port.state().clone(),
            keyboard: board.keyboard.clone(),
            cassette: board.cassette.clone(),
        };
        let body = postcard::to_allocvec(&state).expect("plain values in memory always encode");
        let mut bytes = Vec::with_capacity(HEADER + body.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        for sum in [board.image_checksum(), board.port.media_hash(), crc32fast::hash(&body)] {
            bytes.extend_from_slice(&sum.to_le_bytes());
        }
        bytes.extend_from_slice(&body);
        bytes
    }

    /// Puts the machine into a saved state. On an error nothing has changed.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        let body = checked_body(bytes, &self.board)?;
        let state: State = postcard::from_bytes(body).map_err(|_| RestoreError::Damaged)?;
        if state.config != self.config || state.ram.is_some() != self.board.ram.is_some() {
            return Err(RestoreError::Config);
        }
        let pad = state.pad.try_into().map_err(|_| RestoreError::Damaged)?;
        let mut port = self.board.port.clone();
        port.restore(state.port).map_err(|_| RestoreError::Cartridges)?;
        let (mut vdp, mut psi) = (state.vdp, state.psi);
        let dot = self.config.profile.dot_clock.dot_at(state.now);
        let whole = state.cards.len() == self.board.cards.len()
            && state.ram.as_ref().is_none_or(Ram32k::is_whole)
            && state.psg.is_valid_at(dot)
            && vdp.validate(&self.board.vdp, dot)
            && psi.validate(state.now)
            && state.cassette.is_valid_at(state.now)
            && state.cpu.has_timing(self.config.profile.cpu);
        if !whole {
            return Err(RestoreError::Damaged);
        }
        self.cpu = state.cpu;
        let board = &mut self.board;
        board.now = state.now;
        board.vdp_event_at = state.vdp_event_at;
        board.pad = pad;
        board.ram = state.ram;
        for (card, on) in board.cards.iter_mut().zip(state.cards) {
            card.set_on(on);
        }
        board.vdp = vdp;
        board.psg = state.psg;
        board.psi = psi;
        board.grom = state.grom;
        board.port = port;
        board.keyboard = state.keyboard;
        board.cassette = state.cassette;
        board.refresh_short_way();
        board.refresh_event();
        Ok(())
    }
}

/// The body of a state whose header fits this board.
fn checked_body<'a>(bytes: &'a [u8], board: &Board) -> Result<&'a [u8], RestoreError> {
    if !bytes.starts_with(MAGIC) {
        return Err(RestoreError::Magic);
    }
    let (header, body) = bytes.split_at_checked(HEADER).ok_or(RestoreError::Damaged)?;
    let found = u16::from_le_bytes([header[8], header[9]]);
    if found != VERSION {
        return Err(RestoreError::Version { found });
    }
    let sum = |i: usize| u32::from_le_bytes([header[i], header[i + 1], header[i + 2], header[i + 3]]);
    if sum(10) != board.image_checksum() {
        return Err(RestoreError::Firmware);
    }
    if sum(14) != board.port.media_hash() {
        return Err(RestoreError::Cartridges);
    }
    if sum(18) != crc32fast::hash(body) {
        return Err(RestoreError::Damaged);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_reflection::{Samples, Tracer, TracerConfig};

    /// Checksum of the layout that [`VERSION`] stands for: names and types of all fields, in their order.
    const LAYOUT: u32 = 0x8F3B_3832;
    /// The enums in it.
    const ENUMS: [&str; 6] = ["DivRule", "GromReady", "Next", "Region", "RequestTiming", "Variant"];

    #[test]
    fn another_layout_has_another_version() {
        let mut tracer = Tracer::new(TracerConfig::default().is_human_readable(false));
        // A pass sees one variant of each enum, by its name or by its number; then it wants to be asked about the rest.
        for _ in 0..16 {
            tracer.trace_type_once::<State>(&Samples::new()).expect("the types of a state can be traced");
            for name in ENUMS {
                tracer.check_incomplete_enum(name);
            }
        }
        let layout = format!("{:#?}", tracer.registry().expect("ENUMS names every enum in a state"));
        assert_eq!(
            (VERSION, crc32fast::hash(layout.as_bytes())),
            (4, LAYOUT),
            "a state's layout has changed: raise VERSION, add a row to docs/save-state.md, then take over the checksum of\n{layout}"
        );
    }
}
