//! An answer in JSON: read in pieces and projected, or read whole and selected from.

use dockwright::{Error, Operation, Reply, Result};
use serde_json::Value;

use super::elements::{PIECE_BYTES, Place, Splitter, Unsplit};
use super::list::{Full, List};
use super::projection::Projection;
use super::{Shaped, Wanted, limits, notes, safe, select};

/// Shows an answer while it comes in, in the operation's projection.
#[derive(Debug)]
pub struct Reader<'a> {
    operation: &'a Operation,
    wanted: &'a Wanted,
    projection: Projection,
    splitter: Splitter,
    list: Option<List<'a>>,
}

impl<'a> Reader<'a> {
    /// A reader to which no piece has come.
    #[must_use]
    pub fn new(operation: &'a Operation, wanted: &'a Wanted) -> Self {
        let projection = Projection::new(operation.projection);
        let splitter = Splitter::new(projection.first_branch().map(|(member, _)| member));
        Reader { operation, wanted, projection, splitter, list: None }
    }

    /// Takes the next piece of the answer.
    ///
    /// # Errors
    /// [`Error::Decode`] if it is no JSON, [`Error::TooLarge`] if an element has more than [`PIECE_BYTES`].
    pub fn push(&mut self, piece: &[u8]) -> Result<()> {
        let Reader { operation, wanted, projection, splitter, list } = self;
        let read = splitter.push(piece, |place, element| {
            let list = list.get_or_insert_with(|| list_at(place, projection, operation, wanted));
            list.add(element).map_err(|error| Stopped::Element(list.total, error))
        });
        read.map_err(|stopped| match stopped {
            Stopped::Unsplit(reason) => unsplit(operation, reason),
            Stopped::Element(index, error) => unexpected(operation, format!("element {index} of the list: {error}")),
        })
    }

    /// What is shown of the answer, when all of it has come.
    ///
    /// # Errors
    /// [`Error::Decode`] if it is no JSON or not complete.
    pub fn finish(self) -> Result<Shaped> {
        let Reader { operation, wanted, projection, splitter, list } = self;
        let remainder = splitter.finish().map_err(|reason| unsplit(operation, reason))?;
        let mut frame = parsed(&remainder.frame, operation)?;
        safe(&mut frame, operation.tag, wanted);
        let Some(place) = remainder.list else { return Ok(value(frame, wanted, &projection)) };
        let list = list.unwrap_or_else(|| list_at(place, &projection, operation, wanted));
        let shown = match place {
            Place::Document => projection.first(),
            Place::Member(_) => projection.first_branch().and_then(|(_, below)| below.first()),
        };
        let (json, at) = match place {
            Place::Document => (format!("[{}]", list.json), "[]".to_owned()),
            Place::Member(member) => (around(&list, member, &projection, frame, wanted), format!("{member}[]")),
        };
        Ok(Shaped::json(json, list_notes(&list, &at, shown, operation, wanted), wanted))
    }
}

/// Shows what an expression selects from the whole answer.
///
/// # Errors
/// Those of the reply; [`Error::Argument`] if the expression is wrong or costs too much, [`Error::TooLarge`].
pub async fn selected(reply: Reply, operation: &Operation, wanted: &Wanted, expression: &str) -> Result<Shaped> {
    let body = whole(reply, operation).await?;
    let mut document = parsed(&body, operation)?;
    drop(body);
    safe(&mut document, operation.tag, wanted);
    selected_of(document, operation, wanted, expression, None).await
}

/// Shows what an expression selects from a document that has been made safe, and says this beside.
///
/// # Errors
/// [`Error::Argument`] if the expression is wrong or costs too much.
pub async fn selected_of(
    document: Value,
    operation: &Operation,
    wanted: &Wanted,
    expression: &str,
    notes: impl IntoIterator<Item = String>,
) -> Result<Shaped> {
    let selected = select::select(document, expression.to_owned()).await.map_err(|reason| Error::Argument {
        operation: operation.name,
        argument: "select".to_owned(),
        expected: "a JMESPath expression that this answer has a value for".into(),
        got: reason.to_string(),
    })?;
    Ok(match selected {
        Value::Array(items) => {
            let mut list = List::new(wanted, operation.tag, Projection::default(), wanted.room());
            items.into_iter().for_each(|item| list.add_safe(item));
            let json = format!("[{}]", list.json);
            Shaped::json(json, list_notes(&list, "[]", None, operation, wanted).chain(notes), wanted)
        }
        selected => value_with(selected, wanted, &Projection::default(), notes),
    })
}

/// Shows a value that is no list and has been made safe.
#[must_use]
pub fn value(value: Value, wanted: &Wanted, projection: &Projection) -> Shaped {
    value_with(value, wanted, projection, None)
}

