// SPDX-License-Identifier: MIT OR Apache-2.0
//! Diagnostics for source files: spans, severities and a rendering like rustc's.
//!
//! ```text
//! error: unknown symbol `SCOER`
//!   --> game.gpl:12:13
//!    |
//! 12 |        CLR  @SCOER
//!    |              ^^^^^
//!    = help: did you mean `SCORE`?
//! ```

use std::fmt;
use std::ops::Range;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// There will be no output.
    Error,
    /// There will be output, but perhaps not the wanted one.
    Warning,
    /// What the source itself has to say (.PRINT).
    Note,
}

/// What is wrong in a line, before it is known which line that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The bytes of the line that are meant.
    pub span: Range<usize>,
    /// What is wrong, without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Fault {
    /// A fault without advice.
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A fault in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// File as the user named it.
    pub file: String,
    /// Line from 1.
    pub line: usize,
    /// The whole line as it was assembled (macro arguments filled in).
    pub text: String,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => {
                return write!(f, "note: {}:{}: {}", self.file, self.line, self.fault.message);
            }
        };
        let start = self.fault.span.start.min(self.text.len());
        let end = self.fault.span.end.clamp(start, self.text.len());
        let before = self.text.get(..start).unwrap_or_default();
        let marked = self.text.get(start..end).unwrap_or_default().chars().count().max(1);
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        // Tabs are kept in the line below, so that the marks stand where the terminal puts the text.
        let indent: String = before.chars().map(|c| if c == '\t' { c } else { ' ' }).collect();
        writeln!(f, "{kind}: {}", self.fault.message)?;
        writeln!(f, "{margin}--> {}:{}:{}", self.file, self.line, before.chars().count() + 1)?;
        writeln!(f, "{margin} |")?;
        writeln!(f, "{number} | {}", self.text)?;
        write!(f, "{margin} | {indent}{}", "^".repeat(marked))?;
        if let Some(help) = &self.fault.help {
            write!(f, "\n{margin} = help: {help}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_shows_file_line_column_and_text() {
        let diagnostic = Diagnostic {
            severity: Severity::Error,
            file: "game.gpl".into(),
            line: 12,
            text: "\tCLR  @SCOER".into(),
            fault: Fault::new(7..12, "unknown symbol `SCOER`").help("did you mean `SCORE`?"),
        };
        assert_eq!(
            diagnostic.to_string(),
            "error: unknown symbol `SCOER`\n  --> game.gpl:12:8\n   |\n12 | \tCLR  @SCOER\n   | \t      ^^^^^\n   = help: did you mean `SCORE`?"
        );
    }
}
