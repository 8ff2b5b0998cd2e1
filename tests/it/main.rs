// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one integration test binary: a module for each area.
#![allow(clippy::unwrap_used)] // a test that cannot unwrap has failed

mod architecture;
mod asm;
mod basic;
mod basic_files;
mod build;
mod cli;
mod cli_run;
mod contract;
mod cpu;
mod dis;
mod examples;
mod firmware;
mod float;
mod gpl;
mod grom0;
mod gromport;
mod headless;
mod images;
mod listing;
mod machine;
mod media;
mod media_firmware;
mod messages;
mod psg;
mod rom;
mod rpk;
mod services;
mod soak;
mod sound;
mod suite_basic;
mod suite_cli;
mod support;
mod ti_basic;
mod tool_errors;
mod vdp_pictures;
mod vdp_reuse;
mod zipped;
