//! Holds the list of properties that every engine sends against the recordings: each is in every answer of its
//! type, and one that is taken out of an answer does no harm.

use std::collections::BTreeSet;

use dockwright_codegen::ir::{Shape, Type};
use serde_json::Value;

use super::{Answer, answers, api, lines, reread, sameness, types};

/// Types that no GET answers with. `tests/live/always.rs` asks engines for them.
const NOT_RECORDED: [&str; 16] = [
    "AuthResponse",
    "BuildPruneResponse",
    "ConfigCreateResponse",
    "ContainerCreateResponse",
    "ContainerPruneResponse",
    "ContainerUpdateResponse",
    "ContainerWaitResponse",
    "IdResponse",
    "ImagePruneResponse",
    "NetworkCreateResponse",
    "NetworkPruneResponse",
    "PathStat",
    "SecretCreateResponse",
    "ServiceCreateResponse",
    "ServiceUpdateResponse",
    "VolumePruneResponse",
];

#[test]
fn what_every_engine_sends_is_in_every_recorded_answer() {
    let api = api();
    let (mut problems, mut recorded) = (BTreeSet::new(), BTreeSet::new());
    for Answer { place, operation, mut value } in answers() {
        types::each_object(&api, types::answer(&api, operation), &mut value, &mut |known, object| {
            recorded.insert(known.name.to_owned());
            problems.extend(known.absent(object).map(|name| format!("{place}: no {name}")));
        });
    }
    assert!(problems.is_empty(), "{}", lines(problems.into_iter().collect()));
    let unseen = api.types.iter().filter(has_always).filter(|named| !recorded.contains(&named.name));
    assert_eq!(unseen.map(|named| named.name.as_str()).collect::<Vec<_>>(), NOT_RECORDED);
}

#[test]
fn what_one_answer_lacks_is_neither_an_error_nor_made_up() {
    let api = api();
    let (mut problems, mut seen) = (Vec::new(), BTreeSet::new());
    for Answer { place, operation, mut value } in answers() {
        for absent in [None, Some(Value::Null)] {
            types::each_object(&api, types::answer(&api, operation), &mut value, &mut |known, object| {
                for field in known.always() {
                    match &absent {
                        None => object.remove(&field.name),
                        Some(null) => object.insert(field.name.clone(), null.clone()),
                    };
                    seen.insert(format!("{}.{}", known.name, field.name));
                }
            });
            match reread(operation, &value) {
                Ok(written) => problems.extend(
                    sameness::differences(&value, &written)
                        .into_iter()
                        .map(|difference| format!("{place}: {difference}")),
                ),
                Err(error) => problems.push(format!("{place}: {error}")),
            }
        }
    }
    assert!(problems.is_empty(), "{}", lines(problems));
    assert!(seen.len() > 300, "only {}", seen.len());
}

fn has_always(named: &&Type) -> bool {
    matches!(&named.shape, Shape::Struct(fields) if fields.iter().any(|field| field.always))
}
