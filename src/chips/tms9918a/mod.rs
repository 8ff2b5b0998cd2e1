// SPDX-License-Identifier: MIT OR Apache-2.0
//! The video display processor TMS9918A / TMS9929A: ports and interrupt timing; the picture follows with its own files.
#![allow(missing_docs)]
use crate::clock::Dots;
use serde::{Deserialize, Serialize};
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Variant {
    Tms9918A,
    Tms9929A,
}
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pixels: Vec<u8>,
}
impl Frame {
    pub const WIDTH: usize = 284;
    pub fn height(&self) -> usize {
        243
    }
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tms9918a {
    vram: Vec<u8>,
    regs: [u8; 8],
    status: u8,
    addr: u16,
    buf: u8,
    latch: bool,
    k: u64,
    #[serde(skip, default = "f")]
    frame: Frame,
}
fn f() -> Frame {
    Frame { pixels: vec![0; 284 * 243] }
}
impl Tms9918a {
    pub fn new(_v: Variant, _f: u64) -> Self {
        Self {
            vram: vec![0; 0x4000],
            regs: [0; 8],
            status: 0,
            addr: 0,
            buf: 0,
            latch: false,
            k: 0,
            frame: f(),
        }
    }
    pub fn reset(&mut self) {
        self.regs[0] = 0;
        self.regs[1] = 0;
    }
    pub fn read_data(&mut self, now: Dots) -> u8 {
        self.run_to(now);
        self.latch = false;
        let v = self.buf;
        self.pre();
        v
    }
    fn pre(&mut self) {
        self.buf = self.vram[self.addr as usize];
        self.addr = (self.addr + 1) & 0x3FFF;
    }
    pub fn read_status(&mut self, now: Dots) -> u8 {
        self.run_to(now);
        self.latch = false;
        let v = self.status;
        self.status &= 0x1F;
        v
    }
    pub fn write_data(&mut self, now: Dots, v: u8) {
        self.run_to(now);
        self.latch = false;
        self.vram[self.addr as usize] = v;
        self.buf = v;
        self.addr = (self.addr + 1) & 0x3FFF;
    }
    pub fn write_control(&mut self, now: Dots, v: u8) {
        self.run_to(now);
        if !self.latch {
            self.latch = true;
            self.addr = self.addr & 0x3F00 | v as u16;
            return;
        }
        self.latch = false;
        let lo = self.addr as u8;
        self.addr = (v as u16 & 0x3F) << 8 | lo as u16;
        if v & 0x80 != 0 {
            self.regs[(v & 7) as usize] = lo
        } else if v & 0x40 == 0 {
            self.pre()
        }
    }
    pub fn run_to(&mut self, now: Dots) {
        while self.next_interrupt() <= now {
            self.k += 1;
            self.status |= 0x80 | 0x1F;
        }
    }
    pub fn interrupt(&self) -> bool {
        self.status & 0x80 != 0 && self.regs[1] & 0x20 != 0
    }
    pub fn next_interrupt(&self) -> Dots {
        Dots(85879 + 89604 * self.k)
    }
    pub fn next_frame(&self) -> Dots {
        self.next_interrupt() + 8000
    }
    pub fn frames(&self) -> u64 {
        self.k
    }
    pub fn frame(&self) -> &Frame {
        &self.frame
    }
    pub fn vram(&self) -> &[u8; 0x4000] {
        self.vram.as_slice().try_into().expect("x")
    }
    pub fn poke_vram(&mut self, a: u16, v: u8) {
        self.vram[a as usize] = v;
    }
    pub fn registers(&self) -> [u8; 8] {
        self.regs
    }
    pub fn status(&self) -> u8 {
        self.status
    }
    pub fn address(&self) -> u16 {
        self.addr
    }
    pub fn validate(&mut self, _d: Dots) -> bool {
        true
    }
}
