// SPDX-License-Identifier: MIT OR Apache-2.0
//! Diagnostics for source files: spans, severities and a rustc-like rendering.
