// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cartridge detection: which files make which cartridge, and what is said of those that make none.
//!
//! The expected schemes are those of Classic99, V9T9 and FinalGROM 99 for the names used (docs/media.md).

use crate::images::{grom, grom_sized, kracker, machine_code, program, rom, rom_marked};
use crate::zipped::zip;
use lubbock::media::cartridge::Cartridge;
use lubbock::media::{companions, detect};

/// Files by name.
type Files = Vec<(&'static str, Vec<u8>)>;

fn load(files: &Files) -> Result<Vec<Cartridge>, String> {
    let files: Vec<_> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    detect(&files).map_err(|e| e.to_string())
}

/// One line for a cartridge: name, scheme, ROM in K, GROMs, RAM in K, and how many notes.
fn summary(c: &Cartridge) -> String {
    let groms: String = (0..8).filter(|&id| c.groms[id].is_some()).map(|id| id.to_string()).collect();
    let ram = c.ram.as_ref().map_or(String::new(), |ram| {
        format!(" ram{}K{}", ram.initial.len() / 1024, if ram.battery { "b" } else { "" })
    });
    let gram = if c.gram { " gram" } else { "" };
    format!(
        "{} {:?} {}K g[{groms}]{ram}{gram} notes {}",
        c.name,
        c.banking,
        c.rom.len() / 1024,
        c.notes.len()
    )
}

/// Banks of which those listed have a header; each bank's last byte is its number.
fn banks(count: usize, headers: &[usize]) -> Vec<u8> {
    let bank = |n| {
        let mut bank = if headers.contains(&n) { rom("GAME") } else { vec![0x11; 0x2000] };
        bank[0x1FFF] = n as u8;
        bank
    };
    (0..count).flat_map(bank).collect()
}

/// Two banks, a header in each: both start with CLR @latch and then B @>6100, which is blank in `blank`.
fn both_orders(latch: u16, blank: usize) -> Vec<u8> {
    let mut image = banks(2, &[0, 1]);
    for (n, bank) in image.chunks_mut(0x2000).enumerate() {
        let [high, low] = latch.to_be_bytes();
        bank[0x40..0x48].copy_from_slice(&[0x04, 0xE0, high, low, 0x04, 0x60, 0x61, 0x00]);
        bank[0x100..0x120].fill(if n == blank { 0 } else { 0x10 });
    }
    image
}

#[test]
fn names_and_contents_decide() {
    let fg = |mark| rom_marked("GAME", mark);
    let headless = || vec![0x22; 0x2000];
    let rows: &[(Files, &str)] = &[
        // One image.
        (vec![("game.bin", rom("GAME"))], "game Standard 8K g[] notes 0"),
        (vec![("dir/sub/GAMEC.BIN", rom("GAME"))], "GAMEC Standard 8K g[] notes 0"),
        (vec![("game.bin", rom("GAME")[..0x1000].to_vec())], "game Standard 4K g[] notes 0"),
        (vec![("game8.bin", banks(4, &[0]))], "game8 Paged378 32K g[] notes 0"),
        (vec![("game9.bin", banks(4, &[3]))], "game9 Paged379i 32K g[] notes 0"),
        (vec![("game3.bin", banks(4, &[0, 1, 2, 3]))], "game3 Paged379i 32K g[] notes 0"),
        (vec![("game8.bin", banks(4, &[0, 1, 2, 3]))], "game8 Paged378 32K g[] notes 0"),
        (vec![("game.bin", banks(4, &[0]))], "game Paged378 32K g[] notes 0"),
        (vec![("game.bin", banks(4, &[3]))], "game Paged379i 32K g[] notes 0"),
        (vec![("gamec.bin", banks(4, &[0, 1, 2, 3]))], "gamec Paged378 32K g[] notes 0"),
        (vec![("game.bin", banks(65, &[0]))], "game Paged377 520K g[] notes 0"),
        (vec![("game.bin", banks(257, &[0]))], "game Gigacart { data_bits: 0 } 2056K g[] notes 0"),
        (vec![("game.bin", banks(4097, &[0]))], "game Gigacart { data_bits: 1 } 32776K g[] notes 0"),
        // Contents against the name: the contents win, with a note.
        (vec![("game9.bin", banks(4, &[0]))], "game9 Paged378 32K g[] notes 1"),
        (vec![("game8.bin", banks(4, &[3]))], "game8 Paged379i 32K g[] notes 1"),
        (vec![("digdug.bin", rom("DIG DUG"))], "digdug Standard 8K g[] notes 1"),
        // A header at both ends: settled by what a start would run into, else by convention.
        (vec![("game.bin", banks(2, &[0, 1]))], "game Paged378 16K g[] notes 1"),
        (vec![("game.bin", both_orders(0x6000, 1))], "game Paged378 16K g[] notes 0"),
        (vec![("game.bin", both_orders(0x6000, 0))], "game Paged379i 16K g[] notes 0"),
        (vec![("game.bin", both_orders(0x6002, 1))], "game Paged379i 16K g[] notes 0"),
        // Names that end in a set's letter by chance.
        (vec![("main.bin", rom("MAIN"))], "main Standard 8K g[] notes 0"),
        (vec![("sound.bin", banks(2, &[0]))], "sound Paged378 16K g[] notes 0"),
        // GROM images.
        (vec![("gameg.bin", grom("GAME"))], "gameg Standard 0K g[3] notes 0"),
        (vec![("game.bin", grom("GAME"))], "game Standard 0K g[3] notes 0"),
        (vec![("gameg.bin", grom_sized("GAME", 0x5800))], "gameg Standard 0K g[345] notes 0"),
        (vec![("game.bin", grom_sized("GAME", 0x3800))], "game Standard 0K g[34] notes 0"),
        (vec![("gameg.bin", grom_sized("GAME", 0xA000))], "gameg Standard 0K g[34567] notes 0"),
        // Sets.
        (vec![("gamec.bin", headless()), ("gameg.bin", grom("GAME"))], "game Standard 8K g[3] notes 0"),
        (vec![("gameG.bin", grom("GAME")), ("gameC.bin", headless())], "game Standard 8K g[3] notes 0"),
        (vec![("gamec.bin", rom("GAME")), ("gamed.bin", headless())], "game Paged16k 16K g[] notes 0"),
        (
            vec![("gamec.bin", headless()), ("gamed.bin", headless()), ("gameg.bin", grom("GAME"))],
            "game Paged16k 16K g[3] notes 0",
        ),
        (
            vec![("xbc.bin", vec![1; 0x1000]), ("xbd.bin", headless()), ("xbg.bin", grom("XB"))],
            "xb Paged12k 16K g[3] notes 0",
        ),
        (
            vec![("xbc.bin", headless()), ("xbd.bin", vec![1; 0x1000]), ("xbg.bin", grom("XB"))],
            "xb Paged16k 16K g[3] notes 0",
        ),
        (vec![("gamec.bin", banks(4, &[])), ("gameg.bin", grom("GAME"))], "game Paged378 32K g[3] notes 0"),
        // Mini Memory, with its RAM's contents and without.
        (
            vec![("mmc.bin", headless()), ("mmg.bin", grom("MM")), ("mmn.bin", vec![5; 0x1000])],
            "mm MiniMemory 4K g[3] ram4Kb notes 0",
        ),
        (
            vec![("mmc.bin", vec![1; 0x1000]), ("mmg.bin", grom("MINI MEMORY"))],
            "mm MiniMemory 4K g[3] ram4Kb notes 0",
        ),
        // FinalGROM modes, marked by byte 3.
        (vec![("game.bin", fg(b'R'))], "game FinalGromRam 8K g[] ram4K notes 0"),
        (vec![("game.bin", fg(b'X'))], "game FinalGromRam 8K g[] ram4K notes 0"),
        // GRAM Kracker files: GROM 3, GROM 4, ROM banks 1 and 2.
        (vec![("GAME", kracker(4, &grom("GAME")))], "GAME Standard 0K g[3] notes 0"),
        (
            vec![
                ("GAME", kracker(4, &grom("GAME"))),
                ("GAME1", kracker(9, &headless())),
                ("GAME2", kracker(10, &headless())),
            ],
            "GAME Paged378 16K g[3] notes 0",
        ),
        (vec![("GAME", kracker(1, &grom("OS")))], "GAME Standard 0K g[] notes 1"),
        // Zips of images.
        (
            vec![(
                "game.zip",
                zip(&[("gamec.bin", headless()), ("gameg.bin", grom("GAME")), ("x.txt", vec![1])]),
            )],
            "game Standard 8K g[3] notes 0",
        ),
    ];
    for (files, expected) in rows {
        let names: Vec<_> = files.iter().map(|(name, bytes)| format!("{name} ({})", bytes.len())).collect();
        let found = load(files).unwrap_or_else(|e| panic!("{names:?}: {e}"));
        assert_eq!(found.iter().map(summary).collect::<Vec<_>>(), [*expected], "{names:?}");
    }
}

#[test]
fn several_cartridges_keep_their_order() {
    let files = vec![
        ("b.bin", rom("B")),
        ("ag.bin", grom("A")),
        ("c9.bin", banks(2, &[1])),
        ("ac.bin", vec![0x22; 0x2000]),
        ("GAME1", kracker(4, &grom("G"))),
    ];
    let names: Vec<_> = load(&files).unwrap().into_iter().map(|c| c.name).collect();
    assert_eq!(names, ["b", "a", "c9", "GAME1"]);
}

#[test]
fn contents_reach_their_place() {
    let mut second = vec![7; 0x1000];
    second[0] = 8;
    let files = vec![("xc.bin", rom("X")), ("xd.bin", second)];
    let cartridge = &load(&files).unwrap()[0];
    // A D file of 4K holds only what differs: the lower half of the second bank is that of the first.
    assert_eq!(cartridge.rom[0x2000..0x3000], rom("X")[..0x1000]);
    assert_eq!(cartridge.rom[0x3000..0x3002], [8, 7]);

    let cartridge = &load(&vec![("g.bin", grom_sized("G", 0x3800))]).unwrap()[0];
    let last = cartridge.groms[4].as_ref().unwrap();
    // Above 6K a GROM shows banks 1 and 2 ORed (TMC0430).
    assert_eq!(last[0x1800], last[0x800] | last[0x1000]);
    assert_eq!(last.len(), 0x2000);
}

#[test]
fn titles_come_from_the_program_lists() {
    let set = vec![("gamec.bin", rom("ROM GAME")), ("gameg.bin", grom("GROM GAME"))];
    assert_eq!(load(&set).unwrap()[0].titles(), ["GROM GAME", "ROM GAME"]);
    let inverted = vec![("g9.bin", banks(4, &[3]))];
    assert_eq!(load(&inverted).unwrap()[0].titles(), ["GAME"]);
}

#[test]
fn companions_are_named_in_the_same_style() {
    let rows: &[(&str, &[&str])] = &[
        ("dir/PHM3112C.BIN", &["dir/PHM3112D.BIN", "dir/PHM3112G.BIN", "dir/PHM3112N.BIN"]),
        ("gameg.bin", &["gamec.bin", "gamed.bin", "gamen.bin"]),
        ("game8.bin", &[]),
        ("pak.rpk", &[]),
        ("c.bin", &[]),
        ("", &[]),
    ];
    for (name, expected) in rows {
        assert_eq!(companions(name), *expected, "{name}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let console_rom = [vec![0x83, 0xE0, 0x00, 0x24], vec![1; 0x1FFC]].concat();
    let mut console_grom = vec![1; 0x6000];
    console_grom[..12].copy_from_slice(&[0xAA, 2, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0]);
    let mut disk = vec![0; 90 * 1024];
    disk[13..16].copy_from_slice(b"DSK");
    let tifiles = [b"\x07TIFILES".to_vec(), vec![0; 248]].concat();
    // INC R6 as machine code, CALL as GPL: no telling.
    let unclear = machine_code(program("WHAT"), &[0x05, 0x86, 0x70, 0x00]);
    let rows: &[(Files, &str)] = &[
        (
            vec![("e.bin", vec![])],
            "e.bin: 0 bytes are too few for a ROM or GROM image: the file is damaged or not a cartridge",
        ),
        (
            vec![("photo.bin", vec![9; 5000])],
            "photo.bin: has no cartridge header (>AA at its start): not a cartridge image, or a part of a set",
        ),
        (
            vec![("photo.bin", vec![9; 50_000])],
            "photo.bin: has no cartridge header (>AA) in the first or the last of its 7 banks: not a cartridge image, or a \
             part of a set",
        ),
        (vec![("r.bin", console_rom)], "r.bin: is a console ROM, not a cartridge: give it with --rom"),
        (
            vec![("994agrom.bin", console_grom)],
            "994agrom.bin: is a console GROM, not a cartridge: give it with --grom",
        ),
        (vec![("a.dsk", disk)], "a.dsk: is a disk image, not a cartridge: give a .rpk or .bin file"),
        (
            vec![("prog", tifiles)],
            "prog: is a file from a TI disk (TIFILES), not a cartridge: give a .rpk or .bin file",
        ),
        (
            vec![("PHM3112C.BIN", vec![1; 0x2000])],
            "PHM3112C.BIN: has no header, so is the ROM of a set: give PHM3112G.BIN too",
        ),
        (
            vec![("gamed.bin", vec![1; 0x2000])],
            "gamed.bin: is the second ROM bank of a set: give gamec.bin too",
        ),
        (
            vec![("gamed.bin", vec![1; 0x2000]), ("gameg.bin", grom("GAME"))],
            "gamed.bin: is the second ROM bank of a set: give gamec.bin too",
        ),
        (
            vec![("gamec.bin", banks(4, &[0])), ("gamed.bin", vec![1; 0x2000])],
            "gamed.bin: a D file is a second bank of 8192 bytes after a C file of 8192, but these have 8192 and 32768: \
             join them to one file whose name ends in 8",
        ),
        (
            vec![("gameg.bin", vec![1; 0x2000])],
            "gameg.bin: has no header (>AA) in any GROM: not a cartridge, or not from G>6000 on",
        ),
        (
            vec![("gameg.bin", grom_sized("GAME", 0x10000)), ("gamec.bin", vec![1; 0x2000])],
            "gameg.bin: 65536 bytes, but a cartridge's GROM space holds at most 40960: give the part from G>6000 on",
        ),
        (
            vec![("what.bin", unclear)],
            "what.bin: could be a ROM or a GROM image: name it whatc.bin for ROM or whatg.bin for GROM",
        ),
        (
            vec![("docs.zip", zip(&[("readme.txt", vec![1; 100])]))],
            "docs.zip: the archive holds neither layout.xml nor cartridge images: give an RPK or a zip of .bin files",
        ),
    ];
    for (files, expected) in rows {
        assert_eq!(load(files).map(|_| ()), Err((*expected).to_owned()), "{:?}", files[0].0);
    }
}
