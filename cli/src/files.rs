//! Finding and reading what the user named: paths, folders, embedded scenarios.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::exit::Trouble;

/// A scenario is a page, not a database: longer texts are a mistake, and are not read to their end.
pub const SCENARIO_LIMIT_BYTES: u64 = 4 << 20;

/// A text and where it came from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as the user would write it, or the embedded path.
    pub path: PathBuf,
    /// The text.
    pub text: String,
}

/// The scenario that the user named: a file, or else one that ships with the program.
pub fn scenario(name: &str) -> Result<Source, Trouble> {
    let path = Path::new(name);
    match fs::symlink_metadata(path) {
        Ok(_) => read_text(path, SCENARIO_LIMIT_BYTES),
        Err(_) => scenarios::find(name)
            .map(embedded)
            .ok_or_else(|| no_such(name)),
    }
}

/// A file that ships with the program, under the path it has in the project.
pub fn embedded(file: &scenarios::File) -> Source {
    Source {
        path: Path::new("scenarios").join(file.path),
        text: file.text.to_owned(),
    }
}

fn no_such(name: &str) -> Trouble {
    let names = scenarios::list().iter().map(scenarios::File::name);
    let remedy = match nearest(name, names) {
        Some(near) => {
            format!("did you mean the scenario `{near}`? `quorumscope list` names them all")
        }
        None => "give a path, or a name that `quorumscope list` prints".to_owned(),
    };
    Trouble::file(
        Path::new(name),
        "there is no such file, and no scenario of that name",
        remedy,
    )
}

/// The closest of some names, if one is close.
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let last = |text: &str| text.rsplit('/').next().unwrap_or(text).to_lowercase();
    let wanted = last(name.trim_end_matches(".json"));
    names
        .map(|candidate| (distance(&wanted, &last(candidate)), candidate))
        .filter(|(far, _)| *far <= 1 + wanted.len() / 4)
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions and replacements between two texts.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// Every scenario file under the paths, each once, in order. Folders must hold at least one.
pub fn collect(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
    let mut found = Vec::new();
    for path in paths {
        let meta = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if !meta.is_dir() {
            found.push(path.clone());
            continue;
        }
        let before = found.len();
        walk(path, &mut found)?;
        if found.len() == before {
            return Err(Trouble::file(
                path,
                "no scenario file in this folder",
                "scenario files end in .json; name the folder that holds them",
            ));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|path| seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    let mut entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(folder, &error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry
            .file_type()
            .map_err(|error| unreadable(&path, &error))?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        // A link to a folder is not followed: it could lead back here.
        if kind.is_dir() && !hidden {
            walk(&path, found)?;
        } else if !kind.is_dir() && path.extension().is_some_and(|ending| ending == "json") {
            found.push(path);
        }
    }
    Ok(())
}

/// A whole text file of at most `limit` bytes.
pub fn read_text(path: &Path, limit: u64) -> Result<Source, Trouble> {
    let bytes = read_bytes(path, limit)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source {
            path: path.to_owned(),
            text,
        }),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let before = &error.as_bytes()[..valid];
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            Err(Trouble::file(
                path,
                format_args!("byte {} in line {line} is not UTF-8", valid + 1),
                "save the file as UTF-8",
            ))
        }
    }
}

/// A whole file of at most `limit` bytes.
pub fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, Trouble> {
    let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let meta = file.metadata().map_err(|error| unreadable(path, &error))?;
    if meta.is_dir() {
        let remedy = "name a file in it, or check the whole folder with `quorumscope check`";
        return Err(Trouble::file(path, "this is a folder, not a file", remedy));
    }
    let mut bytes = Vec::new();
    if meta.len() <= limit {
        // The length may lie (a pipe, a device): one byte more than allowed is read, never everything.
        file.take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(path, &error))?;
    }
    if meta.len() > limit || bytes.len() as u64 > limit {
        return Err(Trouble::file(
            path,
            format_args!("longer than {} MiB", limit >> 20),
            "check that this is the file you meant",
        ));
    }
    Ok(bytes)
}

/// Opens a file to read; a folder is none.
pub fn open(path: &Path) -> Result<fs::File, Trouble> {
    let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let meta = file.metadata().map_err(|error| unreadable(path, &error))?;
    if meta.is_dir() {
        let remedy = "name a file in it, or check the whole folder with `quorumscope check`";
        return Err(Trouble::file(path, "this is a folder, not a file", remedy));
    }
    Ok(file)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Trouble {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => {
            Trouble::file(path, "there is no such file or folder", "check the path")
        }
        ErrorKind::PermissionDenied => {
            Trouble::file(path, "no permission to read this", "check its permissions")
        }
        _ => Trouble::file(
            path,
            format_args!("cannot be read: {error}"),
            "check the path",
        ),
    }
}

/// Writes a file that the user asked for.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    fs::write(path, bytes).map_err(|error| unwritable(path, &error))
}

/// Trouble with a file that is to be written.
pub fn unwritable(path: &Path, error: &std::io::Error) -> Trouble {
    let remedy = "choose a path in a folder that exists and may be written to";
    Trouble::file(path, format_args!("cannot be written: {error}"), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_its_name() {
        let names = ["election/first-start", "sync/diff"];
        let near = |name| nearest(name, names.into_iter());
        assert_eq!(near("frist-start"), Some("election/first-start"));
        assert_eq!(
            near("election/first_start.json"),
            Some("election/first-start")
        );
        assert_eq!(near("something else"), None);
    }
}
