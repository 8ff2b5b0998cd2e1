// SPDX-License-Identifier: MIT OR Apache-2.0
//! The walls between the layers, and the house rules that a machine can check (`docs/ARCHITECTURE.md`).

use std::fs;
use std::path::{Path, PathBuf};

/// Which layers a layer's files may name after `crate::`. `lib.rs`, `main.rs` and `cli` may use all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("isa", &[]),
    ("diag", &[]),
    ("firmware", &[]),
    ("media", &[]),
    ("chips", &["clock", "isa"]),
    ("peb", &["chips", "media"]),
    ("console", &["peb", "chips", "media", "clock"]),
    ("headless", &["console", "chips", "clock", "host", "media", "firmware", "basic"]),
    ("host", &["console", "chips", "clock", "headless"]),
    ("suite", &["console", "chips", "clock", "headless", "media", "firmware"]),
    ("source", &["diag"]),
    ("asm", &["isa", "diag", "source"]),
    ("gpl", &["isa", "diag", "source", "asm"]),
    ("basic", &["isa", "diag"]),
];

/// The deterministic layers, and what none of their files may contain.
const CORE: &[&str] = &["clock", "isa", "chips", "peb", "media", "console"];
const FORBIDDEN_IN_CORE: &[&str] =
    &["std::time", "std::fs", "std::env", "std::thread", "HashMap", "HashSet", "println!", "rand::"];

const LONGEST_FILE: usize = 600;
const SPDX: &str = "// SPDX-License-Identifier: MIT OR Apache-2.0";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a folder, with their text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root()).unwrap().to_path_buf(), text));
            }
        }
    }
    found.sort();
    found
}

/// The layer of a file in src: its folder, or its own name.
fn layer(path: &Path) -> String {
    let part = path.iter().nth(1).unwrap().to_str().unwrap();
    part.trim_end_matches(".rs").to_string()
}

/// The layers that a file's code names after `crate::`; comments don't count.
fn used_layers(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap())
}

#[test]
fn layers_use_only_what_they_may() {
    let mut breaches = Vec::new();
    for (path, text) in sources("src") {
        let own = layer(&path);
        if let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == own) {
            let known = |used: &&str| MAY_USE.iter().any(|(name, _)| name == used);
            breaches.extend(
                used_layers(&text)
                    .filter(known)
                    .filter(|used| *used != own && !allowed.contains(used))
                    .map(|used| format!("{}: {own} may not use {used}", path.display())),
            );
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn core_is_deterministic() {
    let mut breaches = Vec::new();
    for (path, text) in sources("src").iter().filter(|(path, _)| CORE.contains(&layer(path).as_str())) {
        breaches.extend(
            FORBIDDEN_IN_CORE
                .iter()
                .filter(|word| text.contains(**word))
                .map(|word| format!("{}: {word}", path.display())),
        );
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn files_have_heads_and_stay_short() {
    let mut breaches = Vec::new();
    for (path, text) in sources("src").into_iter().chain(sources("tests")) {
        let mut lines = text.lines();
        if lines.next() != Some(SPDX) || !lines.next().is_some_and(|line| line.starts_with("//!")) {
            breaches.push(format!("{}: no SPDX line followed by a //! head", path.display()));
        }
        if text.lines().count() > LONGEST_FILE {
            breaches.push(format!("{}: more than {LONGEST_FILE} lines", path.display()));
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn the_architecture_page_stays_short() {
    let page = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    assert!(page.lines().count() <= 250);
}

#[test]
fn the_top_level_holds_only_what_it_may() {
    const ALLOWED: &[&str] = &[
        "Cargo.toml",
        "Cargo.lock",
        "src",
        "roms",
        "tests",
        "docs",
        "README.md",
        "CHANGELOG.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "target",
    ];
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.starts_with('.') || ALLOWED.contains(&name.as_str()), "{name} at the top level");
    }
}
