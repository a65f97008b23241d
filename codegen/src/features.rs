//! Features of a manifest for the tags of an API: a feature chooses the operations of its tag.

use std::collections::BTreeSet;

use heck::ToKebabCase;

/// The beginning of the name of such a feature.
const PREFIX: &str = "tag-";

/// The name of a tag in that of its feature, its environment variable and its file: `Build Cache`, `BuildCache` and
/// `BUILD_CACHE` are `build-cache`.
pub fn tag_name(tag: &str) -> String {
    tag.to_kebab_case()
}

/// The name of the feature of a tag.
pub fn feature(tag: &str) -> String {
    format!("{PREFIX}{}", tag_name(tag))
}

/// The manifest with the features of these tags, which may share one, like the last that it has; unchanged if it has
/// none.
pub fn with_tags(manifest: &str, tags: &[String]) -> String {
    let is_feature = |line: &&str| line.starts_with(PREFIX) && line.contains(" = ");
    let Some(last) = manifest.lines().rfind(is_feature) else { return manifest.to_owned() };
    let (name, _) = last.split_once(" = ").unwrap_or_default();
    let names: BTreeSet<_> = tags.iter().map(|tag| feature(tag)).collect();
    let has = |name: &String| manifest.lines().any(|line| line.starts_with(&format!("{name} = ")));
    let missing = names.into_iter().filter(|name| !has(name));
    let features: Vec<_> = missing.map(|missing| last.replace(name, &missing)).collect();
    let all = std::iter::once(last.to_owned()).chain(features).collect::<Vec<_>>().join("\n");
    manifest.replacen(&format!("\n{last}\n"), &format!("\n{all}\n"), 1)
}

#[cfg(test)]
mod tests {
    use super::{feature, tag_name, with_tags};

    #[test]
    fn a_tag_of_several_words_has_one_feature() {
        for tag in ["Build Cache", "Build-Cache", "BuildCache", "BUILD_CACHE", "build/cache"] {
            assert_eq!((tag_name(tag).as_str(), feature(tag).as_str()), ("build-cache", "tag-build-cache"));
        }
    }

    #[test]
    fn adds_a_feature_like_the_last_one() {
        let manifest = "[features]\ntag-car = [\"cars/tag-car\"]\ntag-van = [\"cars/tag-van\"]\n\n[lints]\n";
        let expected = "[features]\ntag-car = [\"cars/tag-car\"]\ntag-van = [\"cars/tag-van\"]\ntag-lap = [\"cars/tag-lap\"]\n\n[lints]\n";
        assert_eq!(with_tags(manifest, &["Lap".to_owned(), "Car".to_owned()]), expected);
        assert_eq!(with_tags(expected, &["Lap".to_owned()]), expected);
        assert_eq!(with_tags("[lints]\n", &["Lap".to_owned()]), "[lints]\n");
        let twins = ["Wash Hall".to_owned(), "WashHall".to_owned()];
        assert_eq!(with_tags("\ntag-car = []\n", &twins), "\ntag-car = []\ntag-wash-hall = []\n");
    }
}
