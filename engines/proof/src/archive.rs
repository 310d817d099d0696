//! The one zip form an evidence pack may have.
//!
//! Zip has many ways to write the same files: timestamps, flags, extra fields, comments, unused bytes between entries,
//! compression. A pack uses none of them: entries are stored, sorted by name, dated 1980-01-01, without gaps. The form
//! is frozen here rather than left to a zip library, because verification rebuilds the archive from its files and
//! demands equal bytes; a library's next version might write another byte and disown every older pack. Nothing is
//! compressed, so that no entry can grow when it is read.
//!
//! Layout: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.

use std::collections::{BTreeMap, BTreeSet};

/// The largest pack that is written or read, in bytes.
pub const MAX_PACK_BYTES: usize = 256 * 1024 * 1024;

/// The most files in a pack.
pub const MAX_FILES: usize = 10_000;

/// The longest file name, in bytes.
pub const MAX_NAME_BYTES: usize = 200;

const LOCAL_HEADER: u32 = 0x0403_4b50;
const CENTRAL_HEADER: u32 = 0x0201_4b50;
const END_OF_CENTRAL_DIRECTORY: u32 = 0x0605_4b50;
/// Version 1.0 of the format suffices for stored files.
const VERSION: u16 = 10;
/// 1980-01-01, the first day MS-DOS can express.
const DATE: u16 = 0x0021;

/// Why an archive was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// More bytes than allowed.
    #[error("a pack has at most {MAX_PACK_BYTES} bytes, not {0}")]
    TooLarge(usize),
    /// More files than allowed.
    #[error("a pack has at most {MAX_FILES} files")]
    TooManyFiles,
    /// A name that could escape the folder it is unpacked into, or that some system cannot store.
    #[error(
        "file name {0:?} is not allowed: 1 to {MAX_NAME_BYTES} bytes of ASCII letters, digits, '.', '_', '-' and '/', \
         no part of it empty or with a dot at its end"
    )]
    Name(String),
    /// Two names that are one file on some system, or one name that is a folder of another.
    #[error("file name {0:?} appears twice or collides with another")]
    Collision(String),
    /// The bytes are no zip archive of stored files.
    #[error("not a zip archive in the form of a pack: {reason} at byte {offset}")]
    Form { reason: &'static str, offset: usize },
    /// The archive holds readable files but differs from the one form they have.
    #[error("byte {offset} differs from the only form an archive of these files may have")]
    NotCanonical { offset: usize },
}

/// The files of an archive by name.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Whether every system stores this name, inside the folder it is unpacked into.
pub(crate) fn check_name(name: &str) -> Result<(), ArchiveError> {
    let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte));
    let parts = name.split('/').all(|part| !part.is_empty() && !part.ends_with('.'));
    if letters && parts && name.len() <= MAX_NAME_BYTES { Ok(()) } else { Err(ArchiveError::Name(name.to_owned())) }
}

fn check_names<'a>(names: impl Iterator<Item = &'a String> + Clone) -> Result<(), ArchiveError> {
    let mut seen = BTreeSet::new();
    for name in names.clone() {
        check_name(name)?;
        if !seen.insert(name.to_ascii_lowercase()) {
            return Err(ArchiveError::Collision(name.clone()));
        }
    }
    let is_file = |folder: &str| seen.contains(&folder.to_ascii_lowercase());
    match names.clone().find(|name| name.match_indices('/').any(|(end, _)| is_file(&name[..end]))) {
        Some(name) => Err(ArchiveError::Collision(name.clone())),
        None => Ok(()),
    }
}

/// Writes files in the one form.
pub(crate) fn write(files: &Files) -> Result<Vec<u8>, ArchiveError> {
    check_names(files.keys())?;
    if files.len() > MAX_FILES {
        return Err(ArchiveError::TooManyFiles);
    }
    // 30 bytes of local header, 46 of central header, 22 of end record, and each name twice.
    let size = files
        .iter()
        .fold(22_usize, |size, (name, data)| size.saturating_add(76 + 2 * name.len()).saturating_add(data.len()));
    if size > MAX_PACK_BYTES {
        return Err(ArchiveError::TooLarge(size));
    }
    let (mut archive, mut central) = (Vec::with_capacity(size), Vec::new());
    for (name, data) in files {
        let offset = archive.len();
        let shared = shared_header(name, data);
        put32(&mut archive, LOCAL_HEADER);
        archive.extend_from_slice(&shared);
        archive.extend_from_slice(name.as_bytes());
        archive.extend_from_slice(data);
        put32(&mut central, CENTRAL_HEADER);
        put16(&mut central, VERSION);
        central.extend_from_slice(&shared);
        // Comment length, disk number, internal attributes (2 bytes each) and external attributes (4 bytes).
        central.extend_from_slice(&[0; 10]);
        put32(&mut central, length(offset));
        central.extend_from_slice(name.as_bytes());
    }
    let start = archive.len();
    archive.extend_from_slice(&central);
    end_record(&mut archive, files.len(), central.len(), start);
    Ok(archive)
}

/// The fields that local and central headers share: version to extract to extra field length.
fn shared_header(name: &str, data: &[u8]) -> Vec<u8> {
    let mut header = Vec::with_capacity(26);
    put16(&mut header, VERSION);
    // General purpose flags, compression method (stored) and time of day.
    header.extend_from_slice(&[0; 6]);
    put16(&mut header, DATE);
    put32(&mut header, crc32fast::hash(data));
    put32(&mut header, length(data.len()));
    put32(&mut header, length(data.len()));
    put16(&mut header, u16::try_from(name.len()).expect("names are at most 200 bytes"));
    put16(&mut header, 0);
    header
}

