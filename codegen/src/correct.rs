//! Applies the corrections of the overlay where a real engine contradicts the description. A correction is a JSON Patch
//! (RFC 6902) on the OpenAPI form, and must test the values that it changes.

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::overlay::Correction;
use crate::problem::{Problem, Problems, Severity};

/// Applies the corrections for the version of the description.
pub fn correct(description: OpenAPI, corrections: &[Correction], problems: &mut Problems) -> Option<OpenAPI> {
    let version = &description.info.version;
    let mut document = serde_json::to_value(&description).expect("what was read from JSON is written as JSON");
    for correction in corrections.iter().filter(|correction| correction.versions.contains(version)) {
        if let Err(what) = apply(correction, &mut document) {
            problems.push(Problem {
                file: correction.file.clone(),
                pointer: String::new(),
                what: format!("a correction does not apply to {version}: {what} ({})", correction.reason),
                remedy: "compare it with the description, or narrow its `versions`".to_owned(),
                severity: Severity::Warning,
            });
        }
    }
    match serde_json::from_value(document) {
        Ok(corrected) => Some(corrected),
        Err(error) => {
            problems.error("", format!("the corrected description is not valid: {error}"), "fix the corrections");
            None
        }
    }
}

/// Applies a correction completely or not at all: `json_patch::patch` leaves the document unchanged if a step fails.
fn apply(correction: &Correction, document: &mut Value) -> Result<(), String> {
    let mut patch = Value::Array(correction.patch.clone());
    for step in patch.as_array_mut().into_iter().flatten() {
        for key in ["path", "from"] {
            if let Some(pointer) = step.get(key).and_then(Value::as_str) {
                step[key] = number_parameters(pointer, document).into();
            }
        }
    }
    if let Some(pointer) = described(patch.as_array().map_or(&[], Vec::as_slice), document) {
        return Err(format!("`{pointer}` is described by now"));
    }
    let patch: json_patch::Patch = serde_json::from_value(patch).map_err(|error| error.to_string())?;
    json_patch::patch(document, &patch).map_err(|error| error.to_string())
}

/// The member that a step adds although the description has it, so that it would be lost unseen. An earlier step of the
/// correction may test it or take it away.
fn described<'a>(steps: &'a [Value], document: &Value) -> Option<&'a str> {
    let adds = steps.iter().enumerate().filter(|(_, step)| step["op"] == "add");
    let mut added = adds.filter_map(|(index, step)| Some((&steps[..index], step["path"].as_str()?)));
    let unseen = added.find(|(earlier, pointer)| {
        let is_known = |step: &Value| (step["op"] == "test" || step["op"] == "remove") && step["path"] == *pointer;
        is_member(pointer, document) && !earlier.iter().any(is_known)
    });
    unseen.map(|(_, pointer)| pointer)
}

fn is_member(pointer: &str, document: &Value) -> bool {
    let above = pointer.rsplit_once('/').and_then(|(above, _)| document.pointer(above));
    above.is_some_and(Value::is_object) && document.pointer(pointer).is_some()
}

/// Replaces the name of a parameter in a pointer (`…/parameters/filters`) by its index, which differs between versions.
fn number_parameters(pointer: &str, document: &Value) -> String {
    let mut numbered = String::new();
    let mut place = Some(document);
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        let index =
            place.and_then(Value::as_array).and_then(|items| items.iter().position(|item| item["name"] == name));
        let token = index.map_or_else(|| token.to_owned(), |index| index.to_string());
        numbered = format!("{numbered}/{token}");
        place = place.and_then(|place| match index {
            Some(index) => place.get(index),
            None => place.pointer(&format!("/{token}")),
        });
    }
    numbered
}
