// SPDX-License-Identifier: MIT OR Apache-2.0
//! The machine: processor and board, and all that a front end does with them.
//!
//! A machine has no clock but its own: the same configuration, images, cartridges and inputs at the same clocks give the
//! same states on any host. Inputs take effect at [`Machine::now`].

use super::board::{Board, ConsoleImages};
use super::cassette::Cassette;
use super::gromport::Gromport;
use super::keyboard::{Key, Keyboard};
use super::lockstep::BetweenOperations;
use super::profile::Profile;
use crate::chips::sn76489::Edge;
use crate::chips::tms9900::{Registers, Tms9900};
use crate::chips::tms9918a::{Frame, Variant};
use crate::clock::Cycles;
use crate::media::cartridge::Cartridge;
use crate::peb::rom_card::RomCard;
use serde::{Deserialize, Serialize};

/// Which television the console was sold for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Region {
    /// TMS9918A: 262 lines, 59.92 pictures a second.
    #[default]
    Ntsc,
    /// TMS9929A: 313 lines, 50.16 pictures a second.
    Pal,
}

/// What a machine is built of, its images and cartridges aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Which answers to the open questions about the hardware.
    pub profile: Profile,
    /// NTSC or PAL.
    pub region: Region,
    /// Whether the 32K memory expansion is there.
    pub ram32k: bool,
}

impl Default for Config {
    /// The documented machine, NTSC, with the memory expansion.
    fn default() -> Self {
        Self { profile: Profile::DOCUMENTED, region: Region::Ntsc, ram32k: true }
    }
}

/// Where the processor stands before an instruction: a line of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TracePoint {
    /// The clock at which the instruction's fetch begins.
    pub cycle: Cycles,
    /// PC, WP and ST before the instruction.
    pub regs: Registers,
}

/// A TI-99/4A.
#[derive(Clone, Debug)]
pub struct Machine {
    pub(super) config: Config,
    pub(super) cpu: Tms9900,
    pub(super) board: Board,
}

impl Machine {
    /// A machine that has just been switched on: the reset sequence has run, the first instruction is due.
    pub fn new(config: Config, images: ConsoleImages<'_>, cartridges: Vec<Cartridge>) -> Self {
        let variant = match config.region {
            Region::Ntsc => Variant::Tms9918A,
            Region::Pal => Variant::Tms9929A,
        };
        let mut board = Board::new(config.profile, variant, config.ram32k, images, Gromport::new(cartridges));
        let mut cpu = Tms9900::new(config.profile.cpu);
        cpu.reset(&mut board);
        Self { config, cpu, board }
    }

    /// Plugs a card into the expansion box.
    pub fn plug_card(&mut self, card: RomCard) {
        self.board.cards.push(card);
    }

    /// What the machine was built of.
    pub fn config(&self) -> Config {
        self.config
    }

    /// The RESET line, as when a cartridge is plugged in: RAM, GROMs and sound keep what they have.
    pub fn reset(&mut self) {
        self.board.reset();
        self.cpu.reset(&mut self.board);
    }

    /// CPU clocks since power-on.
    pub fn now(&self) -> Cycles {
        self.board.now
    }

    /// Executes one instruction, or lets a moment of IDLE pass.
    pub fn step(&mut self) {
        if self.boundary().is_some() {
            self.execute();
        }
    }

    /// Takes a due interrupt and tells which instruction [`Self::execute`] will execute; `None` while the processor
    /// idles, for which a moment passes.
    pub fn boundary(&mut self) -> Option<TracePoint> {
        let ready = if self.config.profile.events_between_operations {
            self.cpu.begin(&mut BetweenOperations(&mut self.board))
        } else {
            self.cpu.begin(&mut self.board)
        };
        ready.then(|| TracePoint { cycle: self.board.now, regs: self.cpu.registers() })
    }

    /// Executes the instruction that [`Self::boundary`] told of.
    pub fn execute(&mut self) {
        if self.config.profile.events_between_operations {
            self.cpu.execute(&mut BetweenOperations(&mut self.board));
        } else {
            self.cpu.execute(&mut self.board);
        }
    }

    /// Runs to the first instruction boundary at or after `deadline`.
    pub fn run_until(&mut self, deadline: Cycles) {
        if self.config.profile.events_between_operations {
            while self.board.now < deadline {
                self.cpu.step(&mut BetweenOperations(&mut self.board));
            }
        } else {
            while self.board.now < deadline {
                self.cpu.step(&mut self.board);
            }
        }
    }

    /// The clock at which the picture being drawn will be complete.
    pub fn frame_end(&self) -> Cycles {
        let now = self.board.dot(self.board.now);
        self.config.profile.dot_clock.cycle_of(self.board.vdp.next_frame(now))
    }

