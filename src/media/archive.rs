// SPDX-License-Identifier: MIT OR Apache-2.0
//! Zip archives, read within limits: a hostile archive costs neither memory nor time.

use super::error::{MediaError, printable};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Most members an archive may list. RPK files have about five, MAME's console sets about ten.
const MAX_MEMBERS: usize = 1024;

/// A file by name: inside an archive, or as the user gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Whether the bytes begin as a zip archive does.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Unpacks the members whose name and size `wanted` accepts, together at most `limit` bytes.
///
/// Sizes are counted while unpacking: what the directory claims is only used to skip members.
pub(super) fn unpack(
    file: &str,
    bytes: &[u8],
    limit: u64,
    wanted: impl Fn(&str, u64) -> bool,
) -> Result<Vec<Member>, MediaError> {
    let broken = |what: String| MediaError::Zip { file: file.to_owned(), what: printable(&what) };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(e.to_string()))?;
    if archive.len() > MAX_MEMBERS {
        return Err(broken(format!("{} members, more than {MAX_MEMBERS}", archive.len())));
    }
    let (mut members, mut left) = (Vec::new(), limit);
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(|e| broken(e.to_string()))?;
        let name = printable(&member.name().map_err(|e| broken(e.to_string()))?);
        if member.is_dir() || !wanted(&name, member.size()) {
            continue;
        }
        let mut contents = Vec::new();
        member
            .take(left + 1)
            .read_to_end(&mut contents)
            .map_err(|e| broken(format!("member {name}: {e}")))?;
        let Some(rest) = left.checked_sub(contents.len() as u64) else {
            return Err(MediaError::ZipBomb { file: file.to_owned(), limit });
        };
        left = rest;
        members.push(Member { name, bytes: contents });
    }
    Ok(members)
}
