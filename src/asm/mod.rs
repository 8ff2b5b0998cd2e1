// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tools for TMS9900 code: the assembler, the linker, the disassembler, and the part of it that GPL's shares.

mod assembler;
mod directives;
pub mod dis;
mod encode;
pub mod flow;
mod link;
mod module;
mod operand;
mod output;

pub use assembler::{Assembly, Line, Options, assemble};
pub use link::{LinkError, Program};
pub use output::Binary;