    /// Runs until the picture being drawn is complete.
    pub fn run_frame(&mut self) {
        self.run_until(self.frame_end());
        self.board.run_output();
    }

    /// The picture: palette indexes with the border. Lines below the beam are still those of the picture before.
    pub fn frame(&self) -> &Frame {
        self.board.vdp.frame()
    }

    /// Pictures completed since power-on.
    pub fn frames(&self) -> u64 {
        self.board.vdp.frames(self.board.dot(self.board.now))
    }

    /// Takes the sound since the last call as level changes, into `edges` (which is cleared first); the sound is known up
    /// to the returned clock.
    pub fn take_audio(&mut self, edges: &mut Vec<Edge>) -> Cycles {
        self.board.run_output();
        edges.clear();
        self.board.psg.swap_edges(edges);
        self.board.now
    }

    /// The output level of the sound chip now.
    pub fn audio_level(&self) -> i32 {
        self.board.psg.level()
    }

    /// Presses or releases a key or joystick contact.
    pub fn set_key(&mut self, key: Key, down: bool) {
        self.board.keyboard.set(key, down);
        self.board.drive_keyboard();
    }

    /// Releases all keys and joystick contacts.
    pub fn release_all_keys(&mut self) {
        self.board.keyboard.release_all();
        self.board.drive_keyboard();
    }

    /// Latches alpha lock down (true) or up.
    pub fn set_alpha_lock(&mut self, down: bool) {
        self.board.keyboard.set_alpha_lock(down);
        self.board.drive_keyboard();
    }

    /// The contacts as they are.
    pub fn keyboard(&self) -> &Keyboard {
        &self.board.keyboard
    }

    /// The cassette recorders' side of the lines.
    pub fn cassette(&mut self) -> &mut Cassette {
        &mut self.board.cassette
    }

    /// The cartridge port, for its battery-backed memory.
    pub fn gromport(&mut self) -> &mut Gromport {
        &mut self.board.port
    }
}

/// The debugger's door: nothing here takes time or has a side effect on a chip.
impl Machine {
    /// PC, WP and ST.
    pub fn registers(&self) -> Registers {
        self.cpu.registers()
    }

    /// Sets PC, WP and ST between two instructions.
    pub fn set_registers(&mut self, regs: Registers) {
        self.cpu.set_registers(regs);
    }

    /// Whether the processor waits in IDLE.
    pub fn idling(&self) -> bool {
        self.cpu.idling()
    }

    /// The word at CPU address `addr` (its last bit dropped); device ports read as 0.
    pub fn peek(&self, addr: u16) -> u16 {
        self.board.peek(addr & !1)
    }

    /// The byte at CPU address `addr`.
    pub fn peek_byte(&self, addr: u16) -> u8 {
        self.peek(addr).to_be_bytes()[usize::from(addr & 1)]
    }

    /// Stores a word in scratchpad or expansion RAM; false where there is none.
    pub fn poke(&mut self, addr: u16, word: u16) -> bool {
        self.board.poke(addr & !1, word)
    }

    /// The VDP's 16 KiB of RAM.
    pub fn vram(&self) -> &[u8; 0x4000] {
        self.board.vdp.vram()
    }

    /// Stores a byte in the VDP's RAM.
    pub fn poke_vram(&mut self, addr: u16, byte: u8) {
        self.board.vdp.poke_vram(addr, byte);
    }

    /// The VDP's registers 0 to 7.
    pub fn vdp_registers(&self) -> [u8; 8] {
        self.board.vdp.registers()
    }

    /// The VDP's status, which reading it through its port would clear.
    pub fn vdp_status(&self) -> u8 {
        self.board.vdp.status()
    }

    /// The sound chip's eight registers: three dividers with their attenuations, noise control and its attenuation.
    pub fn sound_registers(&self) -> [u16; 8] {
        self.board.psg.registers()
    }

    /// From now on notes every byte written to the sound chip, for [`Self::take_sound_writes`].
    pub fn log_sound_writes(&mut self) {
        self.board.sound_log = Some(Vec::new());
    }

    /// The bytes written to the sound chip since the last call; none unless they are noted.
    pub fn take_sound_writes(&mut self) -> Vec<u8> {
        self.board.sound_log.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The byte at a GROM address, as base 0 shows it.
    pub fn peek_grom(&self, addr: u16) -> u8 {
        self.board.grom_byte(0, addr)
    }

    /// The address of the GROM byte that the data port delivers next.
    pub fn grom_address(&self) -> u16 {
        self.board.grom.next_address()
    }
}
