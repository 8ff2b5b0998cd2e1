// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cartridge port: each board's switching rules, several cartridges, GROM bases, GRAM, and its saved state.
//!
//! Expected banks are those of MAME 0.251's `cartridges.cpp` tables, and of the FinalGROM 99's manual for RAM mode.

use lubbock::console::gromport::Gromport;
use lubbock::media::cartridge::{Banking, Cartridge, Ram};

/// A ROM in which each 4K half-bank is filled with its own number.
fn numbered(halves: usize) -> Vec<u8> {
    (0..halves).flat_map(|half| vec![half as u8; 0x1000]).collect()
}

fn cartridge(banking: Banking, halves: usize, ram: usize) -> Cartridge {
    let mut cartridge = Cartridge::empty("test", banking);
    cartridge.rom = numbered(halves);
    cartridge.ram = (ram > 0).then(|| Ram { initial: vec![0xEE; ram], battery: true });
    cartridge
}

/// What the port shows at >6000 and at >7000.
fn shown(port: &Gromport) -> (u8, u8) {
    (port.read(0x6000), port.read(0x7FFF))
}

/// A word write as the console's multiplexer does it: odd byte first.
fn write_word(port: &mut Gromport, addr: u16, word: u16) {
    let [high, low] = word.to_be_bytes();
    port.write(addr | 1, low);
    port.write(addr, high);
}

