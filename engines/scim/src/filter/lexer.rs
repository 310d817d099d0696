//! The tokens of filters and paths.

use super::parser::Refusal;

/// A token; where it begins stands beside it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    /// A path, a keyword or a literal without quotes. A path behind a bracket begins with its dot.
    Word(&'a str),
    /// A text, as in JSON.
    Text(String),
    Open,
    Close,
    OpenBracket,
    CloseBracket,
}

/// All tokens with the byte at which each begins.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token<'_>)>, Refusal> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        let (token, length) = match byte {
            b' ' | b'\t' => {
                at += 1;
                continue;
            }
            b'(' => (Token::Open, 1),
            b')' => (Token::Close, 1),
            b'[' => (Token::OpenBracket, 1),
            b']' => (Token::CloseBracket, 1),
            b'"' => quoted(text, at)?,
            _ if is_word(byte) => {
                let length = text[at..].bytes().take_while(|byte| is_word(*byte)).count();
                (Token::Word(&text[at..at + length]), length)
            }
            _ => return Err(Refusal::new(at, "this character is not allowed outside of quotes")),
        };
        tokens.push((at, token));
        at += length;
    }
    Ok(tokens)
}

/// Names, URIs and numbers.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'$' | b'+')
}

fn quoted(text: &str, start: usize) -> Result<(Token<'_>, usize), Refusal> {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => {
                let read = serde_json::from_str(&text[start..=index]);
                let read: String = read.map_err(|_| Refusal::new(start, "the text in quotes is not a JSON string"))?;
                if read.contains('\0') {
                    return Err(Refusal::new(start, "the text in quotes has a NUL, which no value has"));
                }
                return Ok((Token::Text(read), index + 1 - start));
            }
            _ => {}
        }
    }
    Err(Refusal::new(start, "the text has no closing quote"))
}
