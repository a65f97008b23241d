//! The pages of the repository tell the truth: a feature for each tag, a row and a trial for each example, and every
//! file and function that the tour names.

use std::fs;
use std::path::{Path, PathBuf};

use dockwright::operations;

use crate::files::{self, repository, rust_files};

#[test]
fn every_tag_is_a_feature_of_the_library_and_of_the_server() {
    for manifest in ["Cargo.toml", "server/Cargo.toml"] {
        let text = files::read(manifest);
        for operation in operations::ALL {
            let feature = format!("\ntag-{} = [", operation.tag.to_lowercase());
            assert!(text.contains(&feature), "{manifest} has no feature for the tag {}", operation.tag);
        }
    }
}

#[test]
fn every_example_has_a_row_and_a_trial() {
    let page = files::read("examples/README.md");
    let trials: String = rust_files("tests/live").into_iter().map(|file| file.whole.as_str()).collect();
    let examples = rust_files("examples");
    assert!(!examples.is_empty());
    for example in examples {
        let name = example.path.trim_start_matches("examples/").trim_end_matches(".rs");
        let row = |line: &str| line.starts_with(&format!("| `{name}")) && line.matches('|').count() == 4;
        assert!(page.lines().any(row), "{name} has no row in examples/README.md");
        assert!(trials.contains(&format!("async fn {name}_")), "{name} has no trial");
    }
}

#[test]
fn every_file_of_the_tour_exists_and_has_the_functions_that_are_named_beside_it() {
    let tour = files::read("docs/tour.md");
    let (mut wrong, mut file, mut functions) = (Vec::new(), None, 0);
    for code in quoted(&tour) {
        if let Some(function) = code.strip_suffix("()") {
            functions += 1;
            let text = file.map(files::read).unwrap_or_default();
            if !text.contains(&format!("fn {function}(")) && !text.contains(&format!("fn {function}<")) {
                wrong.push(format!("{file:?} has no function {function}"));
            }
        } else if is_file(code) {
            file = repository().join(code).exists().then_some(code);
            wrong.extend(file.is_none().then(|| format!("there is no {code}")));
        }
    }
    assert!(wrong.is_empty(), "docs/tour.md: {wrong:#?}");
    assert!(functions > 20, "only {functions} functions were looked for");
}

#[test]
fn every_file_and_test_that_the_architecture_names_exists() {
    let page = files::read(crate::layers::PAGE);
    let tests: String = files::hand_written().iter().map(|file| file.text.words.as_str()).collect();
    let names = quoted(&page)
        .filter(|code| code.contains('_') && code.chars().all(|letter| letter.is_lowercase() || letter == '_'));
    let missing = names.filter(|name| !tests.contains(&format!("fn {name}(")));
    let files = quoted(&page).filter(|code| is_file(code) && !repository().join(code).exists());
    let wrong: Vec<_> = missing.chain(files).collect();
    assert!(wrong.is_empty(), "{}: there is no {wrong:#?}", crate::layers::PAGE);
}

#[test]
fn every_link_of_a_page_leads_to_a_file_of_the_repository() {
    let mut pages = Vec::<PathBuf>::new();
    for folder in ["", "docs", "server", "policy", "archive", "codegen", "examples", "tests", "benches", "packaging"] {
        let Ok(files) = fs::read_dir(repository().join(folder)) else { continue };
        pages.extend(files.map(|file| Path::new(folder).join(file.unwrap().file_name())));
    }
    pages.retain(|page| page.extension().is_some_and(|ending| ending == "md"));
    let mut wrong = Vec::new();
    for page in &pages {
        let text = files::read(page.to_str().unwrap());
        let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        for link in links.filter(|link| !link.is_empty() && !link.starts_with("https://")) {
            let file = repository().join(page.parent().unwrap()).join(link);
            wrong.extend((!file.exists()).then(|| format!("{}: {link}", page.display())));
        }
        // The library's pages and the registries are nowhere before the first release.
        let unpublished = ["://docs.rs", "://crates.io", "://pypi.org", "://www.npmjs.com"];
        wrong
            .extend(unpublished.iter().filter(|place| text.contains(*place)).map(|place| format!("{page:?}: {place}")));
    }
    assert!(pages.len() > 15 && wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_packages_that_the_front_page_names_are_of_this_version() {
    let readme = files::read("README.md");
    let names = readme.match_indices("dist/dockwright").map(|(start, _)| &readme[start..]);
    let names: Vec<_> = names.filter_map(|name| name.split([')', '`', ' ']).next()).collect();
    let wrong: Vec<_> = names.iter().filter(|name| !name.contains(env!("CARGO_PKG_VERSION"))).collect();
    assert!(names.len() > 3 && wrong.is_empty(), "{wrong:?}");
}

/// The parts of a page between two backquotes, without its fenced blocks.
fn quoted(page: &str) -> impl Iterator<Item = &str> {
    page.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2))
}

fn is_file(code: &str) -> bool {
    [".rs", ".json", ".yaml", ".md", ".txt"].iter().any(|ending| code.ends_with(ending))
}
