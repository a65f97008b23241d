//! Reads an answer as its row says, and judges it a little: JSON is of the declared kind, output came, an archive is
//! one.

use dockwright::operation::Answer;
use dockwright::{ByteStream, Call, JsonStream, LogStream, Operation, Result, Value};
use serde_json::Map;

use crate::declared;

/// The number of values that are read of a stream, unless the scene has another.
const MOST_VALUES: usize = 10_000;
/// The place of a tar archive's magic bytes.
const TAR_MAGIC: std::ops::Range<usize> = 257..262;

/// The answer if it is JSON, or its mistake.
pub type Judged = std::result::Result<Value, String>;

/// Sends a call and reads its answer; a refusal of the engine is an error.
pub async fn read(call: Call<'_>, operation: &Operation, most_values: Option<usize>) -> Result<Judged> {
    let most = most_values.unwrap_or(MOST_VALUES);
    let wrong = match operation.answer {
        Answer::Json => {
            let value = call.json().await?;
            return Ok(declared::mismatch(operation, &value).map_or(Ok(value), Err));
        }
        // Steps start detached processes, which answer with nothing.
        Answer::Empty | Answer::Upgrade => call.empty().await.map(|()| None)?,
        Answer::Outcome => call.outcome().await.map(|_| None)?,
        Answer::Text => call.text().await?.is_empty().then(|| "the text is empty".to_owned()),
        Answer::Headers => {
            let headers: Map<String, Value> = call.headers().await?;
            headers.is_empty().then(|| "none of its headers came".to_owned())
        }
        Answer::JsonStream => values(call.json_stream().await?, operation, most).await?,
        Answer::LogStream => output(call.log_stream().await?, most).await?,
        Answer::Tar => archive(call.byte_stream().await?).await?,
        other => Some(format!("nobody reads an answer of the kind {other:?}")),
    };
    Ok(wrong.map_or(Ok(Value::Null), Err))
}

async fn values(mut values: JsonStream<Value>, operation: &Operation, most: usize) -> Result<Option<String>> {
    let mut wrong = None;
    for _ in 0..most {
        let Some(value) = values.next().await.transpose()? else { break };
        wrong = wrong.or_else(|| declared::mismatch(operation, &value));
    }
    Ok(wrong)
}

async fn output(mut output: LogStream, most: usize) -> Result<Option<String>> {
    let mut bytes = 0;
    for _ in 0..most {
        let Some(output) = output.next().await.transpose()? else { break };
        bytes += output.bytes.len();
    }
    Ok((bytes == 0).then(|| "no output came".to_owned()))
}

async fn archive(mut archive: ByteStream) -> Result<Option<String>> {
    let mut begin = Vec::new();
    while let Some(bytes) = archive.next().await.transpose()? {
        begin.extend(bytes.iter().take(TAR_MAGIC.end.saturating_sub(begin.len())));
    }
    Ok((begin.get(TAR_MAGIC) != Some(&b"ustar"[..])).then(|| "it is no tar archive".to_owned()))
}
