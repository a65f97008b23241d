//! Turns names of the API into names of Rust, in the API's own spelling where Rust allows it.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToTitleCase};
use unicode_ident::{is_xid_continue, is_xid_start};

/// Spellings whose capitals do not mark the words.
const WORDS: [(&str, &str); 10] = [
    ("IPv4", "Ipv4"),
    ("IPv6", "Ipv6"),
    ("UIDGID", "UidGid"),
    ("CIDRs", "Cidrs"),
    ("IOps", "Iops"),
    ("VIPs", "Vips"),
    ("CAs", "Cas"),
    ("IPs", "Ips"),
    ("IDs", "Ids"),
    ("OAuth", "Oauth"),
];

/// Names of Rust that emitted code uses without a path. No generated type may have one.
const RUST_NAMES: [&str; 7] = ["Box", "Into", "IntoIterator", "Option", "Result", "String", "Vec"];

/// The name of a method and of its tool; an underscore keeps it apart from the `taken` methods of the client.
pub fn method(id: &str, taken: &[String]) -> String {
    let name = snake(id);
    if taken.contains(&name) { format!("{name}_") } else { name }
}

/// True if emitted code uses this name of Rust.
pub fn is_rust_name(name: &str) -> bool {
    RUST_NAMES.contains(&name)
}

/// The name of the row of an operation.
pub fn constant(id: &str) -> String {
    snake(id).to_shouty_snake_case()
}

/// The name of the type of a definition.
pub fn definition(name: &str) -> String {
    let name = pascal(name);
    if is_rust_name(&name) { format!("{name}_") } else { name }
}

/// The name of a member of an enumeration; `Other` is for values that the description does not name.
pub fn member(value: &str) -> String {
    let name = pascal(value);
    if name == "Other" { "Other_".to_owned() } else { name }
}

/// The operationId of an operation that has none: `GET /cars/{id}/wheels` becomes `getCarsIdWheels`.
pub fn operation_id(verb: &str, template: &str) -> String {
    format!("{verb}{}", pascal(template))
}

/// The name of a field, an argument or a method: `NanoCpus` becomes `nano_cpus`, `type` becomes `type_`.
pub fn snake(name: &str) -> String {
    let snake = regular(name).replace(|letter| !is_xid_continue(letter), " ").to_snake_case();
    match snake.chars().next() {
        None => "empty".to_owned(),
        Some(digit) if !is_xid_start(digit) => format!("n{snake}"),
        Some(_) if is_keyword(&snake) => format!("{snake}_"),
        Some(_) => snake,
    }
}

/// The name of a type or of an enumeration's member: `OCIDescriptor` stays, `unless-stopped` becomes `UnlessStopped`.
pub fn pascal(name: &str) -> String {
    let name = signed(name);
    let parts = name.split(|letter: char| letter == '_' || !is_xid_continue(letter)).filter(|part| !part.is_empty());
    let pascal: String = parts.map(capitalized).collect();
    match pascal.chars().next() {
        None => "Empty".to_owned(),
        Some(digit) if !is_xid_start(digit) => format!("V{pascal}"),
        Some(_) if pascal == "Self" => "Self_".to_owned(),
        Some(_) => pascal,
    }
}

/// A name as words: `NanoCpus` becomes `Nano cpus`.
pub fn spelled_out(name: &str) -> String {
    let title = regular(name).to_title_case();
    let mut words = title.split(' ');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |sentence, word| format!("{sentence} {}", word.to_lowercase()))
}

fn regular(name: &str) -> String {
    WORDS.iter().fold(signed(name), |name, (odd, regular)| name.replace(odd, regular))
}

/// Spells out a sign, so that `+1` and `-1` differ.
fn signed(name: &str) -> String {
    let is_number = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit());
    match name.strip_prefix('-').filter(|rest| is_number(rest)) {
        Some(rest) => format!("minus-{rest}"),
        None => name.replace('+', "-plus-"),
    }
}

fn capitalized(part: &str) -> String {
    let mut letters = part.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn is_keyword(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_acronyms_where_their_words_end() {
        let names =
            ["EnableIPv6", "NanoCpus", "BlkioDeviceReadIOps", "CPUQuota", "ExternalCAs", "copyUIDGID", "os.version"];
        let snake: Vec<_> = names.into_iter().map(snake).collect();
        let expected = [
            "enable_ipv6",
            "nano_cpus",
            "blkio_device_read_iops",
            "cpu_quota",
            "external_cas",
            "copy_uid_gid",
            "os_version",
        ];
        assert_eq!(snake, expected);
    }

    #[test]
    fn steps_around_what_rust_reserves() {
        assert_eq!(snake("Type"), "type_");
        assert_eq!(snake("one-shot"), "one_shot");
        assert_eq!(pascal(""), "Empty");
        assert_eq!(pascal("1"), "V1");
        assert_eq!(pascal("moby.plugins.http/v1"), "MobyPluginsHttpV1");
        // Letters and digits to Unicode that no name in Rust may have, or begin with.
        assert_eq!((snake("½ cup²"), pascal("½ cup²")), ("cup".to_owned(), "Cup".to_owned()));
        assert_eq!((snake("٣"), pascal("٣")), ("n٣".to_owned(), "V٣".to_owned()));
        assert_eq!((snake("🚗"), pascal("\r\n")), ("empty".to_owned(), "Empty".to_owned()));
    }

    #[test]
    fn tells_signs_apart_and_takes_no_name_that_is_there_already() {
        assert_eq!(["+1", "-1", "1"].map(snake), ["plus_1", "minus_1", "n1"]);
        assert_eq!(
            ["+1", "-1", "reactions-+1", "reactions--1"].map(pascal),
            ["Plus1", "Minus1", "ReactionsPlus1", "Reactions1"]
        );
        let method = method("call", &["call".to_owned()]);
        assert_eq!([definition("option"), member("other"), method], ["Option_", "Other_", "call_"]);
        assert_eq!(operation_id("get", "/cars/{id}/wheels"), "getCarsIdWheels");
    }

    #[test]
    fn keeps_dockers_own_spelling_of_types() {
        assert_eq!(pascal("OCIDescriptor"), "OCIDescriptor");
        assert_eq!(pascal("unless-stopped"), "UnlessStopped");
    }
}
