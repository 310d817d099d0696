//! One stylesheet out of `style/`: `main.css` names the order of the cascade layers and imports
//! one file per layer; the imports are replaced by the files, so that the browser asks once.

use std::{fs, path::Path};

use crate::error::{Doing, Error};

/// Reads `main.css` in `folder` and puts the imported files in the places of their imports.
pub fn bundle(folder: &Path) -> Result<String, Error> {
    let main = read(&folder.join("main.css"))?;
    let mut bundled = String::new();
    for line in main.lines() {
        match import(line)? {
            Some((file, layer)) => {
                let text = read(&folder.join(file))?;
                if text.contains("@import") {
                    return Err(Error::Failed(format!("style/{file}: only main.css may import")));
                }
                bundled += &format!("@layer {layer} {{\n{text}}}\n");
            }
            None => {
                bundled += line;
                bundled.push('\n');
            }
        }
    }
    Ok(bundled)
}

/// The file and the layer of an import; an import in any other form is an error.
fn import(line: &str) -> Result<Option<(&str, &str)>, Error> {
    let Some(rest) = line.trim().strip_prefix("@import") else {
        return Ok(None);
    };
    rest.trim()
        .strip_prefix("url(\"")
        .and_then(|rest| rest.strip_suffix(");"))
        .and_then(|rest| rest.split_once("\") layer("))
        .map(Some)
        .ok_or_else(|| {
            Error::Failed(format!(
                "style/main.css: `{}` is not of the form @import url(\"x.css\") layer(x);",
                line.trim()
            ))
        })
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).doing(|| format!("reading {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn imports_become_layers_in_their_order() {
        let style = folder(&[
            (
                "main.css",
                "@layer base, parts;\n@import url(\"base.css\") layer(base);\n@import url(\"parts.css\") layer(parts);\n",
            ),
            ("base.css", "a { color: red }\n"),
            ("parts.css", "b { color: blue }\n"),
        ]);
        assert_eq!(
            bundle(style.path()).unwrap(),
            "@layer base, parts;\n@layer base {\na { color: red }\n}\n@layer parts {\nb { color: blue }\n}\n"
        );
    }

    #[test]
    fn what_would_reach_the_browser_as_an_import_is_refused() {
        for (main, base) in [
            ("@import \"base.css\";\n", ""),
            ("@import url(\"base.css\") layer(base);\n", "@import \"./more.css\";\n"),
            ("@import url(\"absent.css\") layer(absent);\n", ""),
        ] {
            let style = folder(&[("main.css", main), ("base.css", base)]);
            assert!(bundle(style.path()).is_err(), "{main}{base}");
        }
    }
}
