// SPDX-License-Identifier: MIT OR Apache-2.0
//! The `lubbock` program: parses the command line, dispatches, and turns the outcome into an exit code.

fn main() -> std::process::ExitCode {
    lubbock::cli::main()
}
