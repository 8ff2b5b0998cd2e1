// SPDX-License-Identifier: MIT OR Apache-2.0
//! The integrated circuits of the board: each knows its pins and registers, never an address.

pub mod sn76489;
pub mod tmc0430;
pub mod tms9900;
pub mod tms9901;
pub mod tms9918a;
