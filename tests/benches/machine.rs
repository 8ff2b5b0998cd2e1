// SPDX-License-Identifier: MIT OR Apache-2.0
//! How fast the machine and its parts are: processor, VDP, sound chip, sound synthesis, whole frames, save states.
//!
//! ```text
//! cargo bench --bench machine                 all of them
//! cargo bench --bench machine -- vdp          those whose name contains `vdp`
//! ```
//!
//! Every measured stretch starts from a fresh copy of a settled machine, on Lubbock's own firmware. `docs/benchmarks.md` has
//! figures. `lubbock bench` measures the whole machine with any firmware and program.
#![allow(missing_docs)] // criterion's macros make an undocumented function

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use lubbock::chips::sn76489::{Edge, Sn76489};
use lubbock::chips::tms9900::{Bus, Registers, Timing, Tms9900};
use lubbock::chips::tms9918a::{Habits, Tms9918a, Variant};
use lubbock::clock::{DOTS_PER_LINE, Dots};
use lubbock::console::typing::Typist;
use lubbock::console::{Config, ConsoleImages, Machine};
use lubbock::firmware;
use lubbock::host::blip::Blip;
use std::hint::black_box;

/// Dots in an NTSC frame.
const FRAME: u64 = 262 * DOTS_PER_LINE;
/// Frames in about a second.
const SECOND: u64 = 60;

/// Nothing but 64K of RAM, so that the processor alone is measured.
#[derive(Clone)]
struct Flat {
    words: Vec<u16>,
    clocks: u64,
}

impl Bus for Flat {
    fn read(&mut self, addr: u16) -> u16 {
        self.clocks += 2;
        self.words[usize::from(addr >> 1)]
    }

    fn write(&mut self, addr: u16, data: u16) {
        self.clocks += 2;
        self.words[usize::from(addr >> 1)] = data;
    }

    fn cru_in(&mut self, _addr: u16) -> bool {
        self.clocks += 2;
        true
    }

    fn cru_out(&mut self, _addr: u16, _bit: bool) {
        self.clocks += 2;
    }

    fn idle(&mut self, clocks: u32) {
        self.clocks += u64::from(clocks);
    }

    fn interrupt(&mut self) -> Option<u8> {
        None
    }
}

/// A loop of moves, arithmetic, shifts, jumps and a subroutine, as programs have them.
const LOOP: [u16; 20] = [
    0x0201, 0x8000, // LI R1,>8000
    0xC0B1, // MOV *R1+,R2
    0xA0E1, 0x0010, // A @>10(R1),R3
    0xD103, // MOVB R3,R4
    0x0B14, // SRC R4,1
    0x2884, // XOR R4,R2
    0x3802, // MPY R2,R0
    0x0281, 0x8100, // CI R1,>8100
    0x1A01, // JL over the next
    0x10F3, // JMP to the start
    0x06A0, 0x0140, // BL @>0140
    0x0605, // DEC R5
    0x0206, 0x1234, // LI R6,>1234
    0x5186, // SZCB R6,R6
    0x10EE, // JMP to MOV
];

fn processor(criterion: &mut Criterion) {
    const INSTRUCTIONS: u32 = 100_000;
    let mut bus = Flat { words: vec![0x2468; 0x8000], clocks: 0 };
    bus.words[0x80..0x80 + LOOP.len()].copy_from_slice(&LOOP);
    bus.words[0xA0] = 0x045B; // RT
    let mut cpu = Tms9900::new(Timing::MANUAL);
    cpu.set_registers(Registers { pc: 0x0100, wp: 0xF000, st: 0 });
    let mut group = criterion.benchmark_group("cpu");
    group.throughput(Throughput::Elements(INSTRUCTIONS.into()));
    group.bench_function("instructions", |bencher| {
        let run = |(cpu, bus): &mut (Tms9900, Flat)| {
            for _ in 0..INSTRUCTIONS {
                cpu.step(bus);
            }
        };
        bencher.iter_batched_ref(|| (cpu.clone(), bus.clone()), run, BatchSize::LargeInput);
    });
    group.finish();
}

/// A VDP with these registers and a video RAM full of noise.
fn vdp(registers: [u8; 8]) -> Tms9918a {
    let mut vdp = Tms9918a::new(Variant::Tms9918A, Habits::DOCUMENTED);
    let mut noise = 1u32;
    for addr in 0..0x4000 {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        vdp.poke_vram(addr, (noise >> 24) as u8);
    }
    for (value, number) in registers.into_iter().zip(0x80..) {
        vdp.write_control(Dots(0), value);
        vdp.write_control(Dots(0), number);
    }
    vdp
}

