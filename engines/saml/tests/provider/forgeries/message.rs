//! What is refused before anything is believed: encodings, XML that two parsers may read as two, encryption.

use super::Forgery;
use crate::support::{edit, fixture};
use base64::{Engine as _, engine::general_purpose::STANDARD};

const KINDS: [&str; 3] = ["response", "assertion", "both"];

pub fn all() -> Vec<Forgery> {
    [encodings(), markup(), encryption()].into_iter().flatten().collect()
}

/// A genuine response without its XML declaration.
fn genuine(kind: &str) -> String {
    let xml = fixture(&format!("response-signed-{kind}.xml"));
    xml[xml.find("?>").map_or(0, |end| end + 2)..].trim_start().to_owned()
}

fn encodings() -> Vec<Forgery> {
    let xml = genuine("both");
    let sent = STANDARD.encode(&xml);
    let raw = |name: &str, encoded: String, code| Forgery { name: name.to_owned(), encoded, code };
    let utf16: Vec<u8> = xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = [xml.as_bytes(), b"\xe9"].concat();
    let declared = |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{xml}");
    let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
    let wide = "<a/>".repeat(60_000);
    let inside = |what: &str| edit::append(&xml, "Response", what);
    vec![
        raw("not base64", "<xml/>".to_owned(), "not_base64"),
        raw("base64 of addresses", sent.replace('+', "-").replace('/', "_"), "not_base64"),
        raw("base64 cut in the middle", sent[..sent.len() / 2 + 1].to_owned(), "not_base64"),
        raw("nothing", String::new(), "not_xml"),
        raw("a large field", "A".repeat(900_000), "too_large"),
        raw("a long field", STANDARD.encode(xml.clone() + &" ".repeat(600_000)), "too_large"),
        Forgery::new("cut in the middle", &xml[..xml.len() / 2], "not_xml"),
        Forgery::new("text after the end", format!("{xml}evil"), "not_xml"),
        Forgery::new("two roots", format!("{xml}{xml}"), "not_xml"),
        Forgery::new("UTF-16", utf16, "not_xml"),
        Forgery::new("Latin-1", latin, "encoding"),
        Forgery::new("UTF-7, declared", declared("UTF-7"), "encoding"),
        Forgery::new("UTF-16, declared", declared("UTF-16"), "encoding"),
        Forgery::new("XML 1.1", format!("<?xml version=\"1.1\"?>{xml}"), "not_xml"),
        Forgery::new(
            "a zero byte",
            xml.replace("ada@example.org</ns1:NameID>", "ada\0@example.org</ns1:NameID>"),
            "not_xml",
        ),
        Forgery::new("deep nesting", inside(&deep), "too_complex"),
        Forgery::new(
            "very deep nesting",
            inside(&format!("{}{}", "<a>".repeat(45_000), "</a>".repeat(45_000))),
            "too_complex",
        ),
        Forgery::new(
            "many namespaces",
            inside(&format!("<a{}>{}</a>", declarations(64), "<b xmlns:c=\"d\"/>".repeat(5_000))),
            "too_complex",
        ),
        Forgery::new(
            "many attributes",
            inside(&format!("<a{}/>", (0..30_000).map(|at| format!(" a{at}=\">\"")).collect::<String>())),
            "too_complex",
        ),
        Forgery::new("an id that is none", edit::set(&xml, "Response", "ID", "7"), "structure"),
        Forgery::new("many elements", inside(&wide), "too_complex"),
        Forgery::new("another root", "<html/>", "wrong_message"),
        Forgery::new(
            "only an assertion",
            "<Assertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>",
            "wrong_message",
        ),
        Forgery::new("SAML 1.1", "<Response xmlns=\"urn:oasis:names:tc:SAML:1.0:protocol\"/>", "wrong_message"),
        Forgery::new("a logout request", fixture("logout-request-post.xml"), "wrong_message"),
        Forgery::new("a failed sign-in", fixture("response-status-failed.xml"), "status"),
        Forgery::new("an unsolicited response", fixture("response-unsolicited.xml"), "in_response_to_missing"),
        Forgery::new("no assertion", edit::remove(&xml, "Response/Assertion"), "no_assertion"),
        Forgery::new("no id", edit::unset(&xml, "Response", "ID"), "structure"),
    ]
}

fn declarations(count: usize) -> String {
    (0..count).map(|at| format!(" xmlns:n{at}=\"urn:{at}\"")).collect()
}