fn end_record(archive: &mut Vec<u8>, files: usize, central_size: usize, central_start: usize) {
    let files = u16::try_from(files).expect("packs have at most 10,000 files");
    put32(archive, END_OF_CENTRAL_DIRECTORY);
    archive.extend_from_slice(&[0; 4]);
    put16(archive, files);
    put16(archive, files);
    put32(archive, length(central_size));
    put32(archive, length(central_start));
    put16(archive, 0);
}

/// Reads the files and demands that the archive is the one form of them, byte for byte.
pub(crate) fn read(archive: &[u8]) -> Result<Files, ArchiveError> {
    if archive.len() > MAX_PACK_BYTES {
        return Err(ArchiveError::TooLarge(archive.len()));
    }
    let mut files = Files::new();
    let mut offset = 0;
    while get32(archive, offset)? == LOCAL_HEADER {
        let (name, data, next) = entry(archive, offset)?;
        check_name(&name)?;
        if files.len() == MAX_FILES {
            return Err(ArchiveError::TooManyFiles);
        }
        if files.insert(name.clone(), data.to_vec()).is_some() {
            return Err(ArchiveError::Collision(name));
        }
        offset = next;
    }
    let expected = write(&files)?;
    if expected == archive { Ok(files) } else { Err(first_difference(&expected, archive)) }
}

/// Name, data and the offset behind the entry whose local header starts at `offset`.
fn entry(archive: &[u8], offset: usize) -> Result<(String, &[u8], usize), ArchiveError> {
    let refuse = |reason| ArchiveError::Form { reason, offset };
    if get16(archive, offset + 6)? != 0 {
        return Err(refuse("an entry with flags (encrypted, or of unknown size)"));
    }
    if get16(archive, offset + 8)? != 0 {
        return Err(refuse("a compressed entry"));
    }
    let size = usize::try_from(get32(archive, offset + 18)?).map_err(|_| refuse("an entry too large"))?;
    let name_end = offset + 30 + usize::from(get16(archive, offset + 26)?);
    let name = archive.get(offset + 30..name_end).ok_or(refuse("a name that runs past the end"))?;
    let name = String::from_utf8(name.to_vec()).map_err(|_| refuse("a name that is not UTF-8"))?;
    let end = name_end.checked_add(size).ok_or(refuse("an entry too large"))?;
    let data = archive.get(name_end..end).ok_or(refuse("an entry that runs past the end"))?;
    Ok((name, data, end))
}

fn first_difference(expected: &[u8], found: &[u8]) -> ArchiveError {
    let same = expected.iter().zip(found).take_while(|(expected, found)| expected == found).count();
    ArchiveError::NotCanonical { offset: same }
}

fn put16(bytes: &mut Vec<u8>, value: u16) {
    bytes.extend_from_slice(&value.to_le_bytes());
}

fn put32(bytes: &mut Vec<u8>, value: u32) {
    bytes.extend_from_slice(&value.to_le_bytes());
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("packs have at most 256 MiB")
}

fn get16(bytes: &[u8], offset: usize) -> Result<u16, ArchiveError> {
    take(bytes, offset).map(u16::from_le_bytes)
}

fn get32(bytes: &[u8], offset: usize) -> Result<u32, ArchiveError> {
    take(bytes, offset).map(u32::from_le_bytes)
}

fn take<const N: usize>(bytes: &[u8], offset: usize) -> Result<[u8; N], ArchiveError> {
    let found = bytes.get(offset..offset + N).and_then(|slice| slice.try_into().ok());
    found.ok_or(ArchiveError::Form { reason: "the end of the bytes", offset })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Files {
        names.iter().map(|name| ((*name).to_owned(), name.as_bytes().to_vec())).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let written = files(&["b.txt", "a/c.json", "empty"]);
        assert_eq!(read(&write(&written).unwrap()).unwrap(), written);
    }

    #[test]
    fn names_that_leave_the_folder_or_collide_are_refused() {
        for name in ["", "/a", "../a", "a/../b", "a//b", "a/", "a\\b", "C:a", "a\0", "é", ".", "a.", &"x".repeat(201)]
        {
            assert_eq!(write(&files(&[name])), Err(ArchiveError::Name(name.to_owned())));
        }
        for names in [["a", "A"], ["a", "a/b"], ["x/Y", "X/y"]] {
            assert!(matches!(write(&files(&names)), Err(ArchiveError::Collision(_))), "{names:?}");
        }
    }

    #[test]
    fn traversal_and_duplicates_in_a_foreign_archive_are_refused() {
        let empty = ["aaaa", "bbbb"].map(|name| (name.to_owned(), Vec::new()));
        let archive = write(&Files::from(empty)).unwrap();
        let rename = |to: &[u8]| {
            let mut renamed = archive.clone();
            for start in 0..renamed.len() - 4 {
                if archive[start..].starts_with(b"bbbb") {
                    renamed[start..start + 4].copy_from_slice(to);
                }
            }
            read(&renamed)
        };
        assert_eq!(rename(b"../b"), Err(ArchiveError::Name("../b".to_owned())));
        assert_eq!(rename(b"aaaa"), Err(ArchiveError::Collision("aaaa".to_owned())));
        assert!(matches!(rename(b"AAAA"), Err(ArchiveError::Collision(_))));
    }

    #[test]
    fn bytes_before_between_and_behind_the_entries_are_refused() {
        let archive = write(&files(&["a", "b"])).unwrap();
        for at in [0, 32, archive.len() / 2, archive.len() - 1, archive.len()] {
            let mut longer = archive.clone();
            longer.insert(at, 0);
            assert!(read(&longer).is_err(), "inserted at {at}");
        }
        for length in 0..archive.len() {
            assert!(read(&archive[..length]).is_err(), "cut to {length}");
        }
    }
}
