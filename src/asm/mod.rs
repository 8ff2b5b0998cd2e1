// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tools for TMS9900 code: the disassembler, and the part of it that GPL's shares.

pub mod dis;
pub mod flow;