/// The same, and says this beside.
#[must_use]
pub fn value_with(
    mut value: Value,
    wanted: &Wanted,
    projection: &Projection,
    more: impl IntoIterator<Item = String>,
) -> Shaped {
    let mut left_out = Vec::new();
    projection.left_out(&value, &mut left_out);
    value = projection.of(value);
    let grepped = wanted.grep.as_ref().and_then(|text| grep(&mut value, text));
    let (value, cuts) = limits::cut(value, wanted.room());
    let notes = [
        grepped.map(|(matched, total)| notes::grepped(matched, total, "members")),
        notes::cut(&cuts, &wanted.limit()),
        notes::left_out(&left_out, "", projection.first()),
    ];
    Shaped::json(value.to_string(), notes.into_iter().flatten().chain(more), wanted)
}

/// The whole body.
///
/// # Errors
/// Those of the connection, and [`Error::TooLarge`] if it is larger than [`PIECE_BYTES`].
pub async fn whole(mut reply: Reply, operation: &Operation) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(piece) = reply.chunk().await? {
        if body.len() + piece.len() > PIECE_BYTES {
            return Err(too_large(operation));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// Why a piece could not be taken.
enum Stopped {
    Unsplit(Unsplit),
    Element(usize, serde_json::Error),
}

impl From<Unsplit> for Stopped {
    fn from(reason: Unsplit) -> Self {
        Stopped::Unsplit(reason)
    }
}

fn list_at<'a>(place: Place, projection: &Projection, operation: &Operation, wanted: &'a Wanted) -> List<'a> {
    let of_elements = match place {
        Place::Document => projection.clone(),
        Place::Member(_) => projection.first_branch().map(|(_, below)| below.clone()).unwrap_or_default(),
    };
    List::new(wanted, operation.tag, of_elements, wanted.room())
}

/// A document whose member is the list: that comes first, and what else is shown of it follows as far as there is room.
fn around(list: &List<'_>, member: &str, projection: &Projection, frame: Value, wanted: &Wanted) -> String {
    let rest = if projection.reaches(&frame) { projection.of(frame) } else { Value::Null };
    let room = wanted.room().saturating_sub(list.json.len() + member.len());
    let rest = limits::cut(rest, room).0;
    let list = format!("{}:[{}]", Value::from(member), list.json);
    match rest.as_object().filter(|rest| !rest.is_empty()).map(|_| rest.to_string()) {
        Some(rest) => format!("{{{list},{}", &rest[1..]),
        None => format!("{{{list}}}"),
    }
}

fn list_notes(
    list: &List<'_>,
    at: &str,
    shown: Option<&str>,
    operation: &Operation,
    wanted: &Wanted,
) -> impl Iterator<Item = String> + use<> {
    let limit = match list.full {
        Some(Full::Items) => wanted.limit_items.map(|limit| format!("limit_items {limit}")),
        Some(Full::Bytes) => Some(wanted.limit()),
        None => None,
    };
    let shortened = limit.as_ref().filter(|_| list.shown < list.matched);
    let notes = [
        wanted.grep.is_some().then(|| notes::grepped(list.matched, list.total, "elements")),
        shortened.map(|limit| notes::shortened(list.shown, list.matched, limit, operation)),
        limit.as_ref().and_then(|limit| notes::cut(&list.cuts, limit)),
        notes::left_out(&list.left_out, at, shown),
    ];
    notes.into_iter().flatten()
}

/// Keeps the members of an object that contain the text; how many of how many.
fn grep(value: &mut Value, text: &str) -> Option<(usize, usize)> {
    let text = text.to_lowercase();
    let members = value.as_object_mut()?;
    let total = members.len();
    members.retain(|key, value| key.to_lowercase().contains(&text) || value.to_string().to_lowercase().contains(&text));
    Some((members.len(), total))
}

fn parsed(body: &[u8], operation: &Operation) -> Result<Value> {
    if body.trim_ascii().is_empty() {
        return Err(unexpected(operation, "it is empty, JSON was expected"));
    }
    serde_json::from_slice(body).map_err(|error| unexpected(operation, error))
}

/// The answer is not what the operation answers. It may hold secrets, so nothing of it is quoted.
fn unexpected(operation: &Operation, reason: impl ToString) -> Error {
    Error::Decode { operation: operation.name, reason: reason.to_string(), excerpt: String::new() }
}

fn unsplit(operation: &Operation, reason: Unsplit) -> Error {
    match reason {
        Unsplit::TooLarge => too_large(operation),
        Unsplit::Malformed(_) | Unsplit::Truncated => unexpected(operation, reason),
    }
}

fn too_large(operation: &Operation) -> Error {
    Error::TooLarge { operation: operation.name, limit: PIECE_BYTES as u64 }
}
