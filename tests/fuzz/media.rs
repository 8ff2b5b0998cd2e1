// SPDX-License-Identifier: MIT OR Apache-2.0
//! Targets: RPK packages, raw images, console firmware.

use crate::Target;
use crate::images::{grom, grom_sized, kracker, rom, rom_marked};
use crate::zipped::zip;
use lubbock::console::gromport::Gromport;
use lubbock::media::cartridge::Cartridge;
use lubbock::media::firmware::Firmware;
use lubbock::media::{companions, detect};

/// More than the limits of the loaders allow a cartridge of these seeds.
const MAX_CARTRIDGE: usize = 32 << 20;

pub(crate) const RPK: Target = Target {
    name: "rpk",
    seeds: rpk_seeds,
    words: &[
        "<pcb type=\"paged379i\">",
        "<socket id=\"rom_socket\" uses=\"r\"/>",
        "<ram id=\"m\" length=\"4k\" type=\"persistent\"/>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]>",
        "&b;",
        "<![CDATA[",
        "<a>",
        "crc=\"",
        "99999999999999999999k",
    ],
    run: run_rpk,
    inputs: 300,
};

pub(crate) const BIN: Target = Target {
    name: "bin",
    seeds: bin_seeds,
    words: &["\u{7}TIFILES", "PK\u{3}\u{4}"],
    run: run_bin,
    inputs: 1000,
};

pub(crate) const FIRMWARE: Target = Target {
    name: "firmware",
    seeds: firmware_seeds,
    words: &["PK\u{1}\u{2}"],
    run: run_firmware,
    inputs: 300,
};

const LAYOUT: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<romset version="1.0">
  <resources>
    <rom id="r" file="r.bin" crc="01234567"/>
    <rom id="r2" file="r2.bin"/>
    <rom id="g" file="g.bin"/>
    <ram id="m" length="4k" type="persistent"/>
  </resources>
  <configuration>
    <pcb type="minimem">
      <socket id="rom_socket" uses="r"/>
      <socket id="rom2_socket" uses="r2"/>
      <socket id="grom_socket" uses="g"/>
      <socket id="ram_socket" uses="m"/>
    </pcb>
  </configuration>
</romset>
"#;

/// Archives, and layouts alone, which [`run_rpk`] packs.
fn rpk_seeds() -> Vec<Vec<u8>> {
    let boards = ["standard", "paged12k", "super", "mbx", "paged378", "gromemu"];
    let mut seeds: Vec<Vec<u8>> =
        boards.iter().map(|board| LAYOUT.replace("minimem", board).into_bytes()).collect();
    seeds.push(pack(LAYOUT.as_bytes()));
    seeds.push(pack(b"<romset/>"));
    seeds
}

fn pack(layout: &[u8]) -> Vec<u8> {
    let rom = rom("GAME")[..0x1000].to_vec();
    zip(&[("layout.xml", layout.to_vec()), ("r.bin", rom), ("r2.bin", vec![2; 0x800]), ("g.bin", grom("G"))])
}

fn run_rpk(input: &[u8]) {
    let packed;
    // A mutated archive seldom gets past its checksums, so layouts are mutated by themselves as well.
    let bytes = if input.starts_with(b"PK") {
        input
    } else {
        packed = pack(input);
        &packed
    };
    check(&[("fuzz.rpk", bytes)]);
}

/// The first byte of an input chooses the names, the second where the bytes are cut in two files.
fn bin_seeds() -> Vec<Vec<u8>> {
    let images = [
        rom("GAME"),
        [rom("A"), rom("B")].concat(),
        [vec![0; 0x2000], rom("LAST")].concat(),
        grom("GAME"),
        grom_sized("GAME", 0x3800),
        rom_marked("RAM", b'R'),
        kracker(4, &grom("GAME")),
        kracker(9, &rom("GAME")),
        rom("SHORT")[..0x200].to_vec(),
    ];
    let choices = [[0, 0], [1, 0], [2, 128], [3, 64], [4, 0], [5, 0]];
    images.iter().flat_map(|image| choices.map(|choice| [choice.as_slice(), image].concat())).collect()
}

