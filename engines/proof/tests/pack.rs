//! Evidence packs: what verifies, and that nothing else does.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use std::io::{Cursor, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::Signature;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sbh_proof::pack::{MANIFEST, PUBLIC_KEY};
use sbh_proof::statement::PAYLOAD_TYPE;
use sbh_proof::{
    ArchiveError, Envelope, PackBuilder, PackError, SigningKey, Statement, Subject, Trust, canonical, verify,
};
use serde_json::json;
use support::{PREDICATE_TYPE, builder, key, small, trail};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

type Files = Vec<(String, Vec<u8>)>;

fn unpack(pack: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(pack)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

/// What an attacker who knows the format writes: a pack's one zip form around any files.
fn repack(files: &Files) -> Vec<u8> {
    let mut sorted = files.clone();
    sorted.sort();
    let (mut archive, mut central) = (Vec::new(), Vec::new());
    for (name, bytes) in &sorted {
        let mut header = vec![10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        for number in [crc32fast::hash(bytes), u32::try_from(bytes.len()).unwrap(), u32::try_from(bytes.len()).unwrap()]
        {
            header.extend(number.to_le_bytes());
        }
        header.extend(u32::try_from(name.len()).unwrap().to_le_bytes());
        central.extend([b"PK\x01\x02\x0a\x00", &header[..], &[0; 10]].concat());
        central.extend(u32::try_from(archive.len()).unwrap().to_le_bytes());
        central.extend(name.as_bytes());
        archive.extend([b"PK\x03\x04", &header[..], name.as_bytes(), bytes].concat());
    }
    let count = u16::try_from(sorted.len()).unwrap().to_le_bytes();
    let numbers =
        [u32::try_from(central.len()).unwrap().to_le_bytes(), u32::try_from(archive.len()).unwrap().to_le_bytes()];
    archive.extend(central);
    archive.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count, &numbers.concat(), &[0; 2]].concat());
    archive
}

fn get<'a>(files: &'a mut Files, name: &str) -> &'a mut Vec<u8> {
    &mut files.iter_mut().find(|(found, _)| found == name).unwrap().1
}

/// Signs a manifest over the files as they are, as the owner of `key` could.
fn resign(files: &mut Files, key: &SigningKey, payload_type: &str) {
    files.retain(|(name, _)| name != MANIFEST);
    files.sort();
    let subjects = files.iter().map(|(name, bytes)| Subject::of(name.clone(), bytes)).collect();
    let statement = Statement::new(subjects, PREDICATE_TYPE, json!({}));
    let envelope = Envelope::sign(payload_type, &canonical::to_bytes(&statement).unwrap(), key);
    files.push((MANIFEST.to_owned(), canonical::to_bytes(&envelope).unwrap()));
}

fn refuse(files: &Files) -> PackError {
    verify(&repack(files), None).unwrap_err()
}

#[test]
fn a_sealed_pack_verifies_and_reports_what_it_holds() {
    let key = key();
    let pack = small(&key);
    let report = verify(&pack, Some(&key.public_key())).unwrap();
    assert_eq!((report.trust, report.key_id), (Trust::TrustedKey, key.public_key().key_id()));
    assert_eq!(report.predicate["scope"], "SOC2");
    let names: Vec<_> = report.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        ["audit/checkpoint", "audit/entries.jsonl", "audit/proofs.json", "empty", PUBLIC_KEY, "records/gates.json"]
    );
    let audit = report.audit.unwrap();
    assert_eq!((audit.origin.as_str(), audit.size, audit.entries), ("hub.example/audit", 5, 2));
}

#[test]
fn without_a_trusted_key_the_report_says_so() {
    let key = key();
    let report = verify(&small(&key), None).unwrap();
    assert_eq!(report.trust, Trust::SelfConsistent);
    let expected = format!("self-consistent; key {} not checked against a trusted one", key.public_key().key_id());
    assert!(report.to_string().starts_with(&expected), "{report}");
}

