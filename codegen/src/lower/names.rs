//! Turns names of the API into names of Rust, in the API's own words where Rust allows them.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToTitleCase};
use unicode_ident::{is_xid_continue, is_xid_start};

use crate::overlay::{OTHER_ARGUMENTS, RUST_NAMES, is_identifier};

/// Spellings whose capitals do not mark the words.
const WORDS: [(&str, &str); 6] = [
    ("IPv4", "Ipv4"),
    ("IPv6", "Ipv6"),
    ("UIDGID", "UidGid"),
    ("SELinux", "Selinux"),
    ("IOps", "Iops"),
    ("OAuth", "Oauth"),
];

/// The name of a method and of its tool; an underscore keeps it apart from the `taken` methods of the client.
pub fn method(id: &str, taken: &[String]) -> String {
    let name = snake(id);
    if taken.contains(&name) { format!("{name}_") } else { name }
}

/// The name of the row of an operation.
pub fn constant(id: &str) -> String {
    snake(id).to_shouty_snake_case()
}

/// The name of the type of a definition.
pub fn definition(name: &str) -> String {
    let name = type_name(name);
    if RUST_NAMES.contains(&name.as_str()) { format!("{name}_") } else { name }
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
        Some(_) if !is_identifier(&snake) => format!("{snake}_"),
        Some(_) => snake,
    }
}

/// The name of a field; an underscore keeps it apart from `extra`, which every type has.
pub fn field(name: &str) -> String {
    let name = snake(name);
    if name == "extra" { "extra_".to_owned() } else { name }
}

/// The name of an argument; an underscore keeps it apart from those that a method has beside its parameters.
pub fn argument(name: &str) -> String {
    let name = snake(name);
    if OTHER_ARGUMENTS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// The name of an enumeration's member: `unless-stopped` becomes `UnlessStopped`.
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

/// The name of a type, with acronyms as words: `OCIDescriptor` becomes `OciDescriptor`.
pub fn type_name(name: &str) -> String {
    let name = pascal(&regular(name));
    let letters: Vec<char> = name.chars().collect();
    let is_upper = |index: usize| letters.get(index).is_some_and(|letter| letter.is_uppercase());
    let is_lower = |index: usize| letters.get(index).is_some_and(|letter| letter.is_lowercase());
    // Inside an acronym: after a capital, and not the first letter of the next word.
    let is_inner = |index: usize| index > 0 && is_upper(index - 1) && is_upper(index) && !is_lower(index + 1);
    let lowered = letters.iter().enumerate().map(|(index, letter)| match is_inner(index) {
        true => letter.to_lowercase().collect(),
        false => letter.to_string(),
    });
    let name: String = lowered.collect();
    if name == "Self" { "Self_".to_owned() } else { name }
}

/// A name as words: `NanoCpus` becomes `Nano cpus`.
pub fn spelled_out(name: &str) -> String {
    let title = regular(name).to_title_case();
    let mut words = title.split(' ');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |sentence, word| format!("{sentence} {}", word.to_lowercase()))
}

fn regular(name: &str) -> String {
    with_plurals(&WORDS.iter().fold(signed(name), |name, (odd, regular)| name.replace(odd, regular)))
}

/// Acronyms in the plural as words: `NanoCPUs` becomes `NanoCpus`, as its `s` begins no word.
fn with_plurals(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let is_upper = |index: usize| letters.get(index).is_some_and(|letter| letter.is_uppercase());
    let mut regular = letters.clone();
    for index in 2..letters.len() {
        let ends = letters.get(index + 1).is_none_or(|next| !next.is_lowercase());
        if letters[index] == 's' && ends && is_upper(index - 1) && is_upper(index - 2) {
            let first = (0..index).rev().take_while(|index| is_upper(*index)).last().unwrap_or(index);
            regular[first + 1..index].iter_mut().for_each(|letter| *letter = letter.to_ascii_lowercase());
        }
    }
    regular.into_iter().collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_acronyms_where_their_words_end() {
        let names =
            ["EnableIPv6", "NanoCPUs", "BlkioDeviceReadIOps", "CPUQuota", "ExternalCAs", "copyUIDGID", "os.version"];
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
        assert_eq!(
            (snake("Gen"), type_name("SELF"), type_name("Self")),
            ("gen_".into(), "Self_".into(), "Self_".into())
        );
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
    fn writes_acronyms_in_types_as_words() {
        let names =
            ["OCIDescriptor", "IDResponse", "RootFSStorage", "TLSInfo", "SELinuxContext", "ExternalCAs", "EnableIPv6"];
        let expected =
            ["OciDescriptor", "IdResponse", "RootFsStorage", "TlsInfo", "SelinuxContext", "ExternalCas", "EnableIpv6"];
        assert_eq!(names.map(type_name), expected);
        assert_eq!(["IPAM", "ImageID", "road/car~"].map(type_name), ["Ipam", "ImageId", "RoadCar"]);
        assert_eq!(pascal("unless-stopped"), "UnlessStopped");
    }
}
