//! Keys, envelopes and checkpoints: what verifies, and what is refused.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use p256::ecdsa::Signature;
use sbh_proof::dsse::{Envelope, EnvelopeSignature, pae};
use sbh_proof::{Checkpoint, CheckpointError, DsseError, Hash, KeyError, PublicKey, SigningKey};

const TYPE: &str = "application/vnd.in-toto+json";

fn key() -> SigningKey {
    SigningKey::generate().unwrap()
}

/// The same signature with `n − s` for `s`: mathematically valid, made without the private key.
fn twin(der: &[u8]) -> Vec<u8> {
    let (r, s) = Signature::from_der(der).unwrap().split_scalars();
    Signature::from_scalars(r, -s).unwrap().to_der().as_bytes().to_vec()
}

/// The example of the DSSE protocol description.
#[test]
fn the_pre_authentication_encoding_is_the_documented_one() {
    let encoded = pae("http://example.com/HelloWorld", b"hello world");
    assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

#[test]
fn keys_survive_pem() {
    let key = key();
    let read = SigningKey::from_pem(&key.to_pem()).unwrap();
    assert_eq!(read.public_key(), key.public_key());
    assert_eq!(PublicKey::from_pem(&key.public_key().to_pem()).unwrap(), key.public_key());
    assert_eq!(key.public_key().key_id(), Hash::of(&[&key.public_key().to_der()]));
    assert_eq!(SigningKey::from_pem(&key.public_key().to_pem()).unwrap_err(), KeyError::PrivatePem);
    assert_eq!(PublicKey::from_pem("").unwrap_err(), KeyError::PublicPem);
}

#[test]
fn the_private_key_does_not_show_in_debug_output() {
    let key = key();
    assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.public_key().key_id()));
}

#[test]
fn signatures_are_deterministic_and_low() {
    let key = key();
    for index in 0..50_u8 {
        let signature = key.sign(&[index]);
        assert_eq!(signature, key.sign(&[index]));
        key.public_key().verify(&[index], &signature).unwrap();
        assert_eq!(key.public_key().verify(&[index], &twin(&signature)), Err(KeyError::HighS));
        assert_eq!(key.public_key().verify(&[index + 1], &signature), Err(KeyError::SignatureMismatch));
        assert!(key.public_key().verify(&[index], &signature[1..]).is_err());
    }
}

#[test]
fn an_envelope_gives_its_payload_to_the_right_key_only() {
    let (key, other) = (key(), key());
    let envelope = Envelope::sign(TYPE, b"{}", &key);
    assert_eq!(envelope.verify(TYPE, &key.public_key()).unwrap(), b"{}");
    assert!(matches!(envelope.verify(TYPE, &other.public_key()), Err(DsseError::NoSignature(_))));
    assert!(matches!(envelope.verify("text/plain", &key.public_key()), Err(DsseError::PayloadType { .. })));
}

#[test]
fn a_changed_envelope_is_refused() {
    let (key, other) = (key(), key());
    let envelope = Envelope::sign(TYPE, b"{}", &key);
    let verify = |envelope: &Envelope| envelope.verify(TYPE, &key.public_key());
    let payload = Envelope { payload: STANDARD.encode("[]"), ..envelope.clone() };
    assert_eq!(verify(&payload), Err(DsseError::Signature(KeyError::SignatureMismatch)));
    let relabelled = Envelope { payload_type: "text/plain".to_owned(), ..envelope.clone() };
    assert!(relabelled.verify("text/plain", &key.public_key()).is_err());
    let forged = Envelope::sign(TYPE, b"{}", &other).signatures.remove(0).sig;
    let keyid = key.public_key().key_id().to_string();
    let forged = Envelope { signatures: vec![EnvelopeSignature { keyid, sig: forged }], ..envelope.clone() };
    assert_eq!(verify(&forged), Err(DsseError::Signature(KeyError::SignatureMismatch)));
    assert!(matches!(verify(&Envelope { signatures: vec![], ..envelope.clone() }), Err(DsseError::NoSignature(_))));
    assert_eq!(verify(&Envelope { payload: "e30".to_owned(), ..envelope }), Err(DsseError::Base64("payload")));
}

