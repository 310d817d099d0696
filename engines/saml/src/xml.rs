//! The gate: a strict reading of XML before anything else looks at it, and the way its elements are asked for.

use roxmltree::{Document, Node, NodeType, ParsingOptions};
use std::collections::HashSet;

use crate::limits::{MAX_ATTRIBUTES, MAX_DEPTH, MAX_MESSAGE_NODES, MAX_METADATA_NODES, MAX_PREFIXES};
use crate::uri;

/// Why a text is not XML that we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// More bytes than the limit.
    #[error("the message is too large; at most {0} bytes are allowed")]
    TooLarge(usize),
    /// More nodes, deeper nesting, more prefixes or more attributes than the limits.
    #[error(
        "the XML is too complex; at most 20,000 nodes (100,000 in metadata), 64 levels, 64 namespace prefixes, and 500 \
         attributes of an element are allowed"
    )]
    TooComplex,
    /// Bytes of another encoding, or an XML declaration that names one.
    #[error("the XML is not encoded in UTF-8, the only encoding that is allowed")]
    Encoding,
    /// A document type declaration, and with it entities.
    #[error("the XML has a document type declaration (DOCTYPE), which is not allowed")]
    Doctype,
    /// A processing instruction.
    #[error("the XML has a processing instruction, which is not allowed")]
    ProcessingInstruction,
    /// A comment: software that reads text up to a comment and software that reads on see two different names.
    #[error("the XML has a comment, which is not allowed in a message")]
    Comment,
    /// Two elements with the same id.
    #[error("the XML has the id {0} twice; ids have to be unique")]
    DuplicateId(String),
    /// Not well-formed.
    #[error("the text is not well-formed XML: {0}")]
    NotWellFormed(String),
}

impl XmlError {
    /// A name for machines that never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "too_large",
            Self::TooComplex => "too_complex",
            Self::Encoding => "encoding",
            Self::Doctype => "doctype",
            Self::ProcessingInstruction => "processing_instruction",
            Self::Comment => "comment",
            Self::DuplicateId(_) => "duplicate_id",
            Self::NotWellFormed(_) => "not_xml",
        }
    }
}

/// What is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What somebody sends: no comments.
    Message,
    /// What people write and administrators load: comments may stand between elements.
    Metadata,
}

/// The text without byte order mark and XML declaration: with the declaration goes every other encoding, so that two
/// parsers cannot read the same bytes as two texts.
pub(crate) fn body(text: &str) -> Result<&str, XmlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    let Some(rest) = text.strip_prefix("<?xml").filter(|rest| rest.starts_with([' ', '\t', '\r', '\n'])) else {
        return Ok(text);
    };
    let (declaration, body) =
        rest.split_once("?>").ok_or_else(|| XmlError::NotWellFormed("the declaration does not end".to_owned()))?;
    let declaration = declaration.to_ascii_lowercase().replace('\'', "\"");
    let value = |name: &str| {
        let (_, after) = declaration.split_once(name)?;
        after.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?.split('"').next().map(str::to_owned)
    };
    let named = value("encoding").unwrap_or_else(|| "utf-8".to_owned());
    match (value("version").as_deref(), named.as_str()) {
        (Some("1.0"), "utf-8" | "us-ascii") => Ok(body.trim_start()),
        (Some("1.0"), _) => Err(XmlError::Encoding),
        _ => Err(XmlError::NotWellFormed("the declaration does not name version 1.0".to_owned())),
    }
}

/// Refuses what a parser would take far too long for. Counts too much rather than too little: `<` begins every tag and is
/// in none, and a declaration has to be written out.
fn check_cost(body: &str) -> Result<(), XmlError> {
    let ends = ['=', ' ', '\t', '\r', '\n'];
    let prefixes: HashSet<_> = body.split("xmlns").skip(1).filter_map(|rest| rest.split(ends).next()).collect();
    let attributes = |piece: &str| piece.bytes().filter(|byte| *byte == b'=').count();
    if prefixes.len() > MAX_PREFIXES || body.split('<').any(|piece| attributes(piece) > MAX_ATTRIBUTES) {
        return Err(XmlError::TooComplex);
    }
    Ok(())
}

/// Reads XML of which [`body`] was taken.
pub(crate) fn parse(body: &str, kind: Kind) -> Result<Document<'_>, XmlError> {
    check_cost(body)?;
    let nodes_limit = if kind == Kind::Message { MAX_MESSAGE_NODES } else { MAX_METADATA_NODES };
    let options = ParsingOptions { allow_dtd: false, nodes_limit, ..ParsingOptions::default() };
    let document = Document::parse_with_options(body, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => XmlError::Doctype,
        roxmltree::Error::NodesLimitReached => XmlError::TooComplex,
        other => XmlError::NotWellFormed(shown(&other.to_string())),
    })?;
    let (mut depths, mut ids) = (Vec::new(), HashSet::new());
    for node in document.descendants() {
        let depth = node.parent().map_or(0, |parent| depths[parent.id().get_usize()] + 1);
        depths.push(depth);
        if depth > MAX_DEPTH {
            return Err(XmlError::TooComplex);
        }
        match node.node_type() {
            NodeType::PI => return Err(XmlError::ProcessingInstruction),
            NodeType::Comment if kind == Kind::Message => return Err(XmlError::Comment),
            _ => {}
        }
        for id in node.attributes().filter(is_id) {
            if !ids.insert(id.value()) {
                return Err(XmlError::DuplicateId(shown(id.value())));
            }
        }
    }
    Ok(document)
}

/// Whether some software may take the attribute for an element's id: SAML's `ID`, XML Signature's `Id`, `xml:id`.
fn is_id(attribute: &roxmltree::Attribute<'_, '_>) -> bool {
    let plain = attribute.namespace().is_none_or(|namespace| namespace == uri::XML);
    plain && attribute.name().eq_ignore_ascii_case("id")
}

/// What is asked of elements.
pub(crate) trait Element<'a, 'input: 'a>: Sized {
    /// Whether it has this namespace and name.
    fn is(&self, namespace: &str, name: &str) -> bool;
    /// Its child elements of a name.
    fn all(&self, namespace: &str, name: &str) -> Vec<Self>;
    /// Its child element of a name: none, the only one, or an error with how many there are.
    fn only(&self, namespace: &str, name: &str) -> Result<Option<Self>, usize>;
    /// Its text without surrounding whitespace; nothing if it is empty or has anything but text in it.
    fn value(&self) -> Option<String>;
}

impl<'a, 'input: 'a> Element<'a, 'input> for Node<'a, 'input> {
    fn is(&self, namespace: &str, name: &str) -> bool {
        self.is_element() && self.tag_name().namespace() == Some(namespace) && self.tag_name().name() == name
    }

    fn all(&self, namespace: &str, name: &str) -> Vec<Self> {
        self.children().filter(|child| child.is(namespace, name)).collect()
    }

    fn only(&self, namespace: &str, name: &str) -> Result<Option<Self>, usize> {
        match self.all(namespace, name).as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            several => Err(several.len()),
        }
    }

    fn value(&self) -> Option<String> {
        if self.children().any(|child| !child.is_text()) {
            return None;
        }
        let text: String = self.children().filter_map(|child| child.text()).collect();
        Some(text.trim_matches([' ', '\t', '\r', '\n']).to_owned()).filter(|text| !text.is_empty())
    }
}

/// A foreign text as a message may show it: short, and without characters that control how it is written.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut short: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() || turns(c) { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}
