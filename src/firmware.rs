// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lubbock's own console firmware, built into the program: what a machine boots when the user names no ROMs.
//!
//! The images are built from the sources under `roms/system` as `docs/firmware.md` says.

/// Console ROM, >0000-1FFF.
pub static ROM: &[u8; 0x2000] = include_bytes!("../roms/system/rom.bin");

/// GROMs 0, 1 and 2: 6 KiB each.
pub static GROMS: [&[u8; 0x1800]; 3] = [
    include_bytes!("../roms/system/grom0.bin"),
    include_bytes!("../roms/system/grom1.bin"),
    include_bytes!("../roms/system/grom2.bin"),
];
