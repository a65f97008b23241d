//! Names of the newest version in Rust: none is a broken acronym, too long to read, or gone since a release.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dockwright_codegen::surface;

/// The longest name of a type, in letters.
const LONGEST: usize = 32;

/// The words of one or two letters that names may have. An acronym in the plural must not be among them: `nano_cp_us`.
const SHORT: [&str; 24] = [
    "at", "by", "ca", "fd", "fs", "go", "gw", "id", "in", "io", "ip", "is", "lb", "n", "no", "on", "op", "os", "ps",
    "rm", "rw", "rx", "tx", "x",
];

#[test]
fn no_word_in_a_name_is_a_broken_acronym() {
    let wrong: BTreeSet<_> = names().into_iter().filter(|name| is_broken(name)).collect();
    assert!(
        wrong.is_empty(),
        "spell these in `WORDS` of codegen/src/lower/names.rs, or know their words here: {wrong:#?}"
    );
    assert!(is_broken("nano_cp_us") && is_broken("se_linux_context") && is_broken("io_p_s"));
}

#[test]
fn types_are_named_by_the_api_guidelines_and_short_enough_to_read() {
    let is_wrong = |name: &&str| name.len() > LONGEST || name.as_bytes().windows(3).any(is_acronym);
    let signatures = read(surface::FILE);
    let types: Vec<_> = types(&signatures).filter(|(_, is_alias)| !is_alias).map(|(name, _)| name).collect();
    assert!(types.len() > 250);
    let wrong: Vec<_> = types.iter().filter(|name| is_wrong(name)).collect();
    assert!(wrong.is_empty(), "choose names in spec/overlay/names.yaml: {wrong:#?}");
}

#[test]
fn every_type_of_the_release_is_there_by_its_name() {
    let (released, signatures) = (read(surface::RELEASED), read(surface::FILE));
    let now: BTreeSet<_> = types(&signatures).map(|(name, _)| name).collect();
    let gone: Vec<_> = types(&released).map(|(name, _)| name).filter(|name| !now.contains(name)).collect();
    assert!(gone.is_empty(), "add these to `formerly` of their types in the overlay: {gone:#?}");
}

fn is_acronym(letters: &[u8]) -> bool {
    letters.iter().all(u8::is_ascii_uppercase)
}

fn is_broken(name: &str) -> bool {
    name.trim_end_matches('_').split('_').any(|word| word.len() < 3 && !SHORT.contains(&word))
}

/// The names of fields and setters.
fn names() -> Vec<String> {
    let signatures = read(surface::FILE);
    let fields = signatures.lines().filter(|line| line.starts_with("models::") || line.starts_with("options::"));
    let names = fields.filter_map(|line| line.split_once(": ")?.0.rsplit_once('.').map(|(_, name)| name.to_owned()));
    names.collect()
}

/// The types of the models, and whether each is an alias.
fn types(signatures: &str) -> impl Iterator<Item = (&str, bool)> {
    signatures.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("models::")?.split_once(' ')?;
        let is_type = ["struct", "enum"].contains(&rest) || rest.starts_with("= ");
        is_type.then_some((name, rest.starts_with("= ")))
    })
}

fn read(name: &str) -> String {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated");
    fs::read_to_string(folder.join(name)).unwrap()
}
