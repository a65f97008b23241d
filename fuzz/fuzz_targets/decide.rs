//! Any request, understood and decided by the reference policy, is held to the claims of the crate's own test.

#![no_main]

use std::sync::LazyLock;

use dockwright_policy::Policy;
use libfuzzer_sys::fuzz_target;

#[path = "../../policy/tests/decisions/meaning.rs"]
mod meaning;

static POLICY: LazyLock<Policy> =
    LazyLock::new(|| include_str!("../../policy/tests/decisions/reference.toml").parse().expect("it is tested"));

fuzz_target!(|input: &[u8]| {
    meaning::hold(&POLICY, input);
});
