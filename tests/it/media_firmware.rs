// SPDX-License-Identifier: MIT OR Apache-2.0
//! Console firmware from the layouts in use. The images are synthetic: no byte of TI's is in the tests.

use crate::zipped::zip;
use lubbock::media::MediaError;
use lubbock::media::firmware::{Chip, Firmware};

/// Files by name.
type Files = Vec<(&'static str, Vec<u8>)>;

/// A ROM whose reset vector is what a console's looks like; the rest counts up.
fn rom() -> Vec<u8> {
    let mut rom: Vec<u8> = (0..0x2000u32).map(|n| ((n * 7) >> 3) as u8).collect();
    rom[..4].copy_from_slice(&[0x83, 0xE0, 0x00, 0x24]);
    rom
}

/// A 6K GROM. GROM 0 has a header with a list inside the console.
fn grom(id: u8) -> Vec<u8> {
    let mut grom: Vec<u8> = (0..0x1800u32).map(|n| ((n * 5) >> 2) as u8 ^ id.wrapping_mul(0x55)).collect();
    if id == 0 {
        grom[..12].copy_from_slice(&[0xAA, 2, 0, 0, 0x00, 0x20, 0x21, 0x00, 0, 0, 0, 0]);
    }
    grom
}

fn packed() -> Vec<u8> {
    (0..3).flat_map(grom).collect()
}

fn slotted(fill: u8) -> Vec<u8> {
    let slot = |id| {
        let mut slot = grom(id);
        slot.resize(0x2000, fill);
        slot
    };
    (0..3).flat_map(slot).collect()
}

/// The 8K a GROM shows: above its 6K, banks 1 and 2 ORed (TMC0430).
fn shown(id: u8) -> Vec<u8> {
    let chip = grom(id);
    let top: Vec<u8> = (0..0x800).map(|at| chip[0x800 + at] | chip[0x1000 + at]).collect();
    [chip, top].concat()
}

fn mame_set() -> Files {
    let lane = |first| rom().into_iter().skip(first).step_by(2).collect();
    vec![
        ("994a_rom_hb.u610", lane(0)),
        ("994a_rom_lb.u611", lane(1)),
        ("994a_grom0.u500", grom(0)),
        ("994a_grom1.u501", grom(1)),
        ("994a_grom2.u502", grom(2)),
    ]
}

fn load(files: &[(&str, Vec<u8>)]) -> Result<Firmware, MediaError> {
    let files: Vec<_> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    Firmware::from_files("roms", &files)
}

#[test]
fn every_layout_gives_the_same_firmware() {
    let slots_short: Vec<u8> = slotted(0)[..0x5800].to_vec();
    let zipped = zip(&mame_set());
    let junk = ("readme.txt", b"hello".to_vec());
    let layouts: &[(&str, Files)] = &[
        ("packed GROMs", vec![("anything.bin", rom()), ("g.bin", packed())]),
        ("8K slots of zeros", vec![("994arom.bin", rom()), ("994agrom.bin", slotted(0))]),
        ("8K slots of ones", vec![("a", rom()), ("b", slotted(0xFF))]),
        ("last slot short", vec![("a", rom()), ("b", slots_short)]),
        ("MAME's files", mame_set()),
        ("MAME's zip", vec![("ti99_4a.zip", zipped.clone())]),
        ("zip and the same loose, with other files", vec![junk, ("ti99_4a.zip", zipped), ("rom.bin", rom())]),
    ];
    for (what, files) in layouts {
        let firmware = load(files).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert_eq!(firmware.rom[..], rom()[..], "{what}");
        for id in 0..3 {
            assert!(firmware.groms[usize::from(id)] == shown(id), "{what}: GROM {id}");
        }
        assert_eq!(firmware.parts.iter().map(|part| part.chip).collect::<Vec<_>>(), Chip::ALL, "{what}");
    }
}

#[test]
fn the_parts_name_their_file_and_checksum() {
    let firmware = load(&[("ti99_4a.zip", zip(&mame_set()))]).unwrap();
    let part = &firmware.parts[3];
    assert_eq!(part.source, "ti99_4a.zip:994a_grom1.u501");
    assert_eq!(part.crc32, crc32fast::hash(&grom(1)));
    assert_eq!(part.known, None);
    assert_eq!(
        firmware.notes[0],
        format!(
            "ti99_4a.zip:994a_rom_hb.u610: console ROM (even bytes) with CRC32 {:08x}, which is not a known one",
            crc32fast::hash(&mame_set()[0].1)
        )
    );
}

#[test]
fn explicit_images_need_no_header() {
    let noise: Vec<u8> = (0..0x4800u32).map(|n| ((n * n) >> 5) as u8).collect();
    let firmware = Firmware::from_images(("r", &[0x11; 0x2000]), ("g", &noise)).unwrap();
    assert_eq!(firmware.groms[2][..0x1800], noise[0x3000..]);
}

#[test]
fn what_is_wrong_is_said() {
    let mut other = rom();
    other[100] ^= 0xFF;
    let rows: &[(Files, &str)] = &[
        (
            vec![("rom.bin", rom())],
            "no console GROM 0, console GROM 1, console GROM 2 found in roms: \
             it takes an 8K ROM file and a 24K GROM file, or MAME's ti99_4a.zip",
        ),
        (
            vec![],
            "no console ROM (even bytes), console ROM (odd bytes), console GROM 0, console GROM 1, console GROM 2 found \
             in roms: it takes an 8K ROM file and a 24K GROM file, or MAME's ti99_4a.zip",
        ),
        (
            vec![("a.bin", rom()), ("b.bin", other), ("g.bin", packed())],
            "roms: a.bin and b.bin both look like the console ROM (even bytes): name one with --rom and --grom, or remove one",
        ),
    ];
    for (files, expected) in rows {
        assert_eq!(load(files).unwrap_err().to_string(), *expected);
    }
    let short = Firmware::from_images(("rom.bin", &[0; 0x1000]), ("g", &packed())).unwrap_err();
    assert_eq!(
        short.to_string(),
        "rom.bin: 4096 bytes, but a console ROM has 8192: for a split set give its zip or its folder with --roms"
    );
    let short = Firmware::from_images(("r", &rom()), ("grom.bin", &[0; 100])).unwrap_err();
    assert_eq!(
        short.to_string(),
        "grom.bin: 100 bytes, but the console's GROMs have 18432 (6K each) or 24576 (8K each): give a file of that size"
    );
    let broken = load(&[("set.zip", b"PK\x03\x04nonsense".to_vec())]).unwrap_err().to_string();
    assert!(broken.starts_with("set.zip: cannot read this zip archive ("), "{broken}");
}

#[test]
fn candidates_are_told_by_name_and_length() {
    for (name, len, expected) in [
        ("994a_rom_hb.u610", 0x1000, true),
        ("grom.bin", 0x6000, true),
        ("TI99_4A.ZIP", 70_000, true),
        ("huge.zip", 1 << 30, false),
        ("photo.png", 123_456, false),
    ] {
        assert_eq!(Firmware::is_candidate(name, len), expected, "{name}");
    }
}
