// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cartridge images for the tests, made on the spot.

/// 8K at >6000 with a header and one program that starts at >6040; the rest is zeros.
pub(crate) fn program(title: &str) -> Vec<u8> {
    let mut image = vec![0; 0x2000];
    image[..8].copy_from_slice(&[0xAA, 1, 1, 0, 0, 0, 0x60, 0x10]);
    image[0x10..0x14].copy_from_slice(&[0, 0, 0x60, 0x40]);
    image[0x14] = title.len() as u8;
    image[0x15..0x15 + title.len()].copy_from_slice(title.as_bytes());
    image
}

/// The program's code put in.
pub(crate) fn machine_code(mut image: Vec<u8>, code: &[u8]) -> Vec<u8> {
    image[0x40..0x40 + code.len()].copy_from_slice(code);
    image
}

/// A ROM: LIMI 0, JMP $.
pub(crate) fn rom(title: &str) -> Vec<u8> {
    machine_code(program(title), &[0x03, 0x00, 0x00, 0x00, 0x10, 0xFF])
}

/// A ROM with byte 3 of its header set, as the FinalGROM's modes are.
pub(crate) fn rom_marked(title: &str, mark: u8) -> Vec<u8> {
    let mut image = rom(title);
    image[3] = mark;
    image
}

/// One GROM of 6K: ALL >20, EXIT.
pub(crate) fn grom(title: &str) -> Vec<u8> {
    let mut image = machine_code(program(title), &[0x07, 0x20, 0x0B]);
    image.truncate(0x1800);
    for (at, byte) in image.iter_mut().enumerate().skip(0x400) {
        *byte = (at >> 3) as u8 ^ (at >> 7) as u8;
    }
    image
}

/// GROMs of `len` bytes in 8K slots.
pub(crate) fn grom_sized(title: &str, len: usize) -> Vec<u8> {
    let mut image = grom(title);
    image.extend((0x1800..len).map(|at| (at >> 4) as u8));
    image
}

/// A GRAM Kracker file: type 1-8 GROM 0-7, 9 and 10 ROM banks (ninerpedia, "GRAM Kracker format").
pub(crate) fn kracker(kind: u8, contents: &[u8]) -> Vec<u8> {
    let address = if kind < 9 { u16::from(kind - 1) << 13 } else { 0x6000 };
    let mut file = vec![0xFF, kind];
    file.extend((contents.len() as u16).to_be_bytes());
    file.extend(address.to_be_bytes());
    file.extend(contents);
    file
}
