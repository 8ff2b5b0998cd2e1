// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cartridges: a header with a menu entry, and MAME's package (RPK). ROM and GROM cartridges share both.
//!
//! Source: the project's reference page on cartridges; the machine's own reader of RPK (`media::rpk`).

use std::io::{Cursor, Write as _};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

/// What stands at the start of a header.
pub(crate) const HEADER_MARK: u8 = 0xAA;
/// Bytes that a made header takes, with the menu entry.
pub(crate) const HEADER: usize = 0x30;
/// The longest name that fits into it.
const NAME: usize = 0x15;

/// A header with one program; `None` if the menu can't show the name.
pub(crate) fn header(base: u16, entry: u16, name: &str) -> Option<[u8; HEADER]> {
    if !name.bytes().all(|b| (0x20..0x7F).contains(&b)) {
        return None;
    }
    let name = &name.as_bytes()[..name.len().min(NAME)];
    let mut header = [0; HEADER];
    header[..2].copy_from_slice(&[HEADER_MARK, 1]);
    header[6..8].copy_from_slice(&(base + 0x10).to_be_bytes());
    header[0x12..0x14].copy_from_slice(&entry.to_be_bytes());
    header[0x14] = name.len() as u8;
    header[0x15..0x15 + name.len()].copy_from_slice(name);
    Some(header)
}

/// A package of one image in the socket `kind` (`rom` or `grom`) of a board.
pub(crate) fn rpk(name: &str, board: &str, kind: &str, image: &[u8]) -> ZipResult<Vec<u8>> {
    let layout = format!(
        concat!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<romset version=\"1.0\">\n  <resources>\n",
            "    <rom id=\"{kind}\" file=\"{kind}.bin\" crc=\"{crc:08x}\"/>\n  </resources>\n  <configuration>\n",
            "    <pcb type=\"{board}\">\n      <socket id=\"{kind}_socket\" uses=\"{kind}\"/>\n    </pcb>\n",
            "  </configuration>\n</romset>\n"
        ),
        kind = kind,
        crc = crc32fast::hash(image),
        board = board
    );
    let shown = name.replace('&', "&amp;").replace('<', "&lt;");
    let about = format!("<?xml version=\"1.0\"?>\n<meta-inf>\n  <name>{shown}</name>\n</meta-inf>\n");
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let file = format!("{kind}.bin");
    let members =
        [(file.as_str(), image), ("layout.xml", layout.as_bytes()), ("meta-inf.xml", about.as_bytes())];
    for (member, content) in members {
        archive.start_file(member, SimpleFileOptions::default())?;
        archive.write_all(content)?;
    }
    Ok(archive.finish()?.into_inner())
}
