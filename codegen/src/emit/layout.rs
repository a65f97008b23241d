//! Lays printed Rust out for a person: an empty line between items.

/// The text with an empty line before each item that follows another; the tokens stay.
pub fn laid_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 9 / 8);
    let mut before = "";
    for line in text.lines() {
        if ends_item(before) && begins_item(line) {
            out.push('\n');
        }
        before = line;
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn ends_item(line: &str) -> bool {
    let line = line.strip_prefix("    ").unwrap_or(line);
    ["}", ");", "};", "});"].contains(&line) || line.starts_with("crate::") && line.ends_with(");") || is_alias(line)
}

fn is_alias(line: &str) -> bool {
    line.starts_with("pub type ") && line.ends_with(';')
}

fn begins_item(line: &str) -> bool {
    let line = line.strip_prefix("    ").unwrap_or(line);
    ["///", "#[", "pub ", "impl "].iter().any(|beginning| line.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::laid_out;

    #[test]
    fn sets_items_apart() {
        let text = "pub struct A {}\ncrate::json::object!(A {\n    id: value => \"ID\",\n});\n/// B.\npub struct B {}\n\
            crate::json::object!(B {});\nimpl B {\n    fn c() {}\n}\n";
        let expected = "pub struct A {}\ncrate::json::object!(A {\n    id: value => \"ID\",\n});\n\n/// B.\npub struct B {}\n\
            crate::json::object!(B {});\n\nimpl B {\n    fn c() {}\n}\n";
        assert_eq!(laid_out(text), expected);
    }
}
