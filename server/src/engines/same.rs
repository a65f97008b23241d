//! Names of one engine. A setting that withholds tools of an engine by one name is of no use if another name exposes
//! them.

use std::collections::HashMap;
use std::fs;

use super::target::Target;

/// Refuses names that lead to one address with different settings. Two addresses of one engine are not recognized.
///
/// # Errors
/// Words that name both.
pub(super) fn refuse_gaps(targets: &[Target]) -> Result<(), String> {
    if targets.windows(2).all(|pair| pair[0].settings == pair[1].settings) {
        return Ok(());
    }
    let mut first: HashMap<String, &Target> = HashMap::new();
    for target in targets {
        // An address that cannot be used leads to no engine.
        let Ok(engine) = target.engine() else { continue };
        let other = *first.entry(canonical(engine.address())).or_insert(target);
        if other.settings != target.settings {
            let name = |target: &Target| target.name.as_deref().unwrap_or_default().to_owned();
            return Err(format!(
                "`{}` and `{}` are names of one engine, {}, with different settings: give both the same in the file \
                 of --engines, or leave one out",
                name(other),
                name(target),
                engine.address()
            ));
        }
    }
    Ok(())
}

/// The address with the links of a socket's path resolved: `/var/run` is mostly `/run`.
fn canonical(address: String) -> String {
    let path = address.strip_prefix("unix://").and_then(|path| fs::canonicalize(path).ok());
    path.map_or(address, |path| format!("unix://{}", path.display()))
}