#[test]
fn a_pack_of_another_key_is_refused() {
    let (key, other) = (key(), key());
    let refused = verify(&small(&key), Some(&other.public_key()));
    assert!(matches!(refused, Err(PackError::WrongKey { .. })));
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    let key = key();
    assert_eq!(small(&key), small(&key));
}

#[test]
fn a_zip_library_reads_the_pack() {
    let key = key();
    let pack = small(&key);
    let mut files = unpack(&pack);
    assert_eq!(get(&mut files, PUBLIC_KEY), key.public_key().to_pem().as_bytes());
    assert_eq!(get(&mut files, "records/gates.json"), br#"[{"control":"CC7.2","passed":true}]"#);
    assert_eq!(repack(&files), pack, "the tests' own writer makes the one form");
}

#[test]
fn every_changed_byte_of_a_small_pack_is_refused() {
    let pack = small(&key());
    for at in 0..pack.len() {
        for change in [0x01, 0x20, 0x80, 0xff] {
            let mut changed = pack.clone();
            changed[at] ^= change;
            assert!(verify(&changed, None).is_err(), "byte {at} ^ {change:#x} of {}", pack.len());
        }
    }
}

#[test]
fn random_changed_bytes_of_a_larger_pack_are_refused() {
    let mut random = StdRng::seed_from_u64(20_260_101);
    let key = key();
    let mut builder = builder();
    for index in 0..40 {
        let mut bytes = vec![0; 2_000];
        random.fill(&mut bytes[..]);
        builder = builder.file(format!("artifacts/{index}.bin"), bytes).unwrap();
    }
    let all: Vec<u64> = (0..60).collect();
    let pack = builder.audit(trail(&key, 60, &all)).unwrap().seal(&key).unwrap();
    for _ in 0..2_000 {
        let (at, change) = (random.random_range(0..pack.len()), random.random_range(1..=255_u8));
        let mut changed = pack.clone();
        changed[at] ^= change;
        assert!(verify(&changed, None).is_err(), "byte {at} ^ {change:#x}");
    }
}

#[test]
fn cut_and_padded_packs_are_refused() {
    let pack = small(&key());
    for length in 0..pack.len() {
        assert!(verify(&pack[..length], None).is_err(), "cut to {length}");
    }
    assert!(verify(&[&pack[..], &[0]].concat(), None).is_err());
    assert!(verify(&[&[0], &pack[..]].concat(), None).is_err());
}

#[test]
fn extra_missing_and_changed_files_are_refused_by_name() {
    let files = unpack(&small(&key()));
    let mut extra = files.clone();
    extra.push(("extra.txt".to_owned(), b"hello".to_vec()));
    assert!(matches!(refuse(&extra), PackError::Extra(name) if name == "extra.txt"));
    for gone in ["empty", MANIFEST, PUBLIC_KEY, "records/gates.json", "audit/checkpoint"] {
        let fewer = files.iter().filter(|(name, _)| name != gone).cloned().collect();
        assert!(matches!(refuse(&fewer), PackError::Missing(name) if name == gone));
    }
    let mut changed = files.clone();
    get(&mut changed, "empty").push(b'!');
    assert!(matches!(refuse(&changed), PackError::Digest { name, .. } if name == "empty"));
}

#[test]
fn names_that_collide_or_escape_are_refused() {
    let files = unpack(&small(&key()));
    for (name, collides) in [("empty", true), ("EMPTY", true), ("empty/x", true), ("../x", false), ("/x", false)] {
        let mut more = files.clone();
        more.push((name.to_owned(), b"x".to_vec()));
        match refuse(&more) {
            PackError::Archive(ArchiveError::Collision(_)) => assert!(collides, "{name}"),
            PackError::Archive(ArchiveError::Name(_)) => assert!(!collides, "{name}"),
            other => panic!("{name}: {other}"),
        }
    }
}

#[test]
fn compressed_archives_are_refused_before_they_grow() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    writer.start_file("bomb", options).unwrap();
    std::io::copy(&mut std::io::repeat(0).take(50_000_000), &mut writer).unwrap();
    let bomb = writer.finish().unwrap().into_inner();
    assert!(bomb.len() < 100_000);
    assert!(matches!(verify(&bomb, None), Err(PackError::Archive(ArchiveError::Form { .. }))));
}

