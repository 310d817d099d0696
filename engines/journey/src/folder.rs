//! The journey's own folder: the only place that it reads from.

use std::io;
use std::path::{Path, PathBuf};

use hurl_core::ast::{Entry, OptionKind, SectionValue, Template, TemplateElement};
use hurl_core::typing::ToSource;

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    #[error("the journey's folder cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("the journey's folder has {0:?}, which is neither a file nor a folder; links are not followed")]
    Special(PathBuf),
    #[error("the path of the journey's folder is not UTF-8")]
    Name,
}

/// The folder's real path, if everything in it is a plain file or a folder. With no links inside, a relative path without `..` cannot leave it.
pub(crate) fn verify(folder: &Path) -> Result<PathBuf, FolderError> {
    let root = folder.canonicalize()?;
    root.to_str().ok_or(FolderError::Name)?;
    let mut pending = vec![root.clone()];
    while let Some(dir) = pending.pop() {
        for item in std::fs::read_dir(dir)? {
            let item = item?;
            let kind = item.file_type()?;
            if kind.is_dir() {
                pending.push(item.path());
            } else if !kind.is_file() {
                return Err(FolderError::Special(item.file_name().into()));
            }
        }
    }
    Ok(root)
}

/// Makes certificate paths absolute, since libcurl would read them from the process's working directory, and turns logging off.
pub(crate) fn prepare(entries: &mut [Entry], root: Option<&Path>) {
    let root = root.and_then(Path::to_str).unwrap_or_default();
    let options = entries.iter_mut().flat_map(|entry| &mut entry.request.sections).filter_map(|section| {
        match &mut section.value {
            SectionValue::Options(options) => Some(options),
            _ => None,
        }
    });
    for options in options {
        options.retain(|o| !matches!(o.kind, OptionKind::Verbose(_) | OptionKind::VeryVerbose(_)));
        for option in options {
            match &mut option.kind {
                OptionKind::CaCertificate(file) | OptionKind::ClientKey(file) => prefix(file, root),
                OptionKind::ClientCert(file) => prefix(file, &escape(root)),
                _ => {}
            }
        }
    }
}

fn prefix(template: &mut Template, root: &str) {
    let value = format!("{root}/");
    let source = value.to_source();
    template.elements.insert(0, TemplateElement::String { value, source });
}

/// Escapes what separates path and password in a `cert` option.
fn escape(path: &str) -> String {
    path.replace('\\', "\\\\").replace(':', "\\:")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::Journey;
    use crate::rules::certificate_path;

    #[test]
    fn certificates_are_read_from_the_folder_and_logging_is_off() {
        let text =
            "GET http://a.example/\n[Options]\nverbose: true\ncacert: ca.pem\ncert: a.pem:{{word}}\nkey: sub/key.pem\n";
        let mut entries = Journey::parse("a", text).expect("valid").entries().to_vec();
        prepare(&mut entries, Some(Path::new("/x:y")));
        let options = entries[0].request.options();
        let shown: Vec<_> = options.iter().map(|o| o.kind.to_string()).collect();
        assert_eq!(shown, ["cacert: /x:y/ca.pem", "cert: /x\\:y/a.pem:{{word}}", "key: /x:y/sub/key.pem"]);
        let OptionKind::ClientCert(cert) = &options[1].kind else { panic!("{shown:?}") };
        assert_eq!(certificate_path(cert).as_deref(), Some("/x:y/a.pem"));
    }
}
