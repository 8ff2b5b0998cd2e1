// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the tests share: where the data is, and how to unpack it.

use std::io::Read;
use std::path::{Path, PathBuf};

/// The folder of test data.
pub(crate) fn data_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// The contents of a gzip file.
pub(crate) fn gunzip(path: &Path) -> Vec<u8> {
    let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}