#[test]
fn the_same_files_in_another_zip_form_are_refused() {
    let pack = small(&key());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in unpack(&pack) {
        let date = DateTime::from_date_and_time(2026, 1, 2, 3, 4, 6).unwrap();
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Stored).last_modified_time(date);
        writer.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut writer, &bytes).unwrap();
    }
    let other = writer.finish().unwrap().into_inner();
    assert!(matches!(verify(&other, None), Err(PackError::Archive(_))));
}

#[test]
fn a_signature_changed_into_its_twin_is_refused() {
    let mut files = unpack(&small(&key()));
    let manifest = get(&mut files, MANIFEST);
    let mut envelope: Envelope = serde_json::from_slice(manifest).unwrap();
    let der = STANDARD.decode(&envelope.signatures[0].sig).unwrap();
    let (r, s) = Signature::from_der(&der).unwrap().split_scalars();
    envelope.signatures[0].sig = STANDARD.encode(Signature::from_scalars(r, -s).unwrap().to_der().as_bytes());
    *manifest = canonical::to_bytes(&envelope).unwrap();
    assert!(refuse(&files).to_string().contains("low-s"));
}

#[test]
fn other_spellings_of_the_manifest_are_refused() {
    let files = unpack(&small(&key()));
    let change = |edit: &dyn Fn(&mut Envelope)| {
        let mut files = files.clone();
        let manifest = get(&mut files, MANIFEST);
        let mut envelope: Envelope = serde_json::from_slice(manifest).unwrap();
        edit(&mut envelope);
        *manifest = canonical::to_bytes(&envelope).unwrap();
        refuse(&files)
    };
    assert!(matches!(
        change(&|envelope| envelope.signatures.push(envelope.signatures[0].clone())),
        PackError::Manifest(_)
    ));
    assert!(matches!(
        change(&|envelope| envelope.signatures[0].sig =
            envelope.signatures[0].sig.replace('+', "-").replace('/', "_") + "="),
        PackError::Envelope(_)
    ));
    assert!(matches!(change(&|envelope| envelope.payload_type = "text/plain".to_owned()), PackError::Envelope(_)));
    let mut spaced = files.clone();
    get(&mut spaced, MANIFEST).push(b'\n');
    assert!(matches!(refuse(&spaced), PackError::Canonical { .. }));
}

#[test]
fn an_envelope_in_the_other_base64_alphabet_is_refused() {
    let key = key();
    // About nine in ten signatures contain a letter that the alphabets spell differently; one of many surely does.
    let spelled = (0..100).find_map(|attempt| {
        let pack = builder().file("attempt", attempt.to_string()).unwrap().seal(&key).unwrap();
        let mut files = unpack(&pack);
        let manifest = get(&mut files, MANIFEST);
        let mut envelope: Envelope = serde_json::from_slice(manifest).unwrap();
        let url_safe = envelope.signatures[0].sig.replace('+', "-").replace('/', "_");
        let differs = url_safe != envelope.signatures[0].sig;
        envelope.signatures[0].sig = url_safe;
        envelope.verify(PAYLOAD_TYPE, &key.public_key()).unwrap();
        *manifest = canonical::to_bytes(&envelope).unwrap();
        differs.then_some(files)
    });
    assert!(matches!(refuse(&spelled.unwrap()), PackError::Manifest(_)));
}

#[test]
fn a_payload_in_the_other_base64_alphabet_is_refused() {
    let key = key();
    // Three question marks in a row, wherever the base64 groups begin, are spelled with a slash.
    let pack = PackBuilder::new(PREDICATE_TYPE, json!({"why": "?????????"})).seal(&key).unwrap();
    let mut files = unpack(&pack);
    let manifest = get(&mut files, MANIFEST);
    let mut envelope: Envelope = serde_json::from_slice(manifest).unwrap();
    assert!(envelope.payload.contains('/'));
    envelope.payload = envelope.payload.replace('+', "-").replace('/', "_");
    envelope.verify(PAYLOAD_TYPE, &key.public_key()).unwrap();
    *manifest = canonical::to_bytes(&envelope).unwrap();
    assert!(matches!(refuse(&files), PackError::Manifest(_)));
}

