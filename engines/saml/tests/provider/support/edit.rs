//! Changing XML as text, so that everything around a change stays byte for byte.
//!
//! Elements are named by a path of local names, `Assertion/Issuer`: the first element of the last name below the others.

use roxmltree::{Document, Node};
use std::ops::Range;

fn is_at(node: &Node<'_, '_>, path: &str) -> bool {
    let mut names = path.rsplit('/');
    let own = names.next().is_some_and(|name| node.is_element() && node.tag_name().name() == name);
    own && names.zip(node.ancestors().skip(1)).all(|(name, above)| above.tag_name().name() == name)
}

fn with<T>(xml: &str, path: &str, read: impl FnOnce(Node<'_, '_>) -> T) -> T {
    let document = Document::parse(xml).unwrap();
    let node = document.descendants().find(|node| is_at(node, path)).unwrap_or_else(|| panic!("no {path}"));
    read(node)
}

pub fn has(xml: &str, path: &str) -> bool {
    Document::parse(xml).unwrap().descendants().any(|node| is_at(&node, path))
}

pub fn range(xml: &str, path: &str) -> Range<usize> {
    with(xml, path, |node| node.range())
}

/// An element's own text.
pub fn get(xml: &str, path: &str) -> String {
    xml[range(xml, path)].to_owned()
}

pub fn attribute(xml: &str, path: &str, name: &str) -> String {
    with(xml, path, |node| node.attribute(name).unwrap().to_owned())
}

fn spliced(xml: &str, range: Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &xml[..range.start], &xml[range.end..])
}

pub fn replace(xml: &str, path: &str, new: &str) -> String {
    spliced(xml, range(xml, path), new)
}

pub fn remove(xml: &str, path: &str) -> String {
    replace(xml, path, "")
}

pub fn before(xml: &str, path: &str, new: &str) -> String {
    let at = range(xml, path).start;
    spliced(xml, at..at, new)
}

pub fn after(xml: &str, path: &str, new: &str) -> String {
    let at = range(xml, path).end;
    spliced(xml, at..at, new)
}

/// As the last child.
pub fn append(xml: &str, path: &str, new: &str) -> String {
    let range = range(xml, path);
    let at = range.start + xml[range].rfind("</").unwrap();
    spliced(xml, at..at, new)
}

/// As the first child.
pub fn prepend(xml: &str, path: &str, new: &str) -> String {
    let range = range(xml, path);
    let at = range.start + xml[range].find('>').unwrap() + 1;
    spliced(xml, at..at, new)
}

pub fn unset(xml: &str, path: &str, name: &str) -> String {
    let range = with(xml, path, |node| node.attribute_node(name).map(|attribute| attribute.range()));
    range.map_or_else(|| xml.to_owned(), |range| spliced(xml, range, ""))
}

pub fn set(xml: &str, path: &str, name: &str, value: &str) -> String {
    let xml = unset(xml, path, name);
    let start = range(&xml, path).start;
    let at = start + xml[start..].find([' ', '>', '/']).unwrap();
    spliced(&xml, at..at, &format!(" {name}=\"{value}\""))
}
