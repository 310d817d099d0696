//! Compiles the binary again when the site that it carries has changed.

fn main() {
    // A debug build reads the site from disk, and must not compile again for want of one.
    let carries_site = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    println!("cargo::rerun-if-changed={}", if carries_site { "../target/site/manifest.json" } else { "build.rs" });
}
