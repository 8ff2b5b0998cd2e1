// SPDX-License-Identifier: MIT OR Apache-2.0
//! TI BASIC and Extended BASIC programs: text to tokens, tokens to text, and the files that hold them.
//!
//! * [`encode::program`] crunches a listing as the console does when lines are typed, with its refusals as errors.
//! * [`list::screen_line`] prints a line exactly as LIST does; [`list::source_line`] prints it so that encoding
//!   gives the same bytes again.
//! * [`program::Program`] goes to and from memory images (PROGRAM files), the long form of Extended BASIC and
//!   merge files; [`container`] adds and removes TIFILES headers.
//!
//! What TI BASIC stores and lists was taken from the genuine console as a black box: the lines of
//! `tests/data/basic/genuine.txt` were typed into it, and the stored bytes and the listing written down. Extended
//! BASIC follows the published token list and agrees with xbas99 3.5.5 where `docs/basic-tool.md` does not say
//! otherwise.
//!
//! Not covered: checking a program's syntax beyond what the console checks when a line is entered.

pub mod container;
pub mod encode;
pub mod list;
pub mod program;
pub mod text;
pub mod tokens;

pub use tokens::Dialect;
