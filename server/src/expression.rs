//! The syntax of the expressions of the argument `select`: a text comes in; a reason goes out why it is no JMESPath,
//! before anything is sent.

/// The longest expression, in bytes.
pub const BYTES: usize = 1_000;

/// Enough stack for the parser: it needs less than 8 KiB per level, unoptimised. Unused stack costs no memory.
pub const STACK_BYTES: usize = 32 * 1024 * 1024;

/// The reason why a text is no expression, and what to write; `None` if it is one.
#[must_use]
pub fn problem(text: &str) -> Option<String> {
    if text.len() > BYTES {
        return Some(format!("an expression of {} bytes; the limit is {BYTES}", text.len()));
    }
    let owned = text.to_owned();
    let parse = move || jmespath::parse(&owned).err().map(|error| describe(&error));
    // A parser on a thread of its own cannot overflow this one's stack.
    let parser = std::thread::Builder::new().name("select".into()).stack_size(STACK_BYTES).spawn(parse);
    let found = parser.ok().and_then(|parser| parser.join().ok());
    let reason = found.unwrap_or_else(|| Some("it cannot be parsed".to_owned()))?;
    Some(format!("not JMESPath: {reason}{}", hint(text, &reason)))
}

/// Says on one line what is wrong with an expression.
#[must_use]
pub fn describe(error: &jmespath::JmespathError) -> String {
    let reason = match &error.reason {
        jmespath::ErrorReason::Parse(reason) => reason.clone(),
        jmespath::ErrorReason::Runtime(reason) => reason.to_string(),
    };
    format!("{} (at column {})", crate::secrets::visible::one_line(&reason), error.column)
}

/// Ends a reason with what the writer may have meant.
fn hint(text: &str, reason: &str) -> &'static str {
    let text = text.trim();
    match () {
        () if text.starts_with("{{") => "; this is a Go template; write \"[].Names\"",
        () if text.starts_with('.') || text.contains("| .") => "; this is jq; write \"[].Names\"",
        () if text.starts_with('$') => "; this is JSONPath; write \"[].Names\"",
        () if reason.contains("literal JSON") => "; text stands in single quotes: 'running'",
        () if reason.contains("Comma") => "; several fields: \"[].{Names: Names, State: State}\"",
        () if reason.contains('-') && text.contains('-') => {
            "; a name with other characters stands in double quotes: Labels.\"my-label\""
        }
        () => "; such as \"[].{Id: Id, Names: Names}\" or \"Config.Env\"",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_languages_are_told_apart() {
        for (text, part) in [
            ("Names,State", "several fields"),
            (".[] | .Names", "this is jq"),
            ("$.[*].Names", "JSONPath"),
            ("{{.Names}}", "Go template"),
            ("[?Name==`bridge`]", "single quotes"),
            ("[].Labels.my-label", "double quotes"),
            ("[?State='running']", "Did you mean '=='"),
            ("[", "such as"),
        ] {
            let problem = problem(text).unwrap();
            assert!(problem.starts_with("not JMESPath: ") && problem.contains(part), "{text}: {problem}");
            assert!(!problem.contains('\n'), "{problem}");
        }
        for text in ["@", "[].Names[0]", "[?State=='running'].Id", "length(@)"] {
            assert_eq!(problem(text), None);
        }
        assert!(problem(&"@".repeat(BYTES + 1)).unwrap().contains("1001 bytes"));
        assert!(problem(&"[".repeat(BYTES)).is_some());
    }
}
