// SPDX-License-Identifier: MIT OR Apache-2.0
//! The GPL assembler and disassembler.
//!
//! [`assemble`] takes sources to an [`Assembly`]: GROM contents, symbols, listing. [`dis`] goes the other way.
//! The dialect is that of today's GPL authors (xga99's default and strict styles); `docs/gpl.md` is its manual.
//!
//! Covered: all instructions with all operands, FMT, MOVE, GROM/AORG, data directives, COPY/BCOPY, macros,
//! repetition, conditionals, local labels, EQU symbol files. Not covered: the dialect of TI's Mizapf project.
//!
//! Sources: the project's reference page on GPL; the manual of xdt99 for the dialect, and its output as an oracle.

mod assembler;
pub mod dis;
mod emit;
mod operand;
mod output;

pub use crate::source::{Files, Listed, Style};
pub use assembler::{Assembly, Options, assemble};
pub use output::OutputError;
