// SPDX-License-Identifier: MIT OR Apache-2.0
//! What both assemblers read their sources with: lines, expressions, symbols, files, macros, conditionals, passes.
//!
//! An assembler is a `Program`: it says what a statement does, and `run` reads the sources and repeats the passes
//! until no symbol changes. The `Core` inside it holds what every assembler needs.
//!
//! Sources: TI's Editor/Assembler manual for the fields of a line and the order of evaluation; the manual of xdt99
//! for what today's authors use beyond that, and its output as an oracle.

mod core;
mod expression;
mod float;
mod line;
mod reader;
mod symbols;

pub use self::core::Listed;
pub(crate) use self::core::{Core, Program, Statement, View, run};
pub(crate) use expression::{Base, Cursor, Scope, Value, expression};
pub(crate) use float::radix100;
pub use line::Style;
pub(crate) use line::{Dialect, operands};
pub(crate) use reader::file_name;

/// Where sources come from: the command line reads files, tests have them in memory.
pub trait Files {
    /// Reads the file that `from` (the including file, empty for the first) calls `name`; returns the name to show
    /// and its bytes.
    ///
    /// # Errors
    /// One line that says why it can't be read.
    fn read(&self, from: &str, name: &str) -> Result<(String, Vec<u8>), String>;
}