#[test]
fn a_payload_of_another_type_is_refused_even_when_signed() {
    let key = key();
    let mut files = unpack(&small(&key));
    resign(&mut files, &key, PAYLOAD_TYPE);
    verify(&repack(&files), Some(&key.public_key())).unwrap();
    resign(&mut files, &key, "application/json");
    assert!(matches!(refuse(&files), PackError::Envelope(_)));
}

#[test]
fn another_public_key_or_spelling_of_it_is_refused() {
    let (key, other) = (key(), key());
    let mut files = unpack(&small(&key));
    *get(&mut files, PUBLIC_KEY) = other.public_key().to_pem().into_bytes();
    assert!(matches!(refuse(&files), PackError::Envelope(_)));
    *get(&mut files, PUBLIC_KEY) = key.public_key().to_pem().replace('\n', "\r\n").into_bytes();
    resign(&mut files, &key, PAYLOAD_TYPE);
    assert!(matches!(refuse(&files), PackError::PublicKeyForm));
}

#[test]
fn audit_trails_that_do_not_hold_are_refused_even_when_signed() {
    let (key, other) = (key(), key());
    let good = trail(&key, 9, &[2, 3, 8]);
    let refused = |trail: sbh_proof::AuditTrail| builder().audit(trail).unwrap().seal(&key).unwrap_err();
    let mut changed = good.clone();
    changed.entries[1].entry["actor"] = json!("eve");
    assert!(matches!(refused(changed), PackError::Inclusion { index: 3, .. }));
    let mut fewer = good.clone();
    fewer.proofs.pop();
    assert!(matches!(refused(fewer), PackError::Audit(_)));
    let mut swapped = good.clone();
    swapped.entries.swap(0, 1);
    swapped.proofs.swap(0, 1);
    assert!(matches!(refused(swapped), PackError::Audit(_)));
    let mut moved = good.clone();
    moved.proofs[0].index = 1;
    assert!(matches!(refused(moved), PackError::Audit(_)));
    let longer = sbh_proof::AuditTrail { checkpoint: trail(&key, 10, &[]).checkpoint, ..good.clone() };
    assert!(matches!(refused(longer), PackError::Audit(_)));
    let foreign = sbh_proof::AuditTrail { checkpoint: trail(&other, 9, &[]).checkpoint, ..good.clone() };
    assert!(matches!(refused(foreign), PackError::Checkpoint(_)));
    assert!(builder().audit(good).unwrap().seal(&key).is_ok());
}

#[test]
fn half_an_audit_trail_is_refused_even_when_signed() {
    let key = key();
    for gone in ["audit/checkpoint", "audit/entries.jsonl", "audit/proofs.json"] {
        let mut files = unpack(&small(&key));
        files.retain(|(name, _)| name != gone);
        resign(&mut files, &key, PAYLOAD_TYPE);
        assert!(matches!(refuse(&files), PackError::Audit(_)), "{gone}");
    }
    let mut more = unpack(&small(&key));
    more.push(("audit/note.txt".to_owned(), vec![]));
    resign(&mut more, &key, PAYLOAD_TYPE);
    assert!(matches!(refuse(&more), PackError::Audit(_)));
}

#[test]
fn names_the_pack_uses_itself_cannot_be_added() {
    for name in [MANIFEST, PUBLIC_KEY, "Manifest.DSSE.json", "audit/x", "AUDIT/entries.jsonl"] {
        assert!(matches!(builder().file(name, ""), Err(PackError::Reserved(_))), "{name}");
    }
    assert!(matches!(builder().file("../x", ""), Err(PackError::Archive(_))));
    let twice = builder().file("a", "").unwrap().file("a", "");
    assert!(matches!(twice, Err(PackError::Repeated(_))));
    assert!(builder().file("a", "").unwrap().file("a/b", "").unwrap().seal(&key()).is_err());
}
