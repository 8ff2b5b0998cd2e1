// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tools for TMS9900 code: the assembler, the linker, the disassembler, and the part of it that GPL's shares.

mod assembler;
pub(crate) mod cartridge;
mod directives;
pub mod dis;
mod encode;
pub mod flow;
mod link;
mod module;
mod object;
mod operand;
mod output;

pub use assembler::{Assembly, Line, Options, assemble};
pub use encode::Clocks;
pub use link::{LinkError, Program};
pub use object::ObjectError;
pub use output::{Binary, Object, link_objects};