fn markup() -> Vec<Forgery> {
    let mut forgeries = Vec::new();
    for kind in KINDS {
        let xml = genuine(kind);
        let in_name =
            |what: &str| xml.replace("ada@example.org</ns1:NameID>", &format!("ada@example.org{what}</ns1:NameID>"));
        let lol = "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
        let outside = "<!DOCTYPE r [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>";
        let cases = [
            ("a comment in the name", in_name("<!-- -->.attacker.example"), "comment"),
            ("a comment before the end", format!("{xml}<!-- -->"), "comment"),
            (
                "a comment in the signature",
                xml.replacen("<ns2:DigestValue>", "<ns2:DigestValue><!-- -->", 1),
                "comment",
            ),
            ("an instruction in the name", in_name("<?x?>.attacker.example"), "processing_instruction"),
            ("an instruction at the beginning", format!("<?x y?>{xml}"), "processing_instruction"),
            ("an unknown entity", in_name("&evil;"), "not_xml"),
            ("a document type", format!("<!DOCTYPE r>{xml}"), "doctype"),
            ("a document type with entities", format!("{lol}{}", in_name("&b;")), "doctype"),
            ("an external entity", format!("{outside}{}", in_name("&a;")), "doctype"),
            ("an external document type", format!("<!DOCTYPE r SYSTEM \"https://attacker.example/\">{xml}"), "doctype"),
            ("an attribute twice", xml.replacen(" Version=", " Version=\"2.0\" Version=", 1), "not_xml"),
            ("an undeclared prefix", in_name("<evil:x/>"), "not_xml"),
        ];
        forgeries.extend(cases.map(|(what, xml, code)| Forgery::new(format!("{what}, {kind} signed"), xml, code)));
    }
    forgeries
}

fn encryption() -> Vec<Forgery> {
    let xml = fixture("encrypted-gcm-assertion.xml");
    let algorithm = |path: &str, uri: &str| edit::set(&xml, path, "Algorithm", uri);
    let (key, data) = ("EncryptedKey/EncryptionMethod", "EncryptedData/EncryptionMethod");
    let flipped = |path: &str| {
        let value = edit::get(&xml, path);
        let at = value.find('>').unwrap() + 10;
        let other = if &value[at..=at] == "A" { "B" } else { "A" };
        edit::replace(&xml, path, &format!("{}{other}{}", &value[..at], &value[at + 1..]))
    };
    let short = |path: &str| {
        let value = edit::get(&xml, path);
        edit::replace(
            &xml,
            path,
            &format!("{}AAAA{}", &value[..=value.find('>').unwrap()], &value[value.rfind("</").unwrap()..]),
        )
    };
    let wrapped = "EncryptedKey/CipherData/CipherValue";
    let content = "EncryptedData/CipherData/CipherValue";
    vec![
        Forgery::new("CBC outside a signed response", fixture("encrypted-cbc-assertion.xml"), "encryption_algorithm"),
        Forgery::new("triple DES", fixture("encrypted-3des-both.xml"), "encryption_algorithm"),
        Forgery::new("RSA 1.5", algorithm(key, "http://www.w3.org/2001/04/xmlenc#rsa-1_5"), "encryption_algorithm"),
        Forgery::new(
            "a key wrapped in AES",
            algorithm(key, "http://www.w3.org/2001/04/xmlenc#kw-aes128"),
            "encryption_algorithm",
        ),
        Forgery::new(
            "OAEP with MD5",
            edit::append(
                &edit::replace(
                    &xml,
                    key,
                    "<ns0:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"></ns0:EncryptionMethod>",
                ),
                key,
                "<ns1:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#md5\"/>",
            ),
            "encryption_algorithm",
        ),
        Forgery::new(
            "CBC said of GCM",
            algorithm(data, "http://www.w3.org/2001/04/xmlenc#aes128-cbc"),
            "encryption_algorithm",
        ),
        Forgery::new(
            "another length of key",
            algorithm(data, "http://www.w3.org/2009/xmlenc11#aes256-gcm"),
            "decryption",
        ),
        Forgery::new("a changed ciphertext", flipped(content), "decryption"),
        Forgery::new("a changed key", flipped(wrapped), "decryption"),
        Forgery::new("a short ciphertext", short(content), "decryption"),
        Forgery::new("a short key", short(wrapped), "decryption"),
        Forgery::new("no ciphertext", edit::remove(&xml, content), "decryption"),
        Forgery::new(
            "a ciphertext elsewhere",
            edit::replace(&xml, content, "<ns0:CipherReference URI=\"https://attacker.example/\"/>"),
            "decryption",
        ),
        Forgery::new("no key", edit::remove(&xml, "KeyInfo/EncryptedKey"), "structure"),
        Forgery::new("no encrypted data", edit::remove(&xml, "EncryptedAssertion/EncryptedData"), "structure"),
        Forgery::new(
            "a changed ciphertext in a signed response",
            {
                let xml = fixture("encrypted-cbc-response.xml");
                let value = edit::get(&xml, content);
                edit::replace(&xml, content, &value.replacen('A', "B", 1))
            },
            "signature_invalid",
        ),
    ]
}
