//! What holds for the files of this repository: no operation is named in the hand-written half, which knows HTTP and not
//! the API; a feature for each tag; a row and a trial for each example; the tour names what is there.

use std::fs;
use std::path::{Path, PathBuf};

use dockwright::operations;

#[test]
fn no_operation_is_named_in_the_hand_written_half() {
    let mut named = Vec::new();
    // Tests and examples in the documentation may speak of real operations.
    let files = rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
        let text = fs::read_to_string(file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            let words: Vec<_> = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
            for operation in operations::ALL {
                if words.contains(&operation.id) || words.contains(&operation.name) {
                    named.push(format!("{}:{}: {}", file.display(), number + 1, operation.id));
                }
            }
        }
    }
    assert!(named.is_empty(), "{named:#?}");
}

#[test]
fn every_tag_is_a_feature_of_the_library_and_of_the_server() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    for manifest in ["Cargo.toml", "server/Cargo.toml"] {
        let text = fs::read_to_string(repository.join(manifest)).unwrap();
        for operation in operations::ALL {
            let feature = format!("\ntag-{} = [", operation.tag.to_lowercase());
            assert!(text.contains(&feature), "{manifest} has no feature for the tag {}", operation.tag);
        }
    }
}

#[test]
fn every_example_has_a_row_in_the_readme_and_a_trial() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let [readme, trials] =
        ["README.md", "tests/live/examples.rs"].map(|file| fs::read_to_string(repository.join(file)));
    let (readme, trials) = (readme.unwrap(), trials.unwrap());
    let examples = rust_files(&repository.join("examples"));
    assert!(!examples.is_empty());
    for example in examples {
        let name = example.file_stem().unwrap().to_str().unwrap();
        let row = |line: &str| line.starts_with(&format!("| `{name}")) && line.matches('|').count() == 4;
        assert!(readme.lines().any(row), "{name} has no row in README.md");
        assert!(trials.contains(&format!("async fn {name}_")), "{name} has no trial");
    }
}

#[test]
fn every_file_of_the_tour_exists_and_has_the_functions_that_are_named_beside_it() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tour = fs::read_to_string(repository.join("docs/tour.md")).unwrap();
    let (mut wrong, mut file, mut functions) = (Vec::new(), None, 0);
    // What stands between two backquotes is every second part.
    for code in tour.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2)) {
        if let Some(function) = code.strip_suffix("()") {
            functions += 1;
            let text = file.as_ref().map(|file| fs::read_to_string(repository.join(file)).unwrap()).unwrap_or_default();
            if !text.contains(&format!("fn {function}(")) && !text.contains(&format!("fn {function}<")) {
                wrong.push(format!("{file:?} has no function {function}"));
            }
        } else if is_file(code) {
            file = repository.join(code).exists().then_some(code);
            wrong.extend(file.is_none().then(|| format!("there is no {code}")));
        }
    }
    assert!(wrong.is_empty(), "docs/tour.md: {wrong:#?}");
    assert!(functions > 20, "only {functions} functions were looked for");
}

fn is_file(code: &str) -> bool {
    [".rs", ".json", ".yaml", ".md", ".txt"].iter().any(|ending| code.ends_with(ending))
}

/// All files below a folder.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => rust_files(&path),
            false => vec![path],
        })
        .collect()
}
