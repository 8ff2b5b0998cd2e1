// SPDX-License-Identifier: MIT OR Apache-2.0
//! RPK packages: every board type, and what is said of faulty ones.

use crate::images::{grom, grom_sized, rom};
use crate::zipped::zip;
use lubbock::media::cartridge::{Banking, Cartridge};
use lubbock::media::detect;

fn layout(resources: &str, pcb: &str, sockets: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<romset version=\"1.0\">\n<resources>{resources}</resources>\n\
         <configuration><pcb type=\"{pcb}\">{sockets}</pcb></configuration>\n</romset>\n"
    )
}

const ROM: &str = r#"<rom id="r" file="r.bin"/>"#;
const TWO: &str = r#"<rom id="r" file="r.bin"/><rom id="r2" file="r2.bin"/>"#;
const GROM: &str = r#"<rom id="g" file="g.bin"/>"#;
const ROM_SOCKET: &str = r#"<socket id="rom_socket" uses="r"/>"#;
const TWO_SOCKETS: &str = r#"<socket id="rom_socket" uses="r"/><socket id="rom2_socket" uses="r2"/>"#;
const GROM_SOCKET: &str = r#"<socket id="grom_socket" uses="g"/>"#;
const RAM_SOCKET: &str = r#"<socket id="ram_socket" uses="m"/>"#;

fn package(layout: &str, rom: Vec<u8>) -> Vec<u8> {
    let members = [
        ("layout.xml", layout.as_bytes().to_vec()),
        ("r.bin", rom),
        ("r2.bin", vec![2; 0x2000]),
        ("g.bin", grom("G")),
    ];
    zip(&members)
}

fn load(bytes: &[u8]) -> Result<Cartridge, String> {
    let found = detect(&[("pack/game.rpk", bytes)]).map_err(|e| e.to_string())?;
    assert_eq!(found.len(), 1);
    Ok(found.into_iter().next().expect("there is one"))
}

