// SPDX-License-Identifier: MIT OR Apache-2.0
//! Zip archives for the tests, made on the spot.

use std::io::{Cursor, Write};
use zip::write::{SimpleFileOptions, ZipWriter};

/// An archive with these members, deflated.
pub(crate) fn zip(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).expect("memory takes any archive");
        writer.write_all(bytes).expect("memory takes any archive");
    }
    writer.finish().expect("memory takes any archive").into_inner()
}
