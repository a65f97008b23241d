//! Responses of an operation: the statuses, headers and content of a success, and the type that its answer is read as.

use std::collections::BTreeMap;

use openapiv3::{MediaType, Operation, ReferenceOr, Response, Responses, StatusCode};

use super::types::{SchemaPlace, Types};
use super::{headers, media, names, successes};
use crate::ir::{Answer, Header, TypeRef};
use crate::overlay::OperationWords;
use crate::problem::join;

/// The success of an operation.
pub struct Success {
    pub answer: Answer,
    pub answer_type: Option<TypeRef>,
    pub statuses: Vec<u16>,
    pub open_statuses: Vec<String>,
    pub unread: BTreeMap<String, String>,
    pub headers: Vec<Header>,
    pub produces: Vec<String>,
    /// The media types that the operation declares, if no success has a schema.
    pub undescribed: Vec<String>,
    pub protocol: Option<String>,
}

/// Lowers the success of an operation.
pub fn success(
    described: &Operation,
    verb: &str,
    id: &str,
    words: &OperationWords,
    pointer: &str,
    types: &mut Types,
) -> Success {
    let mut declared = Declared::in_responses(&described.responses);
    if declared.content.is_none() && declared.may_have_body() {
        declared.undescribed = media::produces(described);
    }
    if words.answer.is_none() && verb != "head" && successes::differ(&described.responses) {
        let what = "successes answer differently; the first with content is read";
        types.problems.warning(join(pointer, "responses"), what, "say `answer` in the overlay, or correct them");
    }
    let SchemaPlace { name, pointer: place } = declared.place_of_headers(id, pointer);
    let headers_place = SchemaPlace::new(types.chosen_name(name), place);
    let headers = headers::headers(&declared.headers, &headers_place, types);
    let answer = words.answer.unwrap_or_else(|| derived_answer(verb, &declared));
    let answer_type = match answer {
        Answer::Headers | Answer::Text | Answer::Tar => headers::headers_type(&headers, headers_place, types),
        _ => value_type(answer, &declared, id, words, pointer, types),
    };
    let protocol = protocol(answer, words);
    let statuses = with_upgrade(std::mem::take(&mut declared.statuses), answer);
    let unread = successes::unread(&described.responses);
    let Declared { open_statuses, produces, undescribed, .. } = declared;
    Success { answer, answer_type, statuses, open_statuses, unread, headers, produces, undescribed, protocol }
}

/// The statuses of errors, in ascending order.
pub fn error_statuses(responses: &Responses) -> Vec<u16> {
    let codes = responses.responses.keys().filter_map(|status| match status {
        StatusCode::Code(code @ 400..) => Some(*code),
        _ => None,
    });
    let mut statuses: Vec<u16> = codes.collect();
    statuses.sort_unstable();
    statuses
}

/// The statuses that are neither a success that is read nor an error of its own, as the description writes them.
pub fn other_statuses(responses: &Responses) -> Vec<String> {
    let is_other = |status: &&StatusCode| match status {
        StatusCode::Code(code) => !matches!(code, 101 | 200..=299 | 304 | 400..),
        StatusCode::Range(range) => *range != 2,
    };
    let others = responses.responses.keys().filter(is_other).map(|status| status.to_string());
    // Without a declared success, the default response describes it.
    let default = responses.default.as_ref().filter(|_| responses.responses.keys().any(is_below_400));
    others.chain(default.map(|_| "default".to_owned())).collect()
}

/// The success as the description declares it.
#[derive(Default)]
struct Declared<'a> {
    statuses: Vec<u16>,
    open_statuses: Vec<String>,
    /// The status that the content is declared for.
    status: String,
    /// The content that is read: its media type and its schema.
    content: Option<(&'a str, &'a MediaType)>,
    headers: Vec<(&'a String, &'a openapiv3::Header)>,
    produces: Vec<String>,
    /// The media types of a success that may have content, and describes none.
    undescribed: Vec<String>,
}

