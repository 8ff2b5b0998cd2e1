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
    write_all(&[(path, bytes)]).map_err(|(_, why)| why)
}

/// Writes files that belong together: none is replaced before all are written.
///
/// # Errors
/// The index of the file that can't be written, and the file system's reason; all targets are then untouched.
pub fn write_all(files: &[(&Path, &[u8])]) -> Result<(), (usize, io::Error)> {
    let mut temporaries = Vec::new();
    let mut devices = Vec::new();
    for (index, (path, bytes)) in files.iter().enumerate() {
        let failed = |why| (index, why);
        if is_device(path) {
            devices.push((index, path, bytes));
            continue;
        }
        let mut temporary = stage(path).map_err(failed)?;
        temporary.write_all(bytes).map_err(failed)?;
        temporaries.push((index, temporary));
    }
    for (index, path, bytes) in devices {
        std::fs::write(path, bytes).map_err(|why| (index, why))?;
    }
    for (index, temporary) in temporaries {
        temporary.persist(files[index].0).map_err(|why| (index, why.error))?;
    }
    Ok(())
}

/// Whether this is a device or a pipe: renaming a file over it would remove it, so it must take the bytes as they come.
pub fn is_device(path: &Path) -> bool {
    path.exists() && !path.is_file() && !path.is_dir()
}

/// An empty temporary in the folder of `path`, to be filled and then moved there by `persist`.
///
/// # Errors
/// Those of the file system: no such folder, not allowed, disk full; and that no file can take the place of what is there.
pub fn stage(path: &Path) -> io::Result<NamedTempFile> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if is_device(path) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no ordinary file: name another"));
    }
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
        let missing = folder.path().join("missing/a.bin");
        assert!(write(&missing, b"x").is_err());
        let (index, why) = write_all(&[(&path, b"third"), (&missing, b"x")]).unwrap_err();
        assert_eq!((index, why.kind()), (1, io::ErrorKind::NotFound));
        assert_eq!(write(folder.path(), b"x").unwrap_err().kind(), io::ErrorKind::IsADirectory);
        assert_eq!(std::fs::read(&path).unwrap(), b"second");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
