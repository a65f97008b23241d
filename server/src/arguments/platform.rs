//! Names of platforms, in the form that the docker CLI sends: `linux/arm64` for `arm64` and `Linux/ARM64/v8`.

/// Names of architectures that other programs use, and Docker's.
const ARCHITECTURES: [(&str, &str); 18] = [
    ("386", "386"),
    ("aarch64", "arm64"),
    ("amd64", "amd64"),
    ("arm", "arm/v7"),
    ("arm64", "arm64"),
    ("arm64/v8", "arm64"),
    ("armel", "arm/v6"),
    ("armhf", "arm/v7"),
    ("armv6", "arm/v6"),
    ("armv7", "arm/v7"),
    ("armv7l", "arm/v7"),
    ("i386", "386"),
    ("loong64", "loong64"),
    ("ppc64le", "ppc64le"),
    ("riscv64", "riscv64"),
    ("s390x", "s390x"),
    ("x86-64", "amd64"),
    ("x86_64", "amd64"),
];

/// The full name of a platform; `None` if it is full, or not known.
pub(super) fn full_name(name: &str) -> Option<String> {
    let lower = name.trim().to_lowercase();
    let (system, architecture) = match lower.split_once('/') {
        Some((system @ ("linux" | "windows"), architecture)) => (system, architecture),
        _ => ("linux", lower.as_str()),
    };
    let (_, known) = ARCHITECTURES.iter().find(|(other, _)| *other == architecture)?;
    let full = format!("{system}/{known}");
    (full != name).then_some(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_has_a_system_and_an_architecture() {
        for (name, full) in [
            ("arm64", Some("linux/arm64")),
            ("aarch64", Some("linux/arm64")),
            ("x86_64", Some("linux/amd64")),
            ("linux/x86_64", Some("linux/amd64")),
            ("Linux/ARM64/v8", Some("linux/arm64")),
            ("arm", Some("linux/arm/v7")),
            ("windows/x86_64", Some("windows/amd64")),
            ("linux/amd64", None),
            ("linux/arm/v6", None),
            ("linux", None),
            ("nosuch/xx", None),
            ("", None),
        ] {
            assert_eq!(full_name(name).as_deref(), full, "{name}");
        }
    }
}