impl<'a> Declared<'a> {
    fn in_responses(responses: &'a Responses) -> Self {
        let mut declared = Self::default();
        for (status, response) in &responses.responses {
            let Some(response) = response.as_item() else { continue };
            match status {
                StatusCode::Code(code @ (101 | 200..=299 | 304)) => declared.statuses.push(*code),
                StatusCode::Range(2) => declared.open_statuses.push(status.to_string()),
                _ => continue,
            }
            declared.take(status.to_string(), response);
        }
        // Without a declared success, the default response describes it.
        if let Some(ReferenceOr::Item(response)) = &responses.default
            && !responses.responses.keys().any(is_below_400)
        {
            declared.open_statuses.push("default".to_owned());
            declared.take("default".to_owned(), response);
        }
        declared.statuses.sort_unstable();
        declared
    }

    fn take(&mut self, status: String, response: &'a Response) {
        // A 304 never has a body, though some descriptions give it one.
        if self.content.is_none() && status != "304" {
            self.status = status;
            self.content = media::of_answer(response);
            self.produces = response.content.keys().cloned().collect();
        }
        for (name, header) in &response.headers {
            if let Some(header) = header.as_item()
                && !self.headers.iter().any(|(earlier, _)| *earlier == name)
            {
                self.headers.push((name, header));
            }
        }
    }

    /// False if each success is one whose status has no body.
    fn may_have_body(&self) -> bool {
        self.statuses.is_empty() || self.statuses.iter().any(|status| ![204, 205, 304].contains(status))
    }

    fn place_of_headers(&self, id: &str, pointer: &str) -> SchemaPlace {
        let status = self.statuses.first().copied().unwrap_or_default().to_string();
        let pointer = join(&join(&join(pointer, "responses"), &status), "headers");
        SchemaPlace::new(format!("{}Headers", names::type_name(id)), pointer)
    }
}

/// The statuses, with the 101 of every connection that is upgraded: old descriptions forget it.
fn with_upgrade(mut statuses: Vec<u16>, answer: Answer) -> Vec<u16> {
    if matches!(answer, Answer::Upgrade | Answer::Websocket) && !statuses.contains(&101) {
        statuses.insert(0, 101);
    }
    statuses
}

fn protocol(answer: Answer, words: &OperationWords) -> Option<String> {
    match answer {
        Answer::Upgrade => Some(words.protocol.clone().unwrap_or_else(|| "tcp".to_owned())),
        Answer::Websocket => Some("websocket".to_owned()),
        _ => None,
    }
}

fn is_below_400(status: &StatusCode) -> bool {
    matches!(status, StatusCode::Code(..400) | StatusCode::Range(..4))
}

fn derived_answer(verb: &str, declared: &Declared) -> Answer {
    match declared.content {
        _ if verb == "head" => Answer::Headers,
        _ if declared.statuses.contains(&101) => Answer::Upgrade,
        None if declared.statuses.contains(&304) => Answer::Outcome,
        None => media::answer_without_schema(&declared.undescribed),
        Some(_) if declared.produces.iter().any(|media_type| media::is_json_stream(media_type)) => Answer::JsonStream,
        Some(_) if declared.produces.iter().any(|media_type| media::is_output(media_type)) => Answer::LogStream,
        Some((media_type, content)) => media::answer(media_type, content),
    }
}

/// The type of the answer's value, or of a stream's item.
fn value_type(
    answer: Answer,
    declared: &Declared,
    id: &str,
    words: &OperationWords,
    pointer: &str,
    types: &mut Types,
) -> Option<TypeRef> {
    match answer {
        Answer::JsonStream if words.item.as_ref().is_some_and(|item| types.defines(item)) => {
            words.item.as_ref().map(|item| TypeRef::Named(types.definition(item)))
        }
        Answer::Json | Answer::JsonStream => {
            let (media_type, content) = declared.content?;
            let pointer = join(&join(pointer, "responses"), &declared.status);
            let pointer = format!("{}/schema", join(&join(&pointer, "content"), media_type));
            let place = SchemaPlace::new(format!("{}Response", names::type_name(id)), pointer);
            Some(types.type_of(content.schema.as_ref()?, &place))
        }
        _ => None,
    }
}