#[test]
fn every_board_type_is_built() {
    // Board type, ROM bytes, resources, sockets -> scheme, ROM bytes, whether GROM 3 is there, RAM bytes and battery.
    type Row = (&'static str, usize, String, String, (Banking, usize, bool, Option<(usize, bool)>));
    let ram = |len, kind| format!(r#"<ram id="m" length="{len}" type="{kind}"/>"#);
    let rows: &[Row] = &[
        ("standard", 0x2000, ROM.into(), ROM_SOCKET.into(), (Banking::Standard, 0x2000, false, None)),
        (
            "standard",
            0x2000,
            format!("{ROM}{GROM}"),
            format!("{ROM_SOCKET}{GROM_SOCKET}"),
            (Banking::Standard, 0x2000, true, None),
        ),
        ("standard", 1, GROM.into(), GROM_SOCKET.into(), (Banking::Standard, 0, true, None)),
        ("paged12k", 0x1000, TWO.into(), TWO_SOCKETS.into(), (Banking::Paged12k, 0x4000, false, None)),
        ("paged", 0x2000, TWO.into(), TWO_SOCKETS.into(), (Banking::Paged16k, 0x4000, false, None)),
        ("paged16k", 0x4000, ROM.into(), ROM_SOCKET.into(), (Banking::Paged16k, 0x4000, false, None)),
        (
            "minimem",
            0x1000,
            format!("{ROM}{GROM}{}", ram("4k", "persistent")),
            format!("{ROM_SOCKET}{GROM_SOCKET}{RAM_SOCKET}"),
            (Banking::MiniMemory, 0x1000, true, Some((0x1000, true))),
        ),
        (
            "super",
            1,
            format!("{GROM}{}", ram("32k", "persistent")),
            format!("{GROM_SOCKET}{RAM_SOCKET}"),
            (Banking::SuperSpace, 0, true, Some((0x8000, true))),
        ),
        (
            "mbx",
            0x4000,
            format!("{ROM}{}", ram("1K", "volatile")),
            format!("{ROM_SOCKET}{RAM_SOCKET}"),
            (Banking::Mbx, 0x4000, false, Some((0x400, false))),
        ),
        ("paged7", 0x4000, ROM.into(), ROM_SOCKET.into(), (Banking::Paged7, 0x4000, false, None)),
        ("paged379i", 0x20000, ROM.into(), ROM_SOCKET.into(), (Banking::Paged379i, 0x20000, false, None)),
        ("paged378", 0x80000, ROM.into(), ROM_SOCKET.into(), (Banking::Paged378, 0x80000, false, None)),
        ("paged377", 0x200000, ROM.into(), ROM_SOCKET.into(), (Banking::Paged377, 0x200000, false, None)),
        ("PagedCRU", 0x10000, ROM.into(), ROM_SOCKET.into(), (Banking::PagedCru, 0x10000, false, None)),
        ("gromemu", 0x2000, TWO.into(), TWO_SOCKETS.into(), (Banking::GromEmulator, 0x4000, false, None)),
        (
            "gromemu",
            1,
            format!("{GROM}{}", ram("4096", "volatile")),
            format!("{GROM_SOCKET}{RAM_SOCKET}"),
            (Banking::GromEmulator, 0, true, Some((0x1000, false))),
        ),
    ];
    for (pcb, len, resources, sockets, expected) in rows {
        let mut image = rom("GAME");
        image.resize(*len, 0x55);
        let cartridge =
            load(&package(&layout(resources, pcb, sockets), image)).unwrap_or_else(|e| panic!("{pcb}: {e}"));
        let ram = cartridge.ram.as_ref().map(|ram| (ram.initial.len(), ram.battery));
        let found = (cartridge.banking, cartridge.rom.len(), cartridge.groms[3].is_some(), ram);
        assert_eq!(found, *expected, "{pcb}");
        assert_eq!((cartridge.name.as_str(), cartridge.notes.len()), ("game", 0), "{pcb}");
    }
}

#[test]
fn small_liberties_are_taken() {
    // A folder inside, other case, a DOCTYPE, a title, and a checksum that does not agree.
    let layout = format!(
        "<!DOCTYPE romset>{}",
        &layout(r#"<rom id="r" file="R.BIN" crc="0x01234567"/>"#, "standard", ROM_SOCKET)[39..]
    );
    let meta = b"<meta-inf><name> The Game </name></meta-inf>".to_vec();
    let bytes =
        zip(&[("x/Layout.xml", layout.into_bytes()), ("x/r.bin", rom("GAME")), ("x/meta-inf.xml", meta)]);
    let cartridge = load(&bytes).unwrap();
    assert_eq!(cartridge.name, "The Game");
    let crc = crc32fast::hash(&rom("GAME"));
    let note =
        format!("pack/game.rpk: R.BIN has CRC32 {crc:08x}, layout.xml says 0x01234567: a changed image");
    assert_eq!(cartridge.notes, [note]);
}

#[test]
fn a_second_chip_starts_a_bank_of_its_own() {
    let mut image = rom("GAME");
    image.truncate(0x1000);
    let cartridge = load(&package(&layout(TWO, "paged12k", TWO_SOCKETS), image)).unwrap();
    assert_eq!((cartridge.rom[0x1000], cartridge.rom[0x2000]), (0, 2));
}

#[test]
fn what_is_wrong_is_said() {
    let boards = "standard, paged12k, paged, paged16k, minimem, super, pagedcru, mbx, paged7, paged379i, paged378, \
                  paged377, gromemu";
    let ram = |length: &str| layout(&format!(r#"<ram id="m" length="{length}"/>"#), "minimem", RAM_SOCKET);
    let rows: &[(String, String)] = &[
        ("<romset/>".into(), "1:1: no <pcb>: it names the board's type and sockets".into()),
        ("<romset>".into(), "1:1: not well-formed XML: the root node was opened but never closed".into()),
        (
            layout(ROM, "new", ROM_SOCKET),
            format!("4:16: unknown board type \"new\": the known ones are {boards}"),
        ),
        (
            layout(ROM, "standard", ""),
            "4:16: all sockets are empty: <socket id=\"...\" uses=\"...\"/> fills one".into(),
        ),
        (
            layout("", "standard", ROM_SOCKET),
            "4:37: no <rom> or <ram> has the id \"r\" that this socket uses".into(),
        ),
        (
            layout(r#"<rom id="r" file="no.bin"/>"#, "standard", ROM_SOCKET),
            "3:12: the archive has no file \"no.bin\"".into(),
        ),
        (
            layout(r#"<rom id="r"/>"#, "standard", ROM_SOCKET),
            "3:12: <rom> lacks the attribute \"file\"".into(),
        ),
        (
            layout(ROM, "standard", "<socket id='rom_socket'/>"),
            "4:37: <socket> lacks the attribute \"uses\"".into(),
        ),
        (ram("4q"), "3:12: length \"4q\" is not a size such as 1024, 4k or 32k".into()),
        (ram("k"), "3:12: length \"k\" is not a size such as 1024, 4k or 32k".into()),
        (ram("99999999999m"), "3:12: a RAM of 104857599998951424 bytes: boards have 1 to 65536".into()),
        (ram("0"), "3:12: a RAM of 0 bytes: boards have 1 to 65536".into()),
        // Control characters of a hostile file do not reach the terminal.
        (
            layout("<rom id=\"r\" file=\"&#10;&#9;x\u{9b}31m\"/>", "standard", ROM_SOCKET),
            "3:12: the archive has no file \"??x?31m\"".into(),
        ),
        (
            layout(ROM, "minimem", r#"<socket id="ram_socket" uses="r"/>"#),
            "4:36: ram_socket takes a <ram>, not a <rom>".into(),
        ),
        (
            layout(r#"<ram id="r" length="4k"/>"#, "standard", ROM_SOCKET),
            "4:37: rom_socket takes a <rom>, not a <ram>".into(),
        ),
    ];
    for (layout, expected) in rows {
        let error = load(&package(layout, rom("GAME"))).unwrap_err();
        assert_eq!(error, format!("pack/game.rpk: layout.xml:{expected}"), "{layout}");
    }
}

#[test]
fn images_too_large_are_refused() {
    let large = load(&package(&layout(ROM, "standard", ROM_SOCKET), vec![1; 0x2001])).unwrap_err();
    let expected = "pack/game.rpk: layout.xml:4:16: 8193 bytes, but this board type holds at most 8192: \
                    use another board type or image";
    assert_eq!(large, expected);
    let layout = layout(GROM, "standard", GROM_SOCKET);
    let large = zip(&[("layout.xml", layout.into_bytes()), ("g.bin", grom_sized("G", 0xA001))]);
    let expected = "pack/game.rpk: layout.xml:4:37: 40961 bytes, but a cartridge's GROM space holds at most 40960: \
                    use another board type or image";
    assert_eq!(load(&large).unwrap_err(), expected);
}

#[test]
fn a_zip_bomb_costs_little_and_is_named() {
    // 64 MiB of zeros in about 64K of archive.
    let bomb = package(&layout(ROM, "paged377", ROM_SOCKET), vec![0; 64 << 20]);
    assert!(bomb.len() < 100_000);
    let expected = "pack/game.rpk: unpacks to more than 16777216 bytes, which no cartridge does: \
                    the archive is damaged or hostile";
    assert_eq!(load(&bomb).unwrap_err(), expected);

    let many: Vec<(String, Vec<u8>)> = (0..1025).map(|n| (format!("{n}"), vec![])).collect();
    let many: Vec<_> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let expected =
        "pack/game.rpk: cannot read this zip archive (1025 members, more than 1024): get or pack it again";
    assert_eq!(load(&zip(&many)).unwrap_err(), expected);
}

#[test]
fn nested_entities_do_not_expand_without_end() {
    let lol = "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\">\
               <!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\
               <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">\
               <!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">\
               <!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\">]><r>&e;</r>";
    let error = load(&package(lol, rom("GAME"))).unwrap_err();
    assert!(error.starts_with("pack/game.rpk: layout.xml:1:"), "{error}");
    assert!(error.contains("not well-formed XML"), "{error}");
}
