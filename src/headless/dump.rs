// SPDX-License-Identifier: MIT OR Apache-2.0
//! Memory as hexadecimal text, read through the debugger's door: nothing in the machine changes.

use crate::console::Machine;
use std::fmt::{self, Write as _};
use std::str::FromStr;

/// Bytes in a line of a dump.
const LINE: usize = 16;

/// Which memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// What the processor sees; device ports read as 0.
    Cpu,
    /// The VDP's RAM.
    Vdp,
    /// GROMs, those of the console and of the first cartridge.
    Grom,
}

impl FromStr for Space {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "cpu" => Ok(Self::Cpu),
            "vdp" => Ok(Self::Vdp),
            "grom" => Ok(Self::Grom),
            _ => Err(()),
        }
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpu => "cpu",
            Self::Vdp => "vdp",
            Self::Grom => "grom",
        })
    }
}

/// A stretch of memory: `vdp:0x300:32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    space: Space,
    start: u16,
    len: u32,
}

impl Area {
    /// `len` bytes from `start` on; `None` if that reaches beyond the end of the memory.
    pub fn new(space: Space, start: u16, len: u32) -> Option<Self> {
        let size = if space == Space::Vdp { 0x4000 } else { 0x1_0000 };
        (len > 0 && u32::from(start) + len <= size).then_some(Self { space, start, len })
    }

    /// The bytes now.
    pub fn bytes(self, machine: &Machine) -> Vec<u8> {
        let at = |offset: u32| self.start.wrapping_add(offset as u16);
        let byte = |addr: u16| match self.space {
            Space::Cpu => machine.peek_byte(addr),
            Space::Vdp => machine.vram()[usize::from(addr)],
            Space::Grom => machine.peek_grom(addr),
        };
        (0..self.len).map(|offset| byte(at(offset))).collect()
    }

    /// Lines of an address, 16 bytes, and the same as ASCII.
    pub fn text(self, machine: &Machine) -> String {
        let mut text = String::new();
        for (line, bytes) in self.bytes(machine).chunks(LINE).enumerate() {
            let addr = usize::from(self.start) + line * LINE;
            let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            let ascii: String = bytes.iter().map(|&byte| printable(byte)).collect();
            let width = 3 * LINE - 1;
            writeln!(text, "{addr:04X}: {:width$}  {ascii}", hex.join(" ")).expect("a String takes all");
        }
        text
    }
}

fn printable(byte: u8) -> char {
    if (0x20..0x7F).contains(&byte) { char::from(byte) } else { '.' }
}

/// A number: decimal, or hexadecimal behind `>` or `0x`.
pub(super) fn number(text: &str) -> Option<u32> {
    let hex = text.strip_prefix('>').or_else(|| text.strip_prefix("0x"));
    match hex {
        Some(hex) if hex.starts_with('+') => None,
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} >{:04X}", self.space, self.start)
    }
}

impl FromStr for Area {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(':').collect();
        let [space, start, len] = parts[..] else {
            return Err("expected SPACE:ADDRESS:LENGTH, as in vdp:0x300:32".to_owned());
        };
        let space = space.parse().map_err(|()| format!("`{space}` is not cpu, vdp or grom"))?;
        let read =
            |text: &str| number(text).ok_or(format!("`{text}` is not a number such as 768, >300 or 0x300"));
        let (start, len) = (read(start)?, read(len)?);
        let area = u16::try_from(start).ok().and_then(|start| Self::new(space, start, len));
        area.ok_or(format!("{len} bytes from >{start:04X} on are not all inside that memory"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_read_and_checked() {
        let vdp = Area { space: Space::Vdp, start: 0x300, len: 32 };
        for text in ["vdp:0x300:32", "vdp:>300:>20", "vdp:768:0x20"] {
            assert_eq!(text.parse::<Area>(), Ok(vdp));
        }
        for text in
            ["vdp:0", "ram:0:1", "vdp:0x:1", "vdp:0x3FFF:2", "cpu:0x10000:1", "cpu:0:0", "grom:0x+1:1"]
        {
            assert!(text.parse::<Area>().is_err(), "{text}");
        }
    }
}
