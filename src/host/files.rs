// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files that are either written whole or not at all: a temporary beside the target, renamed over it at the end.

use std::io::{self, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Writes `bytes` to `path`, replacing what is there only when all is written.
///
/// # Errors
/// Those of the file system; the target is then untouched.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = stage(path)?;
    temporary.write_all(bytes)?;
    temporary.persist(path)?;
    Ok(())
}

/// An empty temporary in the folder of `path`, to be filled and then moved there by `persist`.
///
/// # Errors
/// Those of the file system: no such folder, not allowed, disk full.
pub fn stage(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lubbock-");
    // A temporary is private by default, but what it becomes is an ordinary file under the user's umask.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder).map_err(without_path)
}

/// The system's reason alone: the temporary's name, which the crate puts behind it, says nothing to a user.
fn without_path(error: io::Error) -> io::Error {
    let text = error.to_string();
    match text.split_once(" at path ") {
        Some((reason, _)) => io::Error::new(error.kind(), reason),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_whole_files_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        write(&path, b"first").unwrap();
        write(&path, b"second").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"second");
        assert!(write(&folder.path().join("missing/a.bin"), b"x").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
