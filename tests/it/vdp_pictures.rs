// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pictures of the VDP: small programs for each mode, the mixed modes, sprites, the status register and changes while the
//! picture is drawn (`tests/data/vdp/*.a99`), against what MAME 0.251 shows of them (`tests/tools/vdp_record.py`). The
//! machine runs in MAME's profile; where the documented one differs, docs/hardware/tms9918a.md says why.

use crate::support::{data_dir, gunzip};
use lubbock::asm::{Options, assemble};
use lubbock::chips::tms9918a::Frame;
use lubbock::clock::Dots;
use lubbock::console::{Config, ConsoleImages, Machine, Profile, Region};
use lubbock::source::Files;
use std::path::PathBuf;

/// The programs, and how many colours MAME's picture has: a picture that stayed dark would prove nothing.
const PROGRAMS: &[(&str, usize)] = &[
    ("graphics1", 15),
    ("graphics2", 15),
    ("masks", 15),
    ("midframe", 15),
    ("mixed", 15),
    ("multicolor", 15),
    ("ports", 3),
    ("sprites16", 10),
    ("sprites16m", 10),
    ("sprites8", 10),
    ("sprites8m", 10),
    ("status", 3),
    ("text", 2),
];
/// Frames after which MAME's picture was taken, and their length in dots: the taking is at a frame's end.
const FRAMES: u64 = 200;
const FRAME_DOTS: u64 = 342 * 262;
/// The dots of border that MAME shows, and ours above and left of the picture.
const BORDER: usize = 12;
const ABOVE: usize = 27;
const LEFT: usize = 13;
/// Width and height of MAME's picture.
const SIZE: (usize, usize) = (256 + 2 * BORDER, 192 + 2 * BORDER);

/// The sources, which copy each other from the folder they lie in.
struct Sources(PathBuf);

impl Files for Sources {
    fn read(&self, _from: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        let bytes = std::fs::read(self.0.join(name)).map_err(|why| why.to_string())?;
        Ok((name.to_owned(), bytes))
    }
}

/// The machine with a program for its ROM.
fn machine(name: &str, profile: Profile) -> Machine {
    let folder = data_dir().join("vdp");
    let source = format!("{name}.a99");
    let assembly = assemble(&Sources(folder), &[&source], &Options::default()).unwrap();
    let rom = assembly.program(0).unwrap().binaries(&[]).remove(0).bytes;
    let config = Config { profile, region: Region::Ntsc, ram32k: false };
    Machine::new(config, ConsoleImages { rom: &rom, groms: [&[0; 0x1800]; 3] }, Vec::new())
}

/// The part of the frame that MAME shows, both blacks as 1.
fn picture(frame: &Frame) -> Vec<u8> {
    let rows = frame.pixels().chunks(Frame::WIDTH).skip(ABOVE - BORDER).take(SIZE.1);
    rows.flat_map(|row| &row[LEFT - BORDER..][..SIZE.0]).map(|&index| index.max(1)).collect()
}

#[test]
fn pictures_agree_with_mame_dot_by_dot() {
    let mut problems = Vec::new();
    for &(name, colors) in PROGRAMS {
        let expected = gunzip(&data_dir().join(format!("vdp/{name}.gz")));
        assert_eq!(expected.len(), SIZE.0 * SIZE.1, "{name}");
        assert_eq!((1..16).filter(|color| expected.contains(color)).count(), colors, "{name}");
        let mut machine = machine(name, Profile::MAME);
        machine.run_until(Profile::MAME.dot_clock.cycle_of(Dots(FRAMES * FRAME_DOTS)));
        machine.take_audio(&mut Vec::new());
        let got = picture(machine.frame());
        let wrong: Vec<usize> = (0..got.len()).filter(|&at| got[at] != expected[at]).collect();
        if let Some(&at) = wrong.first() {
            let (x, y) = ((at % SIZE.0) as i32 - BORDER as i32, (at / SIZE.0) as i32 - BORDER as i32);
            problems.push(format!(
                "{name}: {} dots differ, the first at {x},{y}: MAME {}, here {}",
                wrong.len(),
                expected[at],
                got[at]
            ));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
