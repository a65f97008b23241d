//! Features of a manifest for the tags of an API: a feature chooses the operations of its tag.

/// The beginning of the name of such a feature.
const PREFIX: &str = "tag-";

/// The manifest with a feature for each of these tags, like the last one that it has; unchanged if it has none.
pub fn with_tags(manifest: &str, tags: &[String]) -> String {
    let is_feature = |line: &&str| line.starts_with(PREFIX) && line.contains(" = ");
    let Some(last) = manifest.lines().rfind(is_feature) else { return manifest.to_owned() };
    let (name, _) = last.split_once(" = ").unwrap_or_default();
    let names = tags.iter().map(|tag| format!("{PREFIX}{}", tag.to_lowercase()));
    let missing = names.filter(|name| !manifest.lines().any(|line| line.starts_with(&format!("{name} = "))));
    let features: Vec<_> = missing.map(|missing| last.replace(name, &missing)).collect();
    let all = std::iter::once(last.to_owned()).chain(features).collect::<Vec<_>>().join("\n");
    manifest.replacen(&format!("\n{last}\n"), &format!("\n{all}\n"), 1)
}

#[cfg(test)]
mod tests {
    use super::with_tags;

    #[test]
    fn adds_a_feature_like_the_last_one() {
        let manifest = "[features]\ntag-car = [\"cars/tag-car\"]\ntag-van = [\"cars/tag-van\"]\n\n[lints]\n";
        let expected = "[features]\ntag-car = [\"cars/tag-car\"]\ntag-van = [\"cars/tag-van\"]\ntag-lap = [\"cars/tag-lap\"]\n\n[lints]\n";
        assert_eq!(with_tags(manifest, &["Lap".to_owned(), "Car".to_owned()]), expected);
        assert_eq!(with_tags(expected, &["Lap".to_owned()]), expected);
        assert_eq!(with_tags("[lints]\n", &["Lap".to_owned()]), "[lints]\n");
    }
}
