//! What a page's HTML says, read from its tokens (HTML standard, section 13.2.5, by html5ever).
//!
//! Tokens rather than a tree: building a tree takes time quadratic in the nesting depth, which hostile pages choose, and no rule needs one.

use std::cell::RefCell;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use url::Url;

use crate::text::head;

/// Most links that are kept, and most characters of a link's text.
const MAX_LINKS: usize = 2000;
const MAX_LINK_TEXT: usize = 200;
const MAX_POLICIES: usize = 32;
/// In characters.
const MAX_POLICY: usize = 16 * 1024;

/// A `script` element.
#[derive(Debug, Clone)]
pub struct Script {
    /// The `src` attribute as written.
    pub src: Option<String>,
    /// The `integrity` attribute.
    pub integrity: Option<String>,
}

/// Whether a browser runs or applies what it loads, or only shows it (W3C Mixed Content).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Scripts, styles, frames, plugins, form targets of fetches: they can change the page.
    Active,
    /// Images, audio, video.
    Passive,
    /// The target that a form is sent to.
    Form,
}

/// A reference from the page to something else.
#[derive(Debug, Clone)]
pub struct Reference {
    /// What a browser does with it.
    pub kind: Kind,
    /// Element name.
    pub element: String,
    /// The address as written.
    pub address: String,
}

/// A link that a reader can follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The address as written.
    pub address: String,
    /// Its words: the text within, or else its label or title.
    pub text: String,
}

#[derive(Debug, Clone)]
struct Meta {
    http_equiv: Option<String>,
    name: Option<String>,
    content: Option<String>,
}

/// The facts of a page that rules look at.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// `href` of the first `base` element if it is an absolute address.
    pub base: Option<Url>,
    /// All `script` elements.
    pub scripts: Vec<Script>,
    /// Everything that is loaded or sent.
    pub references: Vec<Reference>,
    /// The links, the first 2,000 of them.
    pub links: Vec<Link>,
    /// Title, trimmed.
    pub title: String,
    metas: Vec<Meta>,
}

impl Page {
    /// Reads HTML; every text is a page, if perhaps an empty one.
    pub fn parse(html: &str) -> Self {
        let tokenizer = Tokenizer::new(Collector::default(), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(html.into());
        // It consumes everything at once, as the collector never asks it to pause.
        let _ = tokenizer.feed(&input);
        tokenizer.end();
        tokenizer.sink.state.into_inner().page
    }

    /// Contents of `meta http-equiv="content-security-policy"` elements: the first 32 of them, and of each as much as a header may hold, so that
    /// comparing policies stays cheap.
    pub fn policies(&self) -> Vec<String> {
        let policies = self.metas.iter().filter(|meta| meta.http_equiv.as_deref() == Some("content-security-policy"));
        let contents = policies.filter_map(|meta| meta.content.as_deref()).filter(|content| !content.is_empty());
        contents.take(MAX_POLICIES).map(|content| head(content, MAX_POLICY).to_owned()).collect()
    }

    /// Content of the last `meta name="referrer"` element.
    pub fn referrer_policy(&self) -> Option<&str> {
        let metas = self.metas.iter().filter(|meta| meta.name.as_deref() == Some("referrer"));
        let metas = metas.filter(|meta| meta.http_equiv.is_none() || meta.content.is_none());
        metas.filter_map(|meta| meta.content.as_deref()).rfind(|content| !content.is_empty())
    }

    fn read(&mut self, tag: &Tag) {
        let attribute = |name: &str| attribute(tag, name);
        let name = &*tag.name;
        match name {
            "base" => self.read_base(tag),
            "meta" => self.metas.push(Meta {
                http_equiv: attribute("http-equiv").map(|value| value.trim().to_lowercase()),
                name: attribute("name").map(|value| value.trim().to_lowercase()),
                content: attribute("content"),
            }),
            "script" => {
                self.scripts.push(Script { src: attribute("src"), integrity: attribute("integrity") });
                self.refer(Kind::Active, name, attribute("src"));
            }
            "link" => self.read_link(tag),
            "img" | "audio" | "video" | "source" | "track" => self.refer(Kind::Passive, name, attribute("src")),
            "iframe" | "frame" | "embed" => self.refer(Kind::Active, name, attribute("src")),
            "object" => self.refer(Kind::Active, name, attribute("data")),
            "form" => self.refer(Kind::Form, name, attribute("action")),
            _ => {}
        }
    }

    fn read_base(&mut self, tag: &Tag) {
        if self.base.is_none() {
            self.base = attribute(tag, "href").and_then(|href| Url::parse(&href).ok());
        }
    }

    fn read_link(&mut self, tag: &Tag) {
        let relations = attribute(tag, "rel").unwrap_or_default().to_ascii_lowercase();
        let has = |wanted: &[&str]| relations.split_ascii_whitespace().any(|relation| wanted.contains(&relation));
        let href = attribute(tag, "href");
        if has(&["stylesheet", "modulepreload", "manifest"]) {
            self.refer(Kind::Active, "link", href);
        } else if has(&["icon", "apple-touch-icon"]) {
            self.refer(Kind::Passive, "link", href);
        }
    }

    fn refer(&mut self, kind: Kind, element: &str, address: Option<String>) {
        if let Some(address) = address.filter(|text| !text.trim().is_empty()) {
            self.references.push(Reference { kind, element: element.to_owned(), address });
        }
    }
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| attribute.value.to_string())
}

