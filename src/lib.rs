// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lubbock: the TI-99/4A, exactly.
//!
//! A TI-99/4A whose processor, video, sound, GROM and I/O chips run bus cycle by bus cycle in one deterministic
//! loop, with the tools its programmers need: assemblers, disassemblers, BASIC conversion and test suites.
//!
//! The layers, from the inside out (an arrow means "may use"; `tests/it/architecture.rs` holds the walls):
//!
//! ```text
//! cli -> { host, headless, suite, asm, gpl, basic, media }
//!        host, headless, suite -> console -> { peb, chips, media }     chips -> { clock, isa }
//!        asm, gpl, basic       -> { isa, source, diag }                media, isa, clock, diag, firmware -> std
//! ```
#![forbid(unsafe_code)]

pub mod asm;
pub mod basic;
pub mod chips;
pub mod cli;
pub mod clock;
pub mod console;
pub mod diag;
pub mod firmware;
pub mod gpl;
pub mod headless;
pub mod host;
pub mod isa;
pub mod media;
pub mod peb;
pub mod source;
pub mod suite;
