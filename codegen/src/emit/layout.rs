//! Lays printed Rust out for a person: an empty line between items, and one field a line in the macros that the printer
//! takes for mere tokens.

/// The beginnings of macros whose entries are fields or members.
const MACROS: [&str; 2] = ["crate::json::", "crate::open_enum::"];

/// The text with its lines laid out; the tokens stay.
pub fn laid_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 9 / 8);
    let mut lines = text.lines().peekable();
    let mut before = "";
    while let Some(line) = lines.next() {
        if ends_item(before) && begins_item(line) {
            out.push('\n');
        }
        before = line;
        if MACROS.iter().any(|name| line.starts_with(name)) {
            let mut whole = line.to_owned();
            while !whole.ends_with(");") {
                let Some(next) = lines.next() else { break };
                whole.push(' ');
                whole.push_str(next.trim());
                before = next;
            }
            out.push_str(&one_entry_a_line(&whole));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

fn ends_item(line: &str) -> bool {
    let line = line.strip_prefix("    ").unwrap_or(line);
    ["}", ");", "};"].contains(&line) || MACROS.iter().any(|name| line.starts_with(name)) || is_alias(line)
}

fn is_alias(line: &str) -> bool {
    line.starts_with("pub type ") && line.ends_with(';')
}

fn begins_item(line: &str) -> bool {
    let line = line.strip_prefix("    ").unwrap_or(line);
    ["///", "#[", "pub ", "impl "].iter().any(|beginning| line.starts_with(beginning))
}

/// `crate::json::object!( Car { id : value => "Id", } );` with a line for each entry.
fn one_entry_a_line(text: &str) -> String {
    let frame = text.split_once('{').zip(text.rsplit_once('}'));
    let Some(((head, rest), (body, _))) = frame else { return text.to_owned() };
    let body = &rest[..rest.len() - (text.len() - body.len())];
    let head = head.replacen("( ", "(", 1);
    let entries = entries(body);
    if entries.is_empty() {
        return format!("{} {{}});", head.trim_end());
    }
    let entries: String = entries.iter().map(|entry| format!("    {},\n", entry.replacen(" : ", ": ", 1))).collect();
    format!("{} {{\n{entries}}});", head.trim_end())
}

/// The parts between commas, which neither a string nor parentheses hold.
fn entries(body: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut in_string, mut is_escaped) = (Vec::new(), 0, 0_usize, false, false);
    for (index, letter) in body.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if in_string => is_escaped = true,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(body[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(body[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::laid_out;

    #[test]
    fn writes_one_field_a_line_whatever_is_in_their_names() {
        let text = "pub struct A {}\ncrate::json::object!(\n    A { id : value => \"I, {d\\\"}\", at : in_unit(B, C) =>\n    \"x : y\", }\n);\n/// B.\npub struct B {}\n";
        let expected = "pub struct A {}\ncrate::json::object!(A {\n    id: value => \"I, {d\\\"}\",\n    at: in_unit(B, C) => \"x : y\",\n});\n\n/// B.\npub struct B {}\n";
        assert_eq!(laid_out(text), expected);
        assert_eq!(laid_out("crate::json::object!(A {});\n"), "crate::json::object!(A {});\n");
    }
}
