// SPDX-License-Identifier: MIT OR Apache-2.0
//! Conformance suites: golden CPU traces and TI BASIC cases, run against the machine.

pub mod basic;
pub mod cpu;
