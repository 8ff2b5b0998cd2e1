// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes as lines of a source, for programs that take them in by COPY or `#include`.

use clap::ValueEnum;
use std::fmt::Write as _;

/// Whose source the lines are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Text {
    /// BYTE lines, which both assemblers take.
    Asm,
    /// Numbers for an array in C.
    C,
}

/// Bytes to a line.
const ROW: usize = 8;

impl Text {
    /// The bytes with their address in a comment.
    pub(super) fn lines(self, start: u16, bytes: &[u8]) -> Vec<u8> {
        let (comment, head, prefix, gap, end) = match self {
            Self::Asm => ("*", "       BYTE ", ">", ",", ""),
            Self::C => ("//", "    ", "0x", ", ", ","),
        };
        let mut text = format!("{comment} >{start:04X}\n");
        for row in bytes.chunks(ROW) {
            let row: Vec<String> = row.iter().map(|byte| format!("{prefix}{byte:02X}")).collect();
            let _ = writeln!(text, "{head}{}{end}", row.join(gap));
        }
        text.into_bytes()
    }
}
