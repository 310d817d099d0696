#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sbh_fuzz::saml(data));
