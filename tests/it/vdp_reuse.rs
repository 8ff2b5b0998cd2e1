// SPDX-License-Identifier: MIT OR Apache-2.0
//! The VDP keeps the dots of a line for which nothing has changed. Here it is held against the slow way: a chip that
//! forgets what it has drawn before each step, as one does that comes from a save state, and so draws every line.

use lubbock::chips::tms9918a::{Habits, Tms9918a, Variant};
use lubbock::clock::{DOTS_PER_LINE, Dots};
use proptest::prelude::*;

/// What a program does to the chip, and the dots it lets pass before.
#[derive(Clone, Copy, Debug)]
struct Step {
    wait: u64,
    action: Action,
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Register(u8, u8),
    Address(u16),
    Write(u8),
    Read,
    Status,
    Reset,
    Poke(u16, u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Mostly the modes' own registers, and addresses in the low tables, which these values of the registers name.
    let register = prop_oneof![
        2 => any::<u8>().prop_map(|value| Action::Register(1, value | 0x40)),
        1 => (0..8u8, any::<u8>()).prop_map(|(n, value)| Action::Register(n, value)),
        4 => (2..8u8, 0..3u8).prop_map(|(n, value)| Action::Register(n, value)),
    ];
    let action = prop_oneof![
        6 => register,
        2 => (0..0x1000u16).prop_map(Action::Address),
        6 => prop_oneof![any::<u8>(), Just(0xD0), 0..0xC0u8].prop_map(Action::Write),
        1 => Just(Action::Read),
        2 => Just(Action::Status),
        2 => (0..0x1000u16, any::<u8>()).prop_map(|(addr, byte)| Action::Poke(addr, byte)),
    ];
    let action = prop_oneof![60 => action, 1 => Just(Action::Reset)];
    let frame = 313 * DOTS_PER_LINE;
    let wait = prop_oneof![3 => 0..60u64, 2 => 0..5 * DOTS_PER_LINE, 1 => 0..2 * frame];
    prop::collection::vec((wait, action).prop_map(|(wait, action)| Step { wait, action }), 1..120)
}

/// A chip whose video RAM is full of noise, so that patterns and sprites show wherever the tables lie.
fn noisy(variant: Variant, habits: Habits) -> Tms9918a {
    let mut vdp = Tms9918a::new(variant, habits);
    let mut noise = 1u32;
    for addr in 0..0x4000 {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        vdp.poke_vram(addr, (noise >> 24) as u8);
    }
    vdp
}

/// Takes a step at dot `now`; gives what the program reads, if it reads.
fn act(vdp: &mut Tms9918a, now: Dots, action: Action) -> Option<u8> {
    vdp.run_to(now);
    match action {
        Action::Register(n, value) => {
            vdp.write_control(now, value);
            vdp.write_control(now, 0x80 | n);
        }
        Action::Address(addr) => {
            vdp.write_control(now, addr as u8);
            vdp.write_control(now, 0x40 | (addr >> 8) as u8);
        }
        Action::Write(byte) => vdp.write_data(now, byte),
        Action::Read => return Some(vdp.read_data(now)),
        Action::Status => return Some(vdp.read_status(now)),
        Action::Reset => vdp.reset(),
        Action::Poke(addr, byte) => vdp.poke_vram(addr, byte),
    }
    None
}

/// The same chip, knowing of no line that it has drawn it.
fn forgetful(vdp: &Tms9918a, model: &Tms9918a, now: Dots) -> Tms9918a {
    let mut copy: Tms9918a = postcard::from_bytes(&postcard::to_allocvec(vdp).unwrap()).unwrap();
    assert!(copy.validate(model, now));
    copy
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_line_kept_is_the_line_that_would_be_drawn(steps in steps(), pal in any::<bool>(), mame in any::<bool>()) {
        let variant = if pal { Variant::Tms9929A } else { Variant::Tms9918A };
        let habits = if mame { Habits::MAME } else { Habits::DOCUMENTED };
        let model = noisy(variant, habits);
        let (mut keeping, mut drawing) = (model.clone(), model.clone());
        let mut now = Dots(0);
        for step in steps {
            drawing = forgetful(&drawing, &model, now);
            now += step.wait;
            prop_assert_eq!(act(&mut keeping, now, step.action), act(&mut drawing, now, step.action));
            prop_assert_eq!(keeping.status(), drawing.status());
            prop_assert!(keeping.frame() == drawing.frame(), "the pictures differ at dot {}", now.0);
        }
    }
}
