//! Genuine responses with seeded damage: none breaks the reader, and none is accepted as somebody else.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use sbh_saml::verify_response;

use crate::support::{expected, fixture, idp, sp};

const MUTATIONS: usize = 2_000;
const SOURCES: [&str; 6] = [
    "response-signed-response",
    "response-signed-assertion",
    "response-signed-both",
    "encrypted-gcm-assertion",
    "encrypted-cbc-both",
    "samlp-assertion",
];
/// What breaks what is careless about XML.
const TOKENS: [&str; 16] = [
    "<!---->",
    "<![CDATA[x]]>",
    "<?x?>",
    "<!DOCTYPE x>",
    "&amp;",
    "&#0;",
    "&#x41;",
    "&evil;",
    " xmlns=\"urn:evil\"",
    " ID=\"evil\"",
    "]]>",
    "</",
    "/>",
    "\u{feff}",
    "\u{202e}",
    "\r\n",
];

/// The parts of an XML text: tags and what is between them.
fn pieces(xml: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in xml.chars() {
        if c == '<' {
            pieces.push(String::new());
        }
        if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
        if c == '>' {
            pieces.push(String::new());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Moves, doubles, removes or exchanges parts.
fn reshaped(random: &mut StdRng, xml: &str) -> String {
    let mut parts = pieces(xml);
    for _ in 0..random.random_range(1..=3) {
        let (from, to) = (random.random_range(0..parts.len()), random.random_range(0..parts.len()));
        match random.random_range(0..5) {
            0 => parts.swap(from, to),
            1 => drop(parts.remove(from)),
            2 => parts.insert(to, parts[from].clone()),
            3 => parts.insert(to, TOKENS[random.random_range(0..TOKENS.len())].to_owned()),
            _ => {
                let (low, high) = (from.min(to), from.max(to).min(from.min(to) + 40));
                let copy = parts[low..high].to_vec();
                let at = random.random_range(0..parts.len());
                parts.splice(at..at, copy);
            }
        }
    }
    parts.concat()
}

/// Changes single bytes.
fn damaged(random: &mut StdRng, xml: &str) -> Vec<u8> {
    let mut bytes = xml.as_bytes().to_vec();
    for _ in 0..random.random_range(1..=4) {
        let at = random.random_range(0..bytes.len());
        match random.random_range(0..4) {
            0 => bytes[at] ^= 1 << random.random_range(0..8),
            1 => bytes[at] = random.random(),
            2 => bytes.insert(at, random.random()),
            _ => drop(bytes.remove(at)),
        }
    }
    bytes
}

#[test]
fn mutations_never_panic_and_never_sign_somebody_else_in() {
    let (idp, sp, mut random, mut accepted) = (idp(), sp(), StdRng::seed_from_u64(1), 0);
    let read = |xml: &[u8]| verify_response(&STANDARD.encode(xml), &idp, &sp, &expected());
    let sources = SOURCES.map(|name| fixture(&format!("{name}.xml")));
    let genuine = sources.each_ref().map(|xml| read(xml.as_bytes()).unwrap());
    for count in 0..MUTATIONS {
        let at = count % SOURCES.len();
        let xml = &sources[at];
        let mutated = if random.random() { reshaped(&mut random, xml).into_bytes() } else { damaged(&mut random, xml) };
        if let Ok(identity) = read(&mutated) {
            accepted += 1;
            let told = String::from_utf8_lossy(&mutated);
            assert_eq!(identity, genuine[at], "{}, mutation {count}: {told}", SOURCES[at]);
        }
    }
    println!("{MUTATIONS} mutations, {accepted} accepted as the genuine identity");
    // Damage outside of what is signed changes nothing; most damage is refused.
    assert!(accepted < MUTATIONS / 4, "{accepted}");
}
