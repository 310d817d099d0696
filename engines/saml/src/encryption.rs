//! Opening encrypted assertions (W3C XML Encryption 1.1, SAML Core 6).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use openssl::{
    encrypt::Decrypter,
    error::ErrorStack,
    hash::MessageDigest,
    pkey::{PKey, Private},
    rsa::Padding,
    symm::{Cipher, Crypter, Mode, decrypt_aead},
};
use roxmltree::Node;
use zeroize::Zeroizing;

use crate::{
    refusal::Refusal,
    response::several,
    service_provider::ServiceProvider,
    uri::{DS, XENC, XENC11, XML},
    write::Xml,
    xml::{Element as _, shown},
};

/// Most keys of one assertion: one for each recipient.
const MAX_KEYS: usize = 8;
const GCM_NONCE_BYTES: usize = 12;
const GCM_TAG_BYTES: usize = 16;
const BLOCK_BYTES: usize = 16;

/// Whether the response around the assertion has a signature that was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outer {
    Signed,
    Unsigned,
}

/// The XML of an `EncryptedAssertion` within an element that declares the namespaces of its place.
///
/// AES in CBC is opened only within a signed response: otherwise somebody could change the ciphertext and learn the content
/// from our answers. A message without a signature of its own is therefore opened only with AES in GCM.
pub(crate) fn decrypt(encrypted: Node<'_, '_>, sp: &ServiceProvider, outer: Outer) -> Result<String, Refusal> {
    let key = sp.key().filter(|key| key.decrypts()).ok_or(Refusal::NoDecryptionKey)?;
    let data = encrypted.only(XENC, "EncryptedData").map_err(several("EncryptedData"))?;
    let data = data.ok_or_else(|| Refusal::Structure("EncryptedAssertion has no EncryptedData".to_owned()))?;
    let cipher = ContentCipher::of(data)?;
    if cipher.is_malleable && outer == Outer::Unsigned {
        return Err(Refusal::EncryptionAlgorithm("AES in CBC mode outside a signed response".to_owned()));
    }
    let ciphertext = cipher_value(data)?;
    let info = data.all(DS, "KeyInfo").into_iter().flat_map(|info| info.all(XENC, "EncryptedKey"));
    let keys: Vec<_> = info.chain(encrypted.all(XENC, "EncryptedKey")).collect();
    if keys.is_empty() || keys.len() > MAX_KEYS {
        return Err(Refusal::Structure("EncryptedAssertion needs 1 to 8 EncryptedKey".to_owned()));
    }
    let mut opened = Err(Refusal::Decryption);
    for wrapped in keys {
        let transport = KeyTransport::of(wrapped)?;
        let plain =
            transport.open(&cipher_value(wrapped)?, key.private()).and_then(|key| cipher.open(&key, &ciphertext));
        if let Some(plain) = plain {
            opened = String::from_utf8(plain).map_err(|_| Refusal::Decryption);
            break;
        }
    }
    Ok(within(encrypted, &opened?))
}

/// What was encrypted may use prefixes that were declared around it (XML Encryption 4.5).
fn within(place: Node<'_, '_>, content: &str) -> String {
    let mut declared = Vec::new();
    for namespace in place.namespaces().filter(|namespace| namespace.uri() != XML) {
        let name = namespace.name().map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
        declared.push((name, namespace.uri()));
    }
    let attributes: Vec<_> = declared.iter().map(|(name, uri)| (name.as_str(), Some(*uri))).collect();
    let mut xml = Xml::new();
    xml.open("decrypted", &attributes).raw(content).close("decrypted");
    xml.finish()
}

/// AES for the content.
struct ContentCipher {
    cipher: Cipher,
    is_malleable: bool,
}

impl ContentCipher {
    fn of(data: Node<'_, '_>) -> Result<Self, Refusal> {
        let named = method(data)?.1;
        let (cipher, is_malleable) = match named {
            "http://www.w3.org/2009/xmlenc11#aes128-gcm" => (Cipher::aes_128_gcm(), false),
            "http://www.w3.org/2009/xmlenc11#aes256-gcm" => (Cipher::aes_256_gcm(), false),
            "http://www.w3.org/2001/04/xmlenc#aes128-cbc" => (Cipher::aes_128_cbc(), true),
            "http://www.w3.org/2001/04/xmlenc#aes256-cbc" => (Cipher::aes_256_cbc(), true),
            _ => return Err(Refusal::EncryptionAlgorithm(shown(named))),
        };
        Ok(Self { cipher, is_malleable })
    }

    fn open(&self, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        if key.len() != self.cipher.key_len() {
            return None;
        }
        if self.is_malleable { self.open_cbc(key, data).ok().flatten() } else { self.open_gcm(key, data) }
    }

    /// Nonce, ciphertext, tag (XML Encryption 5.2.4).
    fn open_gcm(&self, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = data.split_at_checked(GCM_NONCE_BYTES)?;
        let (ciphertext, tag) = rest.split_at_checked(rest.len().checked_sub(GCM_TAG_BYTES)?)?;
        decrypt_aead(self.cipher, key, Some(nonce), &[], ciphertext, tag).ok()
    }

