//! Ids that nobody can guess, for sessions and builds.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// 32 hexadecimal digits, by the keys that the standard library draws at random.
pub(crate) fn random_id() -> String {
    let half = || format!("{:016x}", RandomState::new().hash_one(std::process::id()));
    half() + &half()
}
