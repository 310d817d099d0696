//! The grammar of filters (RFC 7644 figure 1) and of the paths of patches (figure 7).

use super::{
    Field, Node, Operand, Operator,
    lexer::{Token, tokens},
};
use crate::{
    ResourceKind, ScimError,
    limits::{MAX_FILTER_BYTES, MAX_FILTER_DEPTH, MAX_PATH_BYTES},
    schema::{Attribute, Located, Schema, locate, locate_sub},
};

/// Why and where a filter or a path can't be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    at: usize,
    reason: String,
    /// Whether it is within the brackets of a path.
    within_brackets: bool,
}

impl Refusal {
    pub(super) fn new(at: usize, reason: impl Into<String>) -> Self {
        Self { at, reason: reason.into(), within_brackets: false }
    }

    fn position(&self, text: &str) -> usize {
        text.char_indices().take_while(|(at, _)| *at < self.at).count() + 1
    }

    pub(super) fn in_filter(self, text: &str) -> ScimError {
        ScimError::InvalidFilter { position: self.position(text), reason: self.reason }
    }

    /// A wrong filter in a path is `invalidFilter` (RFC 7644 table 9).
    fn in_path(self, text: &str) -> ScimError {
        if self.within_brackets {
            return self.in_filter(text);
        }
        ScimError::path(text, format!("at character {}: {}", self.position(text), self.reason))
    }
}

/// What the path of a patch leads to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PathTarget {
    /// An attribute, those of its values that match, and perhaps a sub-attribute of them.
    Attribute { field: Field, filter: Option<Node> },
    /// An extension as a whole.
    Extension(&'static Schema),
    /// An attribute that is accepted and not kept.
    Ignored,
    /// Nothing that is known.
    Unknown,
}

/// Where names are looked up.
#[derive(Clone, Copy)]
enum Scope {
    Resource(ResourceKind),
    Values(&'static Attribute),
    /// The values of an attribute that is not known.
    Nothing,
}

struct Parser<'a> {
    tokens: std::iter::Peekable<std::vec::IntoIter<(usize, Token<'a>)>>,
    end: usize,
}

pub(super) fn parse_filter(kind: ResourceKind, text: &str) -> Result<Node, Refusal> {
    let mut parser = Parser::new(text, MAX_FILTER_BYTES)?;
    let root = parser.any(Scope::Resource(kind), 0)?;
    parser.finish("and, or, or the end of the filter")?;
    Ok(root)
}

/// Reads the path of a patch.
///
/// # Errors
/// [`ScimError::InvalidPath`] where it is malformed, [`ScimError::InvalidFilter`] within its brackets; what is only not known is [`PathTarget::Unknown`].
pub(crate) fn parse_path(kind: ResourceKind, text: &str) -> Result<PathTarget, ScimError> {
    path(kind, text).map_err(|refusal| refusal.in_path(text))
}

fn path(kind: ResourceKind, text: &str) -> Result<PathTarget, Refusal> {
    let mut parser = Parser::new(text, MAX_PATH_BYTES)?;
    let (at, word) = parser.word("the name of an attribute")?;
    let located = locate(kind, word);
    let scope = match located {
        Located::Malformed => return Err(Refusal::new(at, "an attribute's name is expected, such as name.givenName")),
        Located::Attribute { attribute, sub: None, .. } => Scope::Values(attribute),
        _ => Scope::Nothing,
    };
    let mut filter = None;
    let mut behind = None;
    if let Some(bracket) = parser.take(&Token::OpenBracket) {
        if let Scope::Values(attribute) = scope
            && !attribute.multi_valued
        {
            return Err(Refusal::new(bracket, format!("{} has only one value, so it takes no filter", attribute.name)));
        }
        let inner = parser.any(scope, 0).map_err(|refusal| Refusal { within_brackets: true, ..refusal });
        filter = Some(inner?);
        parser.expect(&Token::CloseBracket, "a closing bracket")?;
        behind = parser.sub_path()?;
    }
    parser.finish("the end of the path")?;
    Ok(match located {
        Located::Ignored => PathTarget::Ignored,
        Located::Extension(extension) if filter.is_none() => PathTarget::Extension(extension),
        Located::Attribute { extension, attribute, mut sub } => {
            if let Some((at, name)) = behind {
                let found = attribute.sub_attribute(name);
                sub = Some(found.ok_or_else(|| {
                    Refusal::new(at, format!("{} has no sub-attribute of this name", attribute.name))
                })?);
            }
            PathTarget::Attribute { field: Field { extension, attribute, sub }, filter }
        }
        _ => PathTarget::Unknown,
    })
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, longest: usize) -> Result<Self, Refusal> {
        if text.len() > longest {
            return Err(Refusal::new(0, format!("it is longer than {longest} bytes")));
        }
        Ok(Self { tokens: tokens(text)?.into_iter().peekable(), end: text.len() })
    }

