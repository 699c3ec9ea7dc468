//! Replacing a file as a whole.
//!
//! Invariant: whoever opens the path sees the old file or the new one, never a part. A mapped file
//! can't be written over on Windows, so the old one is moved aside first where the rename fails.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Writes `bytes` to a new file beside `path` and puts it in the place of `path`.
///
/// # Errors
/// The folder can't be written; the old file is then still whole.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    replace_with(path, |file| file.write_all(bytes).map_err(|e| Error::io(path.display(), e)))
}

/// Makes a new file beside `path`, has `write` fill it, and puts it in the place of `path`.
///
/// # Errors
/// What `write` gives, or the folder can't be written; the old file is then still whole.
pub fn replace_with<T>(path: &Path, write: impl FnOnce(&mut fs::File) -> Result<T>) -> Result<T> {
    let new = sibling(path, "new");
    let io = |e| Error::io(path.display(), e);
    let written = fs::File::create(&new).map_err(io).and_then(|mut file| {
        let out = write(&mut file)?;
        file.sync_all().map_err(io)?;
        switch(path, &new).map_err(io)?;
        Ok(out)
    });
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}

/// Puts the file `new` in the place of `path`.
fn switch(path: &Path, new: &Path) -> std::io::Result<()> {
    if let Ok(meta) = fs::metadata(path) {
        fs::set_permissions(new, meta.permissions())?;
    }
    fs::rename(new, path).or_else(|first| {
        if !path.exists() {
            return Err(first);
        }
        let old = sibling(path, "old");
        fs::rename(path, &old)?;
        let switched = fs::rename(new, path);
        if switched.is_err() {
            fs::rename(&old, path)?;
        }
        // A file that is still mapped stays until the next build.
        let _ = fs::remove_file(&old);
        switched
    })
}

fn sibling(path: &Path, what: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{what}-{}", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_stays_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.exo");
        for text in ["one", "two"] {
            replace(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(replace(&folder.path().join("none/d.exo"), b"x").is_err());
    }
}