#[test]
fn writes_select_banks() {
    // Scheme, half-banks, RAM, at power-on, then (address, data, shown after it).
    type Row = (Banking, usize, usize, (u8, u8), &'static [(u16, u16, (u8, u8))]);
    let giga = Banking::Gigacart { data_bits: 1 };
    let rows: &[Row] = &[
        (Banking::Standard, 2, 0, (0, 1), &[(0x6002, 0, (0, 1))]),
        // Offset >2000 holds the two pages at >7000: half-banks 2 and 3.
        (Banking::Paged12k, 4, 0, (0, 2), &[(0x6002, 0, (0, 3)), (0x6004, 0, (0, 2)), (0x7FFE, 0, (0, 3))]),
        (Banking::Paged16k, 4, 0, (0, 1), &[(0x6002, 0, (2, 3)), (0x6000, 0, (0, 1)), (0x7FFE, 9, (2, 3))]),
        (Banking::MiniMemory, 1, 0x1000, (0, 0xEE), &[(0x6002, 0, (0, 0xEE)), (0x7FFE, 0x1122, (0, 0x22))]),
        // Page at >7000 by the data written to >6FFE; other addresses of the RAM do not switch.
        (
            Banking::Mbx,
            4,
            0x400,
            (0, 0),
            &[
                (0x6FFE, 0x0100, (0, 1)),
                (0x6FFE, 0x0703, (0, 3)),
                (0x6FFC, 0x0000, (0, 3)),
                (0x7000, 0, (0, 3)),
            ],
        ),
        (
            Banking::Paged7,
            4,
            0,
            (0, 0),
            &[
                (0x7002, 0, (0, 1)),
                (0x7006, 0, (0, 3)),
                (0x7008, 0, (0, 3)),
                (0x6002, 0, (0, 3)),
                (0x7004, 0, (0, 2)),
            ],
        ),
        // >6000 selects the last of four banks, >6006 the first; higher address bits do not matter.
        (
            Banking::Paged379i,
            8,
            0,
            (6, 7),
            &[(0x6006, 0, (0, 1)), (0x6002, 0, (4, 5)), (0x6008, 0, (6, 7)), (0x7FFE, 0, (0, 1))],
        ),
        (Banking::Paged378, 8, 0, (0, 1), &[(0x6006, 0, (6, 7)), (0x6008, 0, (0, 1)), (0x7F82, 0, (2, 3))]),
        // Three banks are decoded as four: the missing one reads as zeros.
        (Banking::Paged378, 6, 0, (0, 1), &[(0x6004, 0, (4, 5)), (0x6006, 0, (0, 0))]),
        // Six latch bits: bank 64 of a too large image is bank 0.
        (Banking::Paged378, 254, 0, (0, 1), &[(0x607E, 0, (126, 127)), (0x6080, 0, (0, 1))]),
        (Banking::Paged377, 254, 0, (0, 1), &[(0x6080, 0, (128, 129)), (0x60FC, 0, (252, 253))]),
        (Banking::GromEmulator, 8, 0, (0, 1), &[(0x6006, 0, (6, 7)), (0x6008, 0, (0, 1))]),
        (Banking::GromEmulator, 2, 0x1000, (0, 0xEE), &[(0x6002, 0, (0, 0xEE)), (0x7FFE, 0x0033, (0, 0x33))]),
        // The even byte, which comes last, gives the data bit: bank 4096 is beyond this image.
        (giga, 8, 0, (0, 1), &[(0x6002, 0x0000, (2, 3)), (0x6004, 0x00FF, (4, 5))]),
        // ROM half by >6000-67FE, RAM half by >6800-6FFE, and no switching by >7000-7FFE, which stores.
        (
            Banking::FinalGromRam,
            8,
            0x4000,
            (0, 0xEE),
            &[
                (0x6006, 0, (6, 0xEE)),
                (0x7FFE, 0x0044, (6, 0x44)),
                (0x6802, 0, (6, 0xEE)),
                (0x6800, 0, (6, 0x44)),
            ],
        ),
    ];
    for &(banking, halves, ram, power_on, steps) in rows {
        let mut port = Gromport::new(vec![cartridge(banking, halves, ram)]);
        assert_eq!(shown(&port), power_on, "{banking:?} at power-on");
        for &(addr, data, expected) in steps {
            write_word(&mut port, addr, data);
            assert_eq!(shown(&port), expected, "{banking:?} after {data:04X} to >{addr:04X}");
        }
    }
}

#[test]
fn a_gigacart_latches_the_even_byte_too() {
    let mut large = Cartridge::empty("giga", Banking::Gigacart { data_bits: 1 });
    large.rom = vec![0; 4097 * 0x2000];
    large.rom[4096 * 0x2000] = 0x77;
    let mut port = Gromport::new(vec![large]);
    write_word(&mut port, 0x6000, 0x0100);
    assert_eq!(port.read(0x6000), 0x77);
    write_word(&mut port, 0x6000, 0x00FF);
    assert_eq!(port.read(0x6000), 0);
}

#[test]
fn mbx_ram_lies_in_the_lower_half() {
    let mut port = Gromport::new(vec![cartridge(Banking::Mbx, 4, 0x400)]);
    write_word(&mut port, 0x6C00, 0x1234);
    write_word(&mut port, 0x6FFE, 0x0200);
    // The page number is stored in RAM as well and reads back; the ROM ends at >6BFF.
    let bytes = [0x6BFF, 0x6C00, 0x6C01, 0x6FFE, 0x6FFF, 0x7000].map(|addr| port.read(addr));
    assert_eq!(bytes, [0, 0x12, 0x34, 0x02, 0x00, 2]);
}

#[test]
fn cru_bits_select_banks() {
    // SuperSpace II manual: bit patterns 02, 08, 20, 80 from >0800 for banks 0 to 3.
    let mut port = Gromport::new(vec![cartridge(Banking::SuperSpace, 0, 0x8000)]);
    let pattern = |port: &Gromport| {
        (0..8).map(|n| u8::from(port.cru_in(0x0800 + 2 * n) == Some(true)) << n).sum::<u8>()
    };
    assert_eq!(pattern(&port), 0x02);
    for (bank, bit) in [(0, 0x0802), (1, 0x0806), (2, 0x080A), (3, 0x080E)] {
        port.cru_out(bit, true);
        port.cru_out(bit, false);
        port.write(0x6000, 0x50 + bank);
        assert_eq!(pattern(&port), [0x02, 0x08, 0x20, 0x80][usize::from(bank)]);
    }
    port.cru_out(0x0804, true);
    assert_eq!(port.read(0x6000), 0x53, "even bits select nothing");
    port.cru_out(0x0806, true);
    assert_eq!(port.read(0x6000), 0x51);
    assert_eq!((port.cru_in(0x07FE), port.cru_in(0x0810), port.cru_in(0x1000)), (None, None, None));

    // pagedcru: sixteen bits for eight banks, repeated up to >0FFE; memory writes do nothing.
    let mut port = Gromport::new(vec![cartridge(Banking::PagedCru, 16, 0)]);
    for (addr, expected) in [(0x0806, (2, 3)), (0x081E, (14, 15)), (0x0802, (0, 1)), (0x0FFE, (14, 15))] {
        port.cru_out(addr, true);
        port.write(0x6004, 0);
        assert_eq!(shown(&port), expected, "{addr:04X}");
    }
    assert_eq!(port.cru_in(0x081E), Some(true));
    assert_eq!(port.cru_in(0x0802), Some(false));

    // Other boards do not use the CRU.
    assert_eq!(Gromport::new(vec![cartridge(Banking::Standard, 2, 0)]).cru_in(0x0802), None);
}

#[test]
fn reads_outside_any_memory_are_zero() {
    let empty = Gromport::new(vec![]);
    assert_eq!((empty.read(0x6000), empty.grom(0, 0x6000), empty.cru_in(0x0800)), (0, None, None));
    let mut small = Cartridge::empty("3K", Banking::Standard);
    small.rom = vec![1; 0xC00];
    let port = Gromport::new(vec![small]);
    assert_eq!([0x6BFF, 0x6C00, 0x7FFF].map(|addr| port.read(addr)), [1, 0, 0]);
}

#[test]
fn groms_answer_by_number_and_base() {
    let with_groms = |fill: u8| {
        let mut cartridge = cartridge(Banking::Standard, 2, 0);
        cartridge.rom.fill(fill);
        cartridge.insert_groms(3, &vec![fill; 0x3800]);
        cartridge
    };
    // One cartridge answers in every base.
    let one = Gromport::new(vec![with_groms(5)]);
    assert_eq!([0, 1, 15, 255].map(|base| one.grom(base, 0x6000)), [Some(5); 4]);
    assert_eq!(one.grom(0, 0x5FFF), None);
    assert_eq!((one.grom(0, 0x9FFF), one.grom(0, 0xA000)), (Some(5), None));

    // Several have a base each, and the ROM follows the base.
    let mut two = Gromport::new(vec![with_groms(5), with_groms(6)]);
    assert_eq!([0, 1, 2].map(|base| two.grom(base, 0x8000)), [Some(5), Some(6), None]);
    for (base, expected) in [(0, 5), (1, 6), (2, 0), (1, 6), (0, 5)] {
        two.select_base(base);
        assert_eq!(two.read(0x6000), expected, "base {base}");
    }
}

#[test]
fn each_slot_keeps_its_own_bank_and_ram() {
    let mut port =
        Gromport::new(vec![cartridge(Banking::Paged378, 4, 0), cartridge(Banking::MiniMemory, 1, 0x1000)]);
    write_word(&mut port, 0x6002, 0);
    port.select_base(1);
    write_word(&mut port, 0x7000, 0x1234);
    assert_eq!((port.read(0x6000), port.read(0x7000), port.read(0x7001)), (0, 0x12, 0x34));
    port.select_base(0);
    assert_eq!(shown(&port), (2, 3));
}

#[test]
fn gram_is_written_and_grom_is_not() {
    let mut gram = Cartridge::empty("gram", Banking::Standard);
    gram.insert_groms(3, &[7; 0x2000]);
    let mut grom = gram.clone();
    gram.gram = true;
    for (cartridge, expected) in [(gram, 9), (grom.clone(), 7)] {
        let mut port = Gromport::new(vec![cartridge]);
        port.write_grom(0, 0x6001, 9);
        assert_eq!((port.grom(0, 0x6001), port.grom(0, 0x6000)), (Some(expected), Some(7)));
    }
    grom.rom = vec![1; 0x2000];
    let mut port = Gromport::new(vec![grom]);
    port.write(0x6000, 9);
    assert_eq!(port.read(0x6000), 1, "ROM");
}

#[test]
fn battery_ram_is_given_out_and_taken_back() {
    let mut port =
        Gromport::new(vec![cartridge(Banking::Standard, 2, 0), cartridge(Banking::MiniMemory, 1, 0x1000)]);
    port.select_base(1);
    port.write(0x7005, 0x99);
    let saved: Vec<_> =
        port.nvram().map(|(slot, name, bytes)| (slot, name.to_owned(), bytes.to_vec())).collect();
    assert_eq!(saved.len(), 1);
    let (slot, name, bytes) = &saved[0];
    assert_eq!((*slot, name.as_str(), bytes.len(), bytes[5]), (1, "test", 0x1000, 0x99));

    let mut fresh =
        Gromport::new(vec![cartridge(Banking::Standard, 2, 0), cartridge(Banking::MiniMemory, 1, 0x1000)]);
    assert!(fresh.load_nvram(1, bytes));
    fresh.select_base(1);
    assert_eq!(fresh.read(0x7005), 0x99);
    assert!(!fresh.load_nvram(0, bytes) && !fresh.load_nvram(1, &bytes[1..]) && !fresh.load_nvram(9, bytes));
}

#[test]
fn a_state_holds_what_changes_and_no_images() {
    let cartridges = || vec![cartridge(Banking::Paged379i, 64, 0), cartridge(Banking::MiniMemory, 1, 0x1000)];
    let mut port = Gromport::new(cartridges());
    write_word(&mut port, 0x6014, 0);
    port.select_base(1);
    port.write(0x7000, 0x42);
    let saved = postcard::to_allocvec(port.state()).unwrap();
    assert!(saved.len() < 0x1000 + 64, "4K of RAM and little else: {}", saved.len());

    let mut other = Gromport::new(cartridges());
    other.restore(postcard::from_bytes(&saved).unwrap()).unwrap();
    assert_eq!(other.read(0x7000), 0x42);
    other.select_base(0);
    port.select_base(0);
    assert_eq!(shown(&other), shown(&port));

    let mut alien = Gromport::new(vec![cartridge(Banking::Standard, 2, 0)]);
    assert_eq!(
        alien.restore(postcard::from_bytes(&saved).unwrap()).unwrap_err().to_string(),
        "the saved cartridge state is of 2 slots with 4096 bytes of RAM, the port holds 1 slots with 0 bytes of RAM: \
         insert the cartridges it was saved with"
    );
}

#[test]
fn the_media_hash_tells_cartridges_apart() {
    let hash = |cartridges| Gromport::new(cartridges).media_hash();
    let a = || cartridge(Banking::Paged378, 4, 0);
    let b = || cartridge(Banking::Paged379i, 4, 0);
    assert_eq!(hash(vec![a(), b()]), hash(vec![a(), b()]));
    let all = [hash(vec![]), hash(vec![a()]), hash(vec![b()]), hash(vec![a(), b()]), hash(vec![b(), a()])];
    for (n, one) in all.iter().enumerate() {
        assert!(!all[n + 1..].contains(one), "{n}: {all:08x?}");
    }
}