    /// `or` binds least.
    fn any(&mut self, scope: Scope, depth: usize) -> Result<Node, Refusal> {
        let mut parts = vec![self.all(scope, depth)?];
        while self.keyword("or") {
            parts.push(self.all(scope, depth)?);
        }
        Ok(one_or(parts, Node::Any))
    }

    fn all(&mut self, scope: Scope, depth: usize) -> Result<Node, Refusal> {
        let mut parts = vec![self.term(scope, depth)?];
        while self.keyword("and") {
            parts.push(self.term(scope, depth)?);
        }
        Ok(one_or(parts, Node::All))
    }

    fn term(&mut self, scope: Scope, depth: usize) -> Result<Node, Refusal> {
        if depth > MAX_FILTER_DEPTH {
            return Err(Refusal::new(self.at(), format!("it is nested deeper than {MAX_FILTER_DEPTH} levels")));
        }
        if self.take(&Token::Open).is_some() {
            return self.group(scope, depth);
        }
        let (at, word) = self.word("an attribute, not, or an opening parenthesis")?;
        if word.eq_ignore_ascii_case("not") && self.take(&Token::Open).is_some() {
            return Ok(Node::Not(Box::new(self.group(scope, depth)?)));
        }
        let field = field(scope, at, word)?;
        match self.take(&Token::OpenBracket) {
            Some(bracket) => self.element(scope, field, bracket, depth),
            None => self.comparison(field),
        }
    }

    fn group(&mut self, scope: Scope, depth: usize) -> Result<Node, Refusal> {
        let inner = self.any(scope, depth + 1)?;
        self.expect(&Token::Close, "and, or, or a closing parenthesis")?;
        Ok(inner)
    }

    /// `emails[type eq "work"]`. Microsoft Entra asks for `emails[type eq "work"].value eq "…"`, which the grammar
    /// lacks; it means that one value matches both.
    fn element(&mut self, scope: Scope, field: Option<Field>, bracket: usize, depth: usize) -> Result<Node, Refusal> {
        if !matches!(scope, Scope::Resource(_)) {
            return Err(Refusal::new(bracket, "a filter in brackets can't hold another one"));
        }
        let inside = match field {
            Some(Field { attribute, sub: None, .. }) if !attribute.sub_attributes.is_empty() => {
                Scope::Values(attribute)
            }
            Some(_) => {
                return Err(Refusal::new(bracket, "only an attribute with sub-attributes takes a filter in brackets"));
            }
            None => Scope::Nothing,
        };
        let mut inner = self.any(inside, depth + 1)?;
        self.expect(&Token::CloseBracket, "and, or, or a closing bracket")?;
        if let Some((at, name)) = self.sub_path()? {
            let behind = self.comparison(self::field(inside, at, name)?)?;
            inner = Node::All(vec![inner, behind]);
        }
        Ok(Node::Element { field, inner: Box::new(inner) })
    }