#[derive(Default)]
struct Collector {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    page: Page,
    /// Depth of open `template` elements, whose content browsers do not load.
    templates: usize,
    in_title: bool,
    in_link: bool,
}

impl State {
    fn open(&mut self, tag: &Tag) {
        match &*tag.name {
            "template" => self.templates += 1,
            "title" => self.in_title = self.page.title.is_empty(),
            _ => {}
        }
        if self.templates == 0 {
            self.page.read(tag);
            self.read_link(tag);
        }
    }

    /// A picture stands for its words, as screen readers have it.
    fn read_link(&mut self, tag: &Tag) {
        let told = |name: &str| attribute(tag, name).unwrap_or_default();
        match &*tag.name {
            "a" => {
                self.in_link = false;
                if let Some(address) = attribute(tag, "href").filter(|_| self.page.links.len() < MAX_LINKS) {
                    let text = [told("aria-label"), told("title")].into_iter().find(|text| !text.is_empty());
                    self.page.links.push(Link { address, text: text.unwrap_or_default() });
                    self.in_link = true;
                }
            }
            "img" if self.in_link => self.write(&told("alt")),
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        if let Some(link) = self.page.links.last_mut() {
            let room = MAX_LINK_TEXT.saturating_sub(link.text.chars().count());
            link.text.push_str(head(text, room));
        }
    }

    fn close(&mut self, tag: &Tag) {
        match &*tag.name {
            "a" => self.in_link = false,
            "template" => self.templates = self.templates.saturating_sub(1),
            "title" => {
                self.in_title = false;
                self.page.title = self.page.title.trim().to_owned();
            }
            _ => {}
        }
    }
}

impl TokenSink for Collector {
    type Handle = ();

    fn process_token(&self, token: Token, _line_number: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                state.open(&tag);
                return content_model(&tag.name);
            }
            Token::TagToken(tag) => state.close(&tag),
            Token::CharacterTokens(text) if state.in_title => state.page.title.push_str(&text),
            Token::CharacterTokens(text) if state.in_link => state.write(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// How the text after a start tag is read (HTML standard, section 13.2.6.4: the generic text parsing algorithms).
fn content_model(name: &str) -> TokenSinkResult<()> {
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        "plaintext" => TokenSinkResult::Plaintext,
        _ => TokenSinkResult::Continue,
    }
}
