//! Files, folders and standard input, as the arguments name them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use exonym::{Error, Result};

use super::session::Session;

/// One input: a path, or standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `-`
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Source {
    /// The name in output and messages: the path as given, or `-`.
    pub fn name(&self) -> String {
        match self {
            Source::Stdin => "-".to_owned(),
            Source::File(path) => path.display().to_string(),
        }
    }

    /// Opens it for reading.
    pub fn open(&self) -> Result<Box<dyn BufRead + Send>> {
        Ok(match self {
            Source::Stdin => Box::new(BufReader::with_capacity(1 << 16, io::stdin())),
            Source::File(path) => {
                let file = File::open(path).map_err(|e| Error::io(path.display(), e))?;
                Box::new(BufReader::with_capacity(1 << 16, file))
            }
        })
    }

    /// All its bytes.
    pub fn read(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open()?.read_to_end(&mut bytes).map_err(|e| Error::io(self.name(), e))?;
        Ok(bytes)
    }
}

/// The inputs that `paths` name: files, the files of folders (by name, hidden ones left out), and
/// standard input for `-` or for nothing. What can't be read is reported, and the rest goes on.
pub fn sources(paths: &[PathBuf], session: &mut Session) -> Result<Vec<Source>> {
    if paths.is_empty() {
        if io::stdin().is_terminal() {
            return Err(Error::usage("no input: name files or folders, or - for standard input"));
        }
        return Ok(vec![Source::Stdin]);
    }
    let mut out = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            out.push(Source::Stdin);
        } else {
            collect(path, &mut out, session, 0);
        }
    }
    Ok(out)
}

fn collect(path: &Path, out: &mut Vec<Source>, session: &mut Session, depth: usize) {
    /// Folders in folders; deeper is a loop of links.
    const DEEPEST: usize = 64;
    if !path.is_dir() {
        out.push(Source::File(path.to_owned()));
        return;
    }
    if depth > DEEPEST {
        session.report(&Error::input("folders nested too deeply: a loop of links?").at(path.display(), 0, 0));
        return;
    }
    match std::fs::read_dir(path) {
        Ok(entries) => {
            let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
            paths.retain(|p| !p.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.')));
            paths.sort();
            for path in paths {
                collect(&path, out, session, depth + 1);
            }
        }
        Err(e) => session.report(&Error::io(path.display(), e)),
    }
}