fn video(criterion: &mut Criterion) {
    let modes = [
        ("graphics 1", [0x00, 0xC0, 0x00, 0x0E, 0x01, 0x06, 0x00, 0x07]),
        ("graphics 2", [0x02, 0xC0, 0x06, 0xFF, 0x03, 0x36, 0x07, 0x07]),
        ("multicolor", [0x00, 0xC8, 0x00, 0x0E, 0x01, 0x06, 0x00, 0x07]),
        ("text", [0x00, 0xD0, 0x00, 0x0E, 0x01, 0x06, 0x00, 0x17]),
    ];
    let mut group = criterion.benchmark_group("vdp");
    for (name, registers) in modes {
        // A new backdrop in each frame, so that every line is drawn; or none, so that all are kept.
        for (kind, redrawn) in [("drawn", true), ("kept", false)] {
            let draw = |vdp: &mut Tms9918a| {
                for frame in 1..=SECOND {
                    if redrawn {
                        vdp.write_control(Dots(frame * FRAME), frame as u8 & 15 | 0x10);
                        vdp.write_control(Dots(frame * FRAME), 0x87);
                    }
                    vdp.run_to(Dots((frame + 1) * FRAME));
                }
            };
            let fresh = vdp(registers);
            group.throughput(Throughput::Elements(SECOND));
            group.bench_function(format!("{name}, {kind}"), |bencher| {
                bencher.iter_batched_ref(|| fresh.clone(), draw, BatchSize::LargeInput);
            });
        }
    }
    group.finish();
}

/// A second of the chip: its edges, frame by frame.
fn edges(chip: &mut Sn76489) -> Vec<Vec<Edge>> {
    (1..=SECOND)
        .map(|frame| {
            chip.run_to(Dots(frame * FRAME));
            chip.take_edges()
        })
        .collect()
}

fn sound(criterion: &mut Criterion) {
    // Attenuations, periods and the noise's control, as bytes of the chip.
    let voices: [(&str, &[u8]); 3] = [
        ("silence", &[0x9F, 0xBF, 0xDF, 0xFF]),
        ("three tones", &[0x8E, 0x0F, 0x90, 0xAE, 0x0F, 0xB0, 0xCE, 0x0F, 0xD0, 0xFF]),
        ("high tones and noise", &[0x88, 0x02, 0x90, 0xA8, 0x02, 0xB0, 0xC8, 0x02, 0xD0, 0xE4, 0xF0]),
    ];
    let mut group = criterion.benchmark_group("sound");
    group.throughput(Throughput::Elements(SECOND));
    for (name, bytes) in voices {
        let mut fresh = Sn76489::new();
        bytes.iter().for_each(|&byte| fresh.write(Dots(0), byte));
        group.bench_function(format!("chip, {name}"), |bencher| {
            bencher.iter_batched_ref(|| fresh.clone(), edges, BatchSize::LargeInput);
        });
        let frames = edges(&mut fresh.clone());
        group.bench_function(format!("samples, {name}"), |bencher| {
            let make = |blip: &mut Blip| {
                let mut samples = Vec::new();
                for (frame, edges) in (1..).zip(&frames) {
                    blip.add(edges);
                    samples.clear();
                    blip.end(Dots(frame * FRAME), &mut samples);
                    black_box(&samples);
                }
            };
            bencher.iter_batched_ref(|| Blip::new(48_000, Dots(0), 0), make, BatchSize::LargeInput);
        });
    }
    group.finish();
}

/// A machine that has been given this text to type, a second ago.
fn machine(text: &str) -> Machine {
    let groms = firmware::GROMS.map(|grom| grom.as_slice());
    let images = ConsoleImages { rom: firmware::ROM, groms };
    let mut machine = Machine::new(Config::default(), images, Vec::new());
    let mut typist = Typist::new();
    typist.type_text(text);
    let mut settle = SECOND;
    while settle > 0 {
        typist.advance(&mut machine);
        machine.run_frame();
        settle = if typist.is_idle() { settle - 1 } else { SECOND };
    }
    machine.take_audio(&mut Vec::new());
    machine
}

fn frames(criterion: &mut Criterion) {
    let programs = [
        ("title", machine("")),
        ("basic", machine(" 110 FOR I=1 TO 1000\n20 A=SIN(I)\n30 NEXT I\n40 PRINT A\n50 GOTO 10\nRUN\n")),
    ];
    let mut group = criterion.benchmark_group("machine");
    group.throughput(Throughput::Elements(SECOND));
    for (name, fresh) in &programs {
        let run = |machine: &mut Machine| (0..SECOND).for_each(|_| machine.run_frame());
        group.bench_function(format!("{name}, frames"), |bencher| {
            bencher.iter_batched_ref(|| fresh.clone(), run, BatchSize::LargeInput);
        });
    }
    group.throughput(Throughput::Elements(1));
    group.bench_function("save state", |bencher| {
        let mut machine = programs[1].1.clone();
        bencher.iter(|| black_box(machine.snapshot()));
    });
    group.bench_function("load state", |bencher| {
        let mut machine = programs[1].1.clone();
        let state = machine.snapshot();
        bencher.iter(|| machine.restore(black_box(&state)).is_ok());
    });
    group.finish();
}

criterion_group!(benches, processor, video, sound, frames);
criterion_main!(benches);
