//! Compiles the binary again when the site that it carries has changed.

fn main() {
    // A folder that is not there while the server compiles would stay without files when the site is built later.
    std::fs::create_dir_all("../target/site").expect("the target folder can be written");
    // A debug build reads the site from disk, and must not compile again for want of one.
    let carries_site = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    println!("cargo::rerun-if-changed={}", if carries_site { "../target/site/manifest.json" } else { "build.rs" });
}
