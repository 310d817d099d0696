//! The form of a golden path, as typed, and what it means.

use hub::{
    error::FieldError,
    gates::GoldenPath,
    ids::{EnvironmentId, SystemId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A golden path that shows each part of the grammar once.
pub const EXAMPLE: &str = "# The start page answers, and says what it is.
GET {{base_url}}/
HTTP 200
[Captures]
type: header \"Content-Type\"
[Asserts]
header \"Content-Type\" contains \"text/html\"
duration < 1000
";

/// What stands in the editor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PathForm {
    /// The name.
    pub name: String,
    /// The Hurl file.
    pub source: String,
    /// One `name=value` in each line.
    pub variables: String,
    /// Seconds.
    pub timeout_s: String,
    /// Where a test run goes.
    pub environment_id: String,
}

impl PathForm {
    /// The form of a new golden path.
    #[must_use]
    pub fn example() -> Self {
        Self { source: EXAMPLE.to_owned(), timeout_s: "60".to_owned(), ..Self::default() }
    }

    /// Where a test run goes.
    ///
    /// # Errors
    /// Names the field when none was chosen.
    pub fn environment(&self) -> Result<EnvironmentId, Vec<FieldError>> {
        let message = "Choose the environment for the test run; the system needs one first.";
        self.environment_id.parse().map_err(|_| vec![wrong("/environment_id", message)])
    }

    /// The source with the line breaks of a file; browsers send a carriage return before each.
    #[must_use]
    pub fn lines(&self) -> String {
        self.source.replace("\r\n", "\n")
    }

    /// The golden path that is meant.
    ///
    /// # Errors
    /// Names each field that can't be read.
    pub fn golden_path(&self, system: SystemId) -> Result<hub::gates::NewGoldenPath, Vec<FieldError>> {
        let variables = variables(&self.variables);
        let timeout = seconds(&self.timeout_s);
        match (variables, timeout) {
            (Ok(variables), Ok(timeout_s)) => Ok(hub::gates::NewGoldenPath {
                system_id: Some(system),
                name: self.name.clone(),
                source: self.lines(),
                variables,
                timeout_s,
            }),
            (variables, timeout) => Err([variables.err(), timeout.err()].into_iter().flatten().flatten().collect()),
        }
    }
}

impl From<&GoldenPath> for PathForm {
    fn from(path: &GoldenPath) -> Self {
        Self {
            name: path.name.clone(),
            source: path.source.clone(),
            variables: variable_lines(&path.variables),
            timeout_s: path.timeout_s.to_string(),
            environment_id: String::new(),
        }
    }
}

fn wrong(pointer: &str, message: impl Into<String>) -> FieldError {
    FieldError { pointer: pointer.to_owned(), message: message.into() }
}

fn seconds(typed: &str) -> Result<Option<u32>, Vec<FieldError>> {
    match typed.trim() {
        "" => Ok(None),
        typed => typed.parse().map(Some).map_err(|_| {
            vec![wrong("/timeout_s", format!("Timeout must be whole seconds, 1 to 600; you typed {typed:?}."))]
        }),
    }
}

/// Reads variables: one `name=value` in each line; empty lines and lines that begin with `#` say nothing. A value that
/// begins with a quotation mark is a JSON string, which can hold line breaks.
///
/// # Errors
/// One for each line that can't be read, with its number.
pub fn variables(text: &str) -> Result<BTreeMap<String, String>, Vec<FieldError>> {
    let (mut read, mut faults) = (BTreeMap::new(), Vec::new());
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match variable(line) {
            Ok((name, _)) if read.contains_key(name) => {
                faults.push(wrong("/variables", format!("Line {}: {name} is there twice.", at + 1)));
            }
            Ok((name, value)) => drop(read.insert(name.to_owned(), value)),
            Err(message) => faults.push(wrong("/variables", format!("Line {}: {message}", at + 1))),
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

fn variable(line: &str) -> Result<(&str, String), &'static str> {
    let (name, value) = line.split_once('=').ok_or("a variable is written name=value.")?;
    let (name, value) = (name.trim(), value.trim());
    let fits = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-');
    if !name.starts_with(|sign: char| sign.is_ascii_alphabetic()) || !name.chars().all(fits) {
        return Err("a name begins with a letter and has letters, digits, _ and -.");
    }
    if value.starts_with('"') {
        let value = serde_json::from_str(value).map_err(|_| "a value in quotation marks must be a JSON string.")?;
        return Ok((name, value));
    }
    Ok((name, value.to_owned()))
}

/// Writes variables as [`variables`] reads them.
#[must_use]
pub fn variable_lines(variables: &BTreeMap<String, String>) -> String {
    let line = |(name, value): (&String, &String)| {
        let plain = value.trim() == value && !value.starts_with('"') && !value.contains(char::is_control);
        let value = if plain { value.clone() } else { serde_json::Value::String(value.clone()).to_string() };
        format!("{name}={value}\n")
    };
    variables.iter().map(line).collect()
}

/// The line that a message of the Hurl parser names, from 1.
#[must_use]
pub fn line_in(message: &str) -> Option<u64> {
    let (_, rest) = message.split_once(", line ")?;
    let digits = rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_read_line_by_line() {
        let read = variables("# who\nuser=ada\r\n\n token = a=b==\nempty=\ntext=\"two\\nlines\"").unwrap();
        let wanted = [("empty", ""), ("text", "two\nlines"), ("token", "a=b=="), ("user", "ada")];
        let wanted: BTreeMap<_, _> = wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(read, wanted);
    }

    #[test]
    fn each_wrong_line_is_named() {
        let faults = variables("user\n1st=x\nok=1\nok=2\nbad=\"open").unwrap_err();
        let lines: Vec<_> = faults.iter().map(|fault| fault.message.split(':').next().unwrap()).collect();
        assert_eq!(lines, ["Line 1", "Line 2", "Line 4", "Line 5"]);
        assert!(faults.iter().all(|fault| fault.pointer == "/variables"));
    }

    #[test]
    fn what_is_written_is_read_again_as_it_was() {
        let values = ["plain", "", " spaces ", "\"quoted\"", "two\nlines", "C:\\new", "a=b"];
        let variables: BTreeMap<_, _> =
            values.iter().enumerate().map(|(at, value)| (format!("v{at}"), (*value).to_owned())).collect();
        assert_eq!(super::variables(&variable_lines(&variables)).unwrap(), variables);
    }

    #[test]
    fn a_wrong_timeout_and_wrong_variables_are_told_at_once() {
        let form = PathForm { timeout_s: "soon".into(), variables: "x".into(), ..PathForm::example() };
        let faults = form.golden_path("01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()).unwrap_err();
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/variables", "/timeout_s"]);
    }

    #[test]
    fn the_line_of_a_parse_error_is_found() {
        assert_eq!(line_in("Home, line 12, column 3: expected a method"), Some(12));
        assert_eq!(line_in("line 5 has a fault"), None);
    }
}