    fn comparison(&mut self, field: Option<Field>) -> Result<Node, Refusal> {
        let (at, word) = self.word("an operator: eq, ne, co, sw, ew, pr, gt, ge, lt or le")?;
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Node::Present(field));
        }
        let Some(operator) = Operator::parse(word) else {
            return Err(Refusal::new(at, "this is no operator; allowed are eq, ne, co, sw, ew, pr, gt, ge, lt and le"));
        };
        let value_at = self.at();
        let operand = self.operand()?;
        let operand = match field {
            Some(field) => operand.suit(field.leaf(), operator).map_err(|reason| Refusal::new(value_at, reason))?,
            None => operand,
        };
        Ok(Node::Compare { field, operator, operand })
    }

    fn operand(&mut self) -> Result<Operand, Refusal> {
        const ALLOWED: &str = "a value is expected: a text in double quotes, a number, true, false or null";
        match self.tokens.next() {
            Some((_, Token::Text(text))) => Ok(Operand::text(text)),
            Some((_, Token::Word(word))) if word.eq_ignore_ascii_case("true") => Ok(Operand::Boolean(true)),
            Some((_, Token::Word(word))) if word.eq_ignore_ascii_case("false") => Ok(Operand::Boolean(false)),
            Some((_, Token::Word(word))) if word.eq_ignore_ascii_case("null") => Ok(Operand::Null),
            Some((_, Token::Word(word))) if serde_json::from_str::<serde_json::Number>(word).is_ok() => {
                Ok(Operand::Number)
            }
            Some((at, _)) => Err(Refusal::new(at, ALLOWED)),
            None => Err(Refusal::new(self.end, ALLOWED)),
        }
    }

    /// `.value` directly behind a bracket.
    fn sub_path(&mut self) -> Result<Option<(usize, &'a str)>, Refusal> {
        let next = self.tokens.next_if(|(_, token)| matches!(token, Token::Word(word) if word.starts_with('.')));
        let Some((at, Token::Word(word))) = next else { return Ok(None) };
        let name = word.strip_prefix('.').unwrap_or(word);
        if name.is_empty() {
            Err(Refusal::new(at, "a sub-attribute is expected behind the dot"))
        } else {
            Ok(Some((at + 1, name)))
        }
    }

    fn at(&mut self) -> usize {
        self.tokens.peek().map_or(self.end, |(at, _)| *at)
    }

    fn word(&mut self, expected: &str) -> Result<(usize, &'a str), Refusal> {
        match self.tokens.next() {
            Some((at, Token::Word(word))) => Ok((at, word)),
            Some((at, _)) => Err(Refusal::new(at, format!("expected {expected}"))),
            None => Err(Refusal::new(self.end, format!("expected {expected}"))),
        }
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let is_it = |token: &Token<'_>| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(keyword));
        self.tokens.next_if(|(_, token)| is_it(token)).is_some()
    }

    fn take(&mut self, token: &Token<'_>) -> Option<usize> {
        self.tokens.next_if(|(_, next)| next == token).map(|(at, _)| at)
    }

    fn expect(&mut self, token: &Token<'_>, expected: &str) -> Result<(), Refusal> {
        let at = self.at();
        self.take(token).map(drop).ok_or_else(|| Refusal::new(at, format!("expected {expected}")))
    }

    fn finish(&mut self, expected: &str) -> Result<(), Refusal> {
        match self.tokens.next() {
            None => Ok(()),
            Some((at, _)) => Err(Refusal::new(at, format!("expected {expected}"))),
        }
    }
}

fn field(scope: Scope, at: usize, name: &str) -> Result<Option<Field>, Refusal> {
    let located = match scope {
        Scope::Resource(kind) => locate(kind, name),
        Scope::Values(attribute) => locate_sub(attribute, name),
        Scope::Nothing => Located::Unknown,
    };
    match located {
        Located::Attribute { extension, attribute, sub } => Ok(Some(Field { extension, attribute, sub })),
        Located::Ignored | Located::Unknown => Ok(None),
        Located::Extension(_) => Err(Refusal::new(at, "an extension can't be compared; name one of its attributes")),
        Located::Malformed => Err(Refusal::new(at, "an attribute's name is expected, such as name.givenName")),
    }
}

fn one_or(mut parts: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}