fn run_bin(input: &[u8]) {
    let Some((&[names, cut], image)) = input.split_first_chunk::<2>() else { return };
    let at = image.len() * usize::from(cut) / 256;
    let (front, back) = image.split_at(at);
    match names % 8 {
        0 => check(&[("game.bin", image)]),
        1 => check(&[("game9.bin", image)]),
        2 => check(&[("gamec.bin", front), ("gamed.bin", back)]),
        3 => check(&[("gamec.bin", front), ("gameg.bin", back)]),
        4 => check(&[("gameg.bin", image)]),
        5 => check(&[("GAME", front), ("GAME1", back)]),
        6 => check(&[("gamec.bin", front), ("gamen.bin", back)]),
        _ => check(&[("", front), ("..", back)]),
    }
    companions(&String::from_utf8_lossy(&image[..image.len().min(32)]));
}

/// Detects cartridges; those found must be of bounded size and work in the port, errors must be one line.
fn check(files: &[(&str, &[u8])]) {
    match detect(files) {
        Ok(cartridges) => {
            let size = |c: &Cartridge| {
                c.rom.len()
                    + c.groms.iter().flatten().map(Vec::len).sum::<usize>()
                    + c.ram.as_ref().map_or(0, |r| r.initial.len())
            };
            assert!(cartridges.iter().map(size).sum::<usize>() <= MAX_CARTRIDGE, "cartridge too large");
            for cartridge in &cartridges {
                cartridge.titles();
                assert!(cartridge.notes.iter().all(|note| is_a_line(note)), "{:?}", cartridge.notes);
            }
            exercise(Gromport::new(cartridges));
        }
        Err(error) => assert!(is_a_line(&error.to_string()), "error of several lines: {error}"),
    }
}

/// Reads and writes all over the port.
fn exercise(mut port: Gromport) {
    for step in 0..512u16 {
        let addr = 0x6000 | (step.wrapping_mul(0x1357) & 0x1FFF);
        port.write(addr, step as u8);
        port.read(addr);
        port.select_base((step >> 3) as u8 & 3);
        port.write_grom(step as u8 & 3, addr.wrapping_mul(3), step as u8);
        port.grom(step as u8 & 3, addr.wrapping_mul(5));
        port.cru_out(0x0800 + 2 * (step & 31), step & 32 == 0);
        port.cru_in(0x0800 + 2 * (step & 31));
    }
    let state = port.state().clone();
    port.restore(state).unwrap();
}

fn firmware_seeds() -> Vec<Vec<u8>> {
    let mut rom = vec![0x10; 0x2000];
    rom[..4].copy_from_slice(&[0x83, 0xE0, 0x00, 0x24]);
    let lane = |first: usize| rom.iter().skip(first).step_by(2).copied().collect::<Vec<u8>>();
    let mut groms = vec![0; 0x4800];
    groms[..8].copy_from_slice(&[0xAA, 2, 0, 0, 0, 0x20, 0, 0x30]);
    let loose = zip(&[("rom.bin", rom.clone()), ("grom.bin", groms.clone())]);
    let split = zip(&[
        ("994a_rom_hb.u610", lane(0)),
        ("994a_rom_lb.u611", lane(1)),
        ("994a_grom0.u500", groms[..0x1800].to_vec()),
        ("994a_grom1.u501", vec![1; 0x1800]),
        ("994a_grom2.u502", vec![2; 0x1800]),
    ]);
    vec![loose, split, rom, groms]
}

fn run_firmware(input: &[u8]) {
    let (front, back) = input.split_at(input.len().min(0x2000));
    for files in [vec![("set.zip", input)], vec![("rom.bin", front), ("grom1.bin", back), ("x", input)]] {
        match Firmware::from_files("the folder", &files) {
            Ok(firmware) => assert!(firmware.groms.iter().all(|grom| grom.len() == 0x2000), "GROM sizes"),
            Err(error) => assert!(is_a_line(&error.to_string()), "error of several lines: {error}"),
        }
    }
    let _ = Firmware::from_images(("r", front), ("g", back)).map_err(|e| assert!(is_a_line(&e.to_string())));
}

fn is_a_line(text: &str) -> bool {
    !text.is_empty() && text.len() < 2000 && !text.contains(['\n', '\r', '\u{1B}'])
}