    /// First block, ciphertext; the last byte tells how many bytes of padding there are, the others are arbitrary
    /// (XML Encryption 5.2).
    fn open_cbc(&self, key: &[u8], data: &[u8]) -> Result<Option<Vec<u8>>, ErrorStack> {
        let Some((first, ciphertext)) = data.split_at_checked(BLOCK_BYTES) else { return Ok(None) };
        if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(BLOCK_BYTES) {
            return Ok(None);
        }
        let mut crypter = Crypter::new(self.cipher, Mode::Decrypt, key, Some(first))?;
        crypter.pad(false);
        let mut plain = vec![0; ciphertext.len() + BLOCK_BYTES];
        let mut length = crypter.update(ciphertext, &mut plain)?;
        length += crypter.finalize(&mut plain[length..])?;
        plain.truncate(length);
        let padding = usize::from(plain.last().copied().unwrap_or_default());
        if !(1..=BLOCK_BYTES).contains(&padding) || padding > plain.len() {
            return Ok(None);
        }
        plain.truncate(plain.len() - padding);
        Ok(Some(plain))
    }
}

/// RSA-OAEP for the content's key. SHA-1 within OAEP needs no resistance to collisions, and most providers send it.
struct KeyTransport {
    digest: MessageDigest,
    mask: MessageDigest,
}

impl KeyTransport {
    fn of(wrapped: Node<'_, '_>) -> Result<Self, Refusal> {
        let (method, named) = method(wrapped)?;
        if !method.all(XENC, "OAEPparams").is_empty() {
            return Err(Refusal::EncryptionAlgorithm("RSA-OAEP with OAEPparams".to_owned()));
        }
        let digest = match method.all(DS, "DigestMethod").first() {
            None => MessageDigest::sha1(),
            Some(node) => digest(node.attribute("Algorithm").unwrap_or_default())?,
        };
        let mask = match named {
            "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p" => MessageDigest::sha1(),
            "http://www.w3.org/2009/xmlenc11#rsa-oaep" => match method.all(XENC11, "MGF").first() {
                None => MessageDigest::sha1(),
                Some(node) => mask(node.attribute("Algorithm").unwrap_or_default())?,
            },
            _ => return Err(Refusal::EncryptionAlgorithm(shown(named))),
        };
        Ok(Self { digest, mask })
    }

    fn open(&self, data: &[u8], key: &PKey<Private>) -> Option<Zeroizing<Vec<u8>>> {
        self.try_open(data, key).ok()
    }

    fn try_open(&self, data: &[u8], key: &PKey<Private>) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let mut decrypter = Decrypter::new(key)?;
        decrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
        decrypter.set_rsa_oaep_md(self.digest)?;
        decrypter.set_rsa_mgf1_md(self.mask)?;
        let mut plain = Zeroizing::new(vec![0; decrypter.decrypt_len(data)?]);
        let length = decrypter.decrypt(data, &mut plain)?;
        plain.truncate(length);
        Ok(plain)
    }
}

fn method<'a, 'i>(node: Node<'a, 'i>) -> Result<(Node<'a, 'i>, &'a str), Refusal> {
    let method = node.only(XENC, "EncryptionMethod").map_err(several("EncryptionMethod"))?;
    let method = method.ok_or_else(|| Refusal::EncryptionAlgorithm("that is not named".to_owned()))?;
    Ok((method, method.attribute("Algorithm").unwrap_or_default()))
}

fn cipher_value(node: Node<'_, '_>) -> Result<Vec<u8>, Refusal> {
    let data = node.only(XENC, "CipherData").map_err(several("CipherData"))?;
    let value = data.and_then(|data| data.only(XENC, "CipherValue").ok().flatten()).and_then(|value| value.value());
    let text: String = value.unwrap_or_default().split_ascii_whitespace().collect();
    STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty()).ok_or(Refusal::Decryption)
}

fn digest(uri: &str) -> Result<MessageDigest, Refusal> {
    match uri {
        "http://www.w3.org/2000/09/xmldsig#sha1" => Ok(MessageDigest::sha1()),
        "http://www.w3.org/2001/04/xmlenc#sha256" => Ok(MessageDigest::sha256()),
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => Ok(MessageDigest::sha384()),
        "http://www.w3.org/2001/04/xmlenc#sha512" => Ok(MessageDigest::sha512()),
        _ => Err(Refusal::EncryptionAlgorithm(shown(uri))),
    }
}

fn mask(uri: &str) -> Result<MessageDigest, Refusal> {
    match uri {
        "http://www.w3.org/2009/xmlenc11#mgf1sha1" => Ok(MessageDigest::sha1()),
        "http://www.w3.org/2009/xmlenc11#mgf1sha256" => Ok(MessageDigest::sha256()),
        "http://www.w3.org/2009/xmlenc11#mgf1sha384" => Ok(MessageDigest::sha384()),
        "http://www.w3.org/2009/xmlenc11#mgf1sha512" => Ok(MessageDigest::sha512()),
        _ => Err(Refusal::EncryptionAlgorithm(shown(uri))),
    }
}