#[test]
fn an_envelope_in_the_other_alphabet_and_with_more_signatures_is_read() {
    let (key, other) = (key(), key());
    let mut envelope = Envelope::sign(TYPE, &[0xfb, 0xff, 0xfe], &key);
    envelope.signatures.insert(0, Envelope::sign(TYPE, b"?", &other).signatures.remove(0));
    envelope.payload = URL_SAFE.encode([0xfb, 0xff, 0xfe]);
    assert_eq!(envelope.verify(TYPE, &key.public_key()).unwrap(), [0xfb, 0xff, 0xfe]);
}

fn checkpoint() -> Checkpoint {
    Checkpoint::new("hub.example/audit", 42, Hash::of(&[b"root"])).unwrap()
}

#[test]
fn a_checkpoint_is_a_signed_note() {
    let key = key();
    let note = checkpoint().sign(&key);
    let root = STANDARD.encode(Hash::of(&[b"root"]).as_bytes());
    assert!(note.starts_with(&format!("hub.example/audit\n42\n{root}\n\n— hub.example/audit ")), "{note}");
    assert_eq!(Checkpoint::open(&note, &key.public_key()).unwrap(), checkpoint());
}

#[test]
fn a_checkpoint_of_another_key_is_refused() {
    let note = checkpoint().sign(&key());
    assert!(matches!(Checkpoint::open(&note, &key().public_key()), Err(CheckpointError::OtherKey(_))));
}

#[test]
fn any_changed_byte_of_a_checkpoint_is_refused() {
    let key = key();
    let note = checkpoint().sign(&key).into_bytes();
    for at in 0..note.len() {
        for change in [1, 2, 0x20, 0x80] {
            let mut changed = note.clone();
            changed[at] ^= change;
            let opened = String::from_utf8(changed).map(|note| Checkpoint::open(&note, &key.public_key()));
            assert!(!matches!(opened, Ok(Ok(_))), "byte {at} ^ {change}");
        }
    }
}

#[test]
fn other_spellings_of_a_checkpoint_are_refused_even_when_signed() {
    let key = key();
    let root = STANDARD.encode([7; 32]);
    let line = |body: &str| {
        let mut signature = key.public_key().key_id().as_bytes()[..4].to_vec();
        signature.extend(key.sign(body.as_bytes()));
        format!("{body}\n— a {}\n", STANDARD.encode(signature))
    };
    let open = |note: &str| Checkpoint::open(note, &key.public_key());
    let good = line(&format!("a\n1\n{root}\n"));
    assert!(open(&good).is_ok());
    for body in [
        format!("a\n01\n{root}\n"),
        format!("a\n+1\n{root}\n"),
        format!("a\r\n1\n{root}\n"),
        format!("a\n1\n{root}\nextension\n"),
        "a\n1\nAAAA\n".to_owned(),
        format!("a\n{}\n{root}\n", u64::MAX),
    ] {
        assert!(open(&line(&body)).is_err(), "{body:?}");
    }
    assert!(open(&format!("{good}{}", &good[good.find('—').unwrap()..])).is_err(), "two signature lines");
    assert!(open("").is_err() && open("a\n\n").is_err());
}

#[test]
fn origins_that_cannot_be_key_names_are_refused() {
    for origin in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "a\u{7}"] {
        assert!(matches!(Checkpoint::new(origin, 1, Hash::of(&[])), Err(CheckpointError::Origin(_))), "{origin:?}");
    }
    assert!(matches!(Checkpoint::new("a", u64::MAX, Hash::of(&[])), Err(CheckpointError::Size(_))));
}
