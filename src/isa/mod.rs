// SPDX-License-Identifier: MIT OR Apache-2.0
//! Instruction sets as tables: the one place where opcode facts stand.

pub mod gpl;
pub mod tms9900;
