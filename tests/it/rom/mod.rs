// SPDX-License-Identifier: MIT OR Apache-2.0
//! Our console ROM against what the genuine console was seen to do (`tests/data`, recorded by `tests/tools/rom_record.rs`).

mod gpl;
mod isr;
pub(crate) mod rig;
mod search;
mod tape;

use super::firmware::ROM;
use super::gpl::Memory;
use super::support::{data_dir, gunzip};
use lubbock::chips::tms9900::Registers;
use lubbock::clock::Cycles;
use lubbock::firmware::GROMS;
use lubbock::gpl::{Options, assemble};
use rig::Rig;

/// The console's GROMs, 8 KiB each.
fn groms() -> Vec<u8> {
    let pad = [0; 0x800];
    GROMS.iter().flat_map(|grom| [grom.as_slice(), &pad].concat()).collect()
}

/// Cases and outcomes of a recorded file.
fn rows(file: &str) -> Vec<(String, String)> {
    let text = String::from_utf8(gunzip(&data_dir().join(file))).unwrap();
    let pair = |line: &str| line.split_once('\t').map(|(a, b)| (a.to_string(), b.to_string())).unwrap();
    text.lines().map(pair).collect()
}

/// Fails with the number of rows that differ and the first ones.
fn compare(rows: &[(String, String)], run: impl Fn(&str) -> String) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(case, expected)| {
            let got = run(case);
            (got != *expected).then(|| format!("{case}\n  genuine {expected}\n  ours    {got}"))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        rows.len(),
        wrong[..wrong.len().min(5)].join("\n")
    );
}

#[test]
fn kscan_gives_what_the_genuine_console_gives() {
    let rows = rows("kscan/cases.txt.gz");
    assert!(rows.len() > 13_000);
    let rig = Rig::new(ROM, &groms(), &[]);
    compare(&rows, |case| rig::kscan(&rig, case).0);
}

/// The GPL programs: `Cn_s_m` is a program's label, n its number, s the seed of its memory, m the mask of its flags.
#[test]
fn gpl_does_what_it_does_on_the_genuine_console() {
    let source = gunzip(&data_dir().join("gpl/cases.gpl.gz"));
    let files = Memory(&[("cases.gpl", &source)]);
    let built = assemble(&files, &["cases.gpl"], &Options { origin: 0x6000, ..Options::default() }).unwrap();
    let rig = Rig::new(ROM, &groms(), &built.image(true).unwrap().1);
    let rows = rows("gpl/outcomes.txt.gz");
    assert!(rows.len() > 3_700);
    compare(&rows, |label| {
        let mut parts = label.split('_').skip(1);
        let mut number = |radix| u32::from_str_radix(parts.next().unwrap(), radix).unwrap();
        let (seed, flags) = (number(10), number(16));
        gpl::run(&rig, built.symbols[label], seed, flags as u8).0
    });
}

/// EXIT (opcode >0B) is a reset: screen, characters, colours and the VDP's registers are those of the title again.
#[test]
fn exit_starts_again() {
    let mut machine = Rig::new(ROM, &groms(), &[0x0B]).machine();
    let (title, registers) = (machine.vram()[..0x1000].to_vec(), machine.vdp_registers());
    (0..0x1000).for_each(|at| machine.poke_vram(at, 0x55));
    for at in (0x8300..0x83E0).step_by(2) {
        machine.poke(at, 0);
    }
    machine.poke(0x83E0 + 2 * 6, 0x6000);
    machine.set_registers(Registers { pc: 0x0060, wp: 0x83E0, st: 0 });
    let later = machine.now().0 + 9_000_000;
    machine.run_until(Cycles(later));
    assert!(machine.vram()[..0x1000] == title[..], "the title stands");
    assert_eq!(machine.vdp_registers()[1], 0xE0, "the picture is on, interrupts are, too");
    assert_eq!(machine.vdp_registers()[2..], registers[2..]);
}

#[test]
fn interrupts_do_what_they_do_on_the_genuine_console() {
    let rows = rows("isr/cases.txt.gz");
    assert!(rows.len() > 300);
    let rig = Rig::new(ROM, &groms(), &isr::cartridge());
    compare(&rows, |case| isr::run(&rig, case).0);
}

#[test]
fn searches_find_what_the_genuine_console_finds() {
    let rows = rows("search/cases.txt.gz");
    assert!(rows.len() > 600);
    let groms = groms();
    compare(&rows, |case| search::run(ROM, &groms, case));
}

/// Lists whose last item leads back to the first: the genuine console never ends.
#[test]
fn searches_end_in_lists_without_end() {
    let groms = groms();
    let case = "card:1100:08:ABC/c,XY/l card:1200:08:Z/c 836D=08 name:Z run:0AC0";
    assert_eq!(search::run(ROM, &groms, case), "0001:1200:0001:4400:1200:4010 8347=55 83D2=40 83D3=10 on=00");
    let case = "grom:4@0:08:AB,ABC/l grom:3@0:08:Z 836D=08 name:Z run:0B24";
    assert_eq!(
        search::run(ROM, &groms, case),
        "8347=56 836C=01 8372=A3 83A3=64 83CB=60 83D0=98 83D2=60 83D3=10 on=00"
    );
}

#[test]
fn tapes_are_written_read_and_compared_as_on_the_genuine_console() {
    let rows = rows("tape/cases.txt.gz");
    assert!(rows.len() > 30);
    let rig = Rig::new(ROM, &groms(), &tape::cartridge());
    compare(&rows, |case| tape::run(&rig, case).0);
}

/// Where the genuine console is less careful: it takes a tape whose second record is not what memory holds for equal, and gives up
/// at a wrong first copy of the second record. And speeds that both consoles read.
#[test]
fn tapes_are_read_and_compared_with_care() {
    let rig = Rig::new(ROM, &groms(), &tape::cartridge());
    let begin = "z768 xFF0202 r7 r7 r8 r8";
    let rows = [
        (format!("{begin} V1000:64:7 V1040:64:9 io:6:128:1000"), "8347=77 837C=01"),
        ("z768 xFF0202 r7 b7 b8 r8 io:5:128:1000".to_string(), "V1000+128:eeea05af 8347=55"),
        (format!("speed:84 {begin} io:5:128:1000"), "V1000+128:eeea05af 8347=55"),
        (format!("speed:115 {begin} io:5:128:1000"), "V1000+128:eeea05af 8347=55"),
    ];
    for (case, outcome) in rows {
        assert_eq!(tape::run(&rig, &case).0, outcome, "{case}");
    }
}
